"""What a unit reads of a ticket: masked; of a confidential one nothing that leads to its caller.

Why something is due is reckoned again from the clock's own rule, and said day by day.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from flask_babel import gettext

from app.core import clock
from app.core.sign_in import the_person
from app.handling import (
    acting,
    calendar_following,
    clocks,
    contacting,
    following,
    part_numbers,
    reply_owed,
    results,
    returning,
    scope,
    timing,
)
from app.handling.attachments import attachments_of
from app.handling.calendar_following import ClockRuleChange
from app.handling.clock_rules import ClockKind
from app.handling.reply_checks import TOLD_IF_NEEDED
from app.handling.unit_parts import OPINIONS_IN
from app.handling.unit_tabs import Assignment, Part, TicketClock
from app.organisation import service as organisation
from app.rules import rule_register, type_register
from app.rules.code_lists import CodeList
from app.rules.due_dates import CountingWay, Reckoned, reckon_due
from app.rules.running_clocks import ClockLamp
from app.rules.time_limits import COUNTS_DAYS, read_limit
from app.rules.working_time import CalendarYearMissing
from app.ticket_desks.ticket_card import (
    TicketCard,
    became,
    cards_of,
    code_name,
    said,
    unit_name,
    why_chosen,
)
from app.ticket_desks.unit_forms import limit_words
from app.tickets import stepping
from app.tickets.service import Ticket
from app.tickets.ticket_states import TicketState

TEXTS = ("content", "occurred", "respondent", "demand")
CLOCKS = (
    ClockKind.CONTACT, ClockKind.HANDLE, ClockKind.ASSIST, ClockKind.SIGN, ClockKind.CITIZEN,
)  # fmt: skip
SHOWN_CLOCKS = (
    ClockKind.SIGN, ClockKind.CONTACT, ClockKind.HANDLE, ClockKind.ASSIST, ClockKind.SUPERVISE,
    ClockKind.CITIZEN,
)  # fmt: skip
SAID_WITH_STEPS = ("text", "question", "reason", "basis", "note", "words")
CODES = {
    "defect": CodeList.DEFECT, "exclusion": CodeList.VISIT_EXCLUSION,
    "reason": CodeList.RETURN_REASON,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """A clock as a page shows it; `why` None where the calendar's year is not known."""

    kind: str
    lamp: str
    due_at: datetime | None
    limit: str
    basis: str
    started_at: datetime
    done_at: datetime | None
    extensions: int
    why: Reckoned | None
    counts_days: bool
    changes: Sequence[ClockRuleChange] = ()  # other rules and calendars it was given, oldest first


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One step: what happened, who did it for whom, the words that came with it."""

    at: datetime
    act: str
    who: str
    words: str


def read(ticket_id: int) -> Ticket:
    """Return a ticket in which this person's unit, or one below, has or had a part."""
    return scope.read_as_unit(ticket_id, unit_id=the_person().unit_id)


def cards_for(
    tickets: Collection[Ticket], *, clocks: Collection[ClockKind] = CLOCKS
) -> list[TicketCard]:
    """Return the cards of tickets with the numbers under which this person's unit reads them."""
    numbers = part_numbers.numbers_for(tickets, the_person().unit_id)
    cards = cards_of(tickets, clocks=clocks)
    return [replace(each, number=numbers[each.ticket_id]) for each in cards]


def own_live_part(ticket: Ticket) -> Assignment | None:
    """Return the part that this person's unit has now."""
    for each in acting.parts_of(ticket.id, live=True):
        if each.unit_id == the_person().unit_id:
            return each
    return None


def picture(ticket: Ticket) -> dict[str, Any]:
    """Return all that the page shows besides its forms."""
    part = own_live_part(ticket)
    handed_in = results.results_of(ticket.id)
    owed = clocks.running(ticket.id, ClockKind.CONTACT)
    parts = acting.parts_of(ticket.id)
    return {
        "ticket": ticket,
        "card": cards_of([ticket], clocks=CLOCKS)[0],
        "number": part_numbers.number_for(ticket, the_person().unit_id),
        "part_numbers": part_numbers.numbers_of_parts(ticket, parts),
        # what people wrote along the way may name the caller as well as his own words do
        "tell": partial(said, of=ticket),
        "said": {name: said(getattr(ticket, name), of=ticket) for name in TEXTS},
        "address": "" if ticket.is_confidential else said(ticket.address, of=ticket),
        "part": part,
        "is_lead": part is not None and part.part is Part.LEAD,
        "can": acts_for(ticket, part),
        "parts": [(each, unit_name(each.unit_id)) for each in parts],
        "hotline_answers": reply_owed.hotline_answers(ticket),
        "contact_owed": clock_line(owed) if owed is not None else None,
        "clocks": [_line_of(each, ticket) for each in _clocks(ticket)],
        "steps": steps_of(ticket),
        "follow_ups": [
            (each, said(each.text, of=owner)) for each, owner in following.follow_ups_heard(ticket)
        ],
        "contacts": [
            (each, said(each.note, of=ticket)) for each in contacting.contacts_of(ticket.id)
        ],
        "must_tell": {
            name: results.needs(
                rule_register.read_book(),
                name,
                type_register.nature_of(ticket.request_type),
                at=clock.now(),
            )
            for name in TOLD_IF_NEEDED
        },
        "results": [
            (
                each,
                code_name(CodeList.DEFECT, each.defect),
                code_name(CodeList.PROCEDURE, each.procedure),
            )
            for each in handed_in
        ],
        "returns": [
            (each, code_name(CodeList.RETURN_REASON, each.reason), unit_name(each.proposed_unit_id))
            for each in returning.returns_of(ticket.id)
        ],
        "times": [
            (each, code_name(CodeList.TIME_REASON, each.reason), limit_words(each.by_limit))
            for each in timing.times_of(ticket.id)
        ],
        "files": attachments_of(ticket.id),
        "now": clock.now(),
    }


