"""A Twilio account behind the port: orders become REST requests, news comes by web request.

There is no line that stays open: `listen` knocks at the account every few seconds, and what it
tells of the link is whether the account answers. What this adapter cannot do yet (ADR 0020) it
refuses with `not-here`.
"""

import hashlib
import hmac
import logging
import re
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Event as Flag
from threading import Lock
from typing import Any
from urllib.parse import SplitResult, unquote

from telephony.events import EndedBy, LinkChanged, PhoneChanged, Place
from telephony.orders import (
    HangUp,
    KeepCaller,
    Order,
    ReturnToQueue,
    RingAgent,
    StopRinging,
)
from telephony.port import (
    Ask,
    Exchange,
    ExchangeRefused,
    IsWell,
    LiveCall,
    PhoneSecret,
    Tell,
    always_well,
)
from telephony.twilio.account import OFFICIAL, AccountAddress, TwilioAccount
from telephony.twilio.hooks import Hook, Hooks, count_by
from telephony.twilio.reading import TwilioHooks, address_user
from telephony.twilio.recording_segments import parts_of, segment_of
from telephony.twilio.twiml import Sayings

logger = logging.getLogger(__name__)

KNOCK_SECONDS = 5.0
_PHONE = re.compile(r"^\d{2,12}$")
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_OPTIONS = frozenset({"hooks", "phones", "sounds", "notice", "knock"})
MOST_ORDERS_REMEMBERED = 1000


