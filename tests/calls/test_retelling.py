"""News late and past each other: the steps of a call end in the order in which they happened."""

import itertools
from datetime import timedelta

import pytest
from flask import Flask

from app.calls import adoption
from app.calls import service as calls
from app.calls.call_states import CallState
from app.calls.models import CallLeg, CallStateChange
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from telephony import events as news
from telephony.port import LiveCall
from tests import people
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, tell

pytestmark = pytest.mark.usefixtures("app")


def steps_of(line: Line) -> list[tuple[float, str]]:
    call = line.call()
    wanted = db.select(CallStateChange).where(CallStateChange.call_id == call.id)
    rows = db.session.execute(wanted.order_by(CallStateChange.id)).scalars()
    return [((row.at - TEN).total_seconds(), row.new.value) for row in rows]


def legs_of(line: Line) -> list[tuple[str, str | None, float | None]]:
    call = line.call()
    wanted = db.select(CallLeg).where(CallLeg.call_id == call.id).order_by(CallLeg.leg_key)
    return [
        (
            leg.phone,
            leg.end_reason,
            (leg.ended_at - TEN).total_seconds() if leg.ended_at else None,
        )
        for leg in db.session.execute(wanted).scalars()
    ]


def a_story(line: Line, first: str, second: str) -> list[news.TelephonyEvent]:
    """A ring that is missed, a talk with the next agent, the caller hangs up."""
    return [
        line.arrived(0),
        line.queued(1),
        line.rings(first, 2),
        line.ring_failed(first, 12),
        line.queued(12, counter=2),
        line.rings(second, 13, leg=2),
        line.answered(second, 16, leg=2),
        line.ended(76),
    ]


STEPS = [
    (0.0, "intake"),
    (1.0, "waiting"),
    (2.0, "ringing"),
    (12.0, "waiting"),
    (13.0, "ringing"),
    (16.0, "talking"),
    (76.0, "ended"),
]


def two_agents() -> tuple[str, str]:
    return people.one_person(Role.AGENT).work_number, people.one_person(Role.AGENT).work_number


@pytest.mark.parametrize("missing", range(1, 7))
def test_an_answer_or_a_failed_ring_heard_after_the_end_takes_its_place(missing: int) -> None:
    """The complaint: a lost answer left a call without a second of talk, though we heard of it."""
    line = Line()
    first, second = two_agents()
    story = a_story(line, first, second)
    late = story.pop(missing)

    tell(*story)
    tell(late)

    assert steps_of(line) == STEPS
    assert calls.talk_seconds(line.call().id) == 60
    assert legs_of(line) == [(first, "no_answer", 12.0), (second, "call_ended", 76.0)]


def test_any_order_of_hearing_gives_one_and_the_same_ledger() -> None:
    first, second = two_agents()
    for number, order in enumerate(itertools.permutations(range(8), 8)):
        if number % 601:
            continue  # 68 of 40,320 orders
        line = Line(call_key=f"call-{number}")
        story = a_story(line, first, second)

        tell(*(story[place] for place in order))

        assert steps_of(line) == STEPS, order
        call = line.call()
        assert (call.state, call.waiting_at, call.talk_started_at) == (
            CallState.ENDED,
            story[1].happened_at,
            story[6].happened_at,
        ), order
        assert legs_of(line) == [(first, "no_answer", 12.0), (second, "call_ended", 76.0)], order


def test_a_step_of_ours_keeps_its_moment_among_the_late_news(app: Flask) -> None:  # noqa: ARG001
    line = Line()
    first, second = two_agents()
    tell(line.arrived(0), line.queued(1), line.answered(first, 5), line.lost(first, 30))
    call_id = line.call().id
    with unit_of_work():
        calls.give_up_agent(call_id)
    given_up = line.call().state_since

    tell(line.rings(first, 3))

    named = [(when, state) for when, state in steps_of(line) if state != "intake"]
    assert named[:4] == [
        (1.0, "waiting"),
        (3.0, "ringing"),
        (5.0, "talking"),
        (30.0, "reconnecting"),
    ]
    assert line.call().state is CallState.WAITING
    assert line.call().state_since == given_up
    assert second


def test_a_caller_lost_before_his_answer_was_heard_is_kept_for_his_agent() -> None:
    line = Line()
    first, _second = two_agents()
    tell(line.arrived(0), line.queued(1), line.rings(first, 2))
    tell(line.lost(first, 30), line.placed(news.Place.KEPT, 30, counter=2))

    tell(line.answered(first, 5))

    assert line.call().state is CallState.RECONNECTING
    assert line.call().is_kept


def test_an_end_that_was_guessed_is_mended_with_its_step_and_its_legs() -> None:
    line = Line()
    first, _second = two_agents()
    tell(line.arrived(0), line.queued(1), line.rings(first, 2), line.answered(first, 5))
    with unit_of_work():
        adoption.adopt("sim", "boot-1", live=[], phones={}, at=line.ended(90).happened_at)

    tell(line.ended(65))

    assert steps_of(line)[-1] == (65.0, "ended")
    assert legs_of(line) == [(first, "call_ended", 65.0)]
    assert calls.talk_seconds(line.call().id) == 60


@pytest.mark.parametrize("lost", ["held", "resumed"])
def test_a_hold_or_its_end_heard_late_takes_its_place_among_the_steps(lost: str) -> None:
    """The complaint: it left the times of talk and hold as they were."""
    line = Line()
    talk = Talk(line)
    first, _second = two_agents()
    told = {"held": talk.held(first, 20), "resumed": talk.resumed(first, 30)}
    late = told.pop(lost)

    tell(line.arrived(0), line.queued(1), line.rings(first, 2), line.answered(first, 5))
    tell(*told.values())
    tell(line.ended(60))
    tell(late)

    assert steps_of(line)[3:] == [(5, "talking"), (20, "held"), (30, "talking"), (60, "ended")]
    assert calls.hold_seconds(line.call().id) == 10
    assert calls.talk_seconds(line.call().id) == 45


def talking_at_the_exchange(line: Line, phone: str) -> LiveCall:
    return LiveCall(
        exchange_id=line.exchange_id,
        boot_id=line.boot_id,
        call_key=line.call_key,
        from_number="13900002817",
        from_name="",
        dialled_number="12315",
        invited_at=TEN,
        place=news.Place.TALKING,
        place_counter=1,
        phone=phone,
        agent_leg_key=f"{line.call_key}-a1",
    )


def test_a_resume_heard_after_a_snapshot_had_shown_the_talk_counts_from_its_own_moment() -> None:
    line = Line()
    talk = Talk(line)
    first, _second = two_agents()
    tell(line.arrived(0), line.queued(1), line.rings(first, 2), line.answered(first, 5))
    tell(talk.held(first, 20))
    with unit_of_work():
        adoption.adopt_call(talking_at_the_exchange(line, first), at=TEN + timedelta(seconds=50))

    tell(talk.resumed(first, 30))

    assert steps_of(line)[3:] == [(5, "talking"), (20, "held"), (30, "talking")]
    assert line.call().state is CallState.TALKING
