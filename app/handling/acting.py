"""How every act on a ticket begins and ends: locked, allowed, seen, written down, told.

Whether it is his to do is looked at before whether somebody was quicker, so that nobody learns from
a refusal what is none of his business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, select, union, update

from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.core.permissions import Permission, Role, held_by
from app.core.sign_in import SignedInPerson
from app.handling import clocks, first_contact
from app.handling.capacities import Hands, capacities
from app.handling.clock_rules import ClockKind, Matter, urgent_class
from app.handling.events import TicketFact
from app.handling.models import (
    Assignment,
    Contact,
    Part,
    PartEnding,
    Result,
    ReturnWish,
    TimeWish,
)
from app.handling.refusals import TicketChanged
from app.handling.wish_states import WishState
from app.rules import service as rules
from app.rules import type_register
from app.rules.running_clocks import ClockEvent
from app.tickets import stepping
from app.tickets.person_details import PersonKind
from app.tickets.service import Ticket
from app.tickets.ticket_moves import (
    BY_REVIEW,
    Actor,
    Clock,
    Effect,
    Move,
    MoveNotYours,
    TicketAct,
    find_move,
)
from app.tickets.ticket_moves import TABLE as TABLE_OF_MOVES
from app.tickets.ticket_states import OVER, Urgency

KIND_OF: Mapping[Clock, ClockKind] = {
    Clock.DISPATCH: ClockKind.DISPATCH,
    Clock.SIGN: ClockKind.SIGN,
    Clock.CONTACT: ClockKind.CONTACT,
    Clock.HANDLE: ClockKind.HANDLE,
    Clock.VISIT: ClockKind.VISIT,
}


ACTS_AS: Mapping[Permission, Actor] = {
    Permission.TICKETS_FOLLOW_UP: Actor.AGENT,
    Permission.TICKETS_DISPATCH: Actor.DISPATCHER,
    Permission.TICKETS_HANDLE: Actor.UNIT,
    Permission.TICKETS_AUDIT: Actor.AUDITOR,
    Permission.TICKETS_VISIT: Actor.VISITOR,
    Permission.TICKETS_DECIDE: Actor.MANAGER,
}
"""Who works for a contractor takes calls and follows them up, nothing else (国办函〔2025〕66号)."""


@dataclass(frozen=True, kw_only=True)
class Doer:
    """Who acts: `unit_id` is the body that employs him."""

    user_id: int
    role: Role
    unit_id: int | None
    is_outsourced: bool = False

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return what he may do at all."""
        return held_by(self.role, is_outsourced=self.is_outsourced)


@dataclass(frozen=True, kw_only=True)
class Doing:
    """What somebody wants to do. `seen` is the version of the ticket that he had before him."""

    ticket_id: int
    act: TicketAct
    doer: Doer | None  # None: a deadline
    seen: int | None = None
    carried: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Begun:
    """An act that may be done."""

    ticket: Ticket
    move: Move
    doing: Doing
    actor: Actor
    at: datetime
    pauses_at: datetime | None = None  # a pause that was asked for in time begins then

    @property
    def by(self) -> int | None:
        """Return who acts, or None for a deadline."""
        return self.doing.doer.user_id if self.doing.doer else None

    @property
    def unit_id(self) -> int | None:
        """Return whose person acts."""
        return self.doing.doer.unit_id if self.doing.doer else None


def doer_of(person: SignedInPerson) -> Doer:
    """Return who acts, for the person at this request."""
    return Doer(
        user_id=person.id,
        role=Role(person.role),
        unit_id=person.unit_id,
        is_outsourced=person.is_outsourced,
    )


