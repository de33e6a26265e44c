"""How a missed caller stands: the ledger's word weighs more than what anybody clicked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.calls.call_back_verdict import CallBackPicture, CallBackStanding, judge

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


def minutes(count: float) -> datetime:
    return NINE + timedelta(minutes=count)


TAKEN: dict[str, Any] = {"owner_id": 6, "taken_at": minutes(5)}
GIVEN_UP: dict[str, Any] = {"given_up_at": minutes(9), "given_up_by": 6}
SPOKEN: dict[str, Any] = {"spoken_at": minutes(30), "spoken_by": 7}


@pytest.mark.parametrize(
    ("known", "state", "by", "at"),
    [
        ({}, "open", None, None),
        (TAKEN, "taken", 6, minutes(5)),
        (TAKEN | GIVEN_UP, "given_up", 6, minutes(9)),
        (TAKEN | SPOKEN, "called_back", 7, minutes(30)),
        (SPOKEN, "called_back", 7, minutes(30)),
        (TAKEN | GIVEN_UP | SPOKEN, "called_back", 7, minutes(30)),
    ],
)
def test_a_missed_caller_has_one_state_with_who_and_when(
    known: dict[str, Any], state: str, by: int | None, at: datetime | None
) -> None:
    picture = CallBackPicture(missed_at=NINE, **known)

    verdict = judge(picture, within=TWO_HOURS, now=minutes(60))

    assert (verdict.state, verdict.by, verdict.at) == (state, by, at)


@pytest.mark.parametrize(
    ("known", "minute", "is_late"),
    [({}, 120, False), ({}, 121, True), (TAKEN, 121, True), (SPOKEN, 500, False)],
)
def test_only_who_still_waits_can_be_late(
    known: dict[str, Any], minute: float, is_late: bool
) -> None:
    picture = CallBackPicture(missed_at=NINE, **known)

    verdict = judge(picture, within=TWO_HOURS, now=minutes(minute))

    assert (verdict.is_late, verdict.due_at) == (is_late, minutes(120))
    assert verdict.state in CallBackStanding
