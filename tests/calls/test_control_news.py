"""Holds, parties, transfers and supervision become rows: told twice, told late, in any order."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import User
from app.calls import service as calls
from app.calls import wishes as wish
from app.calls.events import PartyFact, PartyLeft, PartyTookCall
from app.calls.models import CallLeg, CallSpell, CallTransfer
from app.calls.transfer_states import TransferKind
from app.core.database import db, unit_of_work
from app.core.events import Event
from app.core.phone_numbers import normalise
from telephony import control_orders as wishes
from telephony import events as news
from tests import people
from tests.calls.control_news import OUTSIDE, TAKER, Talk
from tests.calls.line_news import TEN, Line, tell

pytestmark = pytest.mark.usefixtures("app", "frozen")


@pytest.fixture
def agent(app: Flask) -> User:  # noqa: ARG001 - tables of this app
    return people.one_person("agent")


@pytest.fixture
def colleague(app: Flask) -> User:  # noqa: ARG001 - tables of this app
    return people.one_person("agent")


@pytest.fixture
def line(agent: User) -> Line:
    """A talk since second 10."""
    line = Line()
    tell(line.arrived(0), line.queued(2), line.answered(agent.work_number, 10))
    return line


def seconds(moment: object) -> float | None:
    return (moment - TEN).total_seconds() if moment is not None else None  # type: ignore[operator]


def spells(line: Line) -> list[tuple[str, str, float | None, float | None]]:
    call_id = line.call().id
    rows = db.session.execute(
        db.select(CallSpell).where(CallSpell.call_id == call_id).order_by(CallSpell.began_at)
    ).scalars()
    return [(r.kind.value, r.mode, seconds(r.began_at), seconds(r.ended_at)) for r in rows]


def consult_order(line: Line, agent: User, colleague: User, *, is_transfer: bool = False) -> int:
    """The wish that a party's news answers."""
    goal = wish.Goal(
        address=colleague.work_number,
        is_outside=False,
        kind=TransferKind.COLD if is_transfer else TransferKind.WARM,
        to_agent_id=colleague.id,
    )
    bring = wish.transfer if is_transfer else wish.consult
    call_id = line.call().id
    with unit_of_work():
        return bring(
            call_id, phone=agent.work_number, goal=goal, ring_seconds=20, wished_by=agent.id
        )


def transfer_state(order: int) -> str:
    db.session.rollback()
    return db.session.get_one(CallTransfer, order).state.value


@pytest.mark.postgresql
def test_a_hold_is_a_row_and_is_not_counted_as_talk(line: Line, agent: User) -> None:
    talk = Talk(line)
    tell(talk.held(agent.work_number, 20))
    assert line.call().state.value == "held"
    tell(talk.resumed(agent.work_number, 35), line.ended(40))

    assert spells(line) == [("hold", "", 20, 35)]
    call = line.call()
    assert calls.talk_seconds(call.id) == 15
    assert calls.hold_seconds(call.id) == 15
    assert calls.agents_seconds(call.id) == {agent.id: 30}
    assert calls.agents_hold_seconds(call.id) == {agent.id: 15}


@pytest.mark.postgresql
def test_in_whatever_order_it_is_heard_the_same_holds_and_mutes_come_out(agent: User) -> None:
    for number, order in enumerate(itertools.permutations(range(5))):
        line = Line(call_key=f"held-{number}")
        talk = Talk(line)
        phone = agent.work_number
        tell(line.arrived(0), line.queued(2), line.answered(phone, 10))
        story = [
            talk.held(phone, 20),
            talk.resumed(phone, 25),
            talk.muted(phone, 26),
            talk.muted(phone, 28, is_muted=False),
            line.ended(40),
        ]

        for place in order:
            tell(story[place], story[place])

        assert spells(line) == [("hold", "", 20, 25), ("mute", "", 26, 28)], order
        assert line.call().state.value == "ended"


def test_what_still_goes_on_ends_with_the_call_also_when_its_end_was_only_found(
    line: Line, agent: User
) -> None:
    talk = Talk(line)
    tell(talk.recording(20, is_paused=True), talk.muted(agent.work_number, 22))
    tell(line.ended(40))

    assert spells(line) == [("recording_pause", "", 20, 40), ("mute", "", 22, 40)]


def test_a_supervisor_who_listens_then_speaks_leaves_two_rows(line: Line) -> None:
    leader = people.one_person("shift_leader")
    talk = Talk(line)
    tell(
        talk.supervised(leader.work_number, 20, wishes.SupervisionMode.LISTEN),
        talk.supervised(leader.work_number, 30, wishes.SupervisionMode.BARGE),
        talk.supervised(leader.work_number, 38, None),
    )

    assert spells(line) == [
        ("supervision", "listen", 20, 30),
        ("supervision", "barge", 30, 38),
    ]
    assert {row.agent_id for row in calls.spells_of(line.call().id)} == {leader.id}


