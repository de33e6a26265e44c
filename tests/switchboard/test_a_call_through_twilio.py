"""A citizen's call through a Twilio account stands in the same queue, on the running house."""

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import User
from app.call_queue.models import Offer
from app.call_queue.presence_states import PresenceState
from app.calls import order_book
from app.calls import service as calls
from app.calls.models import Call, CallOrder, ProviderEvent
from app.channels import greeting_sounds, number_changes
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.factory import create_app, start_serving
from app.recordings import service as recordings
from config import read_settings
from telephony.control_orders import HoldCaller, JoinParties, PauseRecording
from telephony.orders import HangUp, KeepCaller
from telephony.port import ExchangeRefused
from telephony.simulator.provider import simulator_of
from tests.bed.sounds import tone_wav
from tests.services.web_door import Door
from tests.switchboard.conftest import House, eventually
from tests.telephony.fake_twilio import FakeTwilio

pytestmark = [pytest.mark.slow, pytest.mark.one_database]


@dataclass
class TwilioHouse(House):
    """The running workstation, with a Twilio account beside the simulator."""

    twilio: FakeTwilio

    def ready_agent(self, **changes: object) -> User:
        person = self.agent(**changes)
        self.twilio.phones[f"client:{person.work_number}"] = "ready"
        self.ready(person)
        return person

    def waiting(self, number: str = "12315", *, from_number: str = "13900002817") -> str:
        sid = self.twilio.place_call(number, from_number=from_number)
        eventually(lambda: self.is_in_ledger(sid)() and self.state_of(sid) == "waiting")
        return sid

    def talking(self, agent: User) -> str:
        sid = self.twilio.place_call("12315", from_number="13900002817")
        self.twilio.answer(sid)
        eventually(self.is_(agent, PresenceState.TALKING))
        return sid

    def wish(self, sid: str, kind: type, **body: object) -> None:
        call_id = self.call(sid).id
        with unit_of_work():
            order_book.wish(db.session.get_one(Call, call_id), kind, **body)


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.close()


@pytest.fixture
def twilio(door: Door) -> Iterator[FakeTwilio]:
    twilio = FakeTwilio(app_base=door.address)
    yield twilio
    twilio.close()


@pytest.fixture
def environment(environment: dict[str, str], door: Door, twilio: FakeTwilio) -> dict[str, str]:
    account = f"tw=twilio://{twilio.address}?hooks={door.address}&notice=本次通话将被录音"
    exchanges = f"sim=simulator://quiet,{account}"
    return {**environment, "EXCHANGES": exchanges, "RECONNECT_SECONDS": "5"}


@pytest.fixture
def house(app: Flask, lines: None, door: Door, twilio: FakeTwilio) -> Iterator[TwilioHouse]:  # noqa: ARG001
    door.app = app
    stop = start_serving(app)
    simulator = simulator_of(app.extensions["hotline.exchanges"]["sim"])
    assert simulator is not None
    eventually(lambda: sum(link.is_up for link in calls.list_links()) == 2)
    house = TwilioHouse(app=app, simulator=simulator, stop=stop, twilio=twilio)
    yield house
    house.stop()  # a test may have begun another shift


def a_sound(seconds: float) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x10\x20" * int(2 * 8000 * seconds))
    return buffer.getvalue()


def test_a_call_through_twilio_is_offered_answered_recorded_and_wrapped_up(
    house: TwilioHouse,
) -> None:
    agent = house.ready_agent()
    house.twilio.sound = a_sound(1)

    sid = house.talking(agent)
    call = house.call(sid)
    assert (call.exchange_id, call.agent_id, call.state.value) == ("tw", agent.id, "talking")
    assert (call.dialled_number, call.from_number) == ("12315", "+8613900002817")
    house.twilio.hang_up(sid)

    eventually(house.is_(agent, PresenceState.WRAP_UP))
    eventually(lambda: len(recordings.recordings_of_call(call.id)) == 1)
    assert house.call(sid).ended_by == "caller"
    eventually(lambda: house.twilio.recordings == {})


def test_callers_of_both_exchanges_stand_in_one_line_in_the_order_of_their_calls(
    house: TwilioHouse,
) -> None:
    over_the_air = house.waiting()
    at_home = house.simulator.place_call("12333", from_number="13900000002", patience=90)
    eventually(lambda: house.is_in_ledger(at_home)() and house.state_of(at_home) == "waiting")

    early = house.ready_agent()
    house.twilio.answer(over_the_air)
    eventually(house.is_(early, PresenceState.TALKING))
    late = house.ready_agent()
    house.answer(late)

    assert house.call(over_the_air).agent_id == early.id
    assert house.call(at_home).agent_id == late.id