def begin(doing: Doing) -> Begun:
    """Lock the ticket and see whether this may be done with it now.

    Raises NoSuchTicket, MoveNotYours, TicketChanged, MoveNotPossible, MoveLacks, in this order.
    """
    ticket = stepping.read_for_change(doing.ticket_id)
    actors = _actors(doing, ticket)
    if not any(each.by & actors for each in TABLE_OF_MOVES if each.act is doing.act):
        raise MoveNotYours(act=str(doing.act))
    refuse_unseen(ticket, doing.seen)
    carried = {name for name, value in doing.carried.items() if value not in (None, "")}
    owes_review = doing.act in BY_REVIEW and stepping.owes_review(ticket.id)
    last: Exception | None = None
    for actor in sorted(actors):
        try:
            move = find_move(
                doing.act, ticket.state, by=actor, carried=carried, owes_review=owes_review
            )
        except MoveNotYours as refused:
            last = last or refused
        else:
            return Begun(ticket=ticket, move=move, doing=doing, actor=actor, at=wall.now())
    raise last or MoveNotYours(act=str(doing.act))


def refuse_unseen(ticket: Ticket, seen: int | None) -> None:
    """Raise TicketChanged when something was done that the page of this person did not show."""
    if seen is None or seen == ticket.version:
        return
    last = stepping.last_step(ticket.id)
    raise TicketChanged(act=last.act if last else "")


def end(begun: Begun, tell: Callable[[Mapping[str, Any]], TicketFact]) -> Ticket:
    """Write the step, let the clocks follow the move, and tell what happened."""
    ticket, move = begun.ticket, begun.move
    stepping.write_step(
        ticket,
        str(move.act),
        at=begun.at,
        by=begun.by,
        new=move.new,
        unit_id=begun.unit_id,
        carried=begun.doing.carried,
    )
    for clock, effect in move.clocks.items():
        _follow(begun, KIND_OF[clock], effect)
    if move.act is TicketAct.HAND_IN or move.new in OVER:
        lapse_wishes(ticket.id, at=begun.at)
    if move.act in {TicketAct.MERGE, TicketAct.WITHDRAW, TicketAct.VOID, TicketAct.AGREE_RETURN}:
        ending = PartEnding.RETURNED if move.act is TicketAct.AGREE_RETURN else PartEnding.OVER
        end_parts(ticket, ending, at=begun.at)
    publish(tell(common(ticket, begun.by)))
    return ticket


def common(ticket: Ticket, by: int | None) -> Mapping[str, Any]:
    """Return what every fact of a ticket tells."""
    return {"ticket_id": ticket.id, "number": ticket.number, "by": by}


def actors_of(doer: Doer, ticket: Ticket) -> frozenset[Actor]:
    """Return in which capacities this person may act on this ticket."""
    held = frozenset(actor for wanted, actor in ACTS_AS.items() if wanted in doer.permissions)
    return capacities(held, hands_of(ticket), user_id=doer.user_id, unit_id=doer.unit_id)


def hands_of(ticket: Ticket) -> Hands:
    """Return through whose hands a ticket went."""
    parts = parts_of(ticket.id)
    worked: CompoundSelect[int] = union(
        select(Result.handed_in_by).where(Result.ticket_id == ticket.id),
        select(Assignment.signed_by).where(
            Assignment.ticket_id == ticket.id, Assignment.signed_by.is_not(None)
        ),
        select(Contact.by).where(Contact.ticket_id == ticket.id, Contact.unit_id.is_not(None)),
    )
    return Hands(
        lead_unit_id=ticket.lead_unit_id,
        unit_ids=frozenset(each.unit_id for each in parts),
        worked_by=frozenset(db.session.scalars(worked)),
    )


def parts_of(ticket_id: int, *, live: bool = False, part: Part | None = None) -> list[Assignment]:
    """Return what units have to do with a ticket, oldest first; `live`: what has not ended."""
    asked = select(Assignment).where(Assignment.ticket_id == ticket_id)
    if live:
        asked = asked.where(Assignment.ended_at.is_(None))
    if part is not None:
        asked = asked.where(Assignment.part == part)
    return list(db.session.scalars(asked.order_by(Assignment.id)))


def lead_of(ticket_id: int) -> Assignment | None:
    """Return the part of the unit that leads now."""
    leads = parts_of(ticket_id, live=True, part=Part.LEAD)
    return leads[-1] if leads else None


def lapse_wishes(ticket_id: int, *, at: datetime) -> None:
    """Whatever a unit asked for is not needed any more: the ticket went on without it."""
    for wished in (TimeWish, ReturnWish):
        lapsed = (
            update(wished)
            .where(wished.ticket_id == ticket_id, wished.state == WishState.OPEN)
            .values(state=WishState.LAPSED, decided_at=at)
        )
        db.session.execute(lapsed)


