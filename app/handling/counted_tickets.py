"""Reads the tickets of a time as figures count them, out of every table of their lives."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from app.core.database import db
from app.handling import first_contact
from app.handling.clock_rules import ClockKind
from app.handling.models import (
    Assignment,
    Contact,
    FollowKind,
    FollowUp,
    Part,
    Result,
    ReturnWish,
    TicketClock,
    TimeKind,
    TimeWish,
    Visit,
)
from app.handling.ticket_pictures import TicketPicture, UnitShare
from app.handling.wish_states import WishState
from app.rules import rule_register, type_register
from app.rules.type_natures import Nature
from app.tickets.duplicates import count_added_to
from app.tickets.service import Ticket, TicketState
from app.tickets.stepping import archived_from, exclusions_given

ENDED_AS: Mapping[TicketState, str] = {
    TicketState.WITHDRAWN: "withdrawn",
    TicketState.VOID: "void",
}
ENDS_WORK = frozenset({WishState.OPEN, WishState.AGREED})
"""A return that is refused leaves the handling with the unit, whose clock never stopped."""
VISITED_IN = frozenset({TicketState.TO_VISIT, TicketState.CLOSED, TicketState.ARCHIVED})


@dataclass(frozen=True, kw_only=True)
class _Marks:
    is_reached: bool = False
    is_unproven: bool = False
    is_solved: bool | None = None
    result: int | None = None
    attitude: int | None = None
    efficiency: int | None = None
    attempts: int = 0


def tickets_opened(begins: datetime, ends: datetime, *, now: datetime) -> list[TicketPicture]:
    """Return the tickets that were opened from one moment up to another, by id."""
    ids = select(Ticket.id).where(Ticket.opened_at >= begins, Ticket.opened_at < ends)
    lives = _Lives(ids, now=now)
    wanted = select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)
    return [lives.picture(ticket) for ticket in db.session.scalars(wanted)]


class _Lives:
    """What the tables say of some tickets, read once for all of them."""

    def __init__(self, ids: Select[Any], *, now: datetime) -> None:
        self._now = now
        self._book = rule_register.read_book()
        self._clocks = _clocks(ids)
        self._leads = _leads(ids)
        self._contacts = _first_contacts(ids)
        self._talks = _talks(ids)
        self._handed_in = set(db.session.scalars(_of(Result.ticket_id, ids)))
        self._procedures = _procedures(ids)
        self._visits = _visits(ids)
        self._returns = _counted(ReturnWish.ticket_id, ids)
        self._wishes = _wishes(ids)
        self._improper = _counted(ReturnWish.ticket_id, ids, ReturnWish.state == WishState.REFUSED)
        agreed = TimeWish.state == WishState.AGREED
        self._times = {
            kind: _counted(TimeWish.ticket_id, ids, TimeWish.kind == kind, agreed)
            for kind in TimeKind
        }
        self._follows = {
            kind: _counted(FollowUp.ticket_id, ids, FollowUp.kind == kind)
            for kind in (FollowKind.URGE, FollowKind.SUPERVISE)
        }
        self._repeats = count_added_to(ids)
        self._excluded = exclusions_given(ids)
        self._put_away_from = archived_from(ids)
        self._counted_only = type_register.codes_of({Nature.STATISTICAL})

    def picture(self, ticket: Ticket) -> TicketPicture:
        """Return one ticket as it is counted."""
        leads = self._leads.get(ticket.id, [])
        marks = self._visits.get(ticket.id, _Marks())
        unit_id = ticket.lead_unit_id or (leads[-1] if leads else None)
        return TicketPicture(
            ticket_id=ticket.id,
            opened_at=ticket.opened_at,
            request_type=ticket.request_type,
            category_code=ticket.category_code,
            county_code=ticket.county_code,
            unit_id=unit_id,
            first_unit_id=leads[0] if leads else None,
            channel=str(ticket.channel_id or ticket.entry_mode.value),
            dispatches=len(leads),
            dispatched_in_time=self._in_time(ticket, ClockKind.DISPATCH),
            signed_in_time=self._in_time(ticket, ClockKind.SIGN),
            handled_in_time=self._in_time(ticket, ClockKind.HANDLE),
            answered_in_time=self._in_time(ticket, ClockKind.CITIZEN),
            contacted_in_time=self._contacted(ticket),
            first_contact_in_time=self._called(ticket, self._of(ticket, ClockKind.CONTACT)),
            dispatch_seconds=self._took(ticket, ClockKind.DISPATCH),
            sign_seconds=self._took(ticket, ClockKind.SIGN),
            handle_seconds=self._took(ticket, ClockKind.HANDLE),
            answer_seconds=self._took(ticket, ClockKind.CITIZEN),
            returns=self._returns[ticket.id],
            improper_returns=self._improper[ticket.id],
            extensions=self._times[TimeKind.EXTENSION][ticket.id],
            suspensions=self._times[TimeKind.SUSPENSION][ticket.id],
            urges=self._follows[FollowKind.URGE][ticket.id],
            supervisions=self._follows[FollowKind.SUPERVISE][ticket.id],
            repeats=self._repeats[ticket.id],
            rounds=ticket.round,
            is_handed_in=ticket.id in self._handed_in,
            is_visit_due=ticket.id in self._handed_in and self._ended(ticket) in VISITED_IN,
            visit_attempts=marks.attempts,
            is_reached=marks.is_reached,
            is_answer_unproven=marks.is_unproven,
            is_solved=marks.is_solved,
            result_mark=marks.result,
            attitude_mark=marks.attitude,
            efficiency_mark=marks.efficiency,
            is_closed=ticket.closed_at is not None,
            is_merged=ticket.master_id is not None,
            exclusions=self._exclusions(ticket),
            by_unit={
                each: self._share(ticket, each) for each in [*leads, unit_id] if each is not None
            },
        )

    def _share(self, ticket: Ticket, unit_id: int) -> UnitShare:
        wishes = self._wishes.get((ticket.id, unit_id), [])
        kept = {}
        own = {}
        for kind in (ClockKind.SIGN, ClockKind.HANDLE):
            own[kind] = [each for each in self._of(ticket, kind) if each.unit_id == unit_id]
            kept[kind] = _all_kept([self._kept_itself(each, wishes) for each in own[kind]])
        called = [e for e in self._of(ticket, ClockKind.CONTACT) if e.unit_id == unit_id]
        return UnitShare(
            first_contact_in_time=self._called(ticket, called),
            signed_in_time=kept[ClockKind.SIGN],
            handled_in_time=kept[ClockKind.HANDLE],
            sign_seconds=_seconds(own[ClockKind.SIGN]),
            handle_seconds=_seconds(own[ClockKind.HANDLE]),
            returns=len(wishes),
            improper_returns=sum(each.state is WishState.REFUSED for each in wishes),
        )

    def _kept_itself(self, clock: TicketClock, wishes: Sequence[ReturnWish]) -> bool | None:
        """Say whether a unit kept its clock; one that it gave back in time ran out at no fault."""
        for each in wishes:
            ends_it = each.state in ENDS_WORK or clock.kind is ClockKind.SIGN
            until = each.decided_at or self._now
            is_meanwhile = clock.started_at <= each.asked_at and (
                clock.done_at is None or clock.done_at <= until
            )
            if ends_it and is_meanwhile and clock.due_at is not None:
                if each.asked_at > clock.due_at:
                    return False
                return True if each.decided_at is not None else None
        return self._kept(clock)

    def _in_time(self, ticket: Ticket, kind: ClockKind) -> bool | None:
        """Every clock of the kind must have been kept; one that is late spoils it."""
        return _all_kept([self._kept(each) for each in self._of(ticket, kind)])

    def _called(self, ticket: Ticket, clocks: Sequence[TicketClock]) -> bool | None:
        """Every first contact that was owed must have been made in time.

        One that nobody owed any more before it was due was neither kept nor missed.
        """
        talks = self._talks.get(ticket.id, ())
        owed = [(each, first_contact.was_kept(each, talks, now=self._now)) for each in clocks]
        return _all_kept([kept for each, kept in owed if kept is not None or not each.done_at])

    def _of(self, ticket: Ticket, kind: ClockKind) -> list[TicketClock]:
        return self._clocks.get((ticket.id, kind), [])

    def _kept(self, clock: TicketClock) -> bool | None:
        if clock.due_at is None:
            return None
        if clock.done_at is not None:
            return clock.done_at <= clock.due_at
        return False if clock.is_running and clock.due_at < self._now else None

    def _took(self, ticket: Ticket, kind: ClockKind) -> float | None:
        """Seconds from the start to the end of every clock of the kind, suspended time and all."""
        return _seconds(self._of(ticket, kind))

    def _contacted(self, ticket: Ticket) -> bool | None:
        """Whom the hotline answers need not be called by a unit (domain rule R19)."""
        if self._book.hotline_answers(ticket.opened_at):
            return None
        due = [each.due_at for each in self._of(ticket, ClockKind.HANDLE)]
        if not due or due[0] is None:
            return None
        reached = self._contacts.get(ticket.id)
        if reached is not None:
            return reached <= due[0]
        return False if due[0] < self._now else None

    def _ended(self, ticket: Ticket) -> TicketState:
        """Return where a ticket stands, or stood before it was put away."""
        return self._put_away_from.get(ticket.id, ticket.state)

    def _exclusions(self, ticket: Ticket) -> frozenset[str]:
        reasons = set(self._excluded.get(ticket.id, ()))
        if (ended := self._ended(ticket)) in ENDED_AS:
            reasons.add(ENDED_AS[ended])
        if procedure := self._procedures.get(ticket.id):
            reasons.add(procedure)
        if ticket.request_type in self._counted_only:
            reasons.add("counted_only")
        if not ticket.contact_number:
            reasons.add("anonymous")
        if self._times[TimeKind.STATUTORY][ticket.id]:
            reasons.add("statutory")
        return frozenset(reasons)


def _all_kept(said: Sequence[bool | None]) -> bool | None:
    if False in said:
        return False
    return None if None in said or not said else True


def _seconds(clocks: Sequence[TicketClock]) -> float | None:
    took = 0.0
    for clock in clocks:
        if clock.done_at is None:
            return None
        took += (clock.done_at - clock.started_at).total_seconds()
    return took if clocks else None


def _wishes(ids: Select[Any]) -> dict[tuple[int, int], list[ReturnWish]]:
    """The returns that each unit asked for itself, oldest first."""
    found: dict[tuple[int, int], list[ReturnWish]] = defaultdict(list)
    wanted = (
        select(ReturnWish, Assignment.unit_id)
        .join(Assignment, Assignment.id == ReturnWish.assignment_id)
        .where(ReturnWish.ticket_id.in_(ids))
    )
    for wish, unit_id in db.session.execute(wanted.order_by(ReturnWish.id)):
        found[wish.ticket_id, unit_id].append(wish)
    return found


def _of(column: Any, ids: Select[Any]) -> Select[Any]:
    return select(column).where(column.in_(ids))


def _counted(column: Any, ids: Select[Any], *where: Any) -> Counter[int]:
    wanted = select(column, func.count()).where(column.in_(ids), *where).group_by(column)
    return Counter(dict(_rows(wanted)))


def _rows(wanted: Any) -> Iterable[tuple[int, Any]]:
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def _clocks(ids: Select[Any]) -> dict[tuple[int, ClockKind], list[TicketClock]]:
    found: dict[tuple[int, ClockKind], list[TicketClock]] = defaultdict(list)
    wanted = select(TicketClock).where(TicketClock.ticket_id.in_(ids)).order_by(TicketClock.id)
    for clock in db.session.scalars(wanted):
        found[clock.ticket_id, clock.kind].append(clock)
    return found


def _leads(ids: Select[Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    wanted = select(Assignment.ticket_id, Assignment.unit_id).where(
        Assignment.ticket_id.in_(ids), Assignment.part == Part.LEAD, Assignment.nth > 0
    )
    for ticket_id, unit_id in db.session.execute(wanted.order_by(Assignment.nth, Assignment.id)):
        found[ticket_id].append(unit_id)
    return found


def _first_contacts(ids: Select[Any]) -> dict[int, datetime]:
    """When a unit first spoke with the citizen; what the hotline asked him is no response."""
    wanted = select(Contact.ticket_id, func.min(Contact.at)).where(
        Contact.ticket_id.in_(ids), Contact.is_reached, Contact.unit_id.is_not(None)
    )
    return dict(_rows(wanted.group_by(Contact.ticket_id)))


def _talks(ids: Select[Any]) -> dict[int, list[datetime]]:
    """When units talked with the citizen in a call that proves it."""
    found: dict[int, list[datetime]] = defaultdict(list)
    wanted = select(Contact.ticket_id, Contact.talked_at).where(
        Contact.ticket_id.in_(ids), Contact.talked_at.is_not(None), Contact.unit_id.is_not(None)
    )
    for ticket_id, talked_at in _rows(wanted):
        found[ticket_id].append(talked_at)
    return found


def _procedures(ids: Select[Any]) -> dict[int, str]:
    """By which procedure of a law a ticket was handled; one that no auditor let hold is none."""
    wanted = select(Result.ticket_id, Result.procedure).where(
        Result.ticket_id.in_(ids), Result.audited_at.is_not(None), Result.defect == ""
    )
    return dict(_rows(wanted.order_by(Result.id)))


def _visits(ids: Select[Any]) -> dict[int, _Marks]:
    """The last visit in which the citizen was reached counts; attempts are counted all.

    That somebody was given up is a decision, and no attempt to reach him.
    """
    found: dict[int, _Marks] = {}
    wanted = select(Visit).where(Visit.ticket_id.in_(ids)).order_by(Visit.id)
    for visit in db.session.scalars(wanted):
        before = found.get(visit.ticket_id, _Marks())
        attempts = before.attempts + (visit.exclusion == "")
        found[visit.ticket_id] = (
            _Marks(
                is_reached=True,
                is_unproven=visit.by is not None and visit.call_id is None,
                is_solved=visit.is_solved,
                result=visit.result_mark,
                attitude=visit.attitude_mark,
                efficiency=visit.efficiency_mark,
                attempts=attempts,
            )
            if visit.is_reached
            else _Marks(
                is_reached=before.is_reached,
                is_unproven=before.is_unproven,
                is_solved=before.is_solved,
                result=before.result,
                attitude=before.attitude,
                efficiency=before.efficiency,
                attempts=attempts,
            )
        )
    return found
