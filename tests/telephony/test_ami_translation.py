"""What a real Asterisk 22 said, word for word, and what it means to us."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from telephony.asterisk.ami_connection import Message
from telephony.asterisk.ami_translation import (
    Node,
    boot_id_of,
    phone_of_channel,
    phones_from,
    translate,
)
from telephony.asterisk.live_calls import live_calls_from
from telephony.control_events import PartyRinging, PartyRole
from telephony.control_orders import SupervisionMode, TargetKind
from telephony.events import (
    AgentAnswered,
    AgentGone,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    News,
    PartyLost,
    PhoneChanged,
    Place,
    RingFailed,
    RingFailure,
    TelephonyEvent,
)
from telephony.landing_events import CallForwarding, ForwardAnswered, ForwardFailed

RECORDED = Path(__file__).parent / "recorded"
NODE = Node(exchange_id="hy1", boot_id="2026-11-23T06:58:37")
KEY = "1795417117.0"


def recorded(name: str) -> list[Message]:
    text = (RECORDED / f"{name}.ami").read_text(encoding="utf-8")
    return [Message(block.splitlines()) for block in text.strip().split("\n\n")]


def news_of(name: str) -> list[News]:
    return [one for message in recorded(name) for one in translate(message, node=NODE)]


def changed(message: Message, **headers: str) -> Message:
    lines = [line for line in message.response if line.partition(":")[0] not in headers]
    return Message([*lines, *(f"{name}: {value}" for name, value in headers.items())])


def test_a_whole_call_reads_as_it_happened() -> None:
    news = news_of("one_call")
    assert [type(one) for one in news] == [
        CallArrived,
        CallerPlaced,
        AgentRinging,
        RingFailed,
        CallerPlaced,
        AgentRinging,
        AgentAnswered,
        AgentGone,
        CallEnded,
    ]
    assert {one.call_key for one in news if isinstance(one, TelephonyEvent)} == {KEY}


def test_an_arrival_says_who_called_which_number_when() -> None:
    arrived = news_of("one_call")[0]
    assert isinstance(arrived, CallArrived)
    assert (arrived.from_number, arrived.from_name) == ("13800001234", "王先生")
    assert arrived.dialled_number == "12315"
    assert arrived.invited_at == datetime(2026, 11, 23, 6, 58, 37, 714000, tzinfo=UTC)
    assert arrived.natural_key == ("hy1", NODE.boot_id, KEY, "call_arrived", 1)


def test_each_leg_of_an_agent_has_its_own_key_and_the_call_keeps_one() -> None:
    news = news_of("one_call")
    ringing = [one for one in news if isinstance(one, AgentRinging)]
    assert [(one.phone, one.leg_key) for one in ringing] == [
        ("2002", "1795417117.1"),
        ("2001", "1795417118.2"),
    ]
    gone = next(one for one in news if isinstance(one, AgentGone))
    assert (gone.phone, gone.leg_key, gone.reason) == ("2001", "1795417118.2", PartyLost.HUNG_UP)


def test_no_two_events_of_a_call_share_a_natural_key_and_a_repeat_has_the_same() -> None:
    keys = [one.natural_key for one in news_of("one_call") if isinstance(one, TelephonyEvent)]
    assert len(set(keys)) == len(keys)
    again = [one.natural_key for one in news_of("one_call") if isinstance(one, TelephonyEvent)]
    assert again == keys


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("NOANSWER", RingFailure.NO_ANSWER),
        ("BUSY", RingFailure.BUSY),
        ("CONGESTION", RingFailure.REJECTED),
        ("CHANUNAVAIL", RingFailure.UNREACHABLE),
        ("WITHDRAWN", RingFailure.WITHDRAWN),
        ("SOMETHING-NEW", RingFailure.UNREACHABLE),
    ],
)
def test_why_a_phone_did_not_take_the_call(status: str, reason: RingFailure) -> None:
    failed = next(one for one in recorded("one_call") if one.headers.get("Status"))
    (news,) = translate(changed(failed, Status=status), node=NODE)
    assert isinstance(news, RingFailed)
    assert (news.reason, news.phone, news.counter) == (reason, "2002", 1)


@pytest.mark.parametrize(
    ("said", "cause", "ended_by"),
    [
        ("agent", "16", EndedBy.AGENT),
        ("app", "16", EndedBy.APP),
        ("exchange", "21", EndedBy.EXCHANGE),
        ("", "16", EndedBy.CALLER),
        ("", "127", EndedBy.CALLER),
        ("", "44", EndedBy.EXCHANGE),
    ],
)
def test_who_ended_a_call(said: str, cause: str, ended_by: EndedBy) -> None:
    hangup = recorded("one_call")[-1]
    lines = [
        f"ChanVariable: HL_ENDED_BY={said}" if "HL_ENDED_BY" in line else line
        for line in hangup.response
    ]
    (news,) = translate(changed(Message(lines), Cause=cause), node=NODE)
    assert isinstance(news, CallEnded)
    assert (news.ended_by, news.cause) == (ended_by, int(cause))


def test_a_leg_that_is_no_citizens_call_is_ignored() -> None:
    for message in recorded("one_call"):
        lines = [line for line in message.response if "HL_OF" not in line]
        if message.event_name != "UserEvent":
            assert translate(Message(lines), node=NODE) == []


def test_the_fallback_queue_tells_rings_and_misses_too() -> None:
    news = news_of("fallback_call")
    assert [type(one) for one in news] == [
        CallArrived,
        CallerPlaced,
        AgentRinging,
        RingFailed,
        RingFailed,
        CallEnded,
    ]
    placed, missed = news[1], news[3]
    assert isinstance(placed, CallerPlaced)
    assert placed.place is Place.ALONE
    assert isinstance(missed, RingFailed)
    assert (missed.leg_key, missed.reason) == ("1795417122.4", RingFailure.NO_ANSWER)


def test_a_page_that_comes_and_goes_is_a_phone_that_comes_and_goes() -> None:
    there, gone = news_of("page_phone")
    assert isinstance(there, PhoneChanged)
    assert isinstance(gone, PhoneChanged)
    assert (there.phone, there.is_there, gone.is_there) == ("1006", True, False)
    assert there.contact == gone.contact


def test_the_carriers_contact_is_no_phone() -> None:
    message = changed(recorded("page_phone")[0], AOR="carrier")
    assert translate(message, node=NODE) == []


def test_a_snapshot_shows_who_talks_with_whom() -> None:
    (call,) = live_calls_from(recorded("status"), node=NODE)
    assert (call.call_key, call.place, call.place_counter) == (KEY, Place.TALKING, 2)
    assert (call.phone, call.agent_leg_key) == ("2001", "1795417118.2")
    assert (call.from_number, call.dialled_number) == ("13800001234", "12315")


def test_a_snapshot_shows_ringing_until_both_legs_are_in_one_bridge() -> None:
    agent, caller = recorded("status")
    (call,) = live_calls_from([changed(agent, BridgeID=""), caller], node=NODE)
    assert call.place is Place.RINGING


def test_a_call_that_has_only_begun_is_at_the_door() -> None:
    _agent, caller = recorded("status")
    lines = [
        "Variable: HL_PLACE=(null)" if line.startswith("Variable: HL_PLACE") else line
        for line in caller.response
    ]
    (call,) = live_calls_from([Message(lines)], node=NODE)
    assert (call.place, call.phone) == (Place.INTAKE, None)


def test_phones_with_a_contact_can_be_rung() -> None:
    assert phones_from(recorded("aors")) == {"2001": "sip:2001@127.0.0.3:5070"}


@pytest.mark.parametrize(
    ("channel", "phone"),
    [("PJSIP/1006-0000002a", "1006"), ("PJSIP/carrier-00000000", "carrier"), ("Local/x", "")],
)
def test_a_channel_is_named_after_its_phone(channel: str, phone: str) -> None:
    assert phone_of_channel(channel) == phone


def test_a_life_of_a_node_is_named_by_its_start() -> None:
    status = Message(["CoreStartupDate: 2026-11-23", "CoreStartupTime: 06:35:11"])
    assert boot_id_of(status) == "2026-11-23T06:35:11"


def user_event(name: str, uniqueid: str = KEY, **headers: str) -> Message:
    lines = ["Event: UserEvent", f"UserEvent: {name}", "Timestamp: 1795417120.5"]
    lines.append(f"Uniqueid: {uniqueid}")
    return Message([*lines, *(f"{key}: {value}" for key, value in headers.items())])


def test_a_call_sent_on_to_old_seats_reads_as_it_happened() -> None:
    of_try = {"Number": "07623339999", "Forwards": "2"}
    told = [
        *translate(user_event("HLForwarding", **of_try), node=NODE),
        *translate(user_event("HLForwardAnswered", "1795417120.9", Call=KEY, **of_try), node=NODE),
        *translate(user_event("HLForwardFailed", Status="NOANSWER", **of_try), node=NODE),
    ]

    assert [type(one) for one in told] == [CallForwarding, ForwardAnswered, ForwardFailed]
    for one in told:
        assert isinstance(one, CallForwarding | ForwardAnswered | ForwardFailed)
        assert (one.call_key, one.leg_key, one.counter) == (KEY, KEY, 2)
        assert one.number == "07623339999"


@pytest.mark.parametrize(("leg", "is_told_of"), [("1795417118.2", "1795417118.2"), ("", KEY)])
def test_a_ring_that_failed_is_told_of_the_leg_that_rang(leg: str, is_told_of: str) -> None:
    message = user_event("HLRingFailed", Phone="2001", Leg=leg, Status="NOANSWER", Ring="3")
    [failed] = translate(message, node=NODE)

    assert isinstance(failed, RingFailed)
    assert (failed.call_key, failed.leg_key, failed.counter) == (KEY, is_told_of, 3)


def test_a_snapshot_says_who_else_is_in_the_call_and_what_the_agent_was_before() -> None:
    agent, caller = recorded("status")

    def leg(key: str, **variables: str) -> Message:
        own = [line for line in agent.response if not line.startswith(("Variable:", "Uniqueid"))]
        of_call = {"HL_OF": KEY, **variables}
        said = [f"Variable: {name}={value}" for name, value in of_call.items()]
        return Message([*own, f"Uniqueid: {key}", *said])

    taker = {"HL_ROLE": "agent", "HL_PARTY": "7/consulted/phone/2002", "HL_ANSWERED": "yes"}
    asked = {"HL_ROLE": "party", "HL_PARTY": "8/consulted/number/07623380000"}
    leader = {"HL_ROLE": "supervisor", "HL_PARTY": "9/supervisor/phone/2004", "HL_MODE": "barge"}
    entries = [leg("p7-9", **taker), leg("p8-9", **asked), leg("s2004-9", **leader), caller]
    (call,) = live_calls_from(entries, node=NODE)

    assert call.agent_party is not None
    assert (call.agent_leg_key, call.agent_party.order_id) == ("p7-9", 7)
    assert [(one.order_id, one.target_kind, one.is_talking, one.mode) for one in call.parties] == [
        (8, TargetKind.NUMBER, False, None),
        (9, TargetKind.PHONE, False, SupervisionMode.BARGE),
    ]


def test_the_leg_to_the_carrier_is_nobodys_phone() -> None:
    ring = next(m for m in recorded("one_call") if m.event_name == "DialState")
    to_carrier = changed(ring, DestChannel="PJSIP/carrier-0000002a", DialStatus="RINGING")

    assert translate(to_carrier, node=NODE) == []


def dial_event(name: str, **headers: str) -> Message:
    lines = [f"Event: {name}", "Timestamp: 1795417120.5"]
    return Message([*lines, *(f"{key}: {value}" for key, value in headers.items())])


@pytest.mark.parametrize("status", ["RINGING", "PROGRESS"])
def test_a_citizen_who_is_called_rings_on_a_leg_that_nobody_dials(status: str) -> None:
    rings = Message(
        ["Event: DialState", "Timestamp: 1795417120.5", f"DialStatus: {status}",
         "DestChannel: PJSIP/carrier-0000002a", "DestUniqueid: out-1.1",
         "DestChanVariable: HL_OF=out-1.1", "DestChanVariable: HL_ENDED_BY=exchange",
         "DestChanVariable: HL_PARTY=61/citizen/number/13900000006"]
    )  # fmt: skip

    (told,) = translate(rings, node=NODE)

    assert isinstance(told, PartyRinging)
    assert (told.call_key, told.order_id, told.role) == ("out-1.1", 61, PartyRole.CITIZEN)
    assert told.leg_key != told.call_key


def test_a_partys_leg_is_told_as_ringing_by_its_dialling_half_alone() -> None:
    rings = dial_event(
        "DialState", DialStatus="RINGING", DestUniqueid="p61-1795417117.09",
        DestChannel="Local/s@party-line-00000001;1",
        DestChanVariable="HL_PARTY=61/consulted/phone/1007",
    )  # fmt: skip

    assert translate(rings, node=NODE) == []


def test_a_leg_that_nobody_dials_and_nobody_named_is_none_of_ours() -> None:
    assert translate(dial_event("DialState", DialStatus="RINGING"), node=NODE) == []


def test_an_agent_who_calls_a_citizen_is_rung_beside_the_call() -> None:
    of_ringer = {
        "Uniqueid": "1795417120.8", "ChanVariable": "HL_OF=out-1.1",
        "DestChannel": "PJSIP/1006-0000002a", "DestUniqueid": "1795417120.9",
    }  # fmt: skip

    rings = dial_event("DialState", DialStatus="RINGING", Context="out-ring", **of_ringer)
    answers = dial_event("DialEnd", DialStatus="ANSWER", Context="out-agent", **of_ringer)
    elsewhere = dial_event("DialState", DialStatus="RINGING", Context="other", **of_ringer)

    told = [*translate(rings, node=NODE), *translate(answers, node=NODE)]
    assert [type(one) for one in told] == [AgentRinging, AgentAnswered]
    assert translate(elsewhere, node=NODE) == []


def test_what_a_carrier_adds_behind_the_number_says_nothing_of_other_calls() -> None:
    arrival = recorded("one_call")[0]
    added = ("UserEvent: HLAgentGone", f"Call: {KEY}", "Phone: 1006", "Reason: media_lost",
             "Uniqueid: 1.1", "Timestamp: 1e30")  # fmt: skip

    [news] = translate(Message([*arrival.response, *added]), node=NODE)

    assert news == news_of("one_call")[0]
