"""What the hotline decided about whose duty such a matter is: listed, and ended when it is over."""

from collections.abc import Sequence

from sqlalchemy import select, update

from app.core import clock as wall
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.permissions import Permission
from app.handling.acting import Doer, common
from app.handling.events import PrecedentEnded
from app.handling.models import Precedent
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_moves import MoveNotYours

MOST_LISTED = 200


class NoSuchPrecedent(NotFound):
    """There is no such precedent."""

    code = "precedent-not-found"


def list_precedents(*, of: Ticket | None = None) -> Sequence[Precedent]:
    """Return precedents, the newest first and ended ones last; `of`: for such matters only."""
    asked = select(Precedent)
    if of is not None:
        asked = asked.where(Precedent.category_code == of.category_code)
    asked = asked.order_by(
        Precedent.ended_at.is_not(None), Precedent.decided_at.desc(), Precedent.id.desc()
    )
    return db.session.scalars(asked.limit(MOST_LISTED)).all()


def follow_matter(ticket: Ticket) -> None:
    """Let what was decided with a ticket be offered for the matter that it turned out to be.

    What was ended stays as it was.
    """
    its = (Precedent.ticket_id == ticket.id, Precedent.ended_at.is_(None))
    codes = {"category_code": ticket.category_code, "county_code": ticket.county_code}
    db.session.execute(update(Precedent).where(*its).values(codes))


def end_precedent(precedent_id: int, *, doer: Doer) -> Precedent:
    """Let a precedent be offered no more; ended already stays as it is.

    Raises MoveNotYours, NoSuchPrecedent.
    """
    if Permission.TICKETS_DECIDE not in doer.permissions:
        raise MoveNotYours(act="end_precedent")
    row = db.session.get(Precedent, precedent_id, with_for_update=True)
    if row is None:
        raise NoSuchPrecedent
    if row.ended_at is None:
        row.ended_at = wall.now()
        publish(PrecedentEnded(**common(get_ticket(row.ticket_id), doer.user_id)))
    return row
