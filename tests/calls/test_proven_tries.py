"""Which calls out count as having tried a citizen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.calls.proven_tries import OutCall, is_try

TAKEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def call(seconds: float, ended_by: str, **changes: Any) -> OutCall:
    given: dict[str, Any] = {
        "taken_at": TAKEN,
        "has_talked": False,
        "ended_at": TAKEN + timedelta(seconds=seconds),
        "ended_by": ended_by,
        **changes,
    }
    return OutCall(**given)


@pytest.mark.parametrize("who", ["agent", "app"])
def test_who_hangs_up_before_it_has_rung_for_fifteen_seconds_has_tried_nobody(who: str) -> None:
    assert not is_try(call(14.9, who))
    assert is_try(call(15, who))


@pytest.mark.parametrize("who", ["exchange", "caller"])
def test_a_busy_or_unanswered_citizen_was_tried_however_soon_his_side_said_so(who: str) -> None:
    assert is_try(call(1, who))


def test_who_did_not_take_his_own_telephone_has_tried_nobody() -> None:
    assert not is_try(call(40, "exchange", taken_at=None))


def test_a_talk_is_more_than_a_try_and_a_call_that_goes_on_is_none_yet() -> None:
    assert is_try(call(3, "agent", has_talked=True))
    assert not is_try(call(0, "", ended_at=None))
