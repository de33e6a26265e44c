"""Builds the pictures that figures are counted from, out of the rows that exist; reads formulas."""

import csv
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain, islice
from pathlib import Path

from app.calls import counted_calls
from app.calls.call_results import CallResult, CountedCall
from app.handling.counted_tickets import tickets_opened
from app.measures.formulas import USUALLY_SATISFIES, Formula, Subject, check_expression
from app.measures.pictures import CallPicture, TicketPicture
from app.rules import rule_register
from app.rules.rule_book import UnknownRule
from app.tickets import call_matters
from app.tickets import service as tickets

DATA = Path(__file__).parent / "data"
AT_ONCE = 500
USUAL_DAYS = 7


@cache
def shipped_formulas() -> tuple[Formula, ...]:
    """Return the formulas that come with the program. Raises UnknownCondition for a bad one."""
    with (DATA / "formulas.csv").open(encoding="utf-8", newline="") as file:
        formulas = tuple(_formula(row) for row in csv.DictReader(file))
    for each in formulas:
        check_expression(each.denominator, each.subject)
        check_expression(each.numerator, each.subject)
    return formulas


def ticket_pictures(begins: datetime, ends: datetime, *, now: datetime) -> list[TicketPicture]:
    """Return the tickets opened in a time."""
    return tickets_opened(begins, ends, now=now)


def call_pictures(begins: datetime, ends: datetime, *, now: datetime) -> list[CallPicture]:
    """Return the calls that asked for a person of ours in a time and are decided."""
    asked = [
        call
        for call in counted_calls.calls_since(begins)
        if not call.is_out and call.invited_at < ends and _is_decided(call)
    ]
    answered = [call.call_id for call in asked if call.answered_at is not None]
    kinds = _outcomes(answered)
    within = timedelta(days=_days(now))
    again = _again(answered, within=within)
    return [
        _call(
            call,
            kinds.get(call.call_id, frozenset()),
            comes_again=_comes_again(call, again, is_over=call.invited_at + within <= now),
        )
        for call in asked
    ]


def _days(now: datetime) -> int:
    """Return within how many days another call on the same matter says that it was not solved."""
    try:
        return rule_register.read_book().most("most.first_call_days", now)
    except UnknownRule:
        return USUAL_DAYS


def _again(call_ids: Sequence[int], *, within: timedelta) -> set[int]:
    """Return the calls that came again about the same matter."""
    found: set[int] = set()
    ids = iter(call_ids)
    while some := list(islice(ids, AT_ONCE)):
        later = counted_calls.later_by_same_number(some, within=within)
        matters = call_matters.matters_of({*later, *chain.from_iterable(later.values())})
        nothing: frozenset[str] = frozenset()
        found |= {
            call_id
            for call_id, those in later.items()
            if any(matters.get(call_id, nothing) & matters.get(each, nothing) for each in those)
        }
    return found


def _comes_again(call: CountedCall, again: Collection[int], *, is_over: bool) -> bool | None:
    if call.answered_at is None:
        return None
    if call.call_id in again:
        return True
    return False if is_over else None


def _formula(row: dict[str, str]) -> Formula:
    return Formula(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        subject=Subject(row["subject"]),
        denominator=row["denominator"],
        numerator=row["numerator"],
        exclusions=frozenset(row["exclusions"].split()),
        is_tiered=row["is_tiered"] == "yes",
        satisfied_from=int(row["satisfied_from"] or USUALLY_SATISFIES),
        valid_from=date.fromisoformat(row["valid_from"]),
        basis=row["basis"],
    )


def _is_decided(call: CountedCall) -> bool:
    has_asked = call.queued_at is not None or call.result is CallResult.REFUSED
    return has_asked and (call.answered_at is not None or call.ended_at is not None)


def _outcomes(call_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    left: dict[int, frozenset[str]] = {}
    ids = iter(call_ids)
    while some := list(islice(ids, AT_ONCE)):
        for call_id, outcomes in tickets.outcomes_of(some).items():
            left[call_id] = frozenset(each.kind for each in outcomes)
    return left


def _call(call: CountedCall, kinds: frozenset[str], *, comes_again: bool | None) -> CallPicture:
    at = call.queued_at or call.invited_at
    reasons = {
        "short": call.result is CallResult.SHORT,
        "turned_away": call.was_turned_away,
    }
    return CallPicture(
        call_id=call.call_id,
        requested_at=at,
        is_answered=call.answered_at is not None,
        is_short=reasons["short"],
        wait_seconds=(call.answered_at - at).total_seconds() if call.answered_at else None,
        talk_seconds=_seconds(call.answered_at, call.ended_at),
        is_answered_at_once="enquiry" in kinds,
        has_ticket=bool(kinds - {"enquiry"}),
        comes_again=comes_again,
        exclusions=frozenset(name for name, holds in reasons.items() if holds),
    )


def _seconds(begun: datetime | None, ended: datetime | None) -> float | None:
    return (ended - begun).total_seconds() if begun and ended else None
