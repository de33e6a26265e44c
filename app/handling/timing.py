"""More time: extensions, pauses, the longer procedure of a law; and another kind of demand.

Nobody gives himself time. A unit asks before its time is over, a dispatcher decides, and what was
decided is counted. The citizen's own clock is never paused; it is extended only where he was told,
and follows a law's longer procedure only with its basis.
"""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.handling import clocks, unit_parts
from app.handling.acting import Doer, Doing, actors_of, begin, common, end, lead_of, matter_of
from app.handling.acting import refuse_unseen as _refuse_unseen
from app.handling.clock_rules import ClockKind
from app.handling.events import (
    TicketResumed,
    TicketRetyped,
    TicketSuspended,
    TimeAsked,
    TimeDecided,
)
from app.handling.models import Contact, TicketClock, TimeWish
from app.handling.models import TimeKind as TimeKind
from app.handling.refusals import (
    ExtensionTooLong,
    NoSuchContact,
    NotYourPart,
    NoWishOpen,
    TooManyExtensions,
    WishStillOpen,
    WouldStopItsClocks,
)
from app.handling.wish_states import WishState
from app.rules import rule_register, type_register, working_calendar
from app.rules.running_clocks import ClockOverdue
from app.rules.time_limits import Limit, read_limit
from app.rules.working_time import CalendarYearMissing
from app.tickets import promises, stepping
from app.tickets.service import Ticket
from app.tickets.ticket_moves import Actor, MoveLacks, MoveNotPossible, MoveNotYours, TicketAct
from app.tickets.ticket_states import OPEN_STATES, TicketState


@dataclass(frozen=True, kw_only=True)
class NewTime:
    """What sort of time, how much, why, and by what provision.

    `limit`: of an extension how much more, of a statutory procedure how much in all; a pause has
    none. `told_in_contact_id` names the contact in which the citizen heard of it.
    """

    kind: TimeKind
    reason: str
    basis: str
    limit: Limit | None = None
    told_in_contact_id: int | None = None


def ask_time(ticket_id: int, wanted: NewTime, *, doer: Doer, seen: int | None = None) -> TimeWish:
    """Ask for time, before one's own is over.

    Raises NotYourPart, MoveNotPossible, MoveLacks, ClockOverdue, WishStillOpen, TooManyExtensions,
    ExtensionTooLong, NoSuchContact.
    """
    ticket = stepping.read_for_change(ticket_id)
    lead = lead_of(ticket_id)
    is_leads = lead is not None and Actor.UNIT in actors_of(doer, ticket)
    if lead is None or not is_leads:
        raise NotYourPart
    _refuse_unseen(ticket, seen)
    if ticket.state is not TicketState.HANDLING:
        raise MoveNotPossible(act=f"ask_{wanted.kind}", state=str(ticket.state))
    for name in ("reason", "basis"):
        if not getattr(wanted, name).strip():
            raise MoveLacks(field=name, what=name)
    row, now = clocks.running(ticket_id, ClockKind.HANDLE), wall.now()
    if row is None or (row.due_at is not None and now > row.due_at):
        raise ClockOverdue
    if open_wish(ticket_id) is not None:
        raise WishStillOpen
    _check_amount(row, wanted)
    _check_told(ticket_id, wanted.told_in_contact_id)
    wish = TimeWish(
        ticket_id=ticket_id,
        unit_id=lead.unit_id,
        kind=wanted.kind,
        by_limit=str(wanted.limit or ""),
        reason=wanted.reason,
        basis=wanted.basis,
        told_in_contact_id=wanted.told_in_contact_id,
        asked_at=now,
        asked_by=doer.user_id,
    )
    db.session.add(wish)
    carried = {"kind": str(wanted.kind), "reason": wanted.reason, "limit": wish.by_limit}
    stepping.write_step(
        ticket, "ask_time", at=now, by=doer.user_id, unit_id=doer.unit_id, carried=carried
    )
    told = common(ticket, doer.user_id)
    publish(TimeAsked(**told, unit_id=lead.unit_id, kind=str(wanted.kind)))
    return wish


def decide(
    ticket_id: int, *, agrees: bool, words: str, doer: Doer, seen: int | None = None
) -> Ticket:
    """Give the time that was asked for, or not; what was asked in time is given as of then.

    Raises MoveNotYours, NoWishOpen, MoveLacks when a refusal has no words.
    """
    ticket = stepping.read_for_change(ticket_id)
    if Actor.DISPATCHER not in actors_of(doer, ticket):
        raise MoveNotYours(act="decide_time")
    _refuse_unseen(ticket, seen)
    wish = open_wish(ticket_id)
    if wish is None or ticket.state is not TicketState.HANDLING:
        raise NoWishOpen
    if not agrees and not words.strip():
        raise MoveLacks(field="words", what="words")
    now = wall.now()
    wish.state = WishState.AGREED if agrees else WishState.REFUSED
    wish.decided_at, wish.decided_by, wish.decision = now, doer.user_id, words
    if agrees:
        _give(ticket, wish, doer=doer)
    carried = {"kind": str(wish.kind), "agreed": agrees, "words": words, "limit": wish.by_limit}
    if wish.kind is not TimeKind.SUSPENSION or not agrees:
        stepping.write_step(
            ticket, "decide_time", at=now, by=doer.user_id, unit_id=doer.unit_id, carried=carried
        )
    told = common(ticket, doer.user_id)
    publish(TimeDecided(**told, unit_id=wish.unit_id, kind=str(wish.kind), agreed=agrees))
    return ticket


