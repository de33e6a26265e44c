"""A mute and a pause of the recording compared with an exchange: heard or not, written or not."""

from datetime import timedelta

import pytest

from app.calls import adoption
from app.calls.call_spells import SpellKind
from app.calls.reconciliation import DifferenceKind
from app.core.database import unit_of_work
from app.core.events import Event
from telephony.events import Place
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, tell
from tests.calls.mended import mend, spells_of, talking

pytestmark = [pytest.mark.usefixtures("app", "frozen", "link_up"), pytest.mark.postgresql]

Kind = DifferenceKind


def test_an_agent_who_is_heard_while_his_desk_says_muted_is_shown_as_heard(
    line: Line, agent: str, heard: list[Event]
) -> None:
    tell(Talk(line).muted(agent, 20))

    assert mend(talking(line, Place.TALKING, agent, is_muted=False)) == [Kind.MUTE]

    assert spells_of(line, SpellKind.MUTE) == [(20, 60)]
    assert [one.name for one in heard].count("call.talk_changed") == 2


def test_an_agent_who_is_muted_while_his_desk_says_heard_is_shown_as_muted(
    line: Line, agent: str
) -> None:
    assert mend(talking(line, Place.TALKING, agent, is_muted=True)) == [Kind.MUTE]

    assert spells_of(line, SpellKind.MUTE) == [(60, None)]
    tell(Talk(line).muted(agent, 30))
    assert spells_of(line, SpellKind.MUTE) == [(30, None)]


def test_a_recorder_that_writes_is_not_shown_as_paused_nor_the_other_way_round(
    line: Line, agent: str
) -> None:
    tell(Talk(line).recording(20, is_paused=True))

    seen = talking(line, Place.HELD, agent, is_recording_paused=False)
    tell(Talk(line).held(agent, 30))
    assert mend(seen) == [Kind.RECORDING_PAUSE]
    assert spells_of(line, SpellKind.RECORDING_PAUSE) == [(20, 60)]

    paused = talking(line, Place.HELD, agent, is_recording_paused=True)
    assert mend(paused, at=90) == [Kind.RECORDING_PAUSE]
    assert spells_of(line, SpellKind.RECORDING_PAUSE) == [(20, 60), (90, None)]


def test_an_exchange_that_cannot_say_is_not_asked(line: Line, agent: str) -> None:
    talk = Talk(line)
    tell(talk.muted(agent, 20), talk.recording(21, is_paused=True))

    assert mend(talking(line, Place.TALKING, agent)) == []
    assert spells_of(line, SpellKind.MUTE) == [(20, None)]


def test_what_is_muted_when_the_link_comes_back_is_known_at_once(line: Line, agent: str) -> None:
    seen = talking(line, Place.TALKING, agent, is_muted=True, is_recording_paused=True)

    with unit_of_work():
        adoption.adopt("sim", "boot-1", live=[seen], phones={}, at=TEN + timedelta(seconds=60))

    assert spells_of(line, SpellKind.MUTE) == [(60, None)]
    assert spells_of(line, SpellKind.RECORDING_PAUSE) == [(60, None)]
