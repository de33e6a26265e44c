"""Recordings in the ledger: received once, linked, judged, kept."""

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.calls.provider_events import apply_news
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.handed_down import hand_down
from app.recordings import fetching, jobs, service
from app.recordings.audio_bucket import open_store
from app.recordings.audio_checks import RecordingState
from app.recordings.audio_store import AudioPlace
from app.recordings.events import RecordingReceived
from app.recordings.models import Recording, RecordingFetch
from telephony.control_events import RecordingPaused
from telephony.events import CallEnded, RecordingReady
from telephony.port import ExchangeRefused
from telephony.simulator.audio import make_silence, make_talk
from tests import people
from tests.recordings.ended_calls import an_ended_call, news_of_a_call
from tests.services.fake_bucket import running_bucket
from tests.telephony.exchange_bench import SimulatorBench
from tests.telephony.reaching import talking_caller

pytestmark = pytest.mark.usefixtures("app")


def received(content: bytes, *, call_key: str = "boot.1", segment: int = 1) -> Recording:
    with unit_of_work():
        recording = service.receive_recording(
            name=f"sim_{call_key}_{segment}.wav",
            content=content,
            exchange_id="sim",
            call_key=call_key,
            segment=segment,
        )
        recording_id = recording.id
    found = service.find_recording(recording_id)
    assert found is not None
    return found


def told(heard: list[Event]) -> list[RecordingReceived]:
    return [event for event in heard if isinstance(event, RecordingReceived)]


def files_in(app: Flask) -> list[Path]:
    folder = Path(app.config["RECORDINGS_DIR"])
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.postgresql
def test_a_recording_is_linked_to_its_call_and_to_its_agent(heard: list[Event]) -> None:
    agent = people.one_person("agent")
    call_id = an_ended_call("boot.1", phone=agent.work_number, talked=10)

    recording = received(make_talk(10))

    assert (recording.call_id, recording.state) == (call_id, RecordingState.OK)
    assert recording.seconds == 10
    assert told(heard) == [
        RecordingReceived(recording_id=recording.id, call_id=call_id, agent_id=agent.id, state="ok")
    ]
    assert [piece.id for piece in service.recordings_of_call(call_id)] == [recording.id]


def test_the_file_is_whole_dated_and_ours_alone(app: Flask) -> None:
    content = make_talk(3)

    recording = received(content)

    [path] = files_in(app)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    day = clock.now().strftime("%Y/%m/%d")
    assert recording.path.startswith(f"{day}/sim_boot.1_1.")
    assert path == Path(app.config["RECORDINGS_DIR"]) / recording.path


def test_the_same_recording_again_changes_nothing(app: Flask, heard: list[Event]) -> None:
    agent = people.one_person("agent")
    an_ended_call("boot.1", phone=agent.work_number)

    first, second = received(make_talk(10)), received(make_talk(10))

    assert first.id == second.id
    assert len(told(heard)) == 1
    assert len(files_in(app)) == 1


def test_another_content_under_the_same_name_is_refused_and_put_aside(app: Flask) -> None:
    first = received(make_talk(10))

    with pytest.raises(service.RecordingDiffers):
        received(make_talk(11))

    assert received(make_talk(10)).id == first.id
    folders = [str(path.relative_to(app.config["RECORDINGS_DIR"])) for path in files_in(app)]
    assert len(folders) == 2
    assert sum(folder.startswith("differing/") for folder in folders) == 1


def test_a_silent_recording_is_flagged_and_kept() -> None:
    agent = people.one_person("agent")
    an_ended_call("boot.1", phone=agent.work_number, talked=10)

    assert received(make_silence(10)).state is RecordingState.SILENT


def test_bytes_that_are_no_sound_are_flagged_and_kept(app: Flask) -> None:
    assert received(b"nothing that a player knows").state is RecordingState.BROKEN
    assert len(files_in(app)) == 1


def test_a_recording_that_misses_half_the_talk_is_short() -> None:
    agent = people.one_person("agent")
    an_ended_call("boot.1", phone=agent.work_number, talked=60)

    assert received(make_talk(30)).state is RecordingState.SHORT


