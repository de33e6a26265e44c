"""What becomes of the demonstration's tickets: lives played by the same table of moves. Pure.

A life is written as the handling room would have written it: each act is looked up in the table of
moves, clocks follow its effects, and every due date is reckoned from the clock's steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from app.handling.clock_rules import ClockKind, Matter, UrgentClass, rule_key
from app.rules.due_dates import CountingWay, reckon_due
from app.rules.rule_book import RuleBook
from app.rules.running_clocks import ClockEvent, ClockRule, ClockStep, stand
from app.rules.time_limits import Limit, read_limit
from app.rules.type_natures import nature_of
from app.rules.warning_times import warns_from
from app.rules.working_time import CalendarYearMissing, WorkingTime
from app.tickets.ticket_moves import Actor, Effect, TicketAct, find_move
from app.tickets.ticket_states import OVER, TicketState

Row = dict[str, Any]
ENDS_PARTS: Final = {
    TicketAct.MERGE: "over", TicketAct.AGREE_RETURN: "returned",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What clocks are begun with."""

    book: RuleBook
    working: WorkingTime


@dataclass(kw_only=True)
class PlannedClock:
    """A clock and what happened to it; `by_hand`: a limit that no rule gave."""

    kind: ClockKind
    matter: Matter
    unit_id: int | None
    steps: list[tuple[ClockStep, int | None]]
    by_hand: Limit | None = None

    @property
    def is_done(self) -> bool:
        """Say whether nothing more can happen to it."""
        return self.steps[-1][0].event is ClockEvent.DONE

    @property
    def is_paused(self) -> bool:
        """Say whether it stands still."""
        return self.steps[-1][0].event is ClockEvent.PAUSED


@dataclass(kw_only=True)
class Life:
    """Everything that was done with one ticket so far, as rows that do not know their ids yet.

    A row that belongs to another one of the same life names its place: `assignment`, `contact`.
    """

    rules: Rules
    request_type: str
    is_urgent: bool
    state: TicketState = TicketState.TO_DISPATCH
    round: int = 1
    lead_unit_id: int | None = None
    closed_at: datetime | None = None
    master: "Life | None" = None
    steps: list[Row] = field(default_factory=list)
    clocks: list[PlannedClock] = field(default_factory=list)
    parts: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    results: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    follow_ups: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    times: list[Row] = field(default_factory=list)
    disputes: list[Row] = field(default_factory=list)

    @property
    def matter(self) -> Matter:
        """Return what decides the limits of clocks that begin now."""
        urgent = UrgentClass.LIFE if self.is_urgent else None
        return Matter(
            request_type=self.request_type, nature=nature_of(self.request_type, {}), urgent=urgent,
            round=self.round,
        )  # fmt: skip

    @property
    def last_at(self) -> datetime:
        """Return when something was done last."""
        at: datetime = self.steps[-1]["at"]
        return at

    def open(self, *, call_ended_at: datetime, at: datetime, by: int) -> None:
        """Open it: the dispatch clock begins at once, the citizen's with the end of his call."""
        self.note("open", at=at, by=by, is_first=True)
        self.begin_clock(ClockKind.DISPATCH, at=at, by=by)
        self.begin_clock(ClockKind.CITIZEN, at=call_ended_at, by=None)

    def act(
        self, act: TicketAct, actor: Actor, *, at: datetime, by: int | None, **carried: Any
    ) -> None:
        """Do what the table of moves allows; the clocks follow."""
        named = {name for name, value in carried.items() if value not in (None, "")}
        move = find_move(act, self.state, by=actor, carried=named)
        unit_id = self.lead_unit_id if actor is Actor.UNIT else None
        self.note(str(act), at=at, by=by, new=move.new, unit_id=unit_id, carried=carried)
        for clock, effect in move.clocks.items():
            self._follow(ClockKind(clock.value), effect, at=at, by=by)
        if act in ENDS_PARTS:
            self.end_parts(ENDS_PARTS[act], at=at)
            self.lead_unit_id = None

    def note(
        self,
        act: str,
        *,
        at: datetime,
        by: int | None,
        new: TicketState | None = None,
        unit_id: int | None = None,
        carried: Mapping[str, Any] | None = None,
        is_first: bool = False,
    ) -> None:
        """Write a step."""
        old, self.state = self.state, new or self.state
        if self.state in OVER and old not in OVER:
            self.closed_at = at
        self.steps.append(
            {
                "act": act,
                "old": None if is_first else old,
                "new": self.state,
                "at": at,
                "by": by,
                "unit_id": unit_id,
                "carried": dict(carried or {}),
            }
        )

    def begin_clock(
        self,
        kind: ClockKind,
        *,
        at: datetime,
        by: int | None,
        unit_id: int | None = None,
        by_hand: Limit | None = None,
    ) -> None:
        """Begin a clock."""
        step = ClockStep(event=ClockEvent.STARTED, at=at)
        self.clocks.append(
            PlannedClock(
                kind=kind, matter=self.matter, unit_id=unit_id, steps=[(step, by)], by_hand=by_hand
            )
        )

    def tell_clock(
        self,
        kind: ClockKind,
        event: ClockEvent,
        *,
        at: datetime,
        by: int | None,
        limit: Limit | None = None,
    ) -> None:
        """Tell the newest clock of a kind what happened."""
        row = [each for each in self.clocks if each.kind is kind][-1]
        row.steps.append((ClockStep(event=event, at=at, by=limit), by))

    def finish(self, kind: ClockKind, *, at: datetime, by: int | None) -> None:
        """Let the clock of a kind be done, where one is not; a paused one goes on first."""
        known = [each for each in self.clocks if each.kind is kind and not each.is_done]
        if not known:
            return
        if known[-1].is_paused:
            self.tell_clock(kind, ClockEvent.RESUMED, at=at, by=by)
        self.tell_clock(kind, ClockEvent.DONE, at=at, by=by)

    def end_parts(self, ending: str, *, at: datetime) -> None:
        """End the parts of all units, and their inner limits with them."""
        for each in self.parts:
            if each["ended_at"] is None:
                each["ended_at"], each["ending"] = at, ending
        if ending != "done":
            for clock in self.clocks:
                if clock.kind is ClockKind.ASSIST and not clock.is_done:
                    clock.steps.append((ClockStep(event=ClockEvent.DONE, at=at), None))

    def due_of(self, kind: ClockKind) -> datetime | None:
        """Return when the newest clock of a kind is due, as things stand."""
        known = [each for each in self.clocks if each.kind is kind]
        due: datetime | None = reckoned(known[-1], self.rules)["due_at"] if known else None
        return due

    def return_until(self, at: datetime) -> datetime | None:
        """Return until when a unit that gets it now may give it back."""
        limit, way = self.rules.book.limit("limit.return", at), self.rules.book.counting(at)
        try:
            return reckon_due(at, limit, self.rules.working, way=way).due
        except CalendarYearMissing:
            return None

    def _follow(self, kind: ClockKind, effect: Effect, *, at: datetime, by: int | None) -> None:
        match effect:
            case Effect.START if kind is ClockKind.CONTACT:
                pass  # as shipped nobody is promised a first contact
            case Effect.START:
                is_units = kind in {ClockKind.SIGN, ClockKind.HANDLE}
                self.finish(kind, at=at, by=by)
                self.begin_clock(
                    kind, at=at, by=by, unit_id=self.lead_unit_id if is_units else None
                )
            case Effect.STOP:
                self.finish(kind, at=at, by=by)
            case Effect.PAUSE:
                self.tell_clock(kind, ClockEvent.PAUSED, at=at, by=by)
            case Effect.RESUME:
                self.tell_clock(kind, ClockEvent.RESUMED, at=at, by=by)