def resume(ticket_id: int, *, note: str = "", doer: Doer, seen: int | None = None) -> Ticket:
    """Let the unit's clock go on."""
    carried = {"note": note.strip()}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.RESUME, doer=doer, seen=seen, carried=carried)
    )
    return end(begun, lambda told: TicketResumed(**told))


def retype(ticket_id: int, new: str, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Correct what kind of demand it is. A longer limit never moves what the citizen was promised.

    What was counted only, and is a demand after all, is taken up. Raises MoveNotYours, MoveLacks,
    MoveNotPossible once nothing is owed any more, UnitIsKeptOut while the unit leads that it is
    about now, TypeNotOffered, and WouldStopItsClocks for a type that is counted only.
    """
    ticket = stepping.read_for_change(ticket_id)
    if not actors_of(doer, ticket) & {Actor.DISPATCHER, Actor.MANAGER}:
        raise MoveNotYours(act="retype")
    _refuse_unseen(ticket, seen)
    is_counted_only = stepping.is_counted_only(ticket)
    if ticket.state not in OPEN_STATES and not is_counted_only:
        raise MoveNotPossible(act="retype", state=str(ticket.state))
    if not reason.strip():
        raise MoveLacks(field="reason", what="reason")
    type_register.check_offered(new)
    if not type_register.nature_of(new).starts_clock:
        raise WouldStopItsClocks(field="request_type")
    if is_counted_only:
        return _take_up(ticket, new, reason, doer=doer)
    old = ticket.request_type
    ticket.request_type = new
    promises.follow_type(ticket)
    unit_parts.keep_out(ticket)
    matter = matter_of(ticket)
    for kind in (ClockKind.CITIZEN, ClockKind.HANDLE):
        row = clocks.running(ticket_id, kind)
        if row is not None:
            given = clocks.limit_given(kind, matter, row.started_at)
            is_promise = kind is ClockKind.CITIZEN
            clocks.give_rule(row, given, reason=reason, by=doer.user_id, keeps_promise=is_promise)
    carried = {"old": str(old), "new": str(new), "reason": reason}
    stepping.write_step(
        ticket, "retype", at=wall.now(), by=doer.user_id, unit_id=doer.unit_id, carried=carried
    )
    told = common(ticket, doer.user_id)
    publish(TicketRetyped(**told, old_type=str(old), new_type=str(new)))
    return ticket


def _take_up(ticket: Ticket, new: str, reason: str, *, doer: Doer) -> Ticket:
    """Let it be dispatched; its citizen has waited since it was written down."""
    old = ticket.request_type
    carried = {"old": old, "new": new, "reason": reason}
    begun = begin(Doing(ticket_id=ticket.id, act=TicketAct.TAKE_UP, doer=doer, carried=carried))
    ticket.request_type = new
    promises.follow_type(ticket)
    citizens = clocks.Begin(
        kind=ClockKind.CITIZEN, matter=matter_of(ticket), at=ticket.opened_at, by=doer.user_id
    )
    clocks.begin(ticket, citizens)
    return end(begun, lambda told: TicketRetyped(**told, old_type=old, new_type=new))


def follow_rules_of_today(
    ticket_id: int, clock_id: int, reason: str, *, doer: Doer, seen: int | None = None
) -> TicketClock:
    """Let a running clock follow the rules as they are now, with a record (architecture A7).

    Raises MoveNotYours, TicketChanged, MoveNotPossible for a clock that is done, or another
    ticket's, MoveLacks.
    """
    ticket = stepping.read_for_change(ticket_id)
    if Actor.MANAGER not in actors_of(doer, ticket):
        raise MoveNotYours(act="follow_rules")
    _refuse_unseen(ticket, seen)
    # read now that nobody else changes it
    row = db.session.get(TicketClock, clock_id, populate_existing=True)
    given = _given_today(row, ticket) if row is not None and row.ticket_id == ticket_id else None
    if row is None or given is None:
        raise MoveNotPossible(act="follow_rules", state=str(ticket.state))
    if not reason.strip():
        raise MoveLacks(field="reason", what="reason")
    clocks.give_rule(row, given, reason=reason, by=doer.user_id, keeps_promise=False)
    carried = {"clock": str(row.kind), "limit": row.limit, "reason": reason}
    stepping.write_step(
        ticket, "follow_rules", at=wall.now(), by=doer.user_id, unit_id=doer.unit_id,
        carried=carried,
    )  # fmt: skip
    return row


def clocks_under_other_rules(ticket: Ticket) -> list[tuple[TicketClock, Limit]]:
    """Return the clocks that run by other rules than those of today, each with today's limit.

    The calendar is one of the rules.
    """
    today = rule_register.read_book().version_at(wall.now())
    calendar = working_calendar.newest_version()
    found = []
    for row in clocks.clocks_of(ticket.id):
        given = _given_today(row, ticket)
        by_today = (today, str(given.limit), calendar) if given is not None else None
        if given and (row.rules_version, row.limit, row.calendar_version) != by_today:
            found.append((row, given.limit))
    return found


def _given_today(row: TicketClock, ticket: Ticket) -> clocks.Given | None:
    """Return what today's rules give a clock that goes on.

    None where none does: an assistant's limit was given by hand, and a first contact that nothing
    promises any more was promised once.
    """
    if row.done_at is not None or row.kind is ClockKind.ASSIST:
        return None
    return clocks.limit_owed(row.kind, matter_of(ticket), wall.now(), since=row.started_at)


def open_wish(ticket_id: int) -> TimeWish | None:
    """Return the time that is asked for and not decided."""
    asked = select(TimeWish).where(
        TimeWish.ticket_id == ticket_id, TimeWish.state == WishState.OPEN
    )
    return db.session.scalars(asked.order_by(TimeWish.id.desc()).limit(1)).first()


def times_of(ticket_id: int) -> list[TimeWish]:
    """Return every time that was asked for, oldest first."""
    asked = select(TimeWish).where(TimeWish.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(TimeWish.id)))


def _give(ticket: Ticket, wish: TimeWish, *, doer: Doer) -> None:
    match wish.kind:
        case TimeKind.EXTENSION:
            kinds = [ClockKind.HANDLE]
            if _was_told_by_call(wish.told_in_contact_id):
                kinds.append(ClockKind.CITIZEN)
            for kind in kinds:
                _extend(ticket, kind, wish, by=doer.user_id)
        case TimeKind.STATUTORY:
            given = clocks.Given(limit=read_limit(wish.by_limit), basis=wish.basis)
            for kind in (ClockKind.HANDLE, ClockKind.CITIZEN):
                row = clocks.running(ticket.id, kind)
                if row is not None:
                    clocks.give_rule(
                        row, given, reason=wish.basis, by=doer.user_id, keeps_promise=False,
                        asked_at=wish.asked_at,
                    )  # fmt: skip
        case TimeKind.SUSPENSION:
            carried = {"reason": wish.reason, "basis": wish.basis, "evidence": wish.decision}
            carried["evidence"] = carried["evidence"] or wish.basis
            begun = begin(
                Doing(ticket_id=ticket.id, act=TicketAct.SUSPEND, doer=doer, carried=carried)
            )
            begun.pauses_at = wish.asked_at
            end(begun, lambda told: TicketSuspended(**told))


def _was_told_by_call(contact_id: int | None) -> bool:
    """A promise moves only where a call of ours proves that he knows of it."""
    contact = db.session.get(Contact, contact_id) if contact_id is not None else None
    return contact is not None and contact.call_id is not None


def _extend(ticket: Ticket, kind: ClockKind, wish: TimeWish, *, by: int) -> None:
    row = clocks.running(ticket.id, kind)
    if row is None or not row.is_running:
        return
    if kind is ClockKind.CITIZEN and row.extensions >= _most_extensions(row):
        return  # however many units had it in turn, he was put off once
    limit = read_limit(wish.by_limit)
    if read_limit(row.limit).unit is limit.unit and (
        row.due_at is None or wish.asked_at <= row.due_at
    ):
        with suppress(CalendarYearMissing):  # a promise does not move to where nobody can say
            clocks.extend(row, limit, at=wish.asked_at, by=by)


def _check_amount(row: TicketClock, wanted: NewTime) -> None:
    if wanted.kind is TimeKind.SUSPENSION:
        return
    if wanted.limit is None:
        raise MoveLacks(field="limit", what="limit")
    if wanted.kind is TimeKind.STATUTORY:
        return
    most = _most_extensions(row)
    if row.extensions >= most:
        raise TooManyExtensions(most=most)
    own = read_limit(row.limit)
    if wanted.limit.unit is not own.unit or wanted.limit.amount > own.amount:
        raise ExtensionTooLong(field="limit", limit=str(own))


def _most_extensions(row: TicketClock) -> int:
    return rule_register.read_book().most("most.extensions", row.started_at)


def _check_told(ticket_id: int, contact_id: int | None) -> None:
    if contact_id is None:
        return
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.ticket_id != ticket_id or not contact.is_reached:
        raise NoSuchContact(field="told_in_contact")