def test_a_greeting_is_fetched_by_twilio_and_its_time_is_none_of_waiting(
    house: TwilioHouse,
) -> None:
    line = channels.find_number("12315", clock.now())
    assert line is not None
    words = replace(number_changes.words_of_number(line.id), plays_recording_notice=True)
    with unit_of_work():
        number_changes.edit_number(line.id, words)
        greeting_sounds.set_greeting_sound(line.id, tone_wav())
    house.twilio.sound_seconds = 0.5

    sid = house.waiting()

    [(address, content)] = house.twilio.fetched.items()
    assert content == tone_wav()
    assert [address, "本次通话将被录音"] == house.twilio.played
    waits = calls.waits_of(house.call(sid))
    assert waits.at_the_door >= 1.0  # greeting and sentence


def test_an_offer_that_twilio_rings_for_too_long_is_taken_back_and_goes_to_the_next_agent(
    house: TwilioHouse,
) -> None:
    agent = house.ready_agent()
    sid = house.twilio.place_call("12315", from_number="13900002817")
    house.twilio.ringing_leg(sid)
    eventually(lambda: house.state_of(sid) == "ringing")

    with unit_of_work():  # its time is over, and nothing was heard of the phone
        db.session.execute(db.update(Offer).values(ring_until=clock.now() - timedelta(minutes=1)))
    eventually(house.is_(agent, PresenceState.MISSED))
    eventually(lambda: house.state_of(sid) == "waiting")
    next_agent = house.ready_agent()
    house.twilio.answer(sid)

    eventually(house.is_(next_agent, PresenceState.TALKING))
    assert [leg.status for leg in house.twilio.legs.values() if leg.parent == sid] == [
        "canceled",
        "in-progress",
    ]


def test_an_agent_who_hangs_up_ends_the_call_and_is_named(house: TwilioHouse) -> None:
    agent = house.ready_agent()
    sid = house.talking(agent)

    house.twilio.agent_hangs_up(sid)

    eventually(lambda: house.state_of(sid) == "ended")
    assert house.call(sid).ended_by == "agent"
    house.twilio.wait_for("status")
    assert house.call(sid).ended_by == "agent"


def test_a_phone_that_declines_gives_the_caller_back_to_his_place(house: TwilioHouse) -> None:
    first = house.ready_agent()
    sid = house.twilio.place_call("12315", from_number="13900002817")
    eventually(house.is_(first, PresenceState.OFFERED))
    entered = house.call(sid).waiting_at
    house.twilio.decline(sid)
    eventually(house.is_(first, PresenceState.MISSED))
    eventually(lambda: house.state_of(sid) == "waiting")

    second = house.ready_agent()
    house.twilio.answer(sid)

    eventually(house.is_(second, PresenceState.TALKING))
    assert house.call(sid).waiting_at == entered


def test_a_caller_who_gives_up_while_it_rings_costs_the_agent_nothing(house: TwilioHouse) -> None:
    agent = house.ready_agent()
    sid = house.twilio.place_call("12315", from_number="13900002817")
    house.twilio.ringing_leg(sid)
    eventually(lambda: house.state_of(sid) == "ringing")

    house.twilio.hang_up(sid)

    eventually(lambda: house.state_of(sid) == "ended")
    eventually(house.is_(agent, PresenceState.READY))


def test_an_agent_whose_desk_reloads_talks_on_because_his_phone_is_not_in_the_page(
    house: TwilioHouse,
) -> None:
    agent = house.ready_agent()
    sid = house.talking(agent)

    house.close_desk(agent)
    house.open_desk(agent, link_id="page-after-reload")
    house.waiting(from_number="13900000009")

    assert house.presence(agent).state is PresenceState.TALKING
    assert house.state_of(sid) == "talking"


def test_a_kept_caller_goes_back_in_line_and_to_the_next_agent(house: TwilioHouse) -> None:
    first = house.ready_agent()
    sid = house.talking(first)

    house.wish(sid, KeepCaller)
    eventually(lambda: house.call(sid).is_kept)
    second = house.ready_agent()
    eventually(lambda: house.state_of(sid) == "ringing")  # nobody is refused for being quick
    house.twilio.answer(sid)

    eventually(house.is_(second, PresenceState.TALKING))
    assert house.call(sid).agent_id == second.id


def test_a_call_we_end_is_ended_by_us(house: TwilioHouse) -> None:
    agent = house.ready_agent()
    sid = house.talking(agent)

    house.wish(sid, HangUp)

    eventually(lambda: house.state_of(sid) == "ended")
    house.twilio.wait_for("status")
    assert house.call(sid).ended_by == "app"


