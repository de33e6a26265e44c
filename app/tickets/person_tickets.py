"""The tickets of a person who called, whichever number he used."""

from collections.abc import Collection

from sqlalchemy import Select, or_, select

from app.core.database import db
from app.tickets.models import Ticket
from app.tickets.ticket_states import OPEN_STATES


def tickets_of_person(
    family: Collection[int], numbers: Collection[str], *, limit: int = 50
) -> list[Ticket]:
    """Return a person's tickets, newest first.

    Those of these persons, and those that his numbers left while nobody's name was known.
    """
    wanted = of_person(family, numbers).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))


def has_open_ticket(family: Collection[int], numbers: Collection[str]) -> bool:
    """Say whether somebody still owes this person an answer."""
    wanted = of_person(family, numbers).where(Ticket.state.in_(OPEN_STATES))
    return db.session.scalars(wanted.limit(1)).first() is not None


def of_person(family: Collection[int], numbers: Collection[str]) -> Select[Ticket]:
    """Select the tickets of a person."""
    is_his_number = Ticket.calling_number.in_(numbers) | Ticket.contact_number.in_(numbers)
    return select(Ticket).where(
        or_(Ticket.caller_id.in_(family), Ticket.caller_id.is_(None) & is_his_number)
    )
