"""Deadlines go on whatever one row looks like: nobody is stuck because somebody else is."""

from datetime import timedelta
from threading import Event as Flag

import pytest
from flask import Flask

from app.accounts.models import User
from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.call_queue.models import Offer, Presence, QueueEntry
from app.call_queue.presence_states import EntryState, OfferState, PresenceState
from app.call_queue.presences import Move, move
from app.calls import service as calls
from app.calls.models import Call
from app.calls.provider_events import apply_news
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty
from app.switchboard.bell import Bell
from app.switchboard.loops import keep_deadlines_until
from telephony import events as news
from tests import people

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]

LINE = {"exchange_id": "sim", "boot_id": "boot-1", "call_key": "call-1"}


def tell(*events: news.TelephonyEvent) -> None:
    with unit_of_work():
        apply_news(events)


def agent_at_desk() -> User:
    person = people.one_person("agent")
    with unit_of_work():
        call_queue.open_desk(person.id, link_id=f"page-{person.id}")
        call_queue.become_ready(person.id)
    return person


def talk_and_lose_the_phone(person: User) -> Call:
    """A call in which the agent's phone was lost, a moment before its deadline."""
    now = clock.now()
    own = {**LINE, "leg_key": "call-1"}
    leg = {**LINE, "leg_key": "call-1-a1", "phone": person.work_number}
    tell(
        news.CallArrived(
            **own,
            happened_at=now,
            from_number="13900002817",
            from_name="",
            dialled_number="12315",
            invited_at=now,
        ),
        news.CallerPlaced(**own, happened_at=now, place=news.Place.QUEUE),
        news.AgentAnswered(**leg, happened_at=now),
        news.AgentGone(**leg, happened_at=now, reason=news.PartyLost.PHONE_LOST),
    )
    call = calls.find_call("sim", "call-1")
    assert call is not None
    assert call.state is calls.CallState.RECONNECTING
    return call


def pass_deadline() -> None:
    late = clock.now() + timedelta(hours=1)
    for leave in deadlines.find_due(late, has_outcome=lambda _call_id: False):
        with unit_of_work():
            leave()


def presence_of(person: User) -> Presence:
    db.session.rollback()
    presence = call_queue.presence_of(person.id)
    assert presence is not None
    return presence


def entry_of(call: Call) -> QueueEntry:
    return db.session.query(QueueEntry).filter_by(call_id=call.id).one()


def test_a_phone_that_stays_away_brings_the_caller_back_into_the_line() -> None:
    person = agent_at_desk()
    call = talk_and_lose_the_phone(person)

    pass_deadline()

    assert call.state is calls.CallState.WAITING
    assert entry_of(call).state is EntryState.WAITING
    assert presence_of(person).state is PresenceState.LINK_LOST


def test_a_caller_whom_the_exchange_took_over_is_not_offered_by_us_as_well() -> None:
    person = agent_at_desk()
    call = talk_and_lose_the_phone(person)
    alone = {**LINE, "leg_key": "call-1", "counter": 2, "place": news.Place.ALONE}
    tell(news.CallerPlaced(**alone, happened_at=clock.now()))

    pass_deadline()

    assert call.state is calls.CallState.ALONE
    assert entry_of(call).state is not EntryState.WAITING
    assert presence_of(person).state is not PresenceState.RECONNECTING


def test_an_agent_whose_caller_went_with_the_exchange_alone_is_not_stuck() -> None:
    person = agent_at_desk()
    call = talk_and_lose_the_phone(person)
    own = {**LINE, "leg_key": "call-1"}
    tell(
        news.CallerPlaced(**own, counter=2, place=news.Place.ALONE, happened_at=clock.now()),
        news.CallEnded(**own, cause=16, ended_by=news.EndedBy.CALLER, happened_at=clock.now()),
    )
    assert call.state is calls.CallState.ENDED

    pass_deadline()

    assert presence_of(person).state not in {PresenceState.RECONNECTING, PresenceState.TALKING}


def test_an_offer_that_was_answered_meanwhile_is_not_missed() -> None:
    person = agent_at_desk()
    call = talk_and_lose_the_phone(person)
    with unit_of_work():
        offer = Offer(
            call_id=call.id,
            agent_id=person.id,
            state=OfferState.OPEN,
            made_at=clock.now(),
            ring_until=clock.now(),
        )
        db.session.add(offer)
        db.session.flush()
        due = deadlines.find_due(
            clock.now() + timedelta(seconds=10), has_outcome=lambda _call_id: False
        )
        offer.state = OfferState.ANSWERED
        for leave in due:
            leave()

    assert offer.state is OfferState.ANSWERED


def test_a_state_that_cannot_leave_holds_up_no_other(app: Flask) -> None:
    broken, fine = agent_at_desk(), agent_at_desk()
    with unit_of_work():
        token = duty.take("here", at=clock.now())
        for person in (broken, fine):
            presence = db.session.get_one(Presence, person.id)
            presence.call_id = _some_call()
            move(presence, Move(to=PresenceState.TALKING))
            move(presence, Move(to=PresenceState.WRAP_UP, lasts=timedelta(seconds=-1)))
    assert token is not None
    broken_call = presence_of(broken).call_id

    def has_outcome(call_id: int) -> bool:
        if call_id == broken_call:
            raise RuntimeError("this row is broken")
        return True

    stopped = Flag()
    rounds = iter([False, True])
    stopped.is_set = lambda: next(rounds)  # type: ignore[method-assign] # one round
    bell = Bell()
    bell.ring()
    keep_deadlines_until(stopped, app, bell, token=lambda: token, has_outcome=has_outcome)

    assert presence_of(broken).state is PresenceState.WRAP_UP
    assert presence_of(fine).state is PresenceState.READY


def _some_call() -> int:
    now = clock.now()
    call = Call(
        exchange_id="sim",
        boot_id="boot-1",
        call_key=f"call-{now.timestamp()}",
        dialled_number="12315",
        from_number="",
        from_name="",
        state=calls.CallState.ENDED,
        state_since=now,
        last_news_at=now,
        invited_at=now,
    )
    db.session.add(call)
    db.session.flush()
    return call.id