def test_what_this_exchange_cannot_do_is_refused_with_its_name(house: TwilioHouse) -> None:
    agent = house.ready_agent()
    sid = house.talking(agent)
    exchange = house.app.extensions["hotline.exchanges"]["tw"]

    for order in (
        HoldCaller(order_id=9001, call_key=sid, phone=agent.work_number),
        JoinParties(order_id=9002, call_key=sid, phone=agent.work_number),
        PauseRecording(order_id=9003, call_key=sid, is_paused=True),
    ):
        with pytest.raises(ExchangeRefused) as refused:
            exchange.orders.send(order)
        assert (refused.value.code, refused.value.is_retryable) == ("not-here", False)

    assert house.state_of(sid) == "talking"


def test_a_repeated_request_is_answered_again_and_changes_nothing(house: TwilioHouse) -> None:
    agent = house.ready_agent()
    sid = house.talking(agent)
    house.twilio.hang_up(sid)
    eventually(lambda: house.state_of(sid) == "ended")
    house.twilio.wait_for("status")
    house.twilio.wait_for("recording")
    eventually(house.is_(agent, PresenceState.WRAP_UP))
    before = picture(house, sid)

    for one in list(house.twilio.sent):
        assert house.twilio.post(one.url, one.form).answer == one.answer

    assert picture(house, sid) == before
    assert house.presence(agent).state is PresenceState.WRAP_UP


def picture(house: TwilioHouse, sid: str) -> list[object]:
    call = house.call(sid)
    told = db.select(db.func.count(ProviderEvent.id)).where(ProviderEvent.call_key == sid)
    orders = db.select(db.func.count(CallOrder.id))
    return [
        db.session.execute(told).scalar_one(),
        db.session.execute(orders).scalar_one(),
        call.state,
        call.ended_by,
        call.ended_at,
        call.talk_started_at,
    ]


def test_an_answer_told_after_the_end_fills_the_ledger_and_wakes_nobody(
    house: TwilioHouse,
) -> None:
    agent = house.ready_agent()
    house.twilio.held_back = {"in-progress"}
    sid = house.twilio.place_call("12315", from_number="13900002817")
    house.twilio.answer(sid)
    house.twilio.agent_hangs_up(sid)
    eventually(lambda: house.state_of(sid) == "ended")

    house.twilio.let_go()

    assert house.state_of(sid) == "ended"
    assert house.call(sid).talk_started_at is not None
    assert house.presence(agent).state is not PresenceState.TALKING


def test_a_forged_request_is_refused_and_leaves_no_trace(house: TwilioHouse) -> None:
    sid = house.waiting()
    genuine = house.twilio.wait_for("voice")
    form = {**genuine.form, "CallSid": "CA" + "9" * 32}

    forged = house.twilio.post(genuine.url, form, signature=genuine.signature)

    assert (forged.status, forged.answer.strip()) == (403, '{"state":"forged"}')
    assert calls.find_call("tw", "CA" + "9" * 32) is None
    ended = {**form, "CallSid": sid, "CallStatus": "completed"}
    elsewhere = genuine.url.replace("/voice", "/status")
    assert house.twilio.post(elsewhere, ended, signature=genuine.signature).status == 403
    assert house.state_of(sid) == "waiting"


def test_whoever_tries_signatures_is_soon_told_to_wait_and_genuine_calls_go_on(
    house: TwilioHouse,
) -> None:
    url = f"{house.twilio.hooks}/voice"

    answers = [house.twilio.post(url, {"CallSid": "x"}, signature="no").status for _ in range(31)]

    assert (set(answers[:30]), answers[30]) == ({403}, 429)


def test_genuine_requests_are_never_limited(house: TwilioHouse) -> None:
    house.waiting()
    genuine = house.twilio.wait_for("wait")

    assert {house.twilio.post(genuine.url, genuine.form).status for _ in range(60)} == {200}


def test_an_address_of_no_account_of_ours_is_not_there(house: TwilioHouse) -> None:
    url = house.twilio.hooks

    assert house.twilio.post(url.replace("/tw", "/sim") + "/voice", {}).status == 404
    assert house.twilio.post(url.replace("/tw", "/xx") + "/voice", {}).status == 404


def test_a_new_process_finds_the_calls_of_the_account_again(
    house: TwilioHouse, environment: dict[str, str], door: Door
) -> None:
    agent = house.ready_agent()
    talking = house.talking(agent)
    waiting = house.waiting(from_number="13900000002")
    house.stop()
    gone = house.twilio.place_call("12333", from_number="13900000003")
    house.twilio.wait_for("wait", nth=3)

    door.app = create_app(read_settings(environment))
    house.stop = start_serving(door.app)

    eventually(lambda: house.is_in_ledger(gone)() and house.state_of(gone) == "waiting")
    assert house.state_of(talking) == "talking"
    assert house.state_of(waiting) == "waiting"
    house.stop()
    house.stop = lambda: None
    with door.app.app_context():
        db.engine.dispose()
