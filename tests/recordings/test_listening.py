"""Who may listen to what, and that it is noted."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.handed_down import given
from app.recordings import service
from app.recordings.audio_checks import measure
from app.recordings.audio_store import AudioPlace
from app.recordings.events import RecordingFoundAltered, RecordingPlayed
from app.recordings.models import Recording, RecordingPlay
from telephony.simulator.audio import make_talk
from tests.recordings.ended_calls import an_ended_call
from tests.recordings.tickets_opened import a_ticket_of

SignIn = Callable[..., Any]
CONTENT = make_talk(10)


def a_recording_of(agent: Any, *, call_key: str = "boot.1") -> int:
    an_ended_call(call_key, phone=agent.work_number)
    with unit_of_work():
        return service.receive_recording(
            name=f"sim_{call_key}_1.wav",
            content=CONTENT,
            exchange_id="sim",
            call_key=call_key,
            segment=1,
        ).id


def recording_by(recording_id: int) -> Recording:
    found = service.find_recording(recording_id)
    assert found is not None
    return found


def plays() -> list[tuple[int, int]]:
    rows = db.session.scalars(select(RecordingPlay).order_by(RecordingPlay.id))
    return [(row.recording_id, row.played_by) for row in rows]


def test_an_agent_hears_the_recordings_of_the_calls_that_were_his(
    sign_in_as: SignIn, heard: list[Event]
) -> None:
    browser = sign_in_as("agent")
    recording_id = a_recording_of(browser.person)

    answer = browser.get(f"/recordings/{recording_id}/audio", buffered=True)

    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.data == CONTENT
    assert plays() == [(recording_id, browser.person.id)]
    assert [event for event in heard if isinstance(event, RecordingPlayed)] == [
        RecordingPlayed(
            recording_id=recording_id,
            call_id=recording_by(recording_id).call_id,
            played_by=browser.person.id,
        )
    ]


def test_another_agents_recording_is_not_there_for_him(sign_in_as: SignIn) -> None:
    owner, other = sign_in_as("agent"), sign_in_as("agent")
    recording_id = a_recording_of(owner.person)

    assert other.get(f"/recordings/{recording_id}/audio", buffered=True).status_code == 404
    assert plays() == []


@pytest.mark.parametrize("role", ["shift_leader", "quality_inspector", "hotline_manager"])
def test_who_watches_over_calls_hears_all(sign_in_as: SignIn, role: str) -> None:
    recording_id = a_recording_of(sign_in_as("agent").person)
    browser = sign_in_as(role)

    assert browser.get(f"/recordings/{recording_id}/audio", buffered=True).status_code == 200
    assert plays() == [(recording_id, browser.person.id)]


@pytest.mark.parametrize(
    ("role", "left", "status"),
    [
        ("dispatcher", None, 404),
        ("dispatcher", "help", 200),
        ("dispatcher", "report", 200),
        ("return_visitor", None, 404),
        ("return_visitor", "help", 200),
        ("return_visitor", "report", 404),  # a report is confidential
        ("overseer", None, 404),
        ("quality_inspector", "help", 200),
        ("quality_inspector", "report", 404),
        ("hotline_manager", "report", 200),
        ("auditor", "help", 403),
    ],
)
@pytest.mark.usefixtures("registers")
def test_who_works_on_tickets_hears_the_calls_of_tickets_and_no_others(
    sign_in_as: SignIn, role: str, left: str | None, status: int
) -> None:
    """Dispatchers and return visitors could hear every call of the city."""
    agent = sign_in_as("agent").person
    recording_id = a_recording_of(agent)
    call_id = recording_by(recording_id).call_id
    assert call_id is not None
    if left:
        a_ticket_of(call_id, by=agent.id, request_type=left)

    answers = [
        sign_in_as(role).get(url, buffered=True).status_code
        for url in (f"/recordings/{recording_id}/audio", f"/calls/{call_id}/recording")
    ]

    assert answers == [status, status]


def test_the_pieces_of_a_call_are_played_as_one_and_noted_each_once(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    first = a_recording_of(browser.person)
    with unit_of_work():
        second = service.receive_recording(
            name="sim_boot.1_2.wav",
            content=make_talk(4),
            exchange_id="sim",
            call_key="boot.1",
            segment=2,
        ).id
    url = f"/calls/{recording_by(first).call_id}/recording"

    whole = browser.get(url, buffered=True)
    later = browser.get(url, buffered=True, headers={"Range": "bytes=1000-"})

    assert measure(whole.data).seconds == 14
    assert later.data == whole.data[1000:]
    assert plays() == [(first, browser.person.id), (second, browser.person.id)]


def test_a_file_that_was_altered_is_not_played_as_the_original(
    sign_in_as: SignIn, heard: list[Event]
) -> None:
    browser = sign_in_as("agent")
    recording_id = a_recording_of(browser.person)
    given(AudioPlace).store.put(recording_by(recording_id).path, make_talk(11))

    answer = browser.get(
        f"/recordings/{recording_id}/audio", headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.json["refusal"]["code"]) == (409, "audio-altered")
    assert [e.recording_id for e in heard if isinstance(e, RecordingFoundAltered)] == [recording_id]
    assert plays() == []


def test_a_hold_is_set_and_lifted_on_the_page_with_a_reason(sign_in_as: SignIn) -> None:
    recording_id = a_recording_of(sign_in_as("agent").person)
    call_id = recording_by(recording_id).call_id
    manager = sign_in_as("hotline_manager")

    refused = manager.post(f"/calls/{call_id}/recording-hold", data={"reason": "啊"})
    manager.post(f"/calls/{call_id}/recording-hold", data={"reason": "法院调取证据"})
    assert "法院调取证据" in manager.get(f"/calls/{call_id}").text
    assert recording_by(recording_id).legal_hold
    manager.post(f"/calls/{call_id}/recording-hold/lift", data={"reason": "案件已结束"})

    assert refused.status_code == 422
    assert not recording_by(recording_id).legal_hold
    leader = sign_in_as("shift_leader")
    assert (
        leader.post(f"/calls/{call_id}/recording-hold", data={"reason": "试试"}).status_code == 403
    )


def test_who_keeps_watch_sees_who_listened(sign_in_as: SignIn) -> None:
    agent = sign_in_as("agent")
    recording_id = a_recording_of(agent.person)
    agent.get(f"/recordings/{recording_id}/audio", buffered=True)

    page = sign_in_as("auditor").get(f"/calls/{recording_by(recording_id).call_id}").text

    assert f"{agent.person.work_number} {agent.person.name}" in page


@pytest.mark.parametrize("role", ["town_clerk", "leader", "system_admin"])
def test_who_has_nothing_to_do_with_calls_hears_none(sign_in_as: SignIn, role: str) -> None:
    recording_id = a_recording_of(sign_in_as("agent").person)

    assert (
        sign_in_as(role).get(f"/recordings/{recording_id}/audio", buffered=True).status_code == 403
    )


def test_nobody_hears_anything_without_signing_in(client: FlaskClient, sign_in_as: SignIn) -> None:
    recording_id = a_recording_of(sign_in_as("agent").person)

    assert client.get(f"/recordings/{recording_id}/audio", buffered=True).status_code == 302
    assert plays() == []


def test_a_part_of_the_sound_can_be_asked_for_and_is_one_play(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    url = f"/recordings/{a_recording_of(browser.person)}/audio"

    probe = browser.get(url, buffered=True, headers={"Range": "bytes=0-1"})
    start = browser.get(url, buffered=True, headers={"Range": "bytes=0-"})
    jump = browser.get(url, buffered=True, headers={"Range": "bytes=80000-"})
    tail = browser.get(url, buffered=True, headers={"Range": "bytes=-100"})

    assert [answer.status_code for answer in (probe, start, jump, tail)] == [206] * 4
    assert probe.data == CONTENT[:2]
    assert jump.data == CONTENT[80_000:]
    assert tail.data == CONTENT[-100:]
    assert jump.headers["Content-Range"] == f"bytes 80000-{len(CONTENT) - 1}/{len(CONTENT)}"
    assert len(plays()) == 1


def test_a_range_beyond_the_end_cannot_be_had(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    url = f"/recordings/{a_recording_of(browser.person)}/audio"

    assert browser.get(url, buffered=True, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_listening_again_is_noted_again(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    recording_id = a_recording_of(browser.person)
    browser.get(f"/recordings/{recording_id}/audio", buffered=True)
    with unit_of_work():
        play = db.session.scalars(select(RecordingPlay)).one()
        play.at -= timedelta(seconds=30)

    browser.get(f"/recordings/{recording_id}/audio", buffered=True)

    assert len(plays()) == 2


def test_asking_how_large_a_recording_is_is_no_play(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    recording_id = a_recording_of(browser.person)

    answer = browser.head(f"/recordings/{recording_id}/audio", buffered=True)

    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert plays() == []


def test_no_browser_keeps_a_recording(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    answer = browser.get(f"/recordings/{a_recording_of(browser.person)}/audio", buffered=True)

    assert answer.headers["Cache-Control"] == "no-store"


def test_an_orphan_is_heard_by_those_who_hear_all(sign_in_as: SignIn) -> None:
    with unit_of_work():
        orphan_id = service.receive_recording(
            name="sim_boot.7_1.wav",
            content=CONTENT,
            exchange_id="sim",
            call_key="boot.7",
            segment=1,
        ).id

    assert (
        sign_in_as("agent").get(f"/recordings/{orphan_id}/audio", buffered=True).status_code == 404
    )
    assert (
        sign_in_as("shift_leader").get(f"/recordings/{orphan_id}/audio", buffered=True).status_code
        == 200
    )


def test_a_recording_whose_file_is_gone_says_so(app: Flask, sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")
    recording_id = a_recording_of(browser.person)
    recording = recording_by(recording_id)
    (Path(app.config["RECORDINGS_DIR"]) / recording.path).unlink()

    answer = browser.get(
        buffered=True,
        path=f"/recordings/{recording_id}/audio",
        headers={"Accept": "application/json"},
    )

    assert (answer.status_code, answer.json["refusal"]["code"]) == (404, "audio-missing")
    assert plays() == []


def test_a_recording_that_never_was_is_not_there(sign_in_as: SignIn) -> None:
    assert (
        sign_in_as("shift_leader").get("/recordings/4711/audio", buffered=True).status_code == 404
    )
