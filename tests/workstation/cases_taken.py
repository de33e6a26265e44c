"""How a case of misuse is made, taken out and opened by the tests of its pack."""

import io
import zipfile
from typing import Any

from app.callers import misuse
from app.callers.misuse_states import MarkState
from app.core.database import unit_of_work
from app.recordings import service as recordings
from app.recordings.models import Recording
from telephony.simulator.audio import make_talk
from tests.conftest import PageClient
from tests.workstation.desk_people import enquiry, take_call

PAGE = {"Accept": "text/html"}
ASKED = {
    "evidence-words": "公安机关调取，涉嫌寻衅滋事",
    "evidence-reference": "源公调证〔2026〕17号",
}
SOUND = make_talk(3)


def marked(agent: PageClient, key: str = "call-1", *, words: str = "反复辱骂话务员") -> int:
    """Let an agent record a malicious call; return its mark."""
    line = take_call(agent, key)
    call_id = line.call().id
    body = enquiry(result="malicious", note=words, was_warned=True)
    assert agent.post(f"/desk/calls/{call_id}/enquiry-record", json=body).status_code == 201
    found = {mark.call_id: mark.id for mark in misuse.marks_in(list(MarkState))}
    return found[call_id]


def call_of(mark_id: int) -> int:
    return misuse.get_mark(mark_id).call_id


def recorded(key: str = "call-1", segment: int = 1) -> Recording:
    with unit_of_work():
        recordings.receive_recording(
            name=f"sim_{key}_{segment}.wav",
            content=SOUND,
            exchange_id="sim",
            call_key=key,
            segment=segment,
        )
    found = recordings.find_recording_named(f"sim_{key}_{segment}.wav")
    assert found is not None
    return found


def take(browser: PageClient, mark_id: int, **changes: str) -> Any:
    return browser.post(
        f"/misuse/{mark_id}/evidence", data={**ASKED, **changes}, headers=PAGE, buffered=True
    )


def files_of(answer: Any) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(answer: Any) -> tuple[str, str]:
    """Return summary and manifest."""
    files = files_of(answer)
    return files["summary.html"].decode(), files["manifest.txt"].decode()
