"""What Twilio's requests mean, whenever they come; and accounts that cannot be understood."""

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from app.core import clock
from telephony.events import (
    AgentAnswered,
    CallArrived,
    CallEnded,
    EndedBy,
    RecordingReady,
    RingFailed,
    RingFailure,
)
from telephony.port import (
    Exchange,
    ExchangeRefused,
    IncomingCall,
    IntakeAction,
    IntakeAnswer,
    WebhookReply,
)
from telephony.registry import BadExchangeAddress, ExchangeAddress, build_exchanges
from telephony.sound_addresses import is_genuine

SID, TOKEN, OURS = "AC" + "1" * 32, "secret", "https://hotline.example"
HOOKS = f"{OURS}/telephony/hooks/tw"
GOOD = f"twilio://{SID}:{TOKEN}@api.twilio.com?hooks={OURS}&sounds={OURS}/sounds"


def account(url: str = GOOD) -> Exchange:
    return build_exchanges([ExchangeAddress("tw", url)])["tw"]


def read(
    path: str,
    *,
    action: IntakeAction = IntakeAction.QUEUE,
    answer: IntakeAnswer | None = None,
    token: str = TOKEN,
    url: str = GOOD,
    **form: str,
) -> WebhookReply:
    """Let the account call us, through a proxy that changes the beginning of the address."""
    said = {"AccountSid": SID, "CallSid": "CA1", "CallStatus": "in-progress", **form}
    signature = RequestValidator(token).compute_signature(f"{HOOKS}/{path}", said)
    parts = urlsplit(f"{HOOKS}/{path}")
    seen = f"http://inside:8080{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def ask(_call: IncomingCall) -> IntakeAnswer:
        return answer or IntakeAnswer(action=action, announcement="moved")

    reader = account(url).webhooks
    assert reader is not None
    return reader.read(seen, said, signature, ask)


def test_a_call_by_sip_trunk_brings_the_number_that_was_dialled() -> None:
    reply = read("voice", To="sip:12315@heyuan.sip.example", From="sip:13900002817@carrier")

    [arrived] = reply.news
    assert isinstance(arrived, CallArrived)
    assert (arrived.dialled_number, arrived.from_number) == ("12315", "13900002817")
    assert "<Enqueue" in reply.body


GREETED = IntakeAnswer(
    action=IntakeAction.QUEUE, greeting="greeting-12315-0123456789ab", plays_recording_notice=True
)
OWN_SOUND = replace(GREETED, greeting="welcome", plays_recording_notice=False)
NO_FILES = f"twilio://{SID}:{TOKEN}@api.twilio.com?hooks={OURS}"


def verbs(body: str) -> list[tuple[str, str]]:
    answer = ElementTree.fromstring(body)  # noqa: S314 - our own answer
    return [(verb.tag, verb.text or "") for verb in answer]


def test_greeting_and_notice_are_played_before_the_queue() -> None:
    greeting, notice, queue = verbs(read("voice", answer=GREETED, To="12315", From="1").body)

    parts = urlsplit(greeting[1])
    assert greeting[0] == "Play"
    assert parts.path == "/telephony/sounds/tw/greeting-12315-0123456789ab"
    assert is_genuine(
        "greeting-12315-0123456789ab",
        secret=account().sounds_secret,
        exchange_id="tw",
        now=clock.now(),
        **dict(parse_qsl(parts.query)),
    )
    assert notice == ("Play", f"{OURS}/sounds/recording-notice.wav")
    assert queue[0] == "Enqueue"


def test_a_notice_may_be_a_sentence_that_is_spoken() -> None:
    url = f"{NO_FILES}&notice=%E5%BD%95%E9%9F%B3"

    [_greeting, notice, _queue] = verbs(
        read("voice", answer=GREETED, url=url, To="12315", From="1").body
    )

    assert notice == ("Say", "录音")


def test_a_sound_of_the_exchanges_own_is_played_from_where_its_sounds_are() -> None:
    with_files = verbs(read("voice", answer=OWN_SOUND, To="12315", From="1").body)
    without = verbs(read("voice", answer=OWN_SOUND, url=NO_FILES, To="12315", From="1").body)

    assert with_files[0] == ("Play", f"{OURS}/sounds/welcome.wav")
    assert [verb for verb, _text in without] == ["Enqueue"]


def test_whoever_comes_to_our_queue_by_another_way_is_told_as_well() -> None:
    for action in (IntakeAction.HUMAN_FIRST, IntakeAction.FORWARD):
        body = read("voice", answer=replace(GREETED, action=action), To="12315", From="1").body

        assert [verb for verb, _text in verbs(body)] == ["Play", "Play", "Enqueue"]