def end_parts(ticket: Ticket, ending: PartEnding, *, at: datetime) -> None:
    """End every part in the ticket; nobody leads it then. What hung on them ends with them."""
    for each in parts_of(ticket.id, live=True):
        each.ended_at, each.ending = at, ending
    is_over = ending is PartEnding.OVER
    end_inner_clocks(ticket.id, at=at, also_supervised=is_over)
    lapse_wishes(ticket.id, at=at)
    ticket.lead_unit_id = None


def end_inner_clocks(ticket_id: int, *, at: datetime, also_supervised: bool) -> None:
    """End what others were asked for; a supervision goes on until the ticket is over."""
    kinds = {ClockKind.ASSIST, *([ClockKind.SUPERVISE] if also_supervised else [])}
    for row in clocks.clocks_of(ticket_id):
        if row.kind in kinds and row.done_at is None:
            clocks.tell(row, ClockEvent.DONE, at=at, by=None)


def matter_of(ticket: Ticket) -> Matter:
    """Return what of a ticket decides its limits."""
    found = _kinds_of(ticket.urgency_words.split(), opened_at=ticket.opened_at)
    return Matter(
        request_type=ticket.request_type,
        nature=type_register.nature_of(ticket.request_type),
        urgent=urgent_class(is_urgent=ticket.urgency.hurries, kinds=found),
        is_very_urgent=ticket.urgency is Urgency.VERY_URGENT,
        is_enterprise=ticket.person_kind is PersonKind.ENTERPRISE,
        # of who is confidential a unit reads no number, and has none called
        may_be_called=bool(ticket.contact_number) and not ticket.is_confidential,
        round=ticket.round,
        category_code=ticket.category_code,
    )


def _kinds_of(words: Sequence[str], *, opened_at: datetime) -> list[str]:
    """Return why these words hurry, as it was said when it was opened, or is since."""
    if not words:
        return []
    told = [*rules.list_urgency_words(), *rules.list_urgency_words(at=opened_at)]
    kinds = {each.word: each.kind for each in told}
    return [kinds[word] for word in words if word in kinds]


def _actors(doing: Doing, ticket: Ticket) -> frozenset[Actor]:
    if doing.doer is None:
        return frozenset({Actor.SYSTEM})
    return actors_of(doing.doer, ticket)


def _follow(begun: Begun, kind: ClockKind, effect: Effect) -> None:
    ticket, at, by = begun.ticket, begun.at, begun.by
    match effect:
        case Effect.START:
            _start(begun, kind)
        case Effect.STOP:
            clocks.finish(ticket.id, kind, at=at, by=by)
        case Effect.PAUSE:
            if (row := clocks.running(ticket.id, kind)) is not None and row.is_running:
                clocks.tell(row, ClockEvent.PAUSED, at=begun.pauses_at or at, by=by)
        case Effect.RESUME:
            if (row := clocks.newest(ticket.id, kind)) is not None and not row.is_running:
                clocks.tell(row, ClockEvent.RESUMED, at=at, by=by)


def _start(begun: Begun, kind: ClockKind) -> None:
    """Begin a clock anew; a lead that is named again goes on in the time it had."""
    ticket, at, by = begun.ticket, begun.at, begun.by
    is_named = begun.move.act is TicketAct.DESIGNATE
    if kind is ClockKind.CONTACT:
        if not is_named or not first_contact.stays_with(ticket):
            first_contact.begin(ticket, matter_of(ticket), at=at, by=by)
        return
    unit_id = ticket.lead_unit_id if kind in {ClockKind.SIGN, ClockKind.HANDLE} else None
    before = clocks.running(ticket.id, kind)
    if is_named and before and before.unit_id == unit_id:
        return
    clocks.finish(ticket.id, kind, at=at, by=by)
    clocks.begin(
        ticket, clocks.Begin(kind=kind, matter=matter_of(ticket), at=at, by=by, unit_id=unit_id)
    )
