"""What the police get of a case of misuse: who takes it out, what is in it, what is told of it."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit import service as audit
from app.audit.line_contents import AuditRule, data_of
from app.callers import misuse
from app.callers.events import EvidenceTaken
from app.callers.misuse_rules import Measure, RestrictionLevel
from app.callers.misuse_states import MarkState
from app.core.database import db, unit_of_work
from app.core.handed_down import given, hand_down
from app.core.permissions import TABLE, Permission, Role
from app.core.phone_numbers import ERASED
from app.privacy import service as privacy
from app.privacy.looks import Deed
from app.recordings import fetching, holds
from app.recordings.audio_store import AudioPlace, AudioStoreDown
from app.recordings.events import RecordingFoundAltered
from app.recordings.models import Recording
from app.workstation.evidence_rules import Lack, LeftOut, is_to_be_held, lack_of_call, left_out
from tests.conftest import PageClient
from tests.recordings.tickets_opened import a_ticket_of
from tests.workstation.cases_taken import (
    ASKED,
    PAGE,
    SOUND,
    call_of,
    files_of,
    marked,
    recorded,
    take,
    words_of,
)
from tests.workstation.desk_people import enquiry, take_call

pytestmark = pytest.mark.usefixtures("registers", "app")
NUMBER = "+8613900002817"
MAY = {"shift_leader", "hotline_manager"}
SignIn = Callable[..., Any]


@pytest.fixture
def agent(sign_in_as: SignIn) -> PageClient:
    """Sign in who took the calls."""
    browser: PageClient = sign_in_as("agent")
    return browser


def lines() -> list[Any]:
    return [line for line in audit.list_lines().items if line.kind == "caller.evidence_taken"]


@pytest.mark.parametrize("role", [each.value for each in Role])
def test_only_who_decides_on_misuse_takes_a_case_out(
    sign_in_as: SignIn, agent: PageClient, role: str
) -> None:
    mark_id = marked(agent)

    answer = take(sign_in_as(role), mark_id)

    assert answer.status_code == (200 if role in MAY else 403)
    assert len(lines()) == (1 if role in MAY else 0)


def test_a_case_is_taken_out_by_post_alone_with_the_token_of_the_session(
    sign_in_as: SignIn, agent: PageClient, app: Flask
) -> None:
    mark_id = marked(agent)
    leader = sign_in_as("shift_leader")

    assert leader.get(f"/misuse/{mark_id}/evidence").status_code == 405
    leader.csrf_token = "another"
    assert take(leader, mark_id).status_code == 400
    assert take(app.test_client(), mark_id).status_code in {302, 400, 401}
    assert lines() == []


def test_a_reason_is_asked_for_beside_its_field_and_what_was_typed_stays(
    sign_in_as: SignIn, agent: PageClient
) -> None:
    mark_id = marked(agent)
    leader = sign_in_as("shift_leader")

    refused = take(leader, mark_id, **{"evidence-words": "  "})

    assert refused.status_code == 422
    assert 'id="evidence-words-error"' in refused.text
    assert "源公调证〔2026〕17号" in refused.text
    long = take(leader, mark_id, **{"evidence-reference": "文" * 65})
    assert (long.status_code, 'id="evidence-reference-error"' in long.text) == (422, True)
    assert lines() == []
    assert holds.standing_hold(call_of(mark_id)) is None
    assert take(leader, 999).status_code == 404


def test_the_pack_tells_the_whole_case_in_chinese_and_proves_every_file(
    sign_in_as: SignIn, agent: PageClient
) -> None:
    leader, other = sign_in_as("shift_leader", locale="en"), sign_in_as("hotline_manager")
    mark_id = marked(agent, words="威胁<b>炸</b>楼")
    piece = recorded()
    with unit_of_work():
        held = misuse.confirm(
            mark_id,
            Measure(level=RestrictionLevel.BEHIND, days=7),
            words="听后属实",
            heard_by={leader.person.id},
            by=leader.person.id,
        )
        appealed = misuse.appeal(held.id, words="称是误会", received_by=agent.person.id)
        misuse.decide_appeal(appealed.id, is_granted=False, words="维持原决定", by=other.person.id)

    answer = take(leader, mark_id)

    files = files_of(answer)
    name = f"recordings/call-{call_of(mark_id)}-1.wav"
    assert set(files) == {"summary.html", "manifest.txt", name}
    assert files[name] == SOUND
    summary = files["summary.html"].decode()
    assert '<meta charset="utf-8">' in summary
    for told in (
        NUMBER, "威胁&lt;b&gt;炸&lt;/b&gt;楼", agent.person.work_number, leader.person.work_number,
        other.person.work_number, "听后属实", "称是误会", "维持原决定", "申诉不成立",
        "排在其他来电之后", "12315", *ASKED.values(),
    ):  # fmt: skip
        assert told in summary
    assert "2026-11-23 10:00:00" in summary  # when the call arrived, by the ledger
    assert agent.person.name not in summary
    assert "需要注意" not in summary
    manifest = files["manifest.txt"].decode()
    for each in (name, "summary.html"):
        digest = hashlib.sha256(files[each]).hexdigest()
        assert f"{digest}\t{len(files[each])}\t{each}" in manifest
    assert f"{name}\t{piece.sha256}\t一致" in manifest


def test_a_recording_that_was_altered_is_handed_over_as_altered_and_told(
    sign_in_as: SignIn, agent: PageClient, app: Flask, heard: list[Any]
) -> None:
    leader = sign_in_as("shift_leader")
    mark_id = marked(agent)
    piece = recorded()
    recording_id, kept, path = piece.id, piece.sha256, piece.path
    with app.app_context():
        store = given(AudioPlace).store
        store.delete(path)
        store.put(path, SOUND[:-2] + b"\x01\x01")

    files = files_of(take(leader, mark_id))

    [name] = [each for each in files if each.startswith("recordings/")]
    assert name.endswith("-1-altered.wav")
    now = hashlib.sha256(files[name]).hexdigest()
    summary = files["summary.html"].decode()
    assert "与接收时的录音不一致" in summary
    assert kept in summary
    assert now in summary
    assert f"{now}\t{len(files[name])}\t{name}\t{kept}\t不一致" in files["manifest.txt"].decode()
    told = [each.recording_id for each in heard if isinstance(each, RecordingFoundAltered)]
    assert told == [recording_id]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("deleted", "录音第 1 段：已于 2026-11-24 02:00:00 删除"),
        ("gone", "录音第 1 段：有接收记录，但文件已不在存储中"),
        ("to come", "交换机已告知有录音，尚未取回"),
        ("never", "通话有交谈，但至今没有收到录音"),
    ],
)
def test_what_is_missing_is_listed_as_missing(
    sign_in_as: SignIn, agent: PageClient, app: Flask, case: str, said: str
) -> None:
    leader = sign_in_as("shift_leader")
    mark_id = marked(agent)
    if case in {"deleted", "gone"}:
        piece = recorded()
        recording_id, path = piece.id, piece.path
        with app.app_context():
            given(AudioPlace).store.delete(path)
        if case == "deleted":
            with unit_of_work():
                row = db.session.get_one(Recording, recording_id)
                row.deleted_at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    if case == "to come":
        with unit_of_work():
            fetching.note_told("sim", "sim_call-1_1.wav")

    summary, manifest = words_of(take(leader, mark_id))

    assert said in summary
    assert said in manifest
    assert "recordings/" not in manifest
    is_held = holds.standing_hold(call_of(mark_id)) is not None
    assert is_held == (case != "deleted")


def test_other_calls_other_callers_and_tickets_are_not_in_it(
    sign_in_as: SignIn, agent: PageClient
) -> None:
    leader, second, third = sign_in_as("shift_leader"), sign_in_as("agent"), sign_in_as("agent")
    mark_id = marked(agent)
    recorded()
    other = take_call(second, "call-2", since=20, who="13711112222").call().id
    body = enquiry(result="malicious", note="另一人骂人", was_warned=True)
    second.post(f"/desk/calls/{other}/enquiry-record", json=body)
    plain = take_call(third, "call-3", since=40).call().id
    recorded("call-2")
    recorded("call-3")
    a_ticket_of(plain, by=third.person.id)
    a_ticket_of(call_of(mark_id), by=agent.person.id)

    files = files_of(take(leader, mark_id))

    sounds = [each for each in files if each.startswith("recordings/")]
    assert sounds == [f"recordings/call-{call_of(mark_id)}-1.wav"]
    summary = files["summary.html"].decode()
    for hidden in ("13711112222", "另一人骂人", "路灯", third.person.work_number):
        assert hidden not in summary
    assert holds.standing_hold(plain) is None
    assert holds.standing_hold(other) is None


def test_a_confidential_call_goes_out_only_with_who_may_read_it_and_is_held_all_the_same(
    sign_in_as: SignIn, agent: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, manager = sign_in_as("shift_leader"), sign_in_as("hotline_manager")
    mark_id = marked(agent)
    recorded()
    a_ticket_of(call_of(mark_id), by=agent.person.id, is_confidential=True)
    fewer = TABLE[Role.SHIFT_LEADER] - {Permission.TICKETS_READ_CONFIDENTIAL}
    monkeypatch.setitem(TABLE, Role.SHIFT_LEADER, fewer)

    files = files_of(take(leader, mark_id))

    assert set(files) == {"summary.html", "manifest.txt"}
    summary = files["summary.html"].decode()
    assert "反复辱骂话务员" not in summary
    told = f"通话 {call_of(mark_id)} 涉及保密诉求"
    assert told in summary
    assert told in files["manifest.txt"].decode()
    assert holds.standing_hold(call_of(mark_id)) is not None
    assert len(files_of(take(manager, mark_id))) == 3


def test_a_call_that_was_no_misuse_stays_here_and_is_named(
    sign_in_as: SignIn, agent: PageClient
) -> None:
    leader = sign_in_as("shift_leader")
    mark_id = marked(agent)
    recorded()
    with unit_of_work():
        misuse.dismiss(mark_id, words="情绪激动", by=leader.person.id)

    files = files_of(take(leader, mark_id))

    assert set(files) == {"summary.html", "manifest.txt"}
    assert f"通话 {call_of(mark_id)} 经核查不属恶意" in files["summary.html"].decode()
    assert "情绪激动" in files["summary.html"].decode()
    assert holds.standing_hold(call_of(mark_id)) is None


def test_who_took_a_case_stands_in_the_audit_in_who_saw_what_and_at_the_hold(
    sign_in_as: SignIn, agent: PageClient
) -> None:
    leader = sign_in_as("shift_leader")
    mark_id = marked(agent)
    recorded()

    answer = take(leader, mark_id)

    [line] = lines()
    assert (line.actor_id, line.subject_id) == (leader.person.id, str(mark_id))
    assert line.data == {
        "reason": ASKED["evidence-words"],
        "reference": ASKED["evidence-reference"],
        "sha256": hashlib.sha256(answer.data).hexdigest(),
        "files": 3,
    }
    [look] = privacy.views_wanted(deed=Deed.EXPORTED).items
    seen = (look.viewer_id, look.subject_id, look.is_unmasked)
    assert seen == (leader.person.id, call_of(mark_id), True)
    hold = holds.standing_hold(call_of(mark_id))
    assert hold is not None
    assert (hold.set_by, ASKED["evidence-words"] in hold.reason) == (leader.person.id, True)
    assert db.session.scalars(select(Recording.legal_hold)).all() == [True]
    # again: a line and a look of its own, and no second hold
    assert take(leader, mark_id).status_code == 200
    assert (len(lines()), len(holds.holds_of(call_of(mark_id)))) == (2, 1)


def test_the_files_name_holds_nothing_of_a_person(sign_in_as: SignIn, agent: PageClient) -> None:
    mark_id = marked(agent)

    answer = take(sign_in_as("shift_leader"), mark_id)

    said = answer.headers["Content-Disposition"]
    assert re.fullmatch(rf"attachment; filename=evidence-\d{{8}}-\d{{6}}-{mark_id}\.zip", said)
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_length == len(answer.data)


def test_nothing_is_taken_of_a_caller_who_was_forgotten(
    sign_in_as: SignIn, agent: PageClient
) -> None:
    mark_id = marked(agent)
    with unit_of_work():
        misuse.get_mark(mark_id).number = ERASED

    leader = sign_in_as("shift_leader")
    refused = take(leader, mark_id)

    assert refused.status_code == 409
    assert lines() == []
    assert f"/misuse/{mark_id}/evidence" not in leader.get(f"/misuse/{mark_id}", headers=PAGE).text


def test_a_store_that_does_not_answer_is_no_missing_recording(
    sign_in_as: SignIn, agent: PageClient, app: Flask
) -> None:
    class Away:
        """A store that is away."""

        def get(self, path: str) -> bytes:
            raise AudioStoreDown(path=path)

    leader = sign_in_as("shift_leader")
    mark_id = marked(agent)
    recorded()
    hand_down(app, AudioPlace(Away()))  # type: ignore[arg-type]

    refused = take(leader, mark_id)

    assert refused.status_code == 503
    assert ASKED["evidence-words"] in refused.text
    assert lines() == []


def test_nothing_of_a_pack_is_left_on_the_disk(
    sign_in_as: SignIn, agent: PageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    mark_id = marked(agent)
    recorded()

    assert take(sign_in_as("shift_leader"), mark_id).status_code == 200

    assert list(folder.iterdir()) == []


def test_a_digest_that_holds_what_looks_like_a_telephone_number_is_kept_whole() -> None:
    digest = "a13912345678b" + "0" * 51
    event = EvidenceTaken(
        mark_id=1, reason="来自13912345678", reference="", sha256=digest, files=1, taken_by=1
    )
    rule = AuditRule(
        realm="callers", subject_type="m", subject="mark_id", kept=("reason", "sha256")
    )

    assert data_of(event, rule) == {"reason": "来自139****5678", "sha256": digest}


def test_what_goes_out_and_what_lacks_is_decided_in_one_place() -> None:
    confirmed, waiting = MarkState.CONFIRMED, MarkState.TO_DECIDE
    assert left_out(confirmed, may_hear=True) is None
    assert left_out(waiting, may_hear=True) is None
    assert left_out(MarkState.DISMISSED, may_hear=True) is LeftOut.DISMISSED
    assert left_out(MarkState.DISMISSED, may_hear=False) is LeftOut.CONFIDENTIAL
    assert lack_of_call(pieces=1, is_any_to_come=True, talked_seconds=9) is Lack.TO_COME
    assert lack_of_call(pieces=1, is_any_to_come=False, talked_seconds=9) is None
    assert lack_of_call(pieces=0, is_any_to_come=False, talked_seconds=9) is Lack.NEVER_CAME
    assert lack_of_call(pieces=0, is_any_to_come=False, talked_seconds=0) is Lack.NOTHING_SAID
    assert is_to_be_held(waiting, pieces=0, deleted=0)
    assert is_to_be_held(confirmed, pieces=2, deleted=1)
    assert not is_to_be_held(confirmed, pieces=2, deleted=2)
    assert not is_to_be_held(MarkState.DISMISSED, pieces=1, deleted=0)