def reckoned(clock: PlannedClock, rules: Rules) -> Row:
    """Return a clock's row: the rule of its beginning, and the copies that follow from its steps.

    Where the calendar does not know the year yet, the clock waits for it.
    """
    started = clock.steps[0][0].at
    rule = rules.book.at(rule_key(clock.kind, clock.matter), started)
    limit = clock.by_hand or read_limit(rule.value)
    way = rules.book.counting(started)
    warns_before = rules.book.at("warn.before_due", started).value
    row: Row = {
        "kind": clock.kind,
        "round": clock.matter.round,
        "unit_id": clock.unit_id,
        "limit": str(limit),
        "basis": rule.basis if clock.by_hand is None else "",
        "is_urgent": clock.matter.urgent is not None,
        "first_day": way.first_day,
        "last_day_ends": way.last_day_ends,
        "after_hours": way.after_hours,
        "warns_before": warns_before,
        "rules_version": rules.book.version_at(started),
        "started_at": started,
    }
    return {**row, **_copies(clock, limit, way, read_limit(warns_before), rules)}


def _copies(
    clock: PlannedClock, limit: Limit, way: CountingWay, warns_before: Limit, rules: Rules
) -> Row:
    is_urgent = clock.matter.urgent is not None
    rule = ClockRule(limit=limit, is_urgent=is_urgent, way=way)
    started, steps = clock.steps[0][0].at, [step for step, _by in clock.steps]
    try:
        state = stand(steps, rule, rules.working)
        warns = warns_from(started, state.due, warns_before, rules.working, any_day=is_urgent)
    except CalendarYearMissing as unknown:
        return {
            "due_at": None,
            "warns_at": None,
            "missing_year": int(str(unknown.parameters["year"])),
            "is_running": not (clock.is_done or clock.is_paused),
            "done_at": steps[-1].at if clock.is_done else None,
            "extensions": 0,
        }
    return {
        "due_at": state.due,
        "warns_at": warns,
        "missing_year": None,
        "is_running": state.is_running,
        "done_at": state.done_at,
        "extensions": state.extensions,
    }
