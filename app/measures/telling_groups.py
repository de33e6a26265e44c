"""Into which groups the cases of a telling figure fall, and what is counted of each. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.handling.telling_figures import ACTS, COUNTED_ONLY, HASTE, TRANSFERS, Case

ALL = ""
"""The key of the group that everything is in, and of what belongs to no unit."""
PARTS = ("times", "of")
COUNTS_TICKETS = frozenset(f"act_{act}" for act in ACTS)
"""Figures of tickets with which something was done at all: each ticket is counted once."""
OF_PERSONS = frozenset(
    {
        "copied_replies", "contacts_unproven", "not_reached_unproven", "answers_unproven",
        "visits_given_up", "procedures", "sent_again", "stopped_at_the_end", "slow_decisions",
        TRANSFERS, HASTE, COUNTED_ONLY,
    }
) | COUNTS_TICKETS  # fmt: skip
"""Figures of which somebody can be asked why he did it."""


class By(StrEnum):
    """By whom telling figures are told apart."""

    NONE = "none"
    UNIT = "unit"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class TellingRow:
    """One figure of one group; see `Case` for what `times` and `of` are."""

    key: str
    times: int
    of: int
    longest: timedelta | None = None


def rows_of(code: str, cases: Iterable[Case], by: By) -> list[TellingRow]:
    """Return a row for each group, those that tell most first; what nobody did is no person's."""
    groups: dict[str, list[Case]] = {}
    for each in cases:
        if (key := key_of(each, by)) is not None:
            groups.setdefault(key, []).append(each)
    if by is By.NONE:
        groups.setdefault(ALL, [])
    rows = [_row(code, key, those) for key, those in groups.items()]
    return sorted(rows, key=lambda row: (-row.times, -row.of, row.key))


def key_of(case: Case, by: By) -> str | None:
    """Return the key of the group of a case; None where it is in none."""
    match by:
        case By.NONE:
            return ALL
        case By.UNIT:
            return str(case.unit_id or ALL)
        case By.PERSON:
            return str(case.person_id) if case.person_id is not None else None


def tickets_behind(cases: Iterable[Case], part: str, by: By, key: str) -> tuple[int, ...]:
    """Return the tickets behind a number, once each."""
    told = (each.ticket_id for each in _behind(cases, part, by, key))
    return tuple(dict.fromkeys(id_ for id_ in told if id_ is not None))


def calls_behind(cases: Iterable[Case], part: str, by: By, key: str) -> tuple[int, ...]:
    """Return the calls without a ticket behind a number, once each."""
    told = (each.call_id for each in _behind(cases, part, by, key))
    return tuple(dict.fromkeys(id_ for id_ in told if id_ is not None))


def _behind(cases: Iterable[Case], part: str, by: By, key: str) -> list[Case]:
    those = [each for each in cases if key_of(each, by) == key]
    return those if part == "of" else [each for each in those if each.times]


def _row(code: str, key: str, cases: Sequence[Case]) -> TellingRow:
    if code in COUNTS_TICKETS:
        return TellingRow(
            key=key,
            times=len({each.ticket_id for each in cases if each.times}),
            of=len({each.ticket_id for each in cases}),
        )
    return TellingRow(
        key=key,
        times=sum(each.times for each in cases),
        of=sum(each.of for each in cases),
        longest=max((each.lasted for each in cases if each.lasted is not None), default=None),
    )