@pytest.mark.parametrize(
    ("recorded", "state"), [(40, RecordingState.OK), (30, RecordingState.SHORT)]
)
def test_what_was_kept_out_of_a_recording_by_a_pause_is_not_missed(
    recorded: float, state: RecordingState
) -> None:
    agent = people.one_person("agent")
    news = news_of_a_call("boot.1", phone=agent.work_number, talked=60)
    own = {"exchange_id": "sim", "boot_id": "boot", "call_key": "boot.1", "leg_key": "boot.1"}
    ended = news[-1].happened_at
    pause = [
        RecordingPaused(
            **own, counter=step, happened_at=ended - timedelta(seconds=ago), is_paused=step == 1
        )
        for step, ago in ((1, 40), (2, 20))
    ]
    with unit_of_work():
        apply_news([*news[:-1], *pause, news[-1]])

    assert received(make_talk(recorded)).state is state


def test_the_pieces_of_a_call_cover_its_talk_together(heard: list[Event]) -> None:
    agent = people.one_person("agent")
    call_id = an_ended_call("boot.1", phone=agent.work_number, talked=60)
    first = received(make_talk(40))
    assert first.state is RecordingState.SHORT

    received(make_talk(20), segment=2)

    states = [piece.state for piece in service.recordings_of_call(call_id)]
    assert states == [RecordingState.OK, RecordingState.OK]
    assert [(event.recording_id == first.id, event.state) for event in told(heard)] == [
        (True, "short"),
        (False, "ok"),
        (True, "ok"),
    ]


def test_a_recording_before_its_call_waits_as_an_orphan_and_is_linked_when_the_call_is_known(
    heard: list[Event],
) -> None:
    agent = people.one_person("agent")
    orphan = received(make_talk(10))
    assert orphan.call_id is None
    assert told(heard) == []
    assert [each.id for each in service.list_orphans()] == [orphan.id]

    call_id = an_ended_call("boot.1", phone=agent.work_number)

    assert [piece.id for piece in service.recordings_of_call(call_id)] == [orphan.id]
    assert service.list_orphans() == []


def test_orphans_are_listed_by_age() -> None:
    received(make_talk(1))

    assert len(service.list_orphans()) == 1
    assert service.list_orphans(older_than=timedelta(hours=1)) == []


def test_an_orphan_that_comes_again_is_linked_then() -> None:
    agent = people.one_person("agent")
    orphan = received(make_talk(10), call_key="boot.9")
    with unit_of_work():
        # the listener is asleep: an older version of the app wrote this call
        apply_news(news_of_a_call("boot.9", phone=agent.work_number))
        db.session.get_one(Recording, orphan.id).call_id = None

    assert received(make_talk(10), call_key="boot.9").call_id is not None


def test_recordings_of_several_calls_come_in_the_order_of_their_talk() -> None:
    agent = people.one_person("agent")
    first = an_ended_call("boot.1", phone=agent.work_number)
    second = an_ended_call("boot.2", phone=agent.work_number)
    received(make_talk(2), segment=2)
    received(make_talk(1), segment=1)

    found = service.recordings_of_calls([first, second])

    assert [piece.segment for piece in found[first]] == [1, 2]
    assert found[second] == []


def test_a_recording_of_the_simulator_is_collected_and_then_forgotten_there() -> None:
    agent = people.one_person("agent")
    with SimulatorBench() as bench:
        bench.connect()
        call_key = talking_caller(bench, agent.work_number)
        bench.pass_time(12)
        bench.caller_hangs_up(call_key)
        bench.ear.wait_for(CallEnded, call_key=call_key)
        bench.pass_time(2)
        ready = bench.ear.wait_for(RecordingReady)
        call_id = an_ended_call(call_key, phone=agent.work_number, talked=12)

        jobs.collect_recording(bench.exchange, ready.recording_name)

        [recording] = service.recordings_of_call(call_id)
        assert (recording.state, round(recording.seconds)) == (RecordingState.OK, 12)
        with pytest.raises(ExchangeRefused):
            bench.simulator.fetch(ready.recording_name)


