"""An agent's own figures: what counts, what is added up, and what is left out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.call_queue.own_day import DayFigures, Step, figures_of
from app.call_queue.presence_states import PresenceState as P

MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def step(minute: float, state: P, **more: Any) -> Step:
    return Step(at=at(minute), state=state, **more)


def day(*steps: Step, now: float, offered: int = 0, missed: int = 0) -> DayFigures:
    return figures_of(steps, since=MIDNIGHT, now=at(now), offered=offered, missed=missed)


def test_a_call_is_handled_once_however_often_its_line_was_lost() -> None:
    figures = day(
        step(0, P.READY),
        step(10, P.OFFERED, call_id=1),
        step(10.5, P.TALKING, call_id=1),
        step(12, P.RECONNECTING, call_id=1),
        step(12.5, P.TALKING, call_id=1),
        step(14, P.WRAP_UP, call_id=1),
        step(15, P.READY),
        now=20,
        offered=1,
    )

    assert (figures.answered, figures.handled) == (1, 1)
    assert (figures.rung, figures.talk, figures.wrap_up, figures.ready) == (30, 210, 60, 900)
    assert figures.handling_seconds == 270
    assert figures.occupancy == pytest.approx(300 / 1200)


def test_a_ring_that_was_missed_is_no_work_and_the_pause_after_it_no_readiness() -> None:
    figures = day(
        step(0, P.READY), step(1, P.OFFERED, call_id=1), step(1.5, P.MISSED), now=3, missed=1
    )

    assert (figures.rung, figures.ready, figures.not_ready, figures.missed) == (0, 60, 90, 1)


def test_helping_a_colleague_is_shown_apart_and_handles_nothing() -> None:
    figures = day(
        step(0, P.READY),
        step(1, P.OFFERED, reason="consult", call_id=7),
        step(2, P.TALKING, reason="consulted", call_id=7),
        step(5, P.READY),
        now=6,
    )

    assert (figures.beside, figures.talk, figures.handled, figures.rung) == (180, 0, 0, 0)


def test_a_call_out_is_handled_and_answered_nobody() -> None:
    figures = day(
        step(0, P.TALKING, reason="calling", call_id=3),
        step(1, P.TALKING, call_id=3),
        step(4, P.WRAP_UP, call_id=3),
        now=5,
    )

    assert (figures.called_out, figures.answered, figures.handled) == (1, 0, 1)


def test_a_stretch_over_midnight_counts_from_midnight_and_its_call_yesterday() -> None:
    figures = day(step(-30, P.TALKING, call_id=1), step(10, P.READY), now=20)

    assert (figures.talk, figures.ready, figures.answered) == (600, 600, 0)


def test_nothing_done_has_no_average_and_no_occupancy() -> None:
    figures = day(now=60)

    assert (figures.handling_seconds, figures.occupancy) == (None, None)
