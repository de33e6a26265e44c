"""What is added to a ticket without moving it, and who follows it up when its owner is away.

First-contact rule F7 (domain rules 1.7): who took the call owns what follows. His name stays on the
ticket for ever; when he is off shift or gone, the shift takes over by name, and every hand-over is
a row of its own that the reports read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts import service as accounts
from app.calls import service as calls
from app.core import clock as wall
from app.core.database import db
from app.core.errors import Invalid
from app.core.events import publish
from app.core.permissions import TABLE, Permission, Role
from app.core.phone_numbers import ERASED
from app.handling import clocks
from app.handling.acting import Doer, Doing, actors_of, begin, common, end, matter_of
from app.handling.clock_rules import ClockKind
from app.handling.events import FollowUpAdded, FollowUpHandedOver, TicketWithdrawn
from app.handling.merging import children_of, refuse_childrens_wishes, refuse_unanswered_children
from app.handling.models import FollowKind as FollowKind
from app.handling.models import FollowUp, HandOver
from app.handling.refusals import CallIsNotHis, FollowedUpAlready, NotForThisPerson
from app.handling.results import refuse_answered
from app.handling.unit_parts import own_part
from app.tickets import stepping
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_moves import Actor, MoveLacks, MoveNotPossible, MoveNotYours, TicketAct
from app.tickets.ticket_states import OPEN_STATES, TicketState


class TextTooLong(Invalid):
    """What is added to a ticket is short; the call is recorded."""

    code = "follow-up-too-long"


LONGEST_TEXT = 1000
SENT_TWICE = timedelta(minutes=1)
"""Who says the same words again so soon has pressed the button twice."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who follows a ticket up now. `is_there`: he is on shift; if not, the pool has it by name."""

    user_id: int
    is_there: bool
    first_contact_id: int


def add(
    ticket_id: int, kind: FollowKind, text: str, *, doer: Doer, call_id: int | None = None
) -> FollowUp:
    """Urge a ticket on, add to what the caller said, or put it under supervision.

    The same words sent twice are kept once. What the caller of a ticket says that follows another
    one is heard where that one is handled.

    Raises MoveNotYours, MoveNotPossible, MoveLacks, TextTooLong.
    """
    ticket = _locked(ticket_id)
    needed = (
        Permission.TICKETS_SUPERVISE
        if kind is FollowKind.SUPERVISE
        else Permission.TICKETS_FOLLOW_UP
    )
    if needed not in doer.permissions:
        raise MoveNotYours(act=str(kind))
    if not may_add(ticket, kind):
        raise MoveNotPossible(act=str(kind), state=str(ticket.state))
    if not text.strip():
        raise MoveLacks(field="text", what="text")
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(field="text", longest=LONGEST_TEXT)
    now = wall.now()
    if (
        said := _said_just_now(ticket_id, kind, text, call_id=call_id, by=doer.user_id)
    ) is not None:
        return said
    row = FollowUp(
        ticket_id=ticket_id, kind=kind, text=text, call_id=call_id, at=now, by=doer.user_id
    )
    db.session.add(row)
    db.session.flush()
    if kind is FollowKind.SUPERVISE and clocks.running(ticket_id, ClockKind.SUPERVISE) is None:
        clocks.begin(
            ticket,
            clocks.Begin(
                kind=ClockKind.SUPERVISE,
                matter=matter_of(ticket),
                at=now,
                by=doer.user_id,
                unit_id=ticket.lead_unit_id,
            ),
        )
    _tell(ticket, row, carried={"text": text})
    return row


def _said_just_now(
    ticket_id: int, kind: FollowKind, text: str, *, call_id: int | None, by: int
) -> FollowUp | None:
    """Find the same words of the same person: a form that was sent twice is one urging."""
    asked = select(FollowUp).where(
        FollowUp.ticket_id == ticket_id, FollowUp.kind == kind, FollowUp.text == text,
        FollowUp.call_id == call_id, FollowUp.by == by, FollowUp.at > wall.now() - SENT_TWICE,
    )  # fmt: skip
    return db.session.scalars(asked.limit(1)).first()


def may_add(ticket: Ticket, kind: FollowKind) -> bool:
    """Say whether somebody handles it to whom it can be said: itself, or the one it follows."""
    if ticket.state in OPEN_STATES:
        return True
    return kind is not FollowKind.SUPERVISE and _handled_with(ticket) is not None


def note_urge(ticket_id: int, *, text: str, call_id: int, by: int) -> FollowUp:
    """Note that the citizen called again about his ticket; what he added is its text."""
    ticket = _locked(ticket_id)
    row = FollowUp(
        ticket_id=ticket_id, kind=FollowKind.URGE, text=text[:LONGEST_TEXT], call_id=call_id,
        at=wall.now(), by=by,
    )  # fmt: skip
    db.session.add(row)
    _tell(ticket, row, carried={"text": row.text, "call": call_id})
    return row


