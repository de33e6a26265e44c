"""Twilio's requests in, our events and our answer out. Keeps nothing between requests.

Every request of one call may reach another of our processes, twice, or late. So each event's
natural key is made of what Twilio itself repeats: the CallSid, and what the address says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from twilio.request_validator import RequestValidator

from telephony.events import (
    AgentAnswered,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    Place,
    RecordingReady,
    RingFailed,
    RingFailure,
    TelephonyEvent,
)
from telephony.port import Ask, ExchangeRefused, IncomingCall, IntakeAction, WebhookReply
from telephony.twilio.hooks import FIRST_PLACING, Hook, Hooks, count_after, read_hook
from telephony.twilio.recording_segments import recording_name, segment_of
from telephony.twilio.twiml import Sayings

# Twilio's own moments have whole seconds. One that is this much older than its arrival was held up
# on the way and tells when it happened; else the moment of arrival is the finer clock.
HELD_UP = timedelta(seconds=3)

NORMAL_CLEARING = 16

# How the caller's leg ended: Q.850 cause, and who ended it as far as Twilio says.
_ENDS = {
    "completed": (NORMAL_CLEARING, EndedBy.CALLER),
    "canceled": (NORMAL_CLEARING, EndedBy.CALLER),
    "busy": (17, EndedBy.EXCHANGE),
    "no-answer": (19, EndedBy.EXCHANGE),
    "failed": (41, EndedBy.EXCHANGE),
}
_RING_FAILURES = {
    "no-answer": RingFailure.NO_ANSWER,
    "busy": RingFailure.BUSY,
    "canceled": RingFailure.WITHDRAWN,
}
_ANSWERED = {"completed", "answered"}
_NOT_QUEUED = {"queue-full", "error", "system-error"}
_ANONYMOUS = {"anonymous", "restricted", "unavailable", "unknown", "266696687"}


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One request, taken apart."""

    says: Mapping[str, str]
    form: Mapping[str, str]
    at: datetime
    ask: Ask


