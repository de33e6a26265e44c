"""What an exchange tells becomes rows: told twice, told late, told of calls nobody knows."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.calls import service as calls
from app.calls.models import CallLeg, CallStateChange, PhoneContact
from app.core.database import db, unit_of_work
from app.core.events import Event
from telephony import events as news
from tests import people
from tests.calls.line_news import TEN, Line, tell

pytestmark = pytest.mark.usefixtures("app", "frozen")


@pytest.fixture
def phone(app: Flask) -> str:  # noqa: ARG001 - tables of this app
    return people.one_person("agent").work_number


def steps_of(line: Line) -> list[tuple[str | None, str, float]]:
    wanted = db.select(CallStateChange).where(CallStateChange.call_id == line.call().id)
    return [
        (step.old.value if step.old else None, step.new.value, (step.at - TEN).total_seconds())
        for step in db.session.execute(wanted.order_by(CallStateChange.id)).scalars()
    ]


def whole_story(line: Line, phone: str) -> list[news.TelephonyEvent]:
    return [
        line.arrived(0),
        line.queued(2),
        line.rings(phone, 7),
        line.answered(phone, 10),
        line.ended(40),
    ]


def row_of(line: Line) -> dict[str, object]:
    call = line.call()
    return {column.name: getattr(call, column.name) for column in call.__table__.columns}


@pytest.mark.postgresql
def test_a_call_leaves_its_moments_its_agent_and_its_steps(phone: str) -> None:
    line = Line()

    tell(*whole_story(line, phone))

    call = line.call()
    assert call.from_number == "+8613900002817"
    assert call.waiting_at == TEN + timedelta(seconds=2)
    assert call.talk_started_at == TEN + timedelta(seconds=10)
    assert (call.ended_at, call.ended_by) == (TEN + timedelta(seconds=40), "caller")
    assert steps_of(line) == [
        (None, "intake", 0),
        ("intake", "waiting", 2),
        ("waiting", "ringing", 7),
        ("ringing", "talking", 10),
        ("talking", "ended", 40),
    ]


@pytest.mark.postgresql
def test_every_piece_of_news_told_twice_changes_nothing_the_second_time(
    phone: str, heard: list[Event]
) -> None:
    line = Line()
    for piece in whole_story(line, phone):
        tell(piece)
        row, steps, told = row_of(line), steps_of(line), len(heard)

        tell(piece, piece)

        assert row_of(line) == row
        assert steps_of(line) == steps
        assert len(heard) == told


@pytest.mark.postgresql
def test_in_whatever_order_news_is_heard_an_ended_call_stays_ended_and_its_times_are_right(
    phone: str,
) -> None:
    for number, order in enumerate(itertools.permutations(range(1, 5))):
        line = Line(call_key=f"shuffled-{number}")
        story = whole_story(line, phone)

        for place in (0, *order):
            tell(story[place])

        call = line.call()
        assert call.state.value == "ended", order
        assert call.ended_at == TEN + timedelta(seconds=40), order
        assert call.talk_started_at == TEN + timedelta(seconds=10), order
        assert call.agent_id is not None, order


def test_a_call_whose_end_is_heard_before_its_beginning_does_not_live_for_ever(phone: str) -> None:
    line = Line()

    tell(line.ended(40))
    tell(line.answered(phone, 10), line.queued(2))
    tell(line.arrived(0))

    call = line.call()
    assert call.state.value == "ended"
    assert call.ended_at == TEN + timedelta(seconds=40)
    assert call.talk_started_at == TEN + timedelta(seconds=10)


def test_news_heard_before_the_call_arrived_is_made_up_for_in_the_order_it_happened(
    phone: str,
) -> None:
    line = Line()

    tell(line.answered(phone, 10))
    tell(line.queued(2))
    tell(line.arrived(0))

    assert line.call().state.value == "talking"
    assert [new for _, new, _ in steps_of(line)] == ["intake", "waiting", "talking"]


def test_late_news_never_moves_a_call_back(phone: str) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(phone, 10))

    tell(line.rings(phone, 7), line.queued(6, counter=2))

    assert line.call().state.value == "talking"


def test_late_news_of_the_ringing_fills_what_the_leg_still_lacks(phone: str) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(phone, 10), line.rings(phone, 7))

    leg = db.session.execute(db.select(CallLeg)).scalar_one()
    assert leg.ringing_at == TEN + timedelta(seconds=7)
    assert leg.answered_at == TEN + timedelta(seconds=10)


def test_a_late_answer_does_not_give_the_call_back_to_an_agent_who_has_lost_it(phone: str) -> None:
    other = people.one_person("agent")
    line = Line()
    tell(
        line.arrived(0),
        line.queued(2),
        line.answered(other.work_number, 30, leg=2),
    )

    tell(line.answered(phone, 10, leg=1))

    call = line.call()
    assert call.agent_id == other.id
    assert call.talk_started_at == TEN + timedelta(seconds=10), "the first answer counts"


def test_a_late_answer_does_not_forget_that_the_caller_is_kept(phone: str) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(phone, 10), line.lost(phone, 20))
    tell(line.placed(news.Place.KEPT, 21, counter=2))
    assert line.call().is_kept

    tell(line.answered(phone, 9, leg=7))

    assert line.call().is_kept


def test_hold_music_of_before_the_talk_heard_late_does_not_count_as_kept(phone: str) -> None:
    line = Line()
    tell(line.arrived(0), line.answered(phone, 10), line.lost(phone, 20))
    assert not line.call().is_kept

    tell(line.queued(2))

    assert not line.call().is_kept


def test_an_old_leg_that_goes_late_does_not_tear_the_resumed_talk(phone: str) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(phone, 10))
    call_id = line.call().id
    with unit_of_work():
        calls.lose_agent(call_id, because="phone_registered_anew")
    tell(line.placed(news.Place.KEPT, 21, counter=2), line.answered(phone, 25, leg=2))
    assert line.call().state.value == "talking"

    tell(line.lost(phone, 26, leg=1))

    assert line.call().state.value == "talking"


def test_a_ring_that_failed_is_told_only_while_it_is_news(phone: str, heard: list[Event]) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.rings(phone, 7), line.queued(12, counter=2))
    tell(line.rings(phone, 15, leg=2))
    heard.clear()

    tell(line.ring_failed(phone, 11, leg=1))

    assert [event.name for event in heard] == []


def test_news_of_a_call_nobody_knows_is_kept_and_moves_nothing(heard: list[Event]) -> None:
    tell(Line(call_key="stranger").ended(5))

    assert Line(call_key="stranger").find() is None
    assert heard == []


def test_a_failed_ring_ends_the_leg_and_leaves_the_caller_where_the_exchange_says(
    phone: str,
) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.rings(phone, 7), line.ring_failed(phone, 20))

    leg = db.session.execute(db.select(CallLeg)).scalar_one()
    assert (leg.ended_at, leg.end_reason) == (TEN + timedelta(seconds=20), "no_answer")
    assert line.call().state.value == "ringing"

    tell(line.queued(21, counter=2))

    assert line.call().state.value == "waiting"
    assert line.call().waiting_at == TEN + timedelta(seconds=2)


def test_an_agent_rung_by_the_exchanges_own_queue_has_the_call(phone: str) -> None:
    line = Line()
    tell(line.arrived(0), line.placed(news.Place.ALONE, 1), line.rings(phone, 5))
    tell(line.answered(phone, 8))

    call = line.call()
    assert call.state.value == "talking"
    assert call.agent_id is not None


def test_a_call_answered_by_a_phone_that_nobody_owns_and_then_lost_waits_again() -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered("9999", 10))

    tell(line.lost("9999", 20))

    assert line.call().state.value == "waiting"


def test_waiting_and_talking_are_counted_from_the_steps_without_the_time_in_between(
    phone: str,
) -> None:
    line = Line()
    tell(
        line.arrived(0),
        line.queued(2),
        line.rings(phone, 8),
        line.answered(phone, 10),
        line.lost(phone, 30),
        line.placed(news.Place.KEPT, 31, counter=2),
        line.answered(phone, 40, leg=2),
        line.ended(45),
    )

    call = line.call()
    assert calls.wait_seconds(call.id) == 8
    assert calls.talk_seconds(call.id) == 25


def test_a_talk_that_goes_on_is_counted_until_now(
    phone: str, frozen: time_machine.Traveller
) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(phone, 10))
    frozen.move_to(TEN + timedelta(seconds=70))

    assert calls.talk_seconds(line.call().id) == 60
    assert calls.wait_seconds(line.call().id) == 8


def test_a_call_that_was_resumed_is_talked_through_the_new_registration(phone: str) -> None:
    line = Line()
    with unit_of_work():
        db.session.add(PhoneContact(exchange_id="sim", phone=phone, contact="tab-1", since=TEN))
    tell(line.arrived(0), line.queued(2), line.answered(phone, 10))

    tell(line.lost(phone, 20))

    call = line.call()
    assert (call.talk_contact, call.lost_contact) == ("tab-1", "tab-1")
