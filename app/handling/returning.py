"""A unit gives a ticket back: asked in the window with its reasons, agreed to or refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.database import db
from app.handling.acting import Begun, Doer, Doing, begin, end, lead_of
from app.handling.dispatching import dispatches_of, return_until
from app.handling.disputing import refer
from app.handling.events import ReturnAsked, ReturnDecided
from app.handling.models import Assignment, ReturnWish
from app.handling.refusals import NotYourPart, NoWishOpen
from app.handling.return_rules import (
    MOST_REFUSED,
    MOST_REFUSED_UNSAID,
    Wish,
    check_return,
    goes_to_adjudication,
)
from app.handling.wish_states import WishState
from app.organisation import service as organisation
from app.rules import rule_register
from app.tickets.service import Ticket
from app.tickets.ticket_moves import TicketAct


@dataclass(frozen=True, kw_only=True)
class NewReturn:
    """Why a unit gives a ticket back, by what provision, and who should have it."""

    reason: str
    basis: str
    proposed_unit_id: int
    has_part: bool  # F1: whoever has a part stays


def ask_return(ticket_id: int, wanted: NewReturn, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Ask for a ticket to be taken from one's unit.

    Raises what `acting.begin` raises, UnknownUnit, and the four of `return_rules`.
    """
    begun = begin(
        Doing(
            ticket_id=ticket_id,
            act=TicketAct.ASK_RETURN,
            doer=doer,
            seen=seen,
            carried={
                "reason": wanted.reason,
                "basis": wanted.basis.strip(),
                "proposed": wanted.proposed_unit_id,
            },
        )
    )
    lead = lead_of(ticket_id)
    if lead is None:
        raise NotYourPart
    organisation.get_unit(wanted.proposed_unit_id)
    check_return(
        Wish(
            at=begun.at,
            until=lead.return_until
            or return_until(begun.ticket, lead.dispatched_at, unit_id=lead.unit_id),
            refused_before=_refused(ticket_id, lead.unit_id),
            most_refused=_most_refused(lead.dispatched_at),
            has_part=wanted.has_part,
            unit_id=lead.unit_id,
            proposed_unit_id=wanted.proposed_unit_id,
        )
    )
    db.session.add(
        ReturnWish(
            ticket_id=ticket_id,
            assignment_id=lead.id,
            reason=wanted.reason,
            basis=wanted.basis,
            proposed_unit_id=wanted.proposed_unit_id,
            asked_at=begun.at,
            asked_by=doer.user_id,
        )
    )
    return end(
        begun,
        lambda told: ReturnAsked(
            **told, unit_id=lead.unit_id, proposed_unit_id=wanted.proposed_unit_id
        ),
    )


def agree(ticket_id: int, *, doer: Doer, note: str = "", seen: int | None = None) -> Ticket:
    """Take the ticket from the unit; sent about often enough, it goes to the hotline's decision."""
    begun = begin(
        Doing(
            ticket_id=ticket_id,
            act=TicketAct.AGREE_RETURN,
            doer=doer,
            seen=seen,
            carried={"note": note},
        )
    )
    wish = _decide(begun, WishState.AGREED, note)
    unit_id = begun.ticket.lead_unit_id or 0
    ticket = end(begun, lambda told: ReturnDecided(**told, unit_id=unit_id, agreed=True))
    most = rule_register.read_book().most("most.dispatches", begun.at)
    if goes_to_adjudication(dispatches_of(ticket_id), most=most):
        return refer(ticket_id, wish.basis, doer=None)
    return ticket


def refuse(ticket_id: int, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Leave the ticket with the unit, and say why; its clock never stopped."""
    begun = begin(
        Doing(
            ticket_id=ticket_id,
            act=TicketAct.REFUSE_RETURN,
            doer=doer,
            seen=seen,
            carried={"reason": reason.strip()},
        )
    )
    _decide(begun, WishState.REFUSED, reason)
    lead = lead_of(ticket_id)
    if lead is not None and lead.signed_at is None:
        lead.signed_at = begun.at
    unit_id = begun.ticket.lead_unit_id or 0
    return end(begun, lambda told: ReturnDecided(**told, unit_id=unit_id, agreed=False))


def open_return(ticket_id: int) -> ReturnWish | None:
    """Return what the unit asks for and nobody has decided."""
    asked = select(ReturnWish).where(
        ReturnWish.ticket_id == ticket_id, ReturnWish.state == WishState.OPEN
    )
    return db.session.scalars(asked.order_by(ReturnWish.id.desc()).limit(1)).first()


def returns_of(ticket_id: int) -> list[ReturnWish]:
    """Return every return that was asked for, oldest first."""
    asked = select(ReturnWish).where(ReturnWish.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(ReturnWish.id)))


def _decide(begun: Begun, state: WishState, words: str) -> ReturnWish:
    wish = open_return(begun.ticket.id)
    if wish is None:
        raise NoWishOpen
    wish.state, wish.decision = state, words
    wish.decided_at, wish.decided_by = begun.at, begun.by
    return wish


def _most_refused(sent_at: datetime) -> int:
    """Return how many refused returns settle it, by the rules under which it was sent."""
    book = rule_register.read_book()
    is_said = book.says(MOST_REFUSED, sent_at)
    return book.most(MOST_REFUSED, sent_at) if is_said else MOST_REFUSED_UNSAID


def _refused(ticket_id: int, unit_id: int) -> int:
    asked = (
        select(func.count())
        .select_from(ReturnWish)
        .join(Assignment, Assignment.id == ReturnWish.assignment_id)
        .where(
            ReturnWish.ticket_id == ticket_id,
            ReturnWish.state == WishState.REFUSED,
            Assignment.unit_id == unit_id,
        )
    )
    return db.session.scalar(asked) or 0
