"""Each part dies in each phase of a call: nothing is lost, doubled or stuck (kill_table.py)."""

import itertools
from pathlib import Path

import pytest
from flask import Flask

from app.core.database import db
from app.core.events import Event
from app.core.facts import agent_audience, last_number
from app.realtime.connections import RENEW_SECONDS
from tests.rehearsal import kill_table
from tests.rehearsal.house import register_numbers
from tests.rehearsal.open_ends import doubles, open_ends
from tests.rehearsal.stage import Stage
from tests.rehearsal.truth import differences

pytestmark = [pytest.mark.slow, pytest.mark.rehearsal]

CELLS = [
    pytest.param(part, phase, id=f"{part}-{phase}")
    for part, phase in itertools.product(
        kill_table.PARTS, kill_table.PHASES + kill_table.FURTHER_PHASES
    )
]


@pytest.mark.parametrize(("part", "phase"), CELLS)
def test_nothing_is_lost_doubled_or_stuck(
    app: Flask, heard: list[Event], part: str, phase: str
) -> None:
    register_numbers()
    stage = Stage(app, heard, answers_after=kill_table.ANSWERS_AFTER.get(phase, 1.0))
    with stage.time():
        stage.seat_two()
        kill_table.bring_to(phase, stage)

        kill_table.KILL[part](stage, kill_table.AWAY[part])
        kill_table.people_go_on(stage)

        comes_to_an_end(stage, calls=1)
        agrees(stage)
        serves_the_next_caller(stage)


def comes_to_an_end(stage: Stage, *, calls: int) -> None:
    """So many calls end, and whatever they left open is closed within a minute of them."""
    stage.play(150, until=lambda: len(stage.simulator.chronicle) == calls)
    assert len(stage.simulator.chronicle) == calls
    stage.play(2)
    stage.play(60, until=lambda: not open_ends())
    stage.play(RENEW_SECONDS)


def agrees(stage: Stage) -> None:
    """The ledger is true, everything that waited has had its way on, and screens are up to date."""
    assert differences(stage.simulator.chronicle) == []
    assert open_ends() == []
    assert doubles(stage.simulator.chronicle) == []
    for agent_id, screen in stage.screens.items():
        newest = last_number(agent_audience(agent_id))
        assert (screen.number, sorted(screen.facts)) == (newest, list(range(1, newest + 1)))


def serves_the_next_caller(stage: Stage) -> None:
    """Somebody who calls now is answered as if nothing had been."""
    stage.become_ready()
    stage.simulator.place_call("12333", from_number="15407620002", patience=40, talk_seconds=2)
    comes_to_an_end(stage, calls=2)
    assert [bool(call.segments) for call in stage.simulator.chronicle[1:]] == [True]
    agrees(stage)
    db.session.rollback()


def test_at_least_twelve_cells_are_played_on_a_real_asterisk_by_tests_that_exist() -> None:
    for file, name in kill_table.ON_ASTERISK.values():
        assert f"def {name}(" in Path(file).read_text(encoding="utf-8")
    assert len(kill_table.ON_ASTERISK) >= 12
