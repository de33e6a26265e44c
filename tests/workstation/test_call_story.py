"""Why did this call fail: the verdict, and the page that tells everything that is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.call_queue.presence_states import BesideReason, NotReadyReason
from app.calls import adoption, kept_news, order_book, outcomes, wishes
from app.calls.door_reasons import door_answered
from app.channels.door_rules import Sign, TurnedAway
from app.core.database import unit_of_work
from app.workstation.call_verdict import (
    KNOWN_CAUSES,
    CallPicture,
    Verdict,
    cause_key,
    verdict_of,
)
from app.workstation.story_words import (
    DOOR,
    EVENTS,
    GROUPS,
    ORDERS,
    PAUSES,
    PEOPLE,
    PLACES,
    REASONS,
)
from telephony import control_orders
from telephony.events import EndedBy, LinkChanged, PartyLost, Place, RingFailure
from telephony.landing_events import CallForwarding, ForwardFailed
from telephony.orders import Order
from tests.calls.line_news import TEN, Line, tell
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
        ({"ring_failures": ["link-down", "no-answer"]}, Verdict.ORDERS_NOT_CARRIED),
        ({"ring_failures": ["link-down", "rejected"]}, Verdict.GAVE_UP_WAITING),
        (
            {"talked_seconds": 5, "states": ["talking", "reconnecting", "waiting"]},
            Verdict.NOT_TAKEN_UP_AGAIN,
        ),
        (
            {"talked_seconds": 5, "states": ["talking", "transferring", "waiting", "ringing"]},
            Verdict.NOT_TAKEN_UP_AGAIN,
        ),
        ({"talked_seconds": 5, "states": ["talking", "transferring"]}, Verdict.TRANSFER_NOT_TAKEN),
        ({"talked_seconds": 5, "states": ["talking", "held"]}, Verdict.ENDED_ON_HOLD),
        ({"talked_seconds": 5, "states": ["talking", "held", "talking"]}, Verdict.TALKED),
        ({"talked_seconds": 5, "states": ["talking", "handed_over"]}, Verdict.TALKED),
        ({"sent_on": "answered", "states": ["intake"]}, Verdict.SENT_ON),
        ({"sent_on": "no_answer", "states": ["intake"]}, Verdict.OLD_SEATS_NOT_TAKEN),
        ({"sent_on": "", "states": ["intake"]}, Verdict.OLD_SEATS_NOT_TAKEN),
        ({"sent_on": "no_answer"}, Verdict.GAVE_UP_WAITING),
        (
            {"sent_on": "busy", "talked_seconds": 5, "states": ["waiting", "talking"]},
            Verdict.TALKED,
        ),
    ],
)
def test_what_became_of_a_call_is_said_in_one_sentence(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    assert verdict_of(replace(WAITED, **changes)) is verdict


CALLED = replace(WAITED, is_outgoing=True, states=["calling"], was_own_phone_taken=True)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"ended_by": "exchange", "cause": 19}, Verdict.NOT_TAKEN_OUTSIDE),
        ({"ended_by": "exchange", "cause": 17}, Verdict.NOT_CONNECTED_OUTSIDE),
        ({"ended_by": "exchange", "cause": 34}, Verdict.NOT_CONNECTED_OUTSIDE),
        ({"ended_by": "agent"}, Verdict.GIVEN_UP_BY_US),
        ({"ended_by": "exchange", "was_own_phone_taken": False}, Verdict.OWN_PHONE_NOT_TAKEN),
        (
            {"ended_by": "exchange", "cause": 0, "was_refused": True, "was_own_phone_taken": False},
            Verdict.ORDERS_NOT_CARRIED,
        ),
        ({"ended_by": "exchange", "cause": 0}, Verdict.FOUND_GONE),
        ({"talked_seconds": 9, "states": ["calling", "talking"]}, Verdict.TALKED),
    ],
)
def test_why_a_citizen_whom_we_called_was_not_reached_is_told_apart(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    assert verdict_of(replace(CALLED, **changes)) is verdict


def test_the_page_of_a_call_answered_after_the_old_seats_did_not_says_that_it_was_answered(
    sign_in_as: Callable[..., Any],
) -> None:
    agent = sign_in_as("agent").person
    line = Line()
    own = {"exchange_id": "sim", "boot_id": "boot-1", "call_key": line.call_key}
    forward = {**own, "leg_key": line.call_key, "number": "07623333333", "counter": 1}
    tell(line.arrived(0), CallForwarding(**forward, happened_at=TEN + timedelta(seconds=1)))
    failed_at = TEN + timedelta(seconds=21)
    tell(ForwardFailed(**forward, reason=RingFailure.NO_ANSWER, happened_at=failed_at))
    tell(line.queued(22), line.rings(agent.work_number, 23), line.answered(agent.work_number, 25))
    tell(line.ended(60))

    page = sign_in_as("shift_leader").get(f"/calls/{line.call().id}/story")

    assert "已转往原座席" not in page.text
    assert "已接通" in page.text


def test_the_page_says_of_an_order_that_nothing_came_of_it(
    sign_in_as: Callable[..., Any],
) -> None:
    agent = sign_in_as("agent").person
    line = Line()
    tell(line.arrived(0), line.queued(1), line.rings(agent.work_number, 3))
    tell(line.answered(agent.work_number, 5))
    call_id = line.call().id
    with unit_of_work():
        change = LinkChanged(
            exchange_id="sim", boot_id="boot-1", is_up=True, why="test", happened_at=TEN
        )
        adoption.note_link(change, kind="simulator")
        order_id = wishes.hold(call_id, phone=agent.work_number, wished_by=agent.id)
    with unit_of_work():
        order_book.take_next("sim")
    with unit_of_work():
        order_book.mark_taken(order_id)
    with unit_of_work():
        outcomes.miss_outcome(order_id)
    tell(line.ended(60))

    page = sign_in_as("shift_leader").get(f"/calls/{call_id}/story")

    assert "没有结果" in page.text


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
    for told in ("来电到达", "来电人进入等候", "坐席话机振铃", "通话结束"):
        assert told in page.text
    for code in ("call_arrived", "caller_placed", "agent_ringing", "call_ended", "story."):
        assert code not in page.text
    english = sign_in_as("shift_leader")
    english.post("/language", data={"locale": "en", "next": "/"})
    assert "Caller placed" in english.get(f"/calls/{call.id}/story").text


def test_every_code_of_a_story_has_its_words_in_both_languages() -> None:
    needed = {f"story.{group}_{code}" for group, codes in GROUPS.items() for code in codes}
    needed |= {f"door.{reason}" for reason in DOOR}

    for locale in ("zh_Hans_CN", "en"):
        assert needed - {key for key, text in keys(read(locale)).items() if text} == set()


def test_whatever_an_exchange_can_tell_and_be_told_has_words() -> None:
    assert set(kept_news.KINDS) | {"call_arrived", "recording_ready"} == EVENTS - {"invited"}
    assert control_orders.CallOut in Order.__subclasses__()
    assert {kind.__name__ for kind in Order.__subclasses__()} == ORDERS
    assert set(map(str, Place)) == PLACES
    assert {*map(str, RingFailure), *map(str, PartyLost)} <= REASONS
    assert set(map(str, EndedBy)) == PEOPLE
    assert {*map(str, BesideReason), *map(str, NotReadyReason)} <= PAUSES


def tell_at_the_door(line: Line, reason: str) -> None:
    told = door_answered("sim", line.call_key, reason=reason, at=TEN)
    assert told is not None
    tell(told)


def test_the_page_of_a_call_turned_away_says_why(sign_in_as: Callable[..., Any]) -> None:
    line = Line()
    tell(line.arrived(0))
    with unit_of_work():
        change = LinkChanged(
            exchange_id="sim", boot_id="boot-1", is_up=True, why="test", happened_at=TEN
        )
        adoption.note_link(change, kind="simulator")
    tell_at_the_door(line, TurnedAway.NUMBER_CLOSED)
    tell(line.ended(9, by=EndedBy.EXCHANGE))
    call_id = line.call().id
    assert line.call().door_reason == "number_closed"

    leader = sign_in_as("shift_leader")

    for page in (f"/calls/{call_id}", f"/calls/{call_id}/story"):
        assert "号码已停用" in leader.get(page).text


def test_a_reason_that_comes_before_its_call_waits_for_it(app: Flask) -> None:  # noqa: ARG001
    line = Line()
    with unit_of_work():
        change = LinkChanged(
            exchange_id="sim", boot_id="boot-1", is_up=True, why="test", happened_at=TEN
        )
        adoption.note_link(change, kind="simulator")
    tell_at_the_door(line, Sign.HOP)
    tell(line.arrived(0))

    assert line.call().door_reason == "hop"


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
