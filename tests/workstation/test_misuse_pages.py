"""From a malicious call to a restriction and its appeal, as people do it at the pages."""

import re
from typing import Any

import pytest

from app.audit import service as audit
from app.callers import misuse
from app.callers.misuse_states import MarkState
from app.core import clock
from app.core.database import db, unit_of_work
from app.recordings import service as recordings
from app.recordings.audio_checks import RecordingState
from app.recordings.models import Recording, RecordingPlay
from tests.conftest import PageClient
from tests.workstation.desk_people import enquiry, take_call

pytestmark = pytest.mark.usefixtures("registers", "app")
PAGE = {"Accept": "text/html"}
CONFIRM = {"confirm-level": "behind", "confirm-days": "7", "confirm-words": "辱骂属实"}


@pytest.fixture
def mark_id(sign_in_as: Any) -> int:
    """Let an agent record a malicious call whose caller was warned."""
    agent = sign_in_as("agent")
    line = take_call(agent)
    body = enquiry(result="malicious", note="反复辱骂话务员", was_warned=True)
    answer = agent.post(f"/desk/calls/{line.call().id}/enquiry-record", json=body)
    assert answer.status_code == 201
    [mark] = misuse.marks_in([MarkState.TO_DECIDE])
    return mark.id


def hear(browser: PageClient, mark_id: int) -> None:
    """Let this person have played the recording of the marked call."""
    call_id = misuse.get_mark(mark_id).call_id
    with unit_of_work():
        piece = db.session.scalar(db.select(Recording).where(Recording.call_id == call_id))
        if piece is None:
            piece = Recording(
                call_id=call_id, name=f"rec-{call_id}", exchange_id="sim", call_key="call-1",
                segment=1, seconds=9.0, rms=900, size_bytes=9, sha256="0" * 64,
                state=RecordingState.OK, path=f"{call_id}.wav", received_at=clock.now(),
            )  # fmt: skip
            db.session.add(piece)
            db.session.flush()
        recordings.note_play([piece.id], played_by=browser.person.id)
    assert db.session.scalar(db.select(db.func.count()).select_from(RecordingPlay))


def send(browser: PageClient, path: str, **fields: str) -> Any:
    return browser.post(path, data=fields, headers=PAGE)


def test_nobody_is_restricted_unheard(sign_in_as: Any, mark_id: int) -> None:
    leader = sign_in_as("shift_leader")

    refused = send(leader, f"/misuse/{mark_id}/confirm", **CONFIRM)

    assert refused.status_code == 409
    assert "请先收听这通电话的录音" in refused.text
    assert "辱骂属实" in refused.text  # what was typed is not lost
    assert misuse.held_now() == []


def test_who_has_heard_it_restricts_and_somebody_else_decides_the_appeal(
    sign_in_as: Any, mark_id: int
) -> None:
    leader, other = sign_in_as("shift_leader"), sign_in_as("hotline_manager")
    hear(leader, mark_id)
    assert "反复辱骂话务员" in leader.get("/misuse", headers=PAGE).text

    assert send(leader, f"/misuse/{mark_id}/confirm", **CONFIRM).status_code == 302
    [held] = misuse.held_now()
    page = leader.get(f"/misuse/{mark_id}", headers=PAGE).text
    assert "139****2817" in page
    assert "13900002817" not in page
    appeal = f"/misuse/{mark_id}/restrictions/{held.id}/appeal"
    assert send(leader, appeal, **{"appeal-words": "本人称是误会"}).status_code == 302
    [waiting] = misuse.appeals_of([held.id])
    decide = f"/misuse/{mark_id}/appeals/{waiting.id}"
    assert decide not in leader.get(f"/misuse/{mark_id}", headers=PAGE).text
    assert decide in other.get(f"/misuse/{mark_id}", headers=PAGE).text
    granted = {"decide-decision": "granted", "decide-words": "听后确属误会"}
    own = send(leader, decide, **granted)
    assert (own.status_code, "申诉须由其他人决定" in own.text) == (403, True)
    assert send(other, decide, **granted).status_code == 302

    assert misuse.held_now() == []
    kinds = [line.kind for line in audit.list_lines().items if line.realm == "callers"]
    assert kinds == [
        "caller.appeal_decided",
        "caller.restriction_lifted",
        "caller.appeal_received",
        "caller.misuse_decided",
        "caller.restricted",
        "caller.misuse_marked",
    ]


def test_a_mark_is_named_by_whose_call_it_was_and_a_dismissal_asks_why(
    sign_in_as: Any, mark_id: int
) -> None:
    html = sign_in_as("shift_leader").get(f"/misuse/{mark_id}", headers=PAGE).text

    [title] = re.findall("<h1[^>]*>(.*?)</h1>", html, flags=re.S)
    assert "139****2817" in title
    asked = html[html.index(f"/misuse/{mark_id}/dismiss") :]
    [label] = re.findall(r'<label[^>]*for="dismiss-words"[^>]*>(.*?)</label>', asked, flags=re.S)
    assert label.strip().startswith("理由")


def test_a_mark_is_dismissed_with_a_reason(sign_in_as: Any, mark_id: int) -> None:
    leader = sign_in_as("shift_leader")

    assert send(leader, f"/misuse/{mark_id}/dismiss", **{"dismiss-words": " "}).status_code == 422
    answer = send(leader, f"/misuse/{mark_id}/dismiss", **{"dismiss-words": "情绪激动"})

    assert answer.status_code == 302
    assert "不属恶意" in leader.get(f"/misuse/{mark_id}", headers=PAGE).text
    assert send(leader, f"/misuse/{mark_id}/dismiss", **{"dismiss-words": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"confirm-days": "400"}, 422),
        ({"confirm-level": "blocked"}, 422),
        ({"confirm-level": "daily"}, 422),
        ({"confirm-level": "special", "confirm-special_agent": "nobody"}, 422),
        ({"confirm-words": ""}, 422),
    ],
)
def test_what_a_level_needs_is_asked_beside_it(
    sign_in_as: Any, mark_id: int, changes: dict[str, str], status: int
) -> None:
    leader = sign_in_as("shift_leader")
    hear(leader, mark_id)

    answer = send(leader, f"/misuse/{mark_id}/confirm", **{**CONFIRM, **changes})

    assert answer.status_code == status
    assert "is-invalid" in answer.text
    assert misuse.held_now() == []


def test_agents_mark_and_do_not_decide(sign_in_as: Any, mark_id: int) -> None:
    agent = sign_in_as("agent")

    assert agent.get("/misuse").status_code == 403
    assert agent.post(f"/misuse/{mark_id}/confirm", data=CONFIRM).status_code == 403
    assert sign_in_as("shift_leader").get("/misuse/999").status_code == 404