def supervisors_legs(line: Line) -> list[tuple[str, float | None, float | None]]:
    return [
        (leg.phone, seconds(leg.answered_at), seconds(leg.ended_at))
        for leg in calls.legs_of(line.call().id)
        if leg.role.value == "supervisor"
    ]


@pytest.mark.postgresql
def test_a_supervisor_is_in_the_call_from_his_first_mode_to_his_last(
    line: Line, heard: list[Event]
) -> None:
    """The complaint: he listened, and the queue took him for somebody who let it ring."""
    leader = people.one_person("shift_leader")
    talk = Talk(line)
    phone = leader.work_number
    tell(talk.supervised(phone, 20, wishes.SupervisionMode.LISTEN))
    assert supervisors_legs(line) == [(phone, 20, None)]
    tell(talk.supervised(phone, 30, wishes.SupervisionMode.BARGE))
    tell(talk.supervised(phone, 38, None))

    assert supervisors_legs(line) == [(phone, 20, 38)]
    told = [(type(fact), fact.role, fact.agent_id) for fact in heard if isinstance(fact, PartyFact)]
    assert told == [
        (PartyTookCall, "supervisor", leader.id),
        (PartyLeft, "supervisor", leader.id),
    ]


def test_a_supervisor_who_comes_back_is_in_it_again(line: Line) -> None:
    leader = people.one_person("shift_leader")
    talk = Talk(line)
    phone, listen = leader.work_number, wishes.SupervisionMode.LISTEN
    tell(talk.supervised(phone, 20, listen), talk.supervised(phone, 25, None))
    tell(talk.supervised(phone, 31, listen))

    assert supervisors_legs(line) == [(phone, 31, None)]
    assert spells(line) == [("supervision", "listen", 20, 25), ("supervision", "listen", 31, None)]


def test_an_answer_of_a_supervisor_heard_after_his_going_opens_nothing(line: Line) -> None:
    leader = people.one_person("shift_leader")
    talk = Talk(line)
    first = talk.supervised(leader.work_number, 20, wishes.SupervisionMode.LISTEN)
    last = talk.supervised(leader.work_number, 25, None)
    tell(last)
    tell(first)

    assert [ended for _phone, _answered, ended in supervisors_legs(line)] == [25]


@pytest.mark.postgresql
def test_an_attended_transfer_makes_the_colleague_the_agent_and_keeps_both_times_apart(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague)
    talk = Talk(line)
    phone = colleague.work_number
    tell(talk.held(agent.work_number, 20, order), talk.rings(phone, 20, order=order))
    assert transfer_state(order) == "ringing"
    tell(talk.answers(phone, 25, order=order))
    assert (line.call().agent_id, transfer_state(order)) == (agent.id, "asked")

    tell(talk.transferred(agent.work_number, 30))
    assert (line.call().agent_id, line.call().state.value) == (colleague.id, "talking")
    tell(line.ended(50))

    assert calls.agents_seconds(line.call().id) == {agent.id: 20, colleague.id: 20}
    assert transfer_state(order) == "taken"
    assert spells(line) == [("hold", "", 20, 30)]


def test_a_consultation_whose_answer_is_heard_after_the_transfer_still_gives_him_the_call(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague)
    talk = Talk(line)
    tell(talk.rings(colleague.work_number, 20, order=order))
    late = talk.answers(colleague.work_number, 25, order=order)
    tell(talk.transferred(agent.work_number, 30))
    assert line.call().state.value == "transferring"

    tell(late)

    assert (line.call().agent_id, line.call().state.value) == (colleague.id, "talking")


def test_a_blind_transfer_rings_the_colleague_and_then_is_his(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague, is_transfer=True)
    talk = Talk(line)
    tell(talk.transferred(agent.work_number, 20))
    assert line.call().state.value == "transferring"
    who = {"order": order, "role": TAKER}
    tell(
        talk.rings(colleague.work_number, 20, **who), talk.answers(colleague.work_number, 28, **who)
    )

    call = line.call()
    assert (call.agent_id, call.state.value) == (colleague.id, "talking")
    assert transfer_state(order) == "taken"
    tell(line.ended(38))
    assert calls.agents_seconds(call.id) == {agent.id: 10, colleague.id: 10}


def test_a_blind_transfer_that_nobody_takes_brings_the_caller_back_to_the_queue(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague, is_transfer=True)
    talk = Talk(line)
    who = {"order": order, "role": TAKER}
    tell(talk.transferred(agent.work_number, 20), talk.rings(colleague.work_number, 20, **who))

    tell(talk.fails(colleague.work_number, 40, **who), line.queued(40, counter=2))

    assert line.call().state.value == "waiting"
    assert transfer_state(order) == "not_answered"
    leg = db.session.execute(db.select(CallLeg).where(CallLeg.order_id == order)).scalar_one()
    assert (leg.end_reason, leg.role.value) == ("no_answer", "transferred_to")