def _locked(ticket_id: int) -> Ticket:
    """Lock a ticket after the one that it follows, in the order of who decides about both."""
    known = db.session.get(Ticket, ticket_id)
    if known is not None and known.master_id is not None:
        stepping.read_for_change(known.master_id)
    return stepping.read_for_change(ticket_id)


def _tell(ticket: Ticket, row: FollowUp, *, carried: Mapping[str, Any]) -> None:
    """Write it down and tell it, for the ticket itself and for the one that it follows."""
    stepping.write_step(ticket, str(row.kind), at=row.at, by=row.by, carried=carried)
    publish(FollowUpAdded(**common(ticket, row.by), kind=str(row.kind)))
    if (master := _handled_with(ticket)) is not None:
        stepping.write_step(
            master, str(row.kind), at=row.at, by=row.by, carried={"child": ticket.number}
        )
        publish(FollowUpAdded(**common(master, row.by), kind=str(row.kind)))


def _handled_with(ticket: Ticket) -> Ticket | None:
    """Return the open ticket that this one follows, or None."""
    if ticket.state is not TicketState.MERGED or ticket.master_id is None:
        return None
    master = get_ticket(ticket.master_id)
    return master if master.state in OPEN_STATES else None


def withdraw(ticket_id: int, call_id: int, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Let the caller take his demand back; the recording of the call in which he did is named.

    Raises what `acting.begin` raises, CallIsNotHis for a call in which he did not speak with this
    person after the ticket was opened, CitizenHasAnswered once he said what he thinks of it,
    ChildNotAnswered and ChildWantsMore while others' tickets follow this one.
    """
    begun = begin(
        Doing(
            ticket_id=ticket_id, act=TicketAct.WITHDRAW, doer=doer, seen=seen,
            carried={"call": call_id},
        )
    )  # fmt: skip
    ticket = begun.ticket
    if not _talked_since(ticket, call_id, doer=doer):
        raise CallIsNotHis(field="call")
    refuse_answered(ticket)
    refuse_unanswered_children(ticket)
    refuse_childrens_wishes(ticket)
    clocks.finish(ticket_id, ClockKind.CITIZEN, at=begun.at, by=begun.by)
    return end(begun, lambda told: TicketWithdrawn(**told))


def _talked_since(ticket: Ticket, call_id: int, *, doer: Doer) -> bool:
    """Say whether the citizen spoke with this person after the ticket was there."""
    call = calls.calls_by_id([call_id]).get(call_id)
    if call is None or call.talk_started_at is None or call.agent_id != doer.user_id:
        return False
    his = {ticket.calling_number, ticket.contact_number} - {"", ERASED}
    last_talk = call.ended_at or wall.now()
    return call.from_number in his and last_talk > ticket.opened_at and call.id != ticket.call_id


def follow_ups_of(ticket_id: int) -> list[FollowUp]:
    """Return what was added to a ticket, oldest first."""
    asked = select(FollowUp).where(FollowUp.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(FollowUp.id)))


def follow_ups_heard(ticket: Ticket) -> list[tuple[FollowUp, Ticket]]:
    """Return what was added to a ticket or to one that follows it, oldest first, each with its own.

    Each is shown as its own caller is promised, which may be less than of this one.
    """
    owners = {each.id: each for each in [ticket, *children_of(ticket.id)]}
    asked = select(FollowUp).where(FollowUp.ticket_id.in_(owners)).order_by(FollowUp.id)
    return [(each, owners[each.ticket_id]) for each in db.session.scalars(asked)]


def mark_seen(ticket_id: int, *, doer: Doer) -> int:
    """Note that a unit that has a part in it read what was added; return how much was new.

    Raises NotYourPart.
    """
    ticket = stepping.read_for_change(ticket_id)
    own_part(ticket_id, doer)
    heard = [each for each, _owner in follow_ups_heard(ticket)]
    fresh = [each for each in heard if each.seen_by_unit_at is None]
    for each in fresh:
        each.seen_by_unit_at = wall.now()
    return len(fresh)


def owner_of(ticket: Ticket, *, there: Collection[int]) -> Owner:
    """Return who follows a ticket up; `there` are the agents who are on shift now."""
    last = _last_hand_over(ticket.id)
    user_id = last.to_id if last is not None else ticket.first_contact_id
    return Owner(
        user_id=user_id, is_there=user_id in there, first_contact_id=ticket.first_contact_id
    )


def pool(*, there: Collection[int], limit: int = 200) -> list[tuple[Ticket, Owner]]:
    """Return the open tickets whose follow-up is nobody's who is there, most urgent due first."""
    asked = _open_and_owned().where(_owner_now.not_in(there))
    return _with_owner(asked.limit(limit), there=there)


def owned_by(
    user_id: int, *, there: Collection[int], limit: int = 200
) -> list[tuple[Ticket, Owner]]:
    """Return the open tickets that this person follows up, most urgent due first."""
    return _with_owner(_open_and_owned().where(_owner_now == user_id).limit(limit), there=there)


# Asked ticket by ticket of what is owed: not of every hand-over that ever was.
_last_taker = (
    select(HandOver.to_id)
    .where(HandOver.ticket_id == Ticket.id)
    .order_by(HandOver.id.desc())
    .limit(1)
    .correlate(Ticket)
    .scalar_subquery()
)
_owner_now = func.coalesce(_last_taker, Ticket.first_contact_id)


def _open_and_owned() -> Select[Ticket, int]:
    return (
        select(Ticket, _owner_now)
        .where(Ticket.closed_at.is_(None), Ticket.state.in_(OPEN_STATES))
        .order_by(Ticket.due_at, Ticket.id)
    )


def _with_owner(
    asked: Select[Ticket, int], *, there: Collection[int]
) -> list[tuple[Ticket, Owner]]:
    return [
        (
            ticket,
            Owner(
                user_id=user_id,
                is_there=user_id in there,
                first_contact_id=ticket.first_contact_id,
            ),
        )
        for ticket, user_id in db.session.execute(asked)
    ]


def take_from_pool(
    ticket_id: int, *, doer: Doer, there: Collection[int], reason: str = ""
) -> HandOver:
    """Take over the follow-up of somebody who is not there. Raises FollowedUpAlready."""
    ticket = stepping.read_for_change(ticket_id)
    if Actor.AGENT not in actors_of(doer, ticket):
        raise MoveNotYours(act="take_follow_up")
    _refuse_over(ticket, "take_follow_up")
    owner = owner_of(ticket, there=there)
    if owner.is_there or owner.user_id == doer.user_id:
        raise FollowedUpAlready(name=accounts.get_person(owner.user_id).name)
    return _hand_over(ticket, owner.user_id, doer.user_id, reason or "off_shift", by=doer.user_id)


def hand_over(ticket_id: int, to_id: int, reason: str, *, doer: Doer) -> HandOver:
    """Give one's follow-up to a colleague, or somebody else's as the manager of the hotline.

    Raises MoveNotYours, MoveLacks, MoveNotPossible, NotForThisPerson for somebody who follows no
    tickets up: nobody's name is put where nothing can be done.
    """
    ticket = stepping.read_for_change(ticket_id)
    owner = owner_of(ticket, there=())
    is_manager = Actor.MANAGER in actors_of(doer, ticket)
    if owner.user_id != doer.user_id and not is_manager:
        raise MoveNotYours(act="hand_over")
    if not reason.strip():
        raise MoveLacks(field="reason", what="reason")
    _refuse_over(ticket, "hand_over")
    follows_up = Permission.TICKETS_FOLLOW_UP in TABLE[Role(accounts.get_person(to_id).role)]
    if not follows_up or to_id == owner.user_id:
        raise NotForThisPerson(field="to")
    return _hand_over(ticket, owner.user_id, to_id, reason, by=doer.user_id)


def hand_overs_of(ticket_id: int) -> list[HandOver]:
    """Return every hand-over of a ticket's follow-up, oldest first."""
    asked = select(HandOver).where(HandOver.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(HandOver.id)))


