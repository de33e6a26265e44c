"""Why did this call fail: the verdict, and the page that tells everything that is kept."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.workstation.call_verdict import (
    KNOWN_CAUSES,
    CallPicture,
    Verdict,
    cause_key,
    verdict_of,
)
from tests.calls.line_news import Line, tell
from tests.catalogues import keys, read

WAITED = CallPicture(
    is_ended=True,
    is_outgoing=False,
    states=["intake", "waiting"],
    waited_seconds=42,
    talked_seconds=0,
    ended_by="caller",
    cause=16,
)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.GAVE_UP_WAITING),
        ({"is_ended": False}, Verdict.STILL_ON),
        ({"talked_seconds": 5, "states": ["waiting", "ringing", "talking"]}, Verdict.TALKED),
        (
            {"talked_seconds": 5, "states": ["waiting", "talking", "reconnecting"]},
            Verdict.PHONE_LOST,
        ),
        ({"states": ["intake", "waiting", "ringing"]}, Verdict.GAVE_UP_RINGING),
        ({"ring_failures": ["phone-unreachable"]}, Verdict.PHONE_AWAY),
        ({"ring_failures": ["unreachable", "no_answer"]}, Verdict.GAVE_UP_WAITING),
        ({"states": ["intake"]}, Verdict.GAVE_UP_AT_DOOR),
        ({"states": ["intake"], "ended_by": "exchange", "cause": 21}, Verdict.REFUSED_AT_DOOR),
        ({"states": ["intake", "alone"]}, Verdict.ALONE),
        ({"ended_by": "exchange", "cause": 38}, Verdict.NETWORK),
        ({"ended_by": "caller", "cause": 21}, Verdict.NETWORK),
        ({"ended_by": "exchange", "cause": 0}, Verdict.FOUND_GONE),
        ({"ended_by": "app"}, Verdict.ENDED),
        ({"is_outgoing": True, "states": ["calling"], "cause": 19}, Verdict.NOT_TAKEN_OUTSIDE),
        ({"was_sent_on": True}, Verdict.SENT_ON),
    ],
)
def test_what_became_of_a_call_is_said_in_one_sentence(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    assert verdict_of(replace(WAITED, **changes)) is verdict


def test_every_verdict_and_every_cause_has_its_words_in_both_languages() -> None:
    needed = {f"story.verdict_{verdict}" for verdict in Verdict}
    needed |= {cause_key(cause) for cause in [*KNOWN_CAUSES, 99]}

    for locale in ("zh_Hans_CN", "en"):
        assert needed - {key for key, text in keys(read(locale)).items() if text} == set()


def test_the_page_tells_the_verdict_and_every_row_and_no_number(
    sign_in_as: Callable[..., Any],
) -> None:
    agent = sign_in_as("agent").person
    line = Line()
    tell(line.arrived(0), line.queued(1), line.rings(agent.work_number, 20))
    tell(line.ended(43))
    call = line.call()

    page = sign_in_as("shift_leader").get(f"/calls/{call.id}/story")

    assert page.status_code == 200
    assert "振铃时来电人挂机" in page.text
    assert call.from_number not in page.text
    assert agent.work_number in page.text
    for told in ("call_arrived", "caller_placed", "agent_ringing", "call_ended"):
        assert told in page.text


@pytest.mark.parametrize(
    ("role", "status"),
    [("system_admin", 200), ("auditor", 200), ("hotline_manager", 200), ("agent", 403)],
)
def test_the_story_is_for_those_who_answer_for_the_service(
    sign_in_as: Callable[..., Any], role: str, status: int
) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(1))

    assert sign_in_as(role).get(f"/calls/{line.call().id}/story").status_code == status