class TwilioHooks:
    """A WebhookReader (telephony/port.py) for one account."""

    signature_header = "X-Twilio-Signature"

    def __init__(
        self, *, account_sid: str, auth_token: str, hooks: Hooks, sayings: Sayings
    ) -> None:
        self._account_sid = account_sid
        self._validator = RequestValidator(auth_token)
        self._hooks = hooks
        self._sayings = sayings
        self._readers: dict[Hook, Callable[[_Asked], WebhookReply]] = {
            Hook.VOICE: self._voice,
            Hook.STATUS: self._status,
            Hook.WAIT: self._wait,
            Hook.LEFT: self._left,
            Hook.RING: self._ring,
            Hook.PHONE: self._phone,
            Hook.RUNG: self._rung,
            Hook.PLACE: self._place,
            Hook.END: self._end,
            Hook.RECORDING: self._recording,
        }

    def read(self, url: str, form: Mapping[str, str], signature: str, ask: Ask) -> WebhookReply:
        """Say what happened and what Twilio shall do.

        Raises ExchangeRefused with code `forged` for a request that this account did not sign.
        """
        if not self._validator.validate(self._hooks.as_signed(url), dict(form), signature):
            raise ExchangeRefused("forged", is_retryable=False)
        if form.get("AccountSid") != self._account_sid or not form.get("CallSid"):
            raise ExchangeRefused("forged", is_retryable=False, detail="another account")
        hook, says = read_hook(url)
        return self._readers[hook](_Asked(says=says, form=form, at=_moment(form), ask=ask))

    def _voice(self, asked: _Asked) -> WebhookReply:
        form = asked.form
        dialled, caller = address_user(form.get("To", "")), address_user(form.get("From", ""))
        arrived = CallArrived(
            **self._of_caller(asked),
            from_number=caller,
            from_name=form.get("CallerName", ""),
            dialled_number=dialled,
            invited_at=asked.at,
        )
        answer = asked.ask(
            IncomingCall(
                exchange_id=self._hooks.exchange_id,
                call_key=form["CallSid"],
                from_number=caller,
                dialled_number=dialled,
            )
        )
        match answer.action:
            case IntakeAction.REFUSE:
                body = self._sayings.refuse()
            case IntakeAction.ANNOUNCE:
                body = self._sayings.announce(answer.announcement)
            case IntakeAction.QUEUE | IntakeAction.HUMAN_FIRST | IntakeAction.FORWARD:
                # old seats are rung by our own nodes only; here the caller comes to us
                body = self._sayings.let_in(
                    greeting=answer.greeting,
                    tells_recording=answer.plays_recording_notice,
                    count=FIRST_PLACING,
                    now=asked.at,
                )
        return WebhookReply(news=[arrived], body=body)

    def _status(self, asked: _Asked) -> WebhookReply:
        end = _ENDS.get(asked.form.get("CallStatus", ""))
        if end is None:
            return self._only_told()
        return self._only_told(
            CallEnded(**self._of_caller(asked), cause=end[0], ended_by=end[1]),
        )

    def _wait(self, asked: _Asked) -> WebhookReply:
        placed = CallerPlaced(
            **self._of_caller(asked),
            counter=int(asked.says["count"]),
            place=Place(asked.says["place"]),
        )
        return WebhookReply(news=[placed], body=self._sayings.hold_music())

    def _left(self, asked: _Asked) -> WebhookReply:
        if asked.form.get("QueueResult") in _NOT_QUEUED:
            body = self._sayings.try_again(count=int(asked.says["count"]))
            return WebhookReply(news=[], body=body)
        return self._only_told()  # hung up or redirected: told by what follows

    def _ring(self, asked: _Asked) -> WebhookReply:
        says = asked.says
        body = self._sayings.ring(says["phone"], seconds=int(says["seconds"]), order=says["order"])
        return WebhookReply(news=[], body=body)

    def _phone(self, asked: _Asked) -> WebhookReply:
        form = asked.form
        leg: dict[str, Any] = {
            **self._of_caller(asked),
            "call_key": form.get("ParentCallSid", ""),
            "phone": asked.says["phone"],
        }
        match form.get("CallStatus"):
            case "ringing":
                return self._only_told(AgentRinging(**leg))
            case "in-progress":
                return self._only_told(AgentAnswered(**leg))
        return self._only_told()

    def _rung(self, asked: _Asked) -> WebhookReply:
        form, order = asked.form, asked.says["order"]
        if form.get("CallStatus") != "in-progress":
            return self._only_told()  # the caller himself is gone: the number's status tells it
        result = form.get("DialCallStatus", "")
        if result in _ANSWERED:
            # Only the agent can have ended it: had the caller, his leg would not be in progress.
            return self._ended(asked, by=EndedBy.AGENT)
        failed = RingFailed(
            **{**self._of_caller(asked), "leg_key": form.get("DialCallSid") or form["CallSid"]},
            counter=int(order),
            phone=asked.says["phone"],
            reason=_RING_FAILURES.get(result, RingFailure.UNREACHABLE),
        )
        body = self._sayings.put_on_hold(Place.QUEUE, count=count_after(int(order)))
        return WebhookReply(news=[failed], body=body)

    def _place(self, asked: _Asked) -> WebhookReply:
        place, count = Place(asked.says["place"]), int(asked.says["count"])
        return WebhookReply(news=[], body=self._sayings.put_on_hold(place, count=count))

    def _end(self, asked: _Asked) -> WebhookReply:
        return self._ended(asked, by=EndedBy(asked.says["by"]))

    def _recording(self, asked: _Asked) -> WebhookReply:
        form = asked.form
        if form.get("RecordingStatus") != "completed":
            return self._only_told()
        began = parsedate_to_datetime(form["RecordingStartTime"])
        ready = RecordingReady(
            **self._of_caller(asked),
            counter=segment_of(began),
            recording_name=recording_name(self._hooks.exchange_id, form["CallSid"], began),
        )
        return self._only_told(ready)

    def _ended(self, asked: _Asked, *, by: EndedBy) -> WebhookReply:
        """End the call, and say who did: the status that follows does not know, and is a repeat."""
        ended = CallEnded(**self._of_caller(asked), cause=NORMAL_CLEARING, ended_by=by)
        return WebhookReply(news=[ended], body=self._sayings.hang_up())

    def _only_told(self, *news: TelephonyEvent) -> WebhookReply:
        return WebhookReply(news=list(news), body=self._sayings.nothing())

    def _of_caller(self, asked: _Asked) -> dict[str, Any]:
        return {
            "exchange_id": self._hooks.exchange_id,
            "boot_id": self._account_sid,  # an account lives once: its CallSids never repeat
            "call_key": asked.form["CallSid"],
            "leg_key": asked.form["CallSid"],
            "happened_at": asked.at,
        }


def address_user(address: str) -> str:
    """Return the number in what Twilio calls an address: sip:12315@…, client:1006, +86762…."""
    user = address.removeprefix("sip:").removeprefix("client:").partition("@")[0]
    return "" if user.lstrip("+").lower() in _ANONYMOUS else user


def _moment(form: Mapping[str, str]) -> datetime:
    now = datetime.now(UTC)
    if form.get("Timestamp"):
        told = parsedate_to_datetime(form["Timestamp"])
        if now - told > HELD_UP:
            return told
    return now
