"""Our questions and wishes to Twilio's REST interface, with its faults in the port's words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from telephony.port import NO_SUCH_CALL, ExchangeRefused

OFFICIAL = "https://api.twilio.com"
ANSWER_SECONDS = 4.0
ARRIVES_SECONDS, LOOK_SECONDS = 1.5, 0.1
LARGEST_QUEUE = 5000
GONE_STATUS = 404
NOT_IN_PROGRESS = 21220  # Twilio's own code: the call cannot be redirected any more


@dataclass(frozen=True, kw_only=True)
class AccountAddress:
    """Which account, and where its REST interface is."""

    account_sid: str
    auth_token: str = field(repr=False)
    base: str = OFFICIAL


class _OwnHttp(TwilioHttpClient):  # type: ignore[misc]  # the library brings no types
    """The library's client, waiting seconds instead of for ever, and sent where we say."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=ANSWER_SECONDS)
        self._base = base

    def request(self, method: str, url: str, *rest: Any, **given: Any) -> Any:
        """Pass a request on."""
        return super().request(method, url.replace(OFFICIAL, self._base, 1), *rest, **given)

    def bytes_of(self, path: str, *, user: str, password: str) -> bytes:
        """Return what is stored at a path; the library itself knows only text."""
        with self.session.get(
            self._base + path, auth=(user, password), timeout=ANSWER_SECONDS
        ) as answer:
            if answer.status_code == GONE_STATUS:
                raise ExchangeRefused("refused", is_retryable=False, detail="no such recording")
            answer.raise_for_status()
            content: bytes = answer.content
            return content


class TwilioAccount:
    """The few things we ask of an account. Every method raises ExchangeRefused."""

    def __init__(self, address: AccountAddress, *, queue_name: str) -> None:
        self.sid = address.account_sid
        self._token = address.auth_token
        self._http = _OwnHttp(address.base)
        self._client = Client(address.account_sid, address.auth_token, http_client=self._http)
        self._queue_name = queue_name
        self._queue_sid = ""

    def knock(self) -> None:
        """Ask for the queue, and make it where it is missing: shows that the account answers."""
        with _in_our_words():
            if self._queue_sid:
                self._client.queues(self._queue_sid).fetch()
                return
            for queue in self._client.queues.list():
                if queue.friendly_name == self._queue_name:
                    self._queue_sid = queue.sid
                    return
            made = self._client.queues.create(self._queue_name, max_size=LARGEST_QUEUE)
            self._queue_sid = made.sid

    def take_from_queue(self, call_sid: str, *, url: str) -> None:
        """Send a caller from the queue to this address; refused unless he is in the queue.

        We know where he goes before Twilio has read our answer that sends him there: he is waited
        for a moment.
        """
        if not self._queue_sid:
            self.knock()
        until = time.monotonic() + ARRIVES_SECONDS
        while True:
            try:
                with _in_our_words():
                    member = self._client.queues(self._queue_sid).members(call_sid)
                    member.update(url, method="POST")
            except ExchangeRefused as why:
                if why.code != NO_SUCH_CALL or not self._is_up(call_sid):
                    raise
                if time.monotonic() > until:
                    detail = "the caller is not in the queue"
                    raise ExchangeRefused("refused", is_retryable=False, detail=detail) from why
                time.sleep(LOOK_SECONDS)
            else:
                return

    def is_queued(self, call_sid: str) -> bool:
        """Say whether the caller is in the queue now."""
        return call_sid in {member.call_sid for member in self.queued()}

    def queued(self) -> list[Any]:
        """Return the callers in the queue."""
        if not self._queue_sid:
            self.knock()
        with _in_our_words():
            return list(self._client.queues(self._queue_sid).members.list())

    def redirect(self, call_sid: str, *, url: str) -> None:
        """Send a call to this address, whatever it was doing."""
        with _in_our_words():
            self._client.calls(call_sid).update(url=url, method="POST")

    def legs_of(self, call_sid: str) -> list[Any]:
        """Return the legs that were dialled for this call and are not over."""
        with _in_our_words():
            legs = self._client.calls.list(parent_call_sid=call_sid)
        return [leg for leg in legs if leg.status in ("queued", "initiated", "ringing", *_UP)]

    def cancel(self, leg_sid: str) -> None:
        """Stop a leg that still rings. One that was answered or has ended meanwhile is left."""
        try:
            with _in_our_words():
                self._client.calls(leg_sid).update(status="canceled")
        except ExchangeRefused as why:
            if why.code != NO_SUCH_CALL:
                raise

    def calls_up(self) -> list[Any]:
        """Return every leg that rings or talks."""
        with _in_our_words():
            return [
                call
                for status in ("ringing", *_UP)
                for call in self._client.calls.list(status=status)
            ]

    def recordings_of(self, call_sid: str) -> list[Any]:
        """Return what was recorded of this call."""
        with _in_our_words():
            return list(self._client.recordings.list(call_sid=call_sid))

    def sound_of(self, recording_sid: str) -> bytes:
        """Return a recording as a WAV file."""
        path = f"/2010-04-01/Accounts/{self.sid}/Recordings/{recording_sid}.wav"
        with _in_our_words():
            return self._http.bytes_of(path, user=self.sid, password=self._token)

    def forget(self, recording_sid: str) -> None:
        """Delete a recording there; one that is gone already is fine."""
        try:
            with _in_our_words():
                self._client.recordings(recording_sid).delete()
        except ExchangeRefused as why:
            if why.code != NO_SUCH_CALL:
                raise

    def _is_up(self, call_sid: str) -> bool:
        with _in_our_words():
            return self._client.calls(call_sid).fetch().status in _UP


_UP = ("in-progress",)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Say in the port's words why Twilio did not do it.

    The connection's own faults are OSErrors. A request without an answer may have been done, and
    is never sent again blindly; one that could not even connect may be.
    """
    try:
        yield
    except TwilioRestException as why:
        is_gone = why.status == GONE_STATUS or why.code == NOT_IN_PROGRESS
        code = NO_SUCH_CALL if is_gone else "refused"
        raise ExchangeRefused(code, is_retryable=False, detail=why.msg) from why
    except OSError as why:
        name = type(why).__name__
        if "Connect" in name:
            raise ExchangeRefused("link-down", is_retryable=True, detail=name) from why
        raise ExchangeRefused("no-answer", is_retryable=False, detail=name) from why
