"""Reads the rows of a time that telling figures look at, each with its ticket, unit and person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.calls.transfer_states import HandedOn
from app.calls.transfers import what_became_of
from app.core.database import db
from app.handling import clocks
from app.handling.clock_rules import ClockKind
from app.handling.models import (
    Assignment,
    Contact,
    Part,
    Result,
    ReturnWish,
    TicketClock,
    TicketClockStep,
    TimeWish,
    Visit,
)
from app.handling.telling_figures import (
    ACTS,
    CODES,
    COUNTED_ONLY,
    HASTE,
    SLOW,
    SUSPENDED,
    TRANSFERS,
    Case,
    Marked,
    Row,
    is_at_the_end,
    mark_copies,
    mark_given_up,
    mark_late,
    mark_never_answered,
    mark_procedures,
    mark_sent_again,
    mark_signed_by_itself,
    mark_slow,
    mark_unproven,
    mark_unproven_answers,
    stood_still,
    waited,
)
from app.rules import type_register
from app.rules.running_clocks import ClockEvent
from app.rules.type_natures import Nature
from app.rules.working_time import CalendarYearMissing
from app.tickets import stepping
from app.tickets.service import Ticket, called_for_haste, enquiries_transferred

AT_ONCE = 500
CAN_STAND_STILL = (ClockKind.DISPATCH, ClockKind.HANDLE)


def cases_between(begins: datetime, ends: datetime, *, now: datetime) -> dict[str, list[Case]]:
    """Return, for each figure, everything it looks at from one moment up to another."""
    found: dict[str, list[Case]] = {code: [] for code in CODES}
    for code, cases in _all(_Between(begins, ends), now):
        found[code] += cases
    return _with_units(found)


class _Between:
    """The rows of a time, by one of their moments."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self.begins, self.ends = begins, ends

    def of(self, moment: Any) -> tuple[Any, Any]:
        """Return the condition that a moment lies in the time."""
        return moment >= self.begins, moment < self.ends

    def holds(self, moment: datetime) -> bool:
        """Say whether a moment lies in the time."""
        return self.begins <= moment < self.ends

    def rows(self, model: type[Row], moment: Any) -> list[Row]:
        """Return the rows of a table, oldest first."""
        wanted = select(model).where(*self.of(moment)).order_by(moment)
        return list(db.session.scalars(wanted))


def _all(time: _Between, now: datetime) -> Iterator[tuple[str, list[Case]]]:
    replies = time.rows(Result, Result.handed_in_at)
    yield "copied_replies", _of(mark_copies(replies), person="handed_in_by")
    yield "procedures", _of(mark_procedures(replies), person="handed_in_by")
    contacts = time.rows(Contact, Contact.at)
    yield "contacts_unproven", _of(mark_unproven(contacts), person="by")
    missed = [each for each in contacts if not each.is_reached]
    yield "not_reached_unproven", _of(mark_unproven(missed), person="by")
    visits = time.rows(Visit, Visit.at)
    yield "answers_unproven", _of(mark_unproven_answers(visits), unit="", person="by")
    yield "visits_given_up", _of(mark_given_up(visits), unit="", person="by")
    leads = _leads(time)
    here = [each for each in leads if time.holds(each.dispatched_at)]
    yield "signed_by_itself", _of(mark_signed_by_itself(here))
    again = [
        (each, tells) for each, tells in mark_sent_again(leads) if time.holds(each.dispatched_at)
    ]
    yield "sent_again", _of(again, person="dispatched_by")
    helpers = [
        each for each in time.rows(Assignment, Assignment.ended_at) if each.part is Part.ASSISTANT
    ]
    yield "parts_unanswered", _of(mark_never_answered(helpers))
    for clock, is_late in mark_late(_due(time, now), now):
        yield f"late_{clock.kind}", _of([(clock, is_late)])
    yield SUSPENDED, list(_stood_still(time, now))
    yield "stopped_at_the_end", list(_pauses(time))
    yield SLOW, list(_decisions(time, now))
    yield TRANSFERS, list(_transfers(time))
    yield HASTE, list(_hasty(time))
    yield COUNTED_ONLY, list(_counted_only(time))
    yield from _acts(time)


def _of(marked: Marked[Any], *, unit: str = "unit_id", person: str = "") -> list[Case]:
    return [
        Case(
            ticket_id=row.ticket_id,
            unit_id=getattr(row, unit) if unit else None,
            person_id=getattr(row, person) if person else None,
            times=int(tells),
        )
        for row, tells in marked
    ]


def _leads(time: _Between) -> list[Assignment]:
    """Every dispatch of tickets that were dispatched in a time, those before it among them."""
    ids = select(Assignment.ticket_id).where(
        *time.of(Assignment.dispatched_at), Assignment.part == Part.LEAD
    )
    wanted = select(Assignment).where(
        Assignment.ticket_id.in_(ids), Assignment.part == Part.LEAD, Assignment.nth > 0
    )
    return list(db.session.scalars(wanted.order_by(Assignment.ticket_id, Assignment.nth)))


def _due(time: _Between, now: datetime) -> list[TicketClock]:
    """The clocks that were due in a time; one that is neither done nor due yet is not decided."""
    wanted = select(TicketClock).where(*time.of(TicketClock.due_at)).order_by(TicketClock.id)
    return [
        each
        for each in db.session.scalars(wanted)
        if each.done_at is not None
        or (each.is_running and each.due_at is not None and each.due_at < now)
    ]


