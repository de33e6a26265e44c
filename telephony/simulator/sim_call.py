"""One make-believe call: where its caller is, what falls due for it, and how it was."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from telephony.control_events import PartyRole
from telephony.control_orders import CallOut, SupervisionMode, TargetKind
from telephony.events import EndedBy, Place
from telephony.port import LiveCall, LiveParty


class Due(StrEnum):
    """What can fall due for a call."""

    INTAKE = "intake"  # the app did not say in time where the call goes
    GREETED = "greeted"  # greeting and recording notice have been played
    ANNOUNCED = "announced"  # the announcement has been played
    GIVES_UP = "gives_up"  # the caller's patience is over
    NO_ANSWER = "no_answer"  # the phone rang long enough
    PICKS_UP = "picks_up"  # a resumed conversation answers by itself
    TALKED = "talked"  # the caller has said what he wanted
    RECORDED = "recorded"  # the recorder has closed its files
    FORWARD_TAKEN = "forward_taken"  # the old seats answer
    FORWARD_FAILS = "forward_fails"  # they do not
    LOOKS_BACK = "looks_back"  # a caller left alone looks whether the app is there again
    AGENT_TAKES = "agent_takes"  # the agent picks up
    AGENT_REJECTS = "agent_rejects"
    AGENT_HANGS_UP = "agent_hangs_up"
    AGENT_LOSES_PHONE = "agent_loses_phone"
    PARTY_TAKES = "party_takes"
    PARTY_REJECTS = "party_rejects"
    PARTY_NO_ANSWER = "party_no_answer"
    SUPERVISOR_NO_ANSWER = "supervisor_no_answer"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody about to call. Patience counts until he is answered; None waits for ever."""

    from_number: str
    from_name: str = ""
    dialled_number: str
    patience: timedelta | None
    talk: timedelta


@dataclass
class SimLeg:
    """One ring of an agent's phone, and what came of it. Moments are those of the world."""

    leg_key: str
    phone: str
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    def end(self, at: datetime, reason: str) -> None:
        """Note how it ended; the first end holds."""
        if self.ended_at is None:
            self.ended_at, self.end_reason = at, reason


@dataclass(eq=False)
class SimParty:
    """A further leg of a call, named by the order that brought it."""

    order_id: int
    leg_key: str
    role: PartyRole
    address: str
    is_outside: bool
    fallback_number: str = ""  # rung when nobody takes the call at the address
    rings_for: timedelta = timedelta(0)
    is_talking: bool = False
    mode: SupervisionMode | None = None
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    def end(self, at: datetime, reason: str) -> None:
        """Note how the leg ended; the first end holds."""
        if self.ended_at is None:
            self.ended_at, self.end_reason = at, reason


