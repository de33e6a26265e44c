"""Who belongs to one call at this moment, read from the entries of one Status list.

The legs of a call are told apart by variables that the dialplan keeps (deploy/asterisk/templates,
heads of extensions.conf and control.conf). A leg that we originate has a name of our choosing, so
that it can be found again without remembering anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telephony.asterisk.ami_connection import Message
from telephony.control_events import PartyRole
from telephony.control_orders import Target, TargetKind
from telephony.events import Place

# What a Status list is asked for.
STATUS_VARIABLES = ",".join(
    (
        *("HL_OF", "HL_DIALLED", "HL_INVITED", "HL_PLACE", "HL_PASS", "HL_ROLE", "HL_PARTY"),
        *("HL_ANSWERED", "HL_MODE", "HL_PHONE", "HL_AGENT_LEG", "HL_MUTED", "HL_PAUSED"),
    )
)

UNSURE = "unsure"
"""What a channel notes of a mute or pause while the action is under way."""

OTHER_HALF = "l"  # how the unique ids of the dialling halves begin


def party_leg(order_id: int, call_key: str) -> str:
    """Return the unique id that the leg of a party gets.

    Asterisk compares the numbers after the last `-` to find the oldest leg of a conversation, by
    which legs find the caller's: the 9 makes every leg of ours younger than that one.
    """
    return f"p{order_id}-{call_key}9"


def supervisor_leg(phone: str, call_key: str) -> str:
    """Return the unique id that the leg of a supervisor gets: one for each phone and call."""
    return f"s{phone}-{call_key}9"


def other_half(leg_key: str) -> str:
    """Return the unique id of the half of a leg of ours that dials."""
    return f"{OTHER_HALF}{leg_key}"


def citizen_leg(call_key: str) -> str:
    """Return what news of his ringing calls a citizen's leg; on the node it is the call's."""
    return f"o-{call_key}9"


@dataclass(frozen=True, kw_only=True)
class PartyName:
    """What HL_PARTY says: which order brought whom, and why; `ring` 2 is its fallback's."""

    order_id: int
    role: PartyRole
    target_kind: TargetKind
    address: str
    ring: int = 1

    def __str__(self) -> str:
        return f"{self.order_id}/{self.role}/{self.target_kind}/{self.address}"


def party_name(order_id: int, role: PartyRole, target: Target) -> PartyName:
    """Name a party after the order that brings it."""
    return PartyName(order_id=order_id, role=role, target_kind=target.kind, address=target.address)


def read_party(text: str) -> PartyName:
    """Read HL_PARTY; raises ValueError for anything else."""
    order_id, role, kind, address, *ring = text.split("/")
    return PartyName(
        order_id=int(order_id),
        role=PartyRole(role),
        target_kind=TargetKind(kind),
        address=address,
        ring=int(ring[0]) if ring else 1,
    )


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One channel of a call."""

    entry: Message

    @property
    def key(self) -> str:
        """Its unique id."""
        return self.entry.headers.get("Uniqueid", "")

    @property
    def channel(self) -> str:
        """Its name."""
        return self.entry.headers.get("Channel", "")

    @property
    def context(self) -> str:
        """Where in the dialplan it is."""
        return self.entry.headers.get("Context", "")

    @property
    def bridge(self) -> str:
        """Which conversation it is in, or nothing."""
        return self.entry.headers.get("BridgeID", "")

    @property
    def is_up(self) -> bool:
        """Say whether it was answered; else it rings or is about to."""
        return self.entry.headers.get("ChannelStateDesc") == "Up"

    def variable(self, name: str) -> str:
        """Return a variable of the channel, or nothing."""
        return self.entry.variables.get(name, "")

    def noted(self, name: str) -> bool | None:
        """Return what the channel notes of a mute or pause; None: an action was cut off."""
        said = self.variable(name)
        return None if said == UNSURE else said == "yes"

    @property
    def party(self) -> PartyName | None:
        """Who this leg is, if it is a party."""
        text = self.variable("HL_PARTY")
        return read_party(text) if text and self.variable("HL_ROLE") else None

    @property
    def is_talking(self) -> bool:
        """Say whether a party or supervisor was answered; else it still rings."""
        return self.variable("HL_ANSWERED") == "yes"


@dataclass(frozen=True, kw_only=True)
class CallLegs:
    """A call: the caller's leg, the agent's, and everybody else."""

    caller: Leg
    agent: Leg | None
    parties: Sequence[Leg]
    supervisors: Sequence[Leg]

    @property
    def place(self) -> Place:
        """Where the dialplan put the caller."""
        value = self.caller.variable("HL_PLACE")
        return Place(value) if value in set(Place) else Place.INTAKE

    @property
    def is_in_room(self) -> bool:
        """Say whether the caller talks in a room instead of with one leg."""
        return self.caller.context == "room"

    @property
    def agent_phone(self) -> str:
        """The phone of the agent in this call, or nothing."""
        return self.caller.variable("HL_PHONE") if self.agent else ""

    def brought_by(self, order_id: int) -> Leg | None:
        """Return the leg of the party or supervisor that an order brought."""
        for leg in (*self.parties, *self.supervisors):
            if leg.party and leg.party.order_id == order_id:
                return leg
        return None


def legs_of(entries: Iterable[Message], call_key: str) -> CallLegs | None:
    """Pick the legs of one call out of a Status list; None when the caller's is not there."""
    legs = [Leg(entry=entry) for entry in entries if entry.variables.get("HL_OF") == call_key]
    caller = next((leg for leg in legs if leg.key == call_key), None)
    return _sorted(caller, [leg for leg in legs if leg.key != call_key]) if caller else None


def all_calls(entries: Iterable[Message]) -> list[CallLegs]:
    """Return every call of a Status list."""
    others: dict[str, list[Leg]] = {}
    callers = []
    for entry in entries:
        leg, call_key = Leg(entry=entry), entry.variables.get("HL_OF")
        if not call_key or not leg.key:
            continue
        if leg.key == call_key:
            callers.append(leg)
        else:
            others.setdefault(call_key, []).append(leg)
    return [_sorted(caller, others.get(caller.key, [])) for caller in callers]


def _sorted(caller: Leg, others: Sequence[Leg]) -> CallLegs:
    # the dialling half of a leg of ours has copies of its variables
    others = [leg for leg in others if not leg.key.startswith(OTHER_HALF)]
    agents = [leg for leg in others if leg.variable("HL_ROLE") == "agent"]
    named = caller.variable("HL_AGENT_LEG")
    return CallLegs(
        caller=caller,
        # a leg that the caller was parted from may still be ending
        agent=next((leg for leg in agents if leg.key == named), agents[0] if agents else None),
        parties=[leg for leg in others if leg.variable("HL_ROLE") == "party"],
        supervisors=[leg for leg in others if leg.variable("HL_ROLE") == "supervisor"],
    )