@pytest.mark.parametrize("withheld", ["sip:anonymous@anonymous.invalid", "+266696687", ""])
def test_a_caller_who_withholds_his_number_has_none(withheld: str) -> None:
    [arrived] = read("voice", To="+8676212345", From=withheld).news

    assert isinstance(arrived, CallArrived)
    assert arrived.from_number == ""


def test_a_refused_call_hears_the_busy_tone_and_an_announced_one_the_announcement() -> None:
    refused = read("voice", action=IntakeAction.REFUSE, To="12315", From="1")
    announced = read("voice", action=IntakeAction.ANNOUNCE, To="12315", From="1")

    assert '<Reject reason="busy"' in refused.body
    assert f"{OURS}/sounds/moved.wav" in announced.body
    assert "/end?by=exchange" in announced.body


def test_an_answer_held_up_on_the_way_tells_when_it_happened() -> None:
    long_ago = (clock.now() - timedelta(seconds=20)).replace(microsecond=0)

    [late] = read("phone?phone=1006", ParentCallSid="CA0", Timestamp=format_datetime(long_ago)).news
    [fresh] = read(
        "phone?phone=1006", ParentCallSid="CA0", Timestamp=format_datetime(clock.now())
    ).news

    assert isinstance(late, AgentAnswered)
    assert (late.call_key, late.leg_key, late.happened_at) == ("CA0", "CA1", long_ago)
    assert clock.now() - fresh.happened_at < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("no-answer", RingFailure.NO_ANSWER),
        ("busy", RingFailure.BUSY),
        ("canceled", RingFailure.WITHDRAWN),
        ("failed", RingFailure.UNREACHABLE),
    ],
)
def test_a_ring_in_vain_says_why_and_puts_the_caller_back(status: str, reason: RingFailure) -> None:
    reply = read("rung?order=7&phone=1006", DialCallStatus=status, DialCallSid="CA9")

    [failed] = reply.news
    assert isinstance(failed, RingFailed)
    assert (failed.reason, failed.phone, failed.leg_key) == (reason, "1006", "CA9")
    assert "count=15" in reply.body


def test_the_two_requests_that_tell_one_end_have_one_natural_key() -> None:
    [by_agent] = read("rung?order=7&phone=1006", DialCallStatus="completed").news
    [by_status] = read("status", CallStatus="completed").news

    assert isinstance(by_agent, CallEnded)
    assert by_agent.ended_by is EndedBy.AGENT
    assert by_agent.natural_key == by_status.natural_key


def test_a_dial_that_ends_because_the_caller_left_says_nothing_about_the_agent() -> None:
    said = {"DialCallStatus": "completed", "CallStatus": "completed"}

    assert read("rung?order=7&phone=1006", **said).news == []


def test_a_full_queue_drops_nobody() -> None:
    reply = read("left?count=1", QueueResult="queue-full")

    assert reply.news == []
    assert "<Redirect" in reply.body


def test_a_recording_is_named_after_the_second_in_which_it_began() -> None:
    [ready] = read(
        "recording",
        RecordingStatus="completed",
        RecordingStartTime="Thu, 01 Jan 2026 00:01:00 +0000",
    ).news

    assert isinstance(ready, RecordingReady)
    assert (ready.recording_name, ready.counter) == ("tw_CA1_60.wav", 60)
    assert read("recording", RecordingStatus="absent").news == []


def test_a_request_signed_by_somebody_else_or_for_another_account_is_forged() -> None:
    for forged in ({"token": "guess"}, {"AccountSid": "AC" + "2" * 32}, {"CallSid": ""}):
        with pytest.raises(ExchangeRefused) as refused:
            read("status", **forged)  # type: ignore[arg-type]
        assert refused.value.code == "forged"


def test_a_signed_request_at_an_address_we_never_gave_is_refused() -> None:
    with pytest.raises(ExchangeRefused) as refused:
        read("nothing")
    assert refused.value.code == "refused"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("twilio://api.twilio.com?hooks=https://x", "SID:TOKEN"),
        (f"twilio://{SID}:t@api.twilio.com", "hooks="),
        (f"twilio://{SID}:t@api.twilio.com?hooks=https://x&phones=1006", "{phone}"),
        (f"twilio://{SID}:t@api.twilio.com?hooks=https://x&colour=red", "colour"),
    ],
)
def test_an_account_that_cannot_work_says_what_is_missing(url: str, says: str) -> None:
    with pytest.raises(BadExchangeAddress, match=says):
        account(url)


def test_the_token_shows_in_no_repr() -> None:
    exchange = account(GOOD.replace(TOKEN, "very-secret"))

    assert "very-secret" not in repr(exchange)