def test_a_unit_rung_under_its_second_number_is_one_party_who_is_there_now(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague)
    talk = Talk(line)
    who = {"order": order, "kind": OUTSIDE}
    first = replace(talk.rings("07621234003", 20, **who), counter=1)
    second = replace(talk.rings("07621234004", 45, **who), counter=2)

    tell(second, first, talk.answers("07621234004", 50, **who))

    leg = db.session.execute(db.select(CallLeg).where(CallLeg.order_id == order)).scalar_one()
    assert leg.phone == normalise("07621234004"), "also when the first ring is heard late"
    assert db.session.get_one(CallTransfer, order).address == leg.phone
    assert transfer_state(order) == "asked"


def test_a_caller_given_back_from_outside_is_told_as_returned(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague, is_transfer=True)
    talk = Talk(line)
    who = {"order": order, "role": TAKER, "kind": OUTSIDE}
    tell(talk.transferred(agent.work_number, 20), talk.answers("15907620009", 25, **who))
    assert line.call().state.value == "handed_over"

    tell(talk.leaves("15907620009", 60, **who), line.queued(60, counter=2))

    assert line.call().state.value == "waiting"
    assert transfer_state(order) == "returned"
    assert calls.agents_seconds(line.call().id) == {agent.id: 10}


def test_a_party_who_left_again_did_not_take_the_caller(
    line: Line, agent: User, colleague: User
) -> None:
    order = consult_order(line, agent, colleague)
    talk = Talk(line)
    tell(talk.answers(colleague.work_number, 25, order=order))
    tell(talk.leaves(colleague.work_number, 30, order=order))

    assert transfer_state(order) == "returned"
    assert line.call().agent_id == agent.id


def test_an_agent_who_loses_his_phone_with_a_held_caller_is_waited_for(
    line: Line, agent: User
) -> None:
    talk = Talk(line)
    tell(talk.held(agent.work_number, 20), line.lost(agent.work_number, 25))

    assert line.call().state.value == "reconnecting"
    assert spells(line) == [("hold", "", 20, 25)]


def test_news_of_an_order_we_never_wished_is_written_without_it(line: Line, agent: User) -> None:
    talk = Talk(line)
    tell(talk.held(agent.work_number, 20, 777_000))

    [row] = calls.spells_of(line.call().id)
    assert row.order_id is None


def test_waits_count_from_the_invite_and_the_door_apart_from_the_line(agent: User) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(6), line.rings(agent.work_number, 9))
    tell(line.answered(agent.work_number, 14), line.ended(20))

    waits = calls.waits_of(line.call())

    assert (waits.until_answer, waits.at_the_door, waits.in_queue) == (14, 6, 8)


@pytest.mark.parametrize(
    ("ends_at", "by", "cause", "is_queued", "result"),
    [
        (3, news.EndedBy.CALLER, 16, True, "short"),
        (30, news.EndedBy.CALLER, 16, True, "abandoned"),
        (1, news.EndedBy.EXCHANGE, 21, False, "refused"),
        (4, news.EndedBy.EXCHANGE, 16, False, "announced"),
        (30, news.EndedBy.APP, 16, True, "dropped"),
    ],
)
def test_a_call_that_nobody_answered_says_in_one_word_how_it_ended(
    ends_at: float, by: news.EndedBy, cause: int, is_queued: bool, result: str
) -> None:
    line = Line()
    tell(line.arrived(0))
    if is_queued:
        tell(line.queued(1))

    tell(line.ended(ends_at, by=by, cause=cause))

    word = line.call().result
    assert word is not None
    assert word.value == result


def test_callers_nobody_answered_are_listed_for_a_call_back_until_somebody_spoke_with_them(
    agent: User,
) -> None:
    missed = Line(call_key="a", from_number="13900000001")
    again = Line(call_key="b", from_number="13900000001")
    other = Line(call_key="c", from_number="13900000002")
    withheld = Line(call_key="d", from_number="anonymous")
    tell(missed.arrived(0), missed.queued(1), missed.ended(30))
    tell(again.arrived(60), again.queued(61), again.ended(90))
    tell(other.arrived(70), other.queued(71), other.ended(99))
    tell(withheld.arrived(70), withheld.queued(71), withheld.ended(99))
    since = TEN - timedelta(hours=1)
    assert [call.call_key for call in calls.missed_calls(since=since)] == ["c", "b"]

    spoken = Line(call_key="e", from_number="13900000002")
    tell(spoken.arrived(200), spoken.answered(agent.work_number, 205), spoken.ended(300))

    assert [call.call_key for call in calls.missed_calls(since=since)] == ["b"]