def hand_overs_since(since: datetime, *, limit: int = 500) -> list[HandOver]:
    """Return the hand-overs of all tickets since a moment, newest first: what is reported."""
    asked = select(HandOver).where(HandOver.at >= since).order_by(HandOver.id.desc())
    return list(db.session.scalars(asked.limit(limit)))


def _refuse_over(ticket: Ticket, act: str) -> None:
    if ticket.state not in OPEN_STATES:
        raise MoveNotPossible(act=act, state=str(ticket.state))


def _last_hand_over(ticket_id: int) -> HandOver | None:
    asked = select(HandOver).where(HandOver.ticket_id == ticket_id)
    return db.session.scalars(asked.order_by(HandOver.id.desc()).limit(1)).first()


def _hand_over(ticket: Ticket, from_id: int, to_id: int, reason: str, *, by: int) -> HandOver:
    row = HandOver(
        ticket_id=ticket.id, from_id=from_id, to_id=to_id, reason=reason, at=wall.now(), by=by
    )
    db.session.add(row)
    db.session.flush()
    carried = {"from": from_id, "to": to_id, "reason": reason}
    stepping.write_step(get_ticket(ticket.id), "hand_over", at=row.at, by=by, carried=carried)
    publish(FollowUpHandedOver(**common(ticket, by), from_id=from_id, to_id=to_id))
    return row
