"""Once a day everything is looked over, and what is due is deleted, with proof."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.handed_down import given, hand_down
from app.recordings import erasing, holds, jobs, service, sweeping
from app.recordings.audio_bucket import open_store
from app.recordings.audio_store import AudioPlace
from app.recordings.events import RecordingDeleted, RecordingFoundAltered, RecordingsSwept
from app.recordings.models import Recording, RecordingDeletion, RecordingSweep
from app.rules import retention_register
from app.rules import service as rules
from telephony.simulator.audio import make_talk
from tests import people
from tests.recordings.ended_calls import an_ended_call
from tests.recordings.tickets_opened import a_ticket_of, close
from tests.services.fake_bucket import running_bucket

pytestmark = pytest.mark.usefixtures("app", "frozen")

Tick = Callable[..., None]


@pytest.fixture
def agent() -> Any:
    return people.one_person("agent")


@pytest.fixture
def retention_rules(registers: None, app: Flask) -> None:  # noqa: ARG001 - its tables
    with unit_of_work():
        rules.load_retention_rules()


def received(call_key: str = "boot.1", seconds: float = 3) -> int:
    with unit_of_work():
        return service.receive_recording(
            name=f"sim_{call_key}_1.wav",
            content=make_talk(seconds),
            exchange_id="sim",
            call_key=call_key,
            segment=1,
        ).id


def recording(recording_id: int) -> Recording:
    db.session.rollback()
    return db.session.get_one(Recording, recording_id)


def look_over() -> dict[str, list[str]]:
    result = jobs.look_over(["sim"], now=clock.now(), days=7)
    return {kind: names for kind, names in result.found.items() if names}


# --- completeness ----------------------------------------------------------------------------


@pytest.mark.postgresql
def test_when_everything_is_there_nothing_is_found(agent: Any, tick: Tick) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    received()
    tick(hours=2)

    assert look_over() == {}


@pytest.mark.postgresql
def test_a_talk_of_which_no_recording_came_is_found(agent: Any, tick: Tick) -> None:
    call_id = an_ended_call("boot.1", phone=agent.work_number)
    tick(hours=2)

    assert look_over() == {"talk_without_recording": [str(call_id)]}


def test_a_recording_whose_call_never_came_is_found(tick: Tick) -> None:
    received("boot.9")
    tick(hours=2)

    assert look_over() == {"recording_without_call": ["sim_boot.9_1.wav"]}


def test_a_file_that_nobody_knows_is_found(tick: Tick) -> None:
    day = clock.now().strftime("%Y/%m/%d")
    given(AudioPlace).store.put(f"{day}/sim_1_1.ab.wav", b"sound")
    # its own date is the machine's, which no frozen clock stops
    tick(days=3650)
    found = jobs.look_over(["sim"], now=clock.now(), days=3650 + 1).found

    assert found["file_without_row"] == [f"{day}/sim_1_1.ab.wav"]


def test_a_row_whose_file_is_gone_is_found(agent: Any) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    given(AudioPlace).store.delete(path)

    assert look_over() == {"row_without_file": [path]}


def test_contents_that_differ_are_found_until_somebody_takes_them_away(agent: Any) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    received(seconds=3)
    with pytest.raises(service.RecordingDiffers):
        received(seconds=4)

    [aside] = look_over()["put_aside"]
    given(AudioPlace).store.delete(aside)

    assert look_over() == {}


def test_the_days_sweep_is_done_once_and_leaves_a_row_and_a_fact(
    agent: Any, tick: Tick, heard: list[Event]
) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    tick(hours=2)

    for _ in range(3):
        jobs.sweep_if_due(["sim"], now=clock.now())

    swept = [event for event in heard if isinstance(event, RecordingsSwept)]
    assert [(event.kind, event.faults) for event in swept] == [
        ("completeness", 1),
        ("retention", 0),
    ]
    row = db.session.get_one(RecordingSweep, swept[0].sweep_id)
    assert row.body["counts"]["talk_without_recording"] == 1
    tick(days=1)
    jobs.sweep_if_due(["sim"], now=clock.now())
    assert len([event for event in heard if isinstance(event, RecordingsSwept)]) == 4


def test_nothing_is_swept_before_three_in_the_morning(tick: Tick, heard: list[Event]) -> None:
    tick(hours=16.9)  # 02:54 the next day in Heyuan
    jobs.sweep_if_due(["sim"], now=clock.now())
    assert heard == []

    tick(hours=0.2)
    jobs.sweep_if_due(["sim"], now=clock.now())
    assert len(heard) == 2


@pytest.mark.postgresql
def test_a_sweep_that_was_cut_short_is_begun_again_after_two_hours(tick: Tick) -> None:
    today = clock.now().date()
    with unit_of_work():
        first = sweeping.begin("completeness", day=today)
    tick(hours=1)
    with unit_of_work():
        assert sweeping.begin("completeness", day=today) is None
    tick(hours=2)

    with unit_of_work():
        assert sweeping.begin("completeness", day=today) == first


# --- proofs ----------------------------------------------------------------------------------


def test_a_file_that_was_altered_is_told_and_one_that_is_gone_is_named(
    agent: Any, heard: list[Event]
) -> None:
    for key in ("boot.1", "boot.2", "boot.3"):
        an_ended_call(key, phone=agent.work_number)
    good, altered, gone = (recording(received(f"boot.{n}")) for n in (1, 2, 3))
    store = given(AudioPlace).store
    store.put(altered.path, make_talk(9))
    store.delete(gone.path)

    result = jobs.verify_digests()

    assert result.looked_at == 3
    assert result.found == {"altered": [altered.path], "missing": [gone.path], "unreadable": []}
    told = [event for event in heard if isinstance(event, RecordingFoundAltered)]
    assert [event.recording_id for event in told] == [altered.id]
    assert service.sound_of(good) == make_talk(3)


def test_the_commands_end_with_1_when_something_is_wrong(app: Flask, agent: Any) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    run = app.test_cli_runner().invoke

    assert run(args=["recordings", "sweep"]).exit_code == 0
    assert run(args=["recordings", "verify"]).exit_code == 0
    given(AudioPlace).store.delete(path)
    swept = run(args=["recordings", "sweep", "--days", "3"])
    verified = run(args=["recordings", "verify"])

    assert (swept.exit_code, verified.exit_code) == (1, 1)
    assert "row_without_file: 1" in swept.output
    assert path in verified.output


# --- deleting what is due --------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.usefixtures("retention_rules")
def test_after_three_years_the_sound_goes_and_the_proof_stays(
    agent: Any, tick: Tick, heard: list[Event]
) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    recording_id = received()
    digest, path = recording(recording_id).sha256, recording(recording_id).path
    tick(days=1094)
    jobs.delete_due(now=clock.now())
    assert given(AudioPlace).store.has(path)
    tick(days=1)

    result = jobs.delete_due(now=clock.now())

    assert (result.looked_at, result.faults) == (1, 0)
    assert not given(AudioPlace).store.has(path)
    proof = db.session.scalars(select(RecordingDeletion)).one()
    assert (proof.recording_id, proof.sha256, proof.keep_days) == (recording_id, digest, 1095)
    assert proof.done_at is not None
    assert [e.recording_id for e in heard if isinstance(e, RecordingDeleted)] == [recording_id]
    with pytest.raises(service.RecordingIsDeleted):
        service.sound_of(recording(recording_id))
    assert look_over() == {}


@pytest.mark.usefixtures("retention_rules")
def test_a_shorter_length_deletes_from_its_moment_on_and_not_before(agent: Any, tick: Tick) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    tick(days=400)
    with unit_of_work():
        retention_register.set_length(
            "recording.ordinary",
            365,
            basis="测试",
            valid_from=clock.now() + timedelta(days=2),
        )
    jobs.delete_due(now=clock.now())
    assert given(AudioPlace).store.has(path)
    tick(days=2)
    jobs.delete_due(now=clock.now())

    assert not given(AudioPlace).store.has(path)
    proof = db.session.scalars(select(RecordingDeletion)).one()
    assert proof.keep_days == 365


@pytest.mark.usefixtures("retention_rules")
def test_a_complaint_is_kept_ten_years_from_its_closing(agent: Any, tick: Tick) -> None:
    call_id = an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    ticket_id = a_ticket_of(call_id, by=agent.id, request_type="complaint")
    tick(days=5000)
    jobs.delete_due(now=clock.now())
    assert given(AudioPlace).store.has(path)  # still open
    close(ticket_id, at=clock.now())

    tick(days=3649)
    jobs.delete_due(now=clock.now())
    assert given(AudioPlace).store.has(path)
    tick(days=1)
    jobs.delete_due(now=clock.now())

    assert not given(AudioPlace).store.has(path)


@pytest.mark.postgresql
@pytest.mark.usefixtures("retention_rules")
def test_a_legal_hold_keeps_a_recording_until_it_is_lifted(agent: Any, tick: Tick) -> None:
    call_id = an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    with unit_of_work():
        holds.hold_recordings(call_id, reason="法院调取", held_by=agent.id)
    tick(days=2000)
    jobs.delete_due(now=clock.now())
    assert given(AudioPlace).store.has(path)

    with unit_of_work():
        holds.lift_hold(call_id, reason="案件已结", lifted_by=agent.id)
    jobs.delete_due(now=clock.now())

    assert not given(AudioPlace).store.has(path)
    [hold] = holds.holds_of(call_id)
    assert (hold.reason, hold.lift_reason) == ("法院调取", "案件已结")


def test_a_recording_that_comes_after_the_hold_is_held_too(agent: Any) -> None:
    call_id = an_ended_call("boot.1", phone=agent.work_number)
    with unit_of_work():
        holds.hold_recordings(call_id, reason="法院调取", held_by=agent.id)

    assert recording(received()).legal_hold


@pytest.mark.usefixtures("retention_rules")
def test_under_a_hold_a_recording_that_nobody_marked_is_kept_all_the_same(
    agent: Any, tick: Tick
) -> None:
    call_id = an_ended_call("boot.1", phone=agent.work_number)
    recording_id = received()
    with unit_of_work():
        holds.hold_recordings(call_id, reason="法院调取", held_by=agent.id)
    with unit_of_work():
        db.session.get_one(Recording, recording_id).legal_hold = False

    tick(days=2000)
    jobs.delete_due(now=clock.now())
    with unit_of_work():
        assert erasing.erase_of_calls([call_id]) == 0

    assert recording(recording_id).deleted_at is None


def test_without_rules_nothing_is_ever_deleted(agent: Any, tick: Tick) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    tick(days=30_000)

    assert jobs.delete_due(now=clock.now()).looked_at == 0
    assert given(AudioPlace).store.has(path)


@pytest.mark.usefixtures("retention_rules")
def test_a_deletion_that_was_cut_short_after_its_wish_is_finished_by_the_next(
    agent: Any, tick: Tick
) -> None:
    an_ended_call("boot.1", phone=agent.work_number)
    path = recording(received()).path
    tick(days=1095)
    with unit_of_work():  # the process dies here
        sweeping.wish_deletions(after_id=0, now=clock.now())
    assert given(AudioPlace).store.has(path)

    jobs.delete_due(now=clock.now())

    assert not given(AudioPlace).store.has(path)
    assert sweeping.unfinished_deletions() == []


@pytest.mark.usefixtures("retention_rules")
def test_recordings_in_a_bucket_are_swept_proved_and_deleted_just_so(
    app: Flask, agent: Any, tick: Tick
) -> None:
    with running_bucket() as (address, bucket):
        hand_down(app, AudioPlace(open_store(address)))
        an_ended_call("boot.1", phone=agent.work_number)
        received()
        assert len(bucket.kept) == 1
        assert look_over() == {}
        assert jobs.verify_digests().faults == 0
        tick(days=1095)

        jobs.delete_due(now=clock.now())

        assert bucket.kept == {}
        assert bucket.refusals == []