class TwilioExchange:
    """OrderTaker, NewsStream, CallSnapshot, PhoneBook and RecordingStore of one account."""

    def __init__(
        self,
        account: TwilioAccount,
        *,
        hooks: Hooks,
        phones: str,
        knock_seconds: float = KNOCK_SECONDS,
    ) -> None:
        self._account = account
        self._hooks = hooks
        self._phones = phones
        self._knock_seconds = knock_seconds
        self._taken: deque[int] = deque(maxlen=MOST_ORDERS_REMEMBERED)
        self._stopped = Flag()
        self._lock = Lock()
        self._tell: Tell | None = None
        self._admitted: set[str] = set()

    # ------------------------------------------------------------------ the stream

    def listen(
        self,
        tell: Tell,
        ask: Ask,  # noqa: ARG002 - asked by the hooks
        is_well: IsWell = always_well,  # noqa: ARG002 - a caller of ours waits in its own queue
    ) -> None:
        """Knock until `stop()`, and tell when the account begins or ceases to answer."""
        self._stopped.clear()
        self._tell = tell
        is_up: bool | None = None
        while not self._stopped.is_set():
            why = self._knock()
            if is_up is not (not why):
                is_up = not why
                tell([self._link(is_up=is_up, why=why)])
            self._stopped.wait(self._knock_seconds)
        self._tell = None

    def stop(self) -> None:
        """Make `listen` return."""
        self._stopped.set()

    def _knock(self) -> str:
        try:
            self._account.knock()
        except ExchangeRefused as why:
            return str(why)
        return ""

    def _link(self, *, is_up: bool, why: str) -> LinkChanged:
        return LinkChanged(
            exchange_id=self._hooks.exchange_id,
            boot_id=self._account.sid,
            is_up=is_up,
            why=why,
            happened_at=datetime.now(UTC),
        )

    # ------------------------------------------------------------------ orders

    def send(self, order: Order) -> None:
        """Pass an order on. Raises ExchangeRefused; what comes of the order arrives as an event.

        An order that was taken before is not done a second time (ADR 0003).
        """
        if order.order_id in self._taken:
            return
        self._pass_on(order)
        self._taken.append(order.order_id)

    def _pass_on(self, order: Order) -> None:
        match order:
            case RingAgent():
                self._ring_agent(order)
            case StopRinging():
                self._stop_ringing(order)
            case KeepCaller():
                self._put(order, Place.KEPT)
            case ReturnToQueue():
                self._put(order, Place.QUEUE)
            case HangUp():
                self._account.redirect(order.call_key, url=self._hooks.of(Hook.END, by=EndedBy.APP))
            case _:
                raise ExchangeRefused("not-here", is_retryable=False, detail=type(order).__name__)

    def _ring_agent(self, order: RingAgent) -> None:
        if not _PHONE.match(order.phone):
            raise ExchangeRefused("phone-unreachable", is_retryable=False)
        self._account.take_from_queue(
            order.call_key,
            url=self._hooks.of(
                Hook.RING, order=order.order_id, phone=order.phone, seconds=order.ring_seconds
            ),
        )

    def _stop_ringing(self, order: StopRinging) -> None:
        legs = self._account.legs_of(order.call_key)
        if any(leg.status == "in-progress" for leg in legs):
            raise ExchangeRefused("refused", is_retryable=False, detail="already answered")
        for leg in legs:
            self._account.cancel(leg.sid)
        if not legs and not self._account.is_queued(order.call_key):
            self._put(order, Place.QUEUE)  # on the way to the phone: he never gets there

    def _put(self, order: Order, place: Place) -> None:
        url = self._hooks.of(Hook.PLACE, place=place, count=count_by(order.order_id))
        self._account.redirect(order.call_key, url=url)

    # ------------------------------------------------------------------ the snapshot

    def live_calls(self) -> Sequence[LiveCall]:
        """Return every caller's leg that is up, by three lists; raises ExchangeRefused.

        The lists are made one after another: a caller between two of them is in INTAKE, and the
        hooks tell where he came to.
        """
        up = self._account.calls_up()
        queued = {member.call_sid for member in self._account.queued()}
        agents = {leg.parent_call_sid: leg for leg in up if leg.parent_call_sid}
        return [
            self._live(call, agents.get(call.sid), is_queued=call.sid in queued)
            for call in up
            if not call.parent_call_sid
        ]

    def _live(self, call: Any, agent: Any, *, is_queued: bool) -> LiveCall:
        place = Place.QUEUE if is_queued else Place.INTAKE
        if agent is not None:
            place = Place.TALKING if agent.status == "in-progress" else Place.RINGING
        return LiveCall(
            exchange_id=self._hooks.exchange_id,
            boot_id=self._account.sid,
            call_key=call.sid,
            from_number=address_user(call._from or ""),
            from_name=call.caller_name or "",
            dialled_number=address_user(call.to or ""),
            invited_at=call.date_created or datetime.now(UTC),
            place=place,
            place_counter=0,  # adoption tells a placing past the memory of repeats
            phone=self._phone_in(agent.to or "") if agent else None,
            agent_leg_key=agent.sid if agent else None,
        )

    def _phone_in(self, address: str) -> str:
        before, _, after = self._phones.partition("{phone}")
        return address.removeprefix(before).removesuffix(after)

    def phones_there(self) -> Mapping[str, str]:
        """Return the phones whose agents are signed in, or talk: of registrations Twilio is silent.

        A process that has just begun knows of nobody signed in; who talks must not seem lost then.
        """
        talking = {
            self._phone_in(leg.to or "") for leg in self._account.calls_up() if leg.parent_call_sid
        }
        with self._lock:
            return {phone: self._contact(phone) for phone in talking | self._admitted}

    # ------------------------------------------------------------------ agents' phones

    def admit(self, secret: PhoneSecret) -> None:
        """The agent of this phone has signed in: it can be rung. The secret is not for Twilio."""
        with self._lock:
            self._admitted.add(secret.phone)
        self._tell_phone(secret.phone, is_there=True)

    def dismiss(self, phone: str) -> None:
        """The agent has signed out: his phone is rung no longer."""
        with self._lock:
            self._admitted.discard(phone)
        self._tell_phone(phone, is_there=False)

    def _contact(self, phone: str) -> str:
        return self._phones.format(phone=phone)

    def _tell_phone(self, phone: str, *, is_there: bool) -> None:
        tell = self._tell
        if tell is None:
            return
        tell(
            [
                PhoneChanged(
                    exchange_id=self._hooks.exchange_id,
                    phone=phone,
                    is_there=is_there,
                    contact=self._contact(phone),
                    happened_at=datetime.now(UTC),
                )
            ]
        )

    # ------------------------------------------------------------------ recordings

    def fetch(self, recording_name: str) -> bytes:
        """Return the sound, a WAV file; raises ExchangeRefused where there is none."""
        return self._account.sound_of(self._recording(recording_name))

    def discard(self, recording_name: str) -> None:
        """The sound is ours now: delete it there."""
        self._account.forget(self._recording(recording_name))

    def _recording(self, name: str) -> str:
        call_key, segment = parts_of(name, exchange_id=self._hooks.exchange_id)
        for recording in self._account.recordings_of(call_key):
            if recording.start_time and segment_of(recording.start_time) == segment:
                return str(recording.sid)
        raise ExchangeRefused("refused", is_retryable=False, detail="no such recording")


