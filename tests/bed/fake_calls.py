"""A citizen's channel on a pretended node, and what Asterisk says of it (see recorded/)."""

from dataclasses import dataclass, field

NOT_SET = "(null)"


@dataclass(eq=False)
class AgentLeg:
    """The agent's channel that rings or talks."""

    key: str
    channel: str
    phone: str
    variables: dict[str, str] = field(default_factory=dict)
    waits_for_citizen: bool = False  # he calls out and has picked up


@dataclass(eq=False)
class FakeCall:
    """One citizen's channel; `place` is what the dialplan keeps in HL_PLACE."""

    key: str
    channel: str
    number: str
    name: str
    dialled: str
    invited: float
    place: str = "intake"
    passes: int = 0
    rings: int = 0
    phone: str = ""
    is_resumed: bool = False
    is_let_in: bool = False  # the app has said where he goes; he hears greeting or notice
    leg: AgentLeg | None = None
    context: str = "hotline"  # where in the dialplan: held, room
    steps: int = 0  # control events told so far
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def invited_ms(self) -> int:
        """Return the moment of the INVITE in milliseconds."""
        return int(self.invited * 1000)

    def variable(self, name: str) -> str:
        """Return a channel variable as the dialplan has it."""
        own = {
            "HL_OF": self.key,
            "HL_DIALLED": self.dialled,
            "HL_INVITED": str(self.invited_ms),
            "HL_PLACE": self.place,
            "HL_PASS": str(self.passes),
            "HL_RING": str(self.rings),
            "HL_PHONE": self.phone,
            "HL_AGENT_LEG": self.leg.key if self.leg else "",
        }
        return own.get(name) or self.variables.get(name, "")

    def headers(self, event: str, *, at: float) -> list[str]:
        """Return what every event about this channel begins with."""
        return [
            f"Event: {event}", "Privilege: call,all", f"Timestamp: {at:.6f}",
            f"Channel: {self.channel}", "ChannelState: 6", "ChannelStateDesc: Up",
            f"CallerIDNum: {self.number or '<unknown>'}",
            f"CallerIDName: {self.name or '<unknown>'}", "Context: hotline", "Exten: s",
            f"Uniqueid: {self.key}", f"Linkedid: {self.key}", *self._channel_variables("Chan"),
        ]  # fmt: skip

    def dial(self, event: str, status: str, *, at: float) -> list[str]:
        """Return an event about the agent's leg being dialled."""
        assert self.leg is not None
        return [
            *self.headers(event, at=at),
            f"DestChannel: {self.leg.channel}", f"DestCallerIDNum: {self.leg.phone}",
            f"DestUniqueid: {self.leg.key}", f"DestLinkedid: {self.key}",
            *self._channel_variables("DestChan"), f"DialStatus: {status}",
        ]  # fmt: skip

    def hangup(self, cause: int, *, at: float) -> list[str]:
        """Return the end of this channel."""
        return [*self.headers("Hangup", at=at), f"Cause: {cause}", "Cause-txt: Normal Clearing"]

    def leg_hangup(self, *, at: float) -> list[str]:
        """Return the end of the agent's leg."""
        assert self.leg is not None
        return [
            "Event: Hangup", "Privilege: call,all", f"Timestamp: {at:.6f}",
            f"Channel: {self.leg.channel}", f"CallerIDNum: {self.leg.phone}",
            f"Uniqueid: {self.leg.key}", f"Linkedid: {self.key}",
            f"ChanVariable: HL_OF={self.key}", "Cause: 16", "Cause-txt: Normal Clearing",
        ]  # fmt: skip

    def status(self, wanted: list[str]) -> list[list[str]]:
        """Return the Status entries of this channel and of the agent's."""
        bridge = f"BridgeID: bridge-{self.key}" if self.place == "talking" else "BridgeID: "
        number, name = self.number or "<unknown>", self.name or "<unknown>"
        entries = [
            ["Event: Status", f"Channel: {self.channel}", f"CallerIDNum: {number}",
             f"CallerIDName: {name}", f"Uniqueid: {self.key}", bridge,
             f"Context: {self.context}",
             *(f"Variable: {one}={self.variable(one) or NOT_SET}" for one in wanted)]
        ]  # fmt: skip
        if self.leg is not None:
            is_waited_for = self.place == "called" and not self.leg.waits_for_citizen
            state = "Ringing" if self.place == "ringing" or is_waited_for else "Up"
            of_leg = {**self.leg.variables, "HL_OF": self.key, "HL_ROLE": "agent"}
            entries.append(
                ["Event: Status", f"Channel: {self.leg.channel}", f"CallerIDNum: {self.leg.phone}",
                 f"Uniqueid: {self.leg.key}", f"ChannelStateDesc: {state}", bridge,
                 *(f"Variable: {one}={of_leg.get(one, NOT_SET)}" for one in wanted)]
            )  # fmt: skip
        return entries

    def _channel_variables(self, prefix: str) -> list[str]:
        names = ("HL_OF", "HL_ENDED_BY", "HL_RING", "HL_TELEPHONE")
        return [f"{prefix}Variable: {name}={self.variable(name)}" for name in names]
