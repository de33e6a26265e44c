"""What we ask of any exchange, and what it brings us: the one port that adapters implement.

An exchange is an Asterisk node, a Twilio account or the simulator. Several stand side by side;
every event and order names its exchange. A later media tap (live transcript) has its named place
in `Exchange.media_tap`; no adapter offers one yet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from telephony.control_events import PartyRole
from telephony.control_orders import Control, SupervisionMode, TargetKind
from telephony.events import News, Place, TelephonyEvent
from telephony.orders import Order

NO_SUCH_CALL = "no-such-call"
LINK_DOWN = "link-down"
NO_ANSWER = "no-answer"


class ExchangeRefused(Exception):
    """The exchange refused an order or did not answer. `is_retryable`: the same order may yet work.

    `code` is one of: no-such-call (the caller's own leg is gone: for any other it is refused, or
    done if its end was wished), phone-unreachable, link-down, no-answer, refused, not-here (this
    exchange never can), forged (a web request that its exchange did not sign).
    """

    def __init__(self, code: str, *, is_retryable: bool, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.is_retryable = is_retryable


class IntakeAction(StrEnum):
    """What the exchange shall do with a call that has just come in."""

    QUEUE = "queue"
    ANNOUNCE = "announce"  # play the announcement, then end
    REFUSE = "refuse"
    FORWARD = "forward"  # ring a number outside; nobody there: the queue
    HUMAN_FIRST = (
        "human_first"  # the queue, whatever the route says: this call has been here before
    )


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What a call's own headers tell of its way here; empty where the carrier says nothing.

    `hops` are the values of X-Hotline-Hop, which we put on every call that leaves by a trunk.
    `diverted_from` are the numbers of Diversion and History-Info, the latest diversion first.
    """

    trunk: str = ""
    hops: tuple[str, ...] = ()
    diverted_from: tuple[str, ...] = ()
    max_forwards: int | None = None


@dataclass(frozen=True, kw_only=True)
class IncomingCall:
    """A call at the door. `dialled_number` is what the carrier delivered."""

    exchange_id: str
    call_key: str
    from_number: str
    dialled_number: str
    passage: Passage = Passage()


@dataclass(frozen=True, kw_only=True)
class IntakeAnswer:
    """Where a call goes.

    `announcement` names the sound of ANNOUNCE, `greeting` one that is played before the queue,
    also to whom old seats did not take; both are sounds of the exchange, or empty. A sound that it
    does not have is left out; nobody waits for it. The time of greeting and notice is
    none of waiting: CallerPlaced comes after it.
    FORWARD rings `forward_to` for `ring_seconds`.
    `plays_recording_notice`: the caller is told that the call is recorded.
    """

    action: IntakeAction
    announcement: str = ""
    greeting: str = ""
    forward_to: str = ""
    ring_seconds: int = 0
    plays_recording_notice: bool = False


@dataclass(frozen=True, kw_only=True)
class LiveParty:
    """A further leg of a live call: somebody consulted, transferred to, or a supervisor."""

    order_id: int  # the order that brought it
    leg_key: str
    role: PartyRole
    address: str
    is_talking: bool  # else it still rings
    target_kind: TargetKind = TargetKind.PHONE
    mode: SupervisionMode | None = None  # how a supervisor takes part; None: not yet, or no such


@dataclass(frozen=True, kw_only=True)
class LiveCall:
    """One call as the exchange has it now; what a returning app is reconciled with.

    RINGING: an agent's phone rings, for him or to call him; CALLED: that agent is there, and the
    citizen's phone rings. HELD without a phone: his agent has handed him on, and somebody is rung.
    TALKING without one: he talks with somebody outside. `agent_party` says what the agent's leg was
    before it took over.

    `is_muted`: by an order of ours the caller does not hear the agent; `is_recording_paused`:
    the recorder writes silence. None: this exchange cannot say, or not just now, and nothing is
    compared. The simulator reads what is. An Asterisk has no reading of MuteAudio and
    MixMonitorMute: it says what its channels note of the last such action. The note is written
    around the action, so that one cut off in its middle reads as None; a mute that something else
    does to its sound is not seen. Twilio's calls have neither.
    """

    exchange_id: str
    boot_id: str
    call_key: str
    from_number: str
    from_name: str
    dialled_number: str
    invited_at: datetime
    place: Place
    place_counter: int  # of CallerPlaced
    phone: str | None = None  # the agent's phone when ringing or talking
    agent_leg_key: str | None = None
    agent_party: LiveParty | None = None
    parties: tuple[LiveParty, ...] = ()
    is_muted: bool | None = None
    is_recording_paused: bool | None = None


@dataclass(frozen=True, kw_only=True)
class FallbackSeat:
    """A phone that the exchange may ring by itself while the app cannot be reached."""

    phone: str
    is_paused: bool


@dataclass(frozen=True, kw_only=True)
class PhoneSecret:
    """What a browser phone registers with; new at each sign-in (decision 20)."""

    phone: str
    secret: str
    display_name: str


Tell = Callable[[Sequence[News]], None]
Ask = Callable[[IncomingCall], IntakeAnswer]
IsWell = Callable[[], bool]


