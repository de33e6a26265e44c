"""The life of a ticket as lines to be told: what was done, by whom, from where to where. Pure.

An act that nobody here knows (a later version wrote it) is told neutrally, never left out. The
words are the keys `timeline.act_<act>`; a test sees that none is missing in either language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.tickets.ticket_moves import TicketAct

OTHER = "other"
CALLED_AGAIN = "called_again"
BESIDE = frozenset(
    {
        "open", "took_in", "contact", "urge", "supplement", "supervise", "hand_over",
        "give_up_visit", "visit", "refuse_redo", "call_in", "send_down", "sign_part", "opinion",
        "ask_time", "decide_time", "retype", "mark", "follow_rules", "contact_words",
        "correct_person", "correct_matter", CALLED_AGAIN,
    }
)  # fmt: skip
"""Acts that are told beside those of the table of moves."""
KNOWN_ACTS = BESIDE | {str(act) for act in TicketAct}


class Kind(StrEnum):
    """What sort of thing was carried, and so how it is put into words."""

    UNIT = "unit"
    PERSON = "person"
    YES_NO = "yes_no"
    CODE = "code"
    TEXT = "text"


UNITS = frozenset({"lead", "unit", "assistants", "proposed", "provisional"})
PEOPLE = frozenset({"from", "to", "approved_by"})
NOT_TOLD = frozenset({"visit", "contact", "call", "recording", "ticket", "proven"})
"""Ids of rows, which say nothing to a reader."""
LEADS_TO_HIM = frozenset({"old_address", "new_address", "old_grid"})
"""What came with an act and leads to who is confidential, also where he became so afterwards."""
_CODE_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class StepPicture:
    """One step as it was written. `by` is a person's id, `unit_id` the unit for which he acted."""

    at: datetime
    act: str
    old: str | None
    new: str
    by: int | None = None
    unit_id: int | None = None
    carried: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CallPicture:
    """A later call about the same matter."""

    at: datetime
    by: int
    note: str


@dataclass(frozen=True, kw_only=True)
class Detail:
    """Something that came with an act; a list of units is several details of one name."""

    name: str
    kind: Kind
    value: str


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One line. `before` and `after` are states, both empty where the act moved nothing."""

    at: datetime
    act: str
    by: int | None
    unit_id: int | None
    before: str
    after: str
    details: tuple[Detail, ...]


def timeline(steps: Iterable[StepPicture], calls: Iterable[CallPicture] = ()) -> list[TimelineLine]:
    """Return the lines of a ticket, the oldest first; steps of one moment in their order."""
    lines = [_of_step(step) for step in steps]
    lines += [
        TimelineLine(
            at=call.at,
            act=CALLED_AGAIN,
            by=call.by,
            unit_id=None,
            before="",
            after="",
            details=_details({"note": call.note}),
        )
        for call in calls
    ]
    return sorted(lines, key=lambda line: line.at)


def _of_step(step: StepPicture) -> TimelineLine:
    has_moved = step.old != step.new
    return TimelineLine(
        at=step.at,
        act=step.act if step.act in KNOWN_ACTS else OTHER,
        by=step.by,
        unit_id=step.unit_id,
        before=(step.old or "") if has_moved else "",
        after=step.new if has_moved else "",
        details=_details(step.carried),
    )


def _details(carried: Mapping[str, Any]) -> tuple[Detail, ...]:
    return tuple(
        Detail(name=name, kind=_kind_of(name, value), value=str(value))
        for name, given in carried.items()
        if name not in NOT_TOLD and not (name == "basis" and given == carried.get("basis_kind"))
        for value in (given if isinstance(given, list | tuple) else [given])
        if value not in (None, "") and not isinstance(value, dict)
    )


def _kind_of(name: str, value: object) -> Kind:
    if name in UNITS and str(value).isdigit():
        return Kind.UNIT
    if name in PEOPLE and str(value).isdigit():
        return Kind.PERSON
    if isinstance(value, bool):
        return Kind.YES_NO
    is_code = isinstance(value, str) and value.isascii() and len(value) <= _CODE_LENGTH
    return Kind.CODE if is_code else Kind.TEXT
