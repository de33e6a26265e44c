"""The tickets of a person who called, whichever number he used."""

from collections.abc import Collection

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.phone_numbers import mask
from app.privacy import service as privacy
from app.privacy.levels import Shown
from app.tickets import reading
from app.tickets.models import Ticket
from app.tickets.refusals import ContactIsHidden, NoContact
from app.tickets.service import read_ticket
from app.tickets.ticket_states import OPEN_STATES, TicketState


def tickets_of_person(
    family: Collection[int], numbers: Collection[str], *, limit: int | None = 50
) -> list[Ticket]:
    """Return a person's tickets, newest first.

    Those of these persons, and those that his numbers left while nobody's name was known.
    """
    wanted = of_person(family, numbers).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))


def has_open_ticket(family: Collection[int], numbers: Collection[str]) -> bool:
    """Say whether somebody still owes this person an answer, be it with another's ticket."""
    master = aliased(Ticket)
    is_handled_with = (
        select(master.id)
        .where(master.id == Ticket.master_id, master.state.in_(OPEN_STATES))
        .exists()
    )
    is_owed = or_(
        Ticket.state.in_(OPEN_STATES), (Ticket.state == TicketState.MERGED) & is_handled_with
    )
    wanted = of_person(family, numbers).where(is_owed)
    return db.session.scalars(wanted.limit(1)).first() is not None


def contact_of(ticket_id: int, *, reader_id: int, reads_confidential: bool) -> str:
    """Return the number on which the person of a ticket wants to be called back, whole.

    It is to be dialled and not shown. Of a confidential ticket only its first contact dials it, and
    who has uncovered it with a reason, as on its page (domain rules 1.13). Raises NoSuchTicket,
    ContactIsHidden, NoContact.
    """
    ticket = read_ticket(ticket_id, reader_id=reader_id, reads_confidential=reads_confidential)
    return number_to_dial(ticket, reader_id=reader_id, reads_confidential=reads_confidential)


def number_to_dial(ticket: Ticket, *, reader_id: int, reads_confidential: bool) -> str:
    """Return the whole number of a ticket that this person has been given to read.

    Raises ContactIsHidden, NoContact.
    """
    reader = reading.reader_of(reader_id, reads_confidential=reads_confidential)
    opened = privacy.open_for(reading.subject_of(ticket), person_id=reader_id)
    seen = reading.sight(ticket, reader, is_unmasked=opened is not None)
    if seen is None or seen.number is Shown.HIDDEN:
        raise ContactIsHidden
    if not mask(ticket.contact_number):
        raise NoContact
    return ticket.contact_number


def of_person(family: Collection[int], numbers: Collection[str]) -> Select[Ticket]:
    """Select the tickets of a person."""
    is_his_number = Ticket.calling_number.in_(numbers) | Ticket.contact_number.in_(numbers)
    return select(Ticket).where(
        or_(Ticket.caller_id.in_(family), Ticket.caller_id.is_(None) & is_his_number)
    )