def always_well() -> bool:
    """Say that the app can do its work, whatever happens: for listeners that save nothing."""
    return True


class OrderTaker(Protocol):
    """Takes orders. Blocks at most a few seconds; never called inside a transaction."""

    def send(self, order: Order) -> None:
        """Pass the order on, or raise ExchangeRefused."""
        ...


class NewsStream(Protocol):
    """For exchanges that keep a line open to us."""

    def listen(self, tell: Tell, ask: Ask, is_well: IsWell = always_well) -> None:
        """Connect and stay connected, telling news in order and asking about each new call.

        Returns only after `stop()`. Lost links are told as LinkChanged and mended from within.
        `is_well` is asked every few seconds, from any thread: an app that cannot save is treated
        as one that is away, and callers go the exchange's own way (ADR 0012).
        """
        ...

    def stop(self) -> None:
        """Make `listen` return."""
        ...


@dataclass(frozen=True, kw_only=True)
class WebhookReply:
    """What a provider's web request told us, and the body to answer it with."""

    news: Sequence[TelephonyEvent]
    body: str
    content_type: str = "text/xml"


class WebhookReader(Protocol):
    """For providers that call our web address. `signature_header` names where they sign."""

    signature_header: str

    def read(self, url: str, form: Mapping[str, str], signature: str, ask: Ask) -> WebhookReply:
        """Refuse a forged request with ExchangeRefused; otherwise say what happened."""
        ...


class CallSnapshot(Protocol):
    """For exchanges that can be asked what they carry now."""

    def live_calls(self) -> Sequence[LiveCall]:
        """Return every caller's leg that is up, or raise ExchangeRefused."""
        ...

    def phones_there(self) -> Mapping[str, str]:
        """Return phone → contact for each phone that can be rung now."""
        ...


class CallHistory(Protocol):
    """For exchanges that keep a book of their calls, whoever listened meanwhile.

    A live line (AMI) keeps none: what it told while nobody listened is gone, and the snapshot is
    all there is. Twilio's call resource is one, and so is the simulator's.
    """

    def news_since(self, moment: datetime) -> Sequence[TelephonyEvent]:
        """Tell again what happened from that moment on, oldest first, or raise ExchangeRefused."""
        ...


@dataclass(frozen=True, kw_only=True)
class LastTold:
    """The latest moment that an exchange told of in this life of it, and how long ago that was."""

    boot_id: str
    happened_at: datetime
    ago: timedelta


class ExchangeClock(Protocol):
    """For exchanges whose own time we know: it need not agree with ours."""

    def go_on_after(self, last: LastTold) -> None:
        """Hear, before listening, what was told to the process before this one.

        An exchange whose clock was set back goes on from there: what it tells is not old.
        """
        ...

    def time_there(self) -> datetime | None:
        """Return the exchange's own time at this moment, aware, UTC; None while unknown."""
        ...


class PhoneBook(Protocol):
    """For exchanges whose phones register with a secret of ours."""

    def admit(self, secret: PhoneSecret) -> None:
        """Let this phone register with this secret from now on, and no older one."""
        ...

    def dismiss(self, phone: str) -> None:
        """Let nobody register this phone."""
        ...


class DeskPhones(Protocol):
    """For exchanges without a phone in the page: an open desk is the phone."""

    def desk_opened(self, phone: str) -> None:
        """The agent of this phone has a desk open: once admitted, it can be rung."""
        ...

    def desk_closed(self, phone: str) -> None:
        """The last desk of this phone is gone: it can be rung no longer."""
        ...


class Fallback(Protocol):
    """For exchanges that can queue by themselves while we are away (A12)."""

    def mirror(self, seats: Sequence[FallbackSeat]) -> None:
        """Make these, and only these, the seats that the exchange may ring alone."""
        ...


class RecordingStore(Protocol):
    """For exchanges that we fetch recordings from; others bring theirs by signed upload."""

    def fetch(self, recording_name: str) -> bytes:
        """Return the audio, a WAV file."""
        ...

    def discard(self, recording_name: str) -> None:
        """The audio is ours now and may go there."""
        ...


class MediaTap(Protocol):
    """The named place for a later live copy of a call's sound."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One configured exchange: its orders, and the ways it brings news."""

    exchange_id: str
    kind: str
    orders: OrderTaker
    stream: NewsStream | None = None
    webhooks: WebhookReader | None = None
    snapshot: CallSnapshot | None = None
    clock: ExchangeClock | None = None
    history: CallHistory | None = None
    phones: PhoneBook | None = None
    desk_phones: DeskPhones | None = None
    fallback: Fallback | None = None
    recordings: RecordingStore | None = None
    media_tap: MediaTap | None = None
    controls: frozenset[Control] = frozenset()  # orders that need another one are refused: not-here
    answers_by_http: bool = False  # no phone in the page: AnswerForAgent works
    phone_socket: str = ""  # where a browser phone connects, ws:// or wss://; empty: none
    upload_secret: str = field(default="", repr=False)  # signs recordings brought by upload
    sounds_secret: str = field(default="", repr=False)  # signs addresses of sounds it fetches