def _stood_still(time: _Between, now: datetime) -> Iterator[Case]:
    begun = select(TicketClock).where(
        *time.of(TicketClock.started_at), TicketClock.kind.in_(CAN_STAND_STILL)
    )
    rows = list(db.session.scalars(begun.order_by(TicketClock.id)))
    steps = _steps(begun.with_only_columns(TicketClock.id))
    for row in rows:
        still, whole = stood_still(steps[row.id], now)
        yield Case(
            ticket_id=row.ticket_id,
            unit_id=row.unit_id,
            person_id=None,
            times=round(still.total_seconds()),
            of=round(whole.total_seconds()),
        )


def _pauses(time: _Between) -> Iterator[Case]:
    paused = select(TicketClockStep.clock_id).where(
        *time.of(TicketClockStep.at), TicketClockStep.event == ClockEvent.PAUSED
    )
    wanted = select(TicketClock).where(TicketClock.id.in_(paused)).order_by(TicketClock.id)
    steps = _steps(paused)
    for row in db.session.scalars(wanted):
        for place, step in enumerate(steps[row.id]):
            if step.event is ClockEvent.PAUSED and time.holds(step.at):
                due = _due_before(row, steps[row.id][:place])
                yield Case(
                    ticket_id=row.ticket_id,
                    unit_id=row.unit_id,
                    person_id=step.saved_by,
                    times=int(due is not None and is_at_the_end(step.at, due)),
                )


def _due_before(row: TicketClock, steps: Sequence[TicketClockStep]) -> datetime | None:
    """Return until when a clock ran before something happened to it; None: nobody can say."""
    try:
        due = clocks.state_after(row, steps).due
    except CalendarYearMissing:
        return row.not_after
    return min(due, row.not_after) if row.not_after is not None else due


def _steps(clock_ids: Select[Any]) -> Mapping[int, list[TicketClockStep]]:
    found: dict[int, list[TicketClockStep]] = defaultdict(list)
    wanted = select(TicketClockStep).where(TicketClockStep.clock_id.in_(clock_ids))
    for step in db.session.scalars(wanted.order_by(TicketClockStep.id)):
        found[step.clock_id].append(step)
    return found


def _decisions(time: _Between, now: datetime) -> Iterator[Case]:
    wishes: list[TimeWish | ReturnWish] = [
        *time.rows(TimeWish, TimeWish.asked_at),
        *time.rows(ReturnWish, ReturnWish.asked_at),
    ]
    for wish, is_slow in mark_slow(wishes, now):  # one that lapsed lay until nobody needed it
        yield Case(
            ticket_id=wish.ticket_id,
            unit_id=None,
            person_id=wish.decided_by,
            times=int(is_slow),
            lasted=waited(wish, now),
        )


def _transfers(time: _Between) -> Iterator[Case]:
    """Calls noted as transferred; those of which the ledger knows nobody who took them tell."""
    noted = enquiries_transferred(time.begins, time.ends)
    for since in range(0, len(noted), AT_ONCE):
        some = noted[since : since + AT_ONCE]
        became = what_became_of({each.call_id for each in some})
        for each in some:
            yield Case(
                ticket_id=None,
                unit_id=None,
                person_id=each.agent_id,
                times=int(became[each.call_id] is not HandedOn.TAKEN),
                call_id=each.call_id,
            )


def _hasty(time: _Between) -> Iterator[Case]:
    """Tickets in whose text a word called for haste; those that went on without it tell."""
    for ticket_id, person_id, urgency in called_for_haste(time.begins, time.ends):
        is_calm = not urgency.hurries
        yield Case(ticket_id=ticket_id, unit_id=None, person_id=person_id, times=int(is_calm))


def _counted_only(time: _Between) -> Iterator[Case]:
    """Tickets that were opened; those of a type that nobody handles tell."""
    codes = type_register.codes_of({Nature.STATISTICAL})
    opened = select(Ticket.id, Ticket.first_contact_id, Ticket.request_type)
    for ticket_id, by, code in db.session.execute(opened.where(*time.of(Ticket.opened_at))):
        yield Case(ticket_id=ticket_id, unit_id=None, person_id=by, times=int(code in codes))


def _acts(time: _Between) -> Iterator[tuple[str, list[Case]]]:
    """Give for each act every ticket that somebody had in hand, with whether he did it."""
    done = stepping.acts_between(time.begins, time.ends)
    for act in ACTS:
        yield (
            f"act_{act}",
            [
                Case(ticket_id=ticket_id, unit_id=None, person_id=by, times=int(act in acts))
                for (ticket_id, by), acts in done.items()
            ],
        )


def _with_units(found: Mapping[str, list[Case]]) -> dict[str, list[Case]]:
    """What names no unit of its own counts for the unit that led the ticket last."""
    without = {
        each.ticket_id
        for cases in found.values()
        for each in cases
        if each.unit_id is None and each.ticket_id is not None
    }
    leads = _last_leads(without)
    return {
        code: [each if each.unit_id is not None else _led(each, leads) for each in cases]
        for code, cases in found.items()
    }


def _led(case: Case, leads: Mapping[int, int]) -> Case:
    return replace(case, unit_id=leads.get(case.ticket_id)) if case.ticket_id is not None else case


def _last_leads(ticket_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    ids = sorted(ticket_ids)
    for since in range(0, len(ids), AT_ONCE):
        some = ids[since : since + AT_ONCE]
        wanted = select(Assignment.ticket_id, Assignment.unit_id).where(
            Assignment.ticket_id.in_(some), Assignment.part == Part.LEAD
        )
        for ticket_id, unit_id in db.session.execute(wanted.order_by(Assignment.id)):
            found[ticket_id] = unit_id
    return found