@dataclass
class SimCall:
    """A call and its caller."""

    call_key: str
    from_number: str
    from_name: str
    dialled_number: str
    invited_at: datetime
    patience: timedelta | None  # None: waits for ever
    talk_left: timedelta
    place: Place = Place.INTAKE
    place_since: datetime | None = None
    place_counter: int = 0
    greeted: timedelta = timedelta(0)  # how long he is spoken to before he stands in line
    forwards: int = 0
    forward_to: str = ""
    phone: str | None = None
    agent_legs: int = 0
    legs: list[SimLeg] = field(default_factory=list)
    is_resumed: bool = False
    is_rung_alone: bool = False  # by the exchange's own queue
    away: timedelta = timedelta(0)  # how long the phone stays lost, if this talk loses it
    talking_since: datetime | None = None
    segments: list[timedelta] = field(default_factory=list)
    orders_taken: set[int] = field(default_factory=set)
    due: dict[Due, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    cause: int | None = None
    has_crashed: bool = False  # it went with its exchange
    parties: list[SimParty] = field(default_factory=list)
    all_parties: list[SimParty] = field(default_factory=list)  # also those that are gone
    held_since: datetime | None = None
    held: timedelta = timedelta(0)  # music because the agent wanted it
    is_muted: bool = False
    is_paused: bool = False  # the recording
    taker: SimParty | None = None  # the party whose leg is the agent's now
    calls_out: CallOut | None = None  # the order that called this citizen
    told: Counter[tuple[str, str]] = field(default_factory=Counter)  # control news, by leg and kind
    queued_at: datetime | None = None  # first placing anywhere: announcements are over

    @property
    def is_up(self) -> bool:
        """Say whether the caller is still on the line."""
        return self.ended_at is None

    @property
    def agent_leg_key(self) -> str:
        """Name the agent's present (or latest) leg."""
        return self.legs[-1].leg_key if self.legs else f"{self.call_key}-a0"

    @property
    def talkers(self) -> list[SimParty]:
        """Name the parties who talk, or will, with caller or agent."""
        return [party for party in self.parties if party.role is not PartyRole.SUPERVISOR]

    @property
    def supervisors(self) -> list[SimParty]:
        """Name the supervisors."""
        return [party for party in self.parties if party.role is PartyRole.SUPERVISOR]

    def new_leg(self, phone: str) -> SimLeg:
        """Begin one more agent's leg; the one before it has ended."""
        self.agent_legs += 1
        self.phone, self.taker = phone, None
        self.legs.append(SimLeg(leg_key=f"{self.call_key}-a{self.agent_legs}", phone=phone))
        return self.legs[-1]

    def stop_hold(self, now: datetime) -> None:
        """Count the music that the caller heard because his agent wanted it."""
        if self.held_since is not None:
            self.held += now - self.held_since
            self.held_since = None

    def crash(self, now: datetime) -> None:
        """The exchange died with it: nobody tells how it ended, nothing of it falls due."""
        self.stop_talk(now)
        self.stop_hold(now)
        self.due.clear()
        self.ended_at, self.ended_by, self.has_crashed = now, EndedBy.EXCHANGE, True
        for leg in self.legs:
            leg.end(now, "call_ended")
        for party in self.all_parties:
            party.end(now, "call_ended")

    def stop_talk(self, now: datetime) -> None:
        """Close the recorder's present piece and count the talk that was used up."""
        for what in (Due.TALKED, Due.AGENT_HANGS_UP, Due.AGENT_LOSES_PHONE):
            self.due.pop(what, None)
        if self.talking_since is None:
            return
        talked = now - self.talking_since
        self.segments.append(talked)
        # a caller who was cut off has at least his last sentence left
        self.talk_left = max(self.talk_left - talked, timedelta(seconds=5))
        self.talking_since = None


def as_live(call: SimCall, *, exchange_id: str, boot_id: str) -> LiveCall:
    """Return the call as a snapshot of the exchange shows it."""
    return LiveCall(
        exchange_id=exchange_id,
        boot_id=boot_id,
        call_key=call.call_key,
        from_number=call.from_number,
        from_name=call.from_name,
        dialled_number=call.dialled_number,
        invited_at=call.invited_at,
        place=_place(call),
        place_counter=call.place_counter,
        phone=call.phone,
        agent_leg_key=call.agent_leg_key if call.phone else None,
        agent_party=_live_party(call.taker) if call.phone and call.taker else None,
        parties=tuple(_live_party(party) for party in call.parties),
        is_muted=call.is_muted if call.phone else None,
        is_recording_paused=call.is_paused,
    )


def _place(call: SimCall) -> Place:
    """Say where the call is: one that we make rings the agent first, and then the citizen."""
    is_agent_there = bool(call.legs) and call.legs[-1].answered_at is not None
    return Place.RINGING if call.place is Place.CALLED and not is_agent_there else call.place


def _live_party(party: SimParty) -> LiveParty:
    takes_part = party.role is PartyRole.SUPERVISOR and party.is_talking
    return LiveParty(
        order_id=party.order_id,
        leg_key=party.leg_key,
        role=party.role,
        address=party.address,
        is_talking=party.is_talking,
        target_kind=TargetKind.NUMBER if party.is_outside else TargetKind.PHONE,
        mode=party.mode if takes_part else None,
    )


@dataclass(frozen=True, kw_only=True)
class SimCallShown:
    """A call as the panel shows it."""

    call_key: str
    from_number: str
    dialled_number: str
    invited_at: datetime
    place: Place
    since: datetime
    phone: str | None
    gives_up_at: datetime | None
    is_up: bool
    ended_by: EndedBy | None


def shown(call: SimCall) -> SimCallShown:
    """Return the call as the panel shows it."""
    return SimCallShown(
        call_key=call.call_key,
        from_number=call.from_number,
        dialled_number=call.dialled_number,
        invited_at=call.invited_at,
        place=call.place,
        since=call.ended_at or call.place_since or call.invited_at,
        phone=call.phone,
        gives_up_at=call.due.get(Due.GIVES_UP),
        is_up=call.is_up,
        ended_by=call.ended_by,
    )