def build(exchange_id: str, parts: SplitResult, options: Mapping[str, str]) -> Exchange:
    """Build an account from `twilio://SID:TOKEN@api.twilio.com?hooks=…&phones=…`.

    Options: hooks, our own address as Twilio reaches it; phones, how an agent's phone is dialled
    (`client:{phone}`, `sip:{phone}@domain`, or a number); sounds, where hold.wav, announcements and
    recording-notice.wav are served; notice, the sentence that is spoken in the place of the latter;
    knock, how often the account is looked at, in seconds. Raises ValueError, which says what is
    missing.
    """
    if not (parts.hostname and parts.username and parts.password):
        raise ValueError("twilio://SID:TOKEN@api.twilio.com is needed")
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise ValueError(f"no such option: {', '.join(unknown)}")
    if not options.get("hooks"):
        raise ValueError("hooks=, our own address as Twilio reaches it, is needed")
    phones = options.get("phones", "client:{phone}")
    if "{phone}" not in phones:
        raise ValueError("phones= must hold {phone}")
    address = AccountAddress(
        account_sid=unquote(parts.username), auth_token=unquote(parts.password), base=_base(parts)
    )
    hooks = Hooks(base=options["hooks"].rstrip("/"), exchange_id=exchange_id)
    queue = f"hotline-{exchange_id}"
    secret = sounds_secret_of(address.auth_token)
    sayings = Sayings(
        hooks=hooks,
        queue=queue,
        phones=phones,
        sounds=options.get("sounds", "").rstrip("/"),
        notice=options.get("notice", ""),
        sounds_secret=secret,
    )
    account = TwilioAccount(address, queue_name=queue)
    knock = float(options.get("knock", KNOCK_SECONDS))
    carrier = TwilioExchange(account, hooks=hooks, phones=phones, knock_seconds=knock)
    return Exchange(
        exchange_id=exchange_id,
        kind="twilio",
        orders=carrier,
        stream=carrier,
        webhooks=TwilioHooks(
            account_sid=address.account_sid,
            auth_token=address.auth_token,
            hooks=hooks,
            sayings=sayings,
        ),
        snapshot=carrier,
        phones=carrier,
        recordings=carrier,
        sounds_secret=secret,
    )


def sounds_secret_of(auth_token: str) -> str:
    """Return what signs addresses of sounds: made from the token, which signs requests only."""
    return hmac.new(auth_token.encode(), b"sounds", hashlib.sha256).hexdigest()


def _base(parts: SplitResult) -> str:
    """Only a stand-in on this machine is spoken to without encryption."""
    if parts.hostname == "api.twilio.com":
        return OFFICIAL
    scheme = "http" if parts.hostname in _HERE else "https"
    return f"{scheme}://{parts.netloc.rpartition('@')[2]}"