def acts_for(ticket: Ticket, part: Assignment | None) -> frozenset[str]:
    """Return what this person's unit can do with the ticket now; the acts decide once more."""
    if part is None:
        return frozenset()
    state = ticket.state
    if part.part is not Part.LEAD:
        calls = {"call"} if state is TicketState.HANDLING else set()
        says = {"opinion"} if state in OPINIONS_IN else set()
        return frozenset({*says, *calls, *({"sign"} if part.signed_at is None else ())})
    if state is TicketState.TO_SIGN:
        return frozenset({"sign", "return", "call_in", "send_down"})
    if state is TicketState.HANDLING:
        return frozenset({"call", "contact", "result", "return", "time", "call_in", "send_down"})
    return frozenset({"resume"}) if state is TicketState.SUSPENDED else frozenset()


def steps_of(ticket: Ticket) -> list[StepLine]:
    """Return what was done, the newest first; people of the hotline by their house only."""
    lines = []
    for each in stepping.steps_of(ticket.id)[::-1]:
        told = {**each.carried, "basis": why_chosen(each.carried)}
        put_right = [said(word, of=ticket) for word in became(each.carried, ticket)]
        words = [
            *put_right, *(_word(name, told, ticket) for name in (*SAID_WITH_STEPS, "defect")),
        ]  # fmt: skip
        who = unit_name(each.unit_id) or gettext(
            "unit_desk.by_itself" if each.by is None else "unit_desk.by_hotline"
        )
        lines.append(
            StepLine(at=each.at, act=each.act, who=who, words=" · ".join(w for w in words if w))
        )
    return lines


def clock_line(row: TicketClock) -> ClockLine:
    """Return a clock with how its first due date was come by, and what moved it since."""
    limit = read_limit(row.limit)
    way = CountingWay(
        first_day=row.first_day, last_day_ends=row.last_day_ends, after_hours=row.after_hours
    )
    working = clocks.working_of(row)
    try:
        why = reckon_due(row.started_at, limit, working, is_urgent=row.is_urgent, way=way)
    except CalendarYearMissing:
        why = None
    return ClockLine(
        kind=str(row.kind),
        lamp=str(_lamp(row)),
        due_at=row.due_at,
        limit=limit_words(row.limit),
        basis=row.basis,
        started_at=row.started_at,
        done_at=row.done_at,
        extensions=row.extensions,
        why=why,
        counts_days=limit.unit in COUNTS_DAYS,
        changes=calendar_following.changes_of(row.id),
    )


def _line_of(row: TicketClock, ticket: Ticket) -> ClockLine:
    """Of who is confidential not even the basis is told: the fast lane's would say who asks."""
    line = clock_line(row)
    return replace(line, basis="", changes=()) if ticket.is_confidential else line


def below() -> list[Any]:
    """Return the units below this person's, by name."""
    unit_id = the_person().unit_id
    ids = organisation.units_below(unit_id) if unit_id is not None else []
    return sorted((organisation.get_unit(each) for each in ids), key=lambda unit: unit.code)


def _clocks(ticket: Ticket) -> list[TicketClock]:
    own = the_person().unit_id
    found = [
        each
        for each in clocks.clocks_of(ticket.id)
        if each.kind in SHOWN_CLOCKS
        and (each.kind is not ClockKind.ASSIST or own in {each.unit_id, ticket.lead_unit_id})
    ]
    # A ticket in its second round has the clocks of the first as well: what counts now comes first.
    return sorted(found, key=lambda each: each.done_at is not None)


def _lamp(row: TicketClock) -> ClockLamp:
    if row.done_at is not None:
        return ClockLamp.DONE
    if not row.is_running:
        return ClockLamp.PAUSED
    now = clock.now()
    if row.due_at is not None and now > row.due_at:
        return ClockLamp.RED
    is_near = row.warns_at is not None and now > row.warns_at
    return ClockLamp.YELLOW if is_near else ClockLamp.GREEN


def _word(name: str, carried: Any, ticket: Ticket) -> str:
    value = carried.get(name)
    if not isinstance(value, str) or not value:
        return ""
    if name in CODES:
        named = code_name(CODES[name], value)
        if named == value and name == "reason":
            named = code_name(CodeList.TIME_REASON, value)
        return said(named, of=ticket)
    return said(value, of=ticket)