def told_of(name: str = "sim_boot.1_1.wav") -> RecordingFetch:
    return db.session.scalars(
        select(RecordingFetch).where(RecordingFetch.recording_name == name)
    ).one()


def test_a_recording_that_the_exchange_does_not_hand_over_is_asked_for_again(
    frozen: time_machine.Traveller,
) -> None:
    """A failed fetch was given up at once, and the recording stayed with the exchange."""
    agent = people.one_person("agent")
    with SimulatorBench() as bench:
        bench.connect()
        call_key = talking_caller(bench, agent.work_number)
        bench.pass_time(12)
        bench.caller_hangs_up(call_key)
        bench.ear.wait_for(CallEnded, call_key=call_key)
        bench.pass_time(2)
        ready = bench.ear.wait_for(RecordingReady)
        call_id = an_ended_call(call_key, phone=agent.work_number, talked=12)
        with unit_of_work():
            jobs.note_told(ready)
            jobs.note_told(ready)

        assert jobs.collect_due({}) == 0  # the exchange is not there
        refused = told_of(ready.recording_name)
        assert (refused.tries, refused.last_refusal) == (1, "no-such-exchange")
        assert jobs.collect_due({"sim": bench.exchange}) == 0  # its pause is not over
        frozen.shift(timedelta(seconds=6))
        assert jobs.collect_due({"sim": bench.exchange}) == 1

        assert len(service.recordings_of_call(call_id)) == 1
        assert told_of(ready.recording_name).done_at is not None
        frozen.shift(timedelta(days=1))
        assert jobs.collect_due({"sim": bench.exchange}) == 0
        with unit_of_work():
            jobs.note_told(ready)
        assert jobs.collect_due({"sim": bench.exchange}) == 0


def test_a_store_that_is_full_makes_a_fetch_wait_and_nothing_is_forgotten_there(
    app: Flask, frozen: time_machine.Traveller
) -> None:
    agent = people.one_person("agent")
    with SimulatorBench() as bench, running_bucket() as (address, bucket):
        bench.connect()
        call_key = talking_caller(bench, agent.work_number)
        bench.pass_time(12)
        bench.caller_hangs_up(call_key)
        bench.pass_time(2)
        ready = bench.ear.wait_for(RecordingReady)
        an_ended_call(call_key, phone=agent.work_number, talked=12)
        hand_down(app, AudioPlace(open_store(address)))
        bucket.is_full = True
        with unit_of_work():
            jobs.note_told(ready)

        assert jobs.collect_due({"sim": bench.exchange}) == 0
        assert told_of(ready.recording_name).last_refusal == "audio-store-full"
        bucket.is_full = False
        frozen.shift(timedelta(seconds=6))

        assert jobs.collect_due({"sim": bench.exchange}) == 1


class OneIsPoison:
    """A store of an exchange's recordings in which one cannot be read at all."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def fetch(self, recording_name: str) -> bytes:
        if "poison" in recording_name:
            raise ValueError("nobody has foreseen this")
        self.given.append(recording_name)
        return make_silence(1)

    def discard(self, recording_name: str) -> None:
        del recording_name


def test_a_recording_at_which_fetching_breaks_holds_up_no_other_and_is_tried_again() -> None:
    """One broken fetch, and nothing behind it was fetched, nor swept, ever again."""
    names = ["sim_poison.1_1.wav", "sim_boot.2_1.wav"]
    with SimulatorBench() as bench:
        broken = replace(bench.exchange, recordings=OneIsPoison())
        with unit_of_work():
            for name in names:
                fetching.note_told("sim", name)

        assert jobs.collect_due({"sim": broken}) == 1

    assert told_of(names[1]).done_at is not None
    refused = told_of(names[0])
    assert (refused.tries, refused.last_refusal, refused.done_at) == (1, "broken", None)
