"""Orders to a Twilio account that come at a bad moment."""

from collections.abc import Iterator
from threading import Event as Signal
from typing import Any

import pytest

from telephony.events import AgentRinging, CallEnded, CallerPlaced, Place
from telephony.orders import StopRinging
from telephony.twilio.account import TwilioAccount
from tests.services.processes import wait_until
from tests.telephony.reaching import ring, ringing_caller, talking_caller, waiting_caller
from tests.telephony.twilio_bench import TwilioBench


@pytest.fixture
def link() -> Iterator[TwilioBench]:
    with TwilioBench() as bench:
        bench.connect()
        yield bench


def test_an_offer_taken_back_before_the_phone_rings_rings_nobody(link: TwilioBench) -> None:
    link.phone_comes("1006")
    call_key = waiting_caller(link)
    link.hold_back("ring", let_go := Signal())
    ring(link, call_key)
    link.wait_for_request("ring")

    link.send(StopRinging, call_key, phone="1006")
    let_go.set()

    placed = link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    assert placed.counter > 1
    assert link.ear.of(AgentRinging) == []
    ring(link, call_key)
    link.ear.wait_for(AgentRinging, call_key=call_key, phone="1006")


def test_an_offer_taken_back_from_a_caller_in_line_leaves_him_where_he_is(
    link: TwilioBench,
) -> None:
    call_key = waiting_caller(link)

    link.send(StopRinging, call_key, phone="1006")

    link.phone_comes("1006")
    ring(link, call_key)
    link.ear.wait_for(AgentRinging, call_key=call_key)
    assert len(link.ear.of(CallerPlaced, call_key=call_key)) == 1


def test_taking_an_offer_back_twice_puts_the_caller_in_line_once(link: TwilioBench) -> None:
    call_key = ringing_caller(link)

    link.send(StopRinging, call_key, phone="1006")
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    link.send(StopRinging, call_key, phone="1006")

    assert len(link.ear.of(CallerPlaced, call_key=call_key)) == 2


def test_taking_back_one_offer_disturbs_no_other_talk(link: TwilioBench) -> None:
    talking = talking_caller(link, "1007")
    call_key = ringing_caller(link, "1006")

    link.send(StopRinging, call_key, phone="1006")

    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    assert link.ear.of(CallEnded) == []
    assert link.exchange.snapshot is not None
    places = {call.call_key: call.place for call in link.exchange.snapshot.live_calls()}
    assert places == {talking: Place.TALKING, call_key: Place.QUEUE}


def test_a_phone_that_just_stopped_ringing_by_itself_does_not_end_the_call(
    link: TwilioBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_key = ringing_caller(link)
    real = TwilioAccount.legs_of

    def just_before_it_ends(account: TwilioAccount, call_sid: str) -> list[Any]:
        legs = real(account, call_sid)
        ringing = link.twilio.ringing_leg(call_sid)
        link.pass_time(30)
        wait_until(lambda: ringing.status == "no-answer", seconds=5, what="its end")
        return legs

    monkeypatch.setattr(TwilioAccount, "legs_of", just_before_it_ends)
    link.send(StopRinging, call_key, phone="1006")

    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    assert link.ear.of(CallEnded) == []
