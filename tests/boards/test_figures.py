"""Each figure of the board, by tables of calls: who counts, in which window, with which wait."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.boards import figures
from app.boards.figures import Share
from app.calls.call_results import CallResult, CountedCall

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning in Heyuan
TODAY = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
ANSWERED, ABANDONED = CallResult.ANSWERED, CallResult.ABANDONED
SHORT, DROPPED, REFUSED = CallResult.SHORT, CallResult.DROPPED, CallResult.REFUSED


def call(
    *,
    ago: float = 600,
    waited: float | None = None,
    result: CallResult | None = None,
    **changes: Any,
) -> CountedCall:
    """A call that entered the queue `ago` seconds ago, and was answered after `waited`."""
    queued_at = NOW - timedelta(seconds=ago)
    answered_at = queued_at + timedelta(seconds=waited) if waited is not None else None
    given: dict[str, Any] = {
        "call_id": 1,
        "dialled_number": "12345",
        "line_id": 7,
        "is_out": False,
        "invited_at": queued_at - timedelta(seconds=2),
        "queued_at": queued_at,
        "answered_at": answered_at,
        "ended_at": queued_at + timedelta(seconds=300) if result is not None else None,
        "result": result,
        "was_turned_away": False,
    }
    return CountedCall(**{**given, **changes})


def at_the_door(result: CallResult, *, was_turned_away: bool) -> CountedCall:
    return call(result=result, queued_at=None, was_turned_away=was_turned_away)


DAY = 24 * 3600.0


@pytest.mark.parametrize(
    ("why", "one", "counted"),
    [
        ("answered, long over", call(waited=9, result=ANSWERED), (1, 1)),
        ("answered, still talking", call(waited=9), (1, 1)),
        ("abandoned", call(result=ABANDONED), (0, 1)),
        ("dropped by a fault is nobody's answer", call(result=DROPPED), (0, 1)),
        ("gone at once", call(result=SHORT), (0, 0)),
        ("still waiting is undecided", call(ago=60), (0, 0)),
        ("exactly 24 hours ago is over the edge", call(ago=DAY, waited=1), (0, 0)),
        ("just under 24 hours ago", call(ago=DAY - 1, waited=1), (1, 1)),
        ("after this moment", call(ago=-1, waited=1), (0, 0)),
        ("ours to a citizen", call(waited=9, result=ANSWERED, is_out=True), (0, 0)),
        ("refused where it asked", at_the_door(REFUSED, was_turned_away=False), (0, 1)),
        ("turned away by the register", at_the_door(REFUSED, was_turned_away=True), (0, 0)),
        (
            "heard that the number moved",
            at_the_door(CallResult.ANNOUNCED, was_turned_away=True),
            (0, 0),
        ),
        (
            "hung up in the greeting, before the queue",
            at_the_door(ABANDONED, was_turned_away=False),
            (0, 0),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_connect_rate_counts(why: str, one: CountedCall, counted: tuple[int, int]) -> None:
    assert why
    assert figures.connect_rate([one], now=NOW) == Share(part=counted[0], whole=counted[1])


def test_short_calls_are_counted_where_one_asks_for_it() -> None:
    calls = [call(waited=3, result=ANSWERED), call(result=SHORT), call(result=ABANDONED)]

    assert figures.connect_rate(calls, now=NOW) == Share(part=1, whole=2)
    assert figures.connect_rate(calls, now=NOW, counts_short=True) == Share(part=1, whole=3)


@pytest.mark.parametrize(
    ("why", "one", "counted"),
    [
        ("at once", call(waited=0), (1, 1)),
        ("at fifteen seconds to the dot", call(waited=15), (1, 1)),
        ("a blink later", call(waited=15.001), (0, 1)),
        ("the news of the answer before the one of the queue", call(waited=-1), (1, 1)),
        ("abandoned after three seconds of patience", call(result=ABANDONED), (0, 1)),
        ("gone at once", call(result=SHORT), (0, 1)),
        ("waits for ten seconds: may still be in time", call(ago=10), (0, 0)),
        ("waits for fifteen: may be in time this moment", call(ago=15), (0, 0)),
        ("waits for sixteen: late already", call(ago=16), (0, 1)),
        ("before midnight", call(ago=10 * 3600 + 1, waited=1), (0, 0)),
        ("at midnight", call(ago=10 * 3600, waited=1), (1, 1)),
        ("ours to a citizen", call(waited=2, is_out=True), (0, 0)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_fifteen_second_rate_counts(
    why: str, one: CountedCall, counted: tuple[int, int]
) -> None:
    assert why
    found = figures.in_time_rate([one], since=TODAY, now=NOW)

    assert found == Share(part=counted[0], whole=counted[1])


def test_the_fifteen_second_rate_without_short_calls_is_the_kinder_one() -> None:
    calls = [call(waited=3), call(result=SHORT), call(waited=40)]

    assert figures.in_time_rate(calls, since=TODAY, now=NOW) == Share(part=1, whole=3)
    kinder = figures.in_time_rate(calls, since=TODAY, now=NOW, counts_short=False)
    assert kinder == Share(part=1, whole=2)


def test_of_nothing_there_is_no_share() -> None:
    assert figures.connect_rate([], now=NOW).value is None
    assert Share(part=1, whole=4).value == 0.25


def test_missed_are_all_whom_nobody_answered_before_the_queue_too() -> None:
    calls = [
        call(result=ABANDONED),
        call(result=SHORT),
        call(result=DROPPED),
        at_the_door(SHORT, was_turned_away=False),
        at_the_door(CallResult.ANNOUNCED, was_turned_away=True),
        call(waited=3, result=ANSWERED),
        call(result=CallResult.NOT_REACHED, is_out=True),
        call(ago=11 * 3600, result=ABANDONED),
        call(),
    ]

    assert figures.missed(calls, since=TODAY, now=NOW) == 4


def test_waits_are_the_mean_the_median_and_the_ninetieth_of_the_answered() -> None:
    calls = [call(waited=seconds) for seconds in range(1, 11)] + [call(result=ABANDONED)]

    found = figures.waits(calls, since=TODAY, now=NOW)

    assert (found.answered, found.mean, found.median, found.ninetieth) == (10, 5.5, 5, 9)
    assert figures.waits([], since=TODAY, now=NOW).mean is None


def test_numbers_stand_by_how_often_they_were_dialled_with_their_own_figures() -> None:
    calls = [
        call(dialled_number="12315", waited=3),
        call(dialled_number="12315", waited=30),
        call(dialled_number="12315", result=ABANDONED),
        call(dialled_number="12315", ago=5),
        call(dialled_number="12333", waited=4, line_id=None),
        call(dialled_number="12333", is_out=True, waited=1),
        call(dialled_number="12329", ago=11 * 3600, waited=1),
    ]

    first, second = figures.by_number(calls, since=TODAY, now=NOW)

    assert (first.dialled_number, first.line_id) == ("12315", 7)
    assert (first.requested, first.answered, first.missed, first.waiting) == (4, 2, 1, 1)
    assert first.in_time == Share(part=1, whole=3)
    assert (second.dialled_number, second.line_id, second.requested) == ("12333", None, 1)


def test_the_curve_is_a_day_of_half_hours_and_the_last_is_under_way() -> None:
    now = NOW + timedelta(minutes=10)
    calls = [call(ago=60, waited=3), call(ago=-300, waited=20), call(ago=DAY), call(ago=3600)]

    slots = figures.curve(calls, now=now)

    assert len(slots) == 48
    assert slots[-1].at == NOW
    assert (slots[-1].requested, slots[-1].answered) == (1, 1)
    assert slots[-1].in_time == Share(part=0, whole=1)
    assert (slots[-2].requested, slots[-2].in_time) == (1, Share(part=1, whole=1))
    assert sum(slot.requested for slot in slots) == 3
