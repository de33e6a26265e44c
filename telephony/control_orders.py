"""What an agent or a supervisor may ask of a call that is being talked on (ADR 0016).

A call is the caller's leg, the agent's leg, and further *parties*: a colleague, a handling unit, an
emergency service, a speaking supervisor. Each order names its outcome: the fact that says that it
happened. An order that changes nothing (resuming a caller who is not held) is taken silently and
has no outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from telephony.orders import Order


class TargetKind(StrEnum):
    """What an address of a target means."""

    PHONE = "phone"  # the phone of one of our people, on the same exchange
    NUMBER = "number"  # a number outside, reached through the carrier


@dataclass(frozen=True, kw_only=True)
class Target:
    """Whom an order leads to. `shown_number` is what an outside phone displays; empty: ours.

    `fallback_number` is rung by the exchange itself when nobody takes the call at `address`, a
    number outside: it is the same party, who rings a second time under the other number.
    """

    kind: TargetKind
    address: str
    shown_number: str = ""
    fallback_number: str = ""


class SupervisionMode(StrEnum):
    """How a supervisor takes part in a call of somebody else."""

    LISTEN = "listen"  # hears both, is heard by nobody
    WHISPER = "whisper"  # is heard by the agent alone, and is in no recording
    BARGE = "barge"  # talks with both, and is in the recording


@dataclass(frozen=True, kw_only=True)
class HoldCaller(Order):
    """The caller hears hold music, this agent's phone stays. Outcome: CallerHeld."""

    phone: str


@dataclass(frozen=True, kw_only=True)
class ResumeCaller(Order):
    """The held caller talks with this agent again. Outcome: CallerResumed."""

    phone: str


@dataclass(frozen=True, kw_only=True)
class MuteAgent(Order):
    """The caller hears this agent no longer, or again. Outcome: AgentMuted."""

    phone: str
    is_muted: bool


@dataclass(frozen=True, kw_only=True)
class SendDigits(Order):
    """Press these keys (0-9 * # A-D) towards the caller or the person called. Outcome: DigitsSent.

    What is pressed may be a secret of the citizen: no event and no log repeats it.
    """

    digits: str


@dataclass(frozen=True, kw_only=True)
class PauseRecording(Order):
    """Record silence from now on, or sound again. Outcome: RecordingPaused."""

    is_paused: bool


@dataclass(frozen=True, kw_only=True)
class CallParty(Order):
    """Ring a further party for this agent while the caller hears hold music (consult).

    Outcome: PartyRinging, then PartyAnswered or PartyFailed. The party is known by this order's id.
    A party that did not answer leaves the caller held: the agent resumes him.
    """

    phone: str
    target: Target
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class JoinParties(Order):
    """Caller, agent and every party talk together. Outcome: PartiesJoined."""

    phone: str


@dataclass(frozen=True, kw_only=True)
class LeaveToParties(Order):
    """The agent leaves; caller and parties talk on (attended transfer).

    Outcome: AgentGone with reason `transferred`. Refused while no party has answered.
    """

    phone: str


@dataclass(frozen=True, kw_only=True)
class DropParty(Order):
    """End the leg of one party, also one that still rings. Outcome: PartyGone."""

    party: int  # the id of the CallParty, TransferCaller or Supervise that brought it


@dataclass(frozen=True, kw_only=True)
class TransferCaller(Order):
    """The agent leaves at once; the target is rung while the caller hears hold music.

    Outcome: AgentGone `transferred`, then PartyRinging and PartyAnswered. When nobody answers:
    PartyFailed, and the caller is placed in the queue again.
    """

    phone: str
    target: Target
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class Supervise(Order):
    """Bring this supervisor's phone into the call, or change the mode of one who is in it.

    Outcome: SupervisionChanged with the mode; PartyFailed when his phone did not answer.
    """

    phone: str  # the supervisor's
    agent_phone: str
    mode: SupervisionMode
    ring_seconds: int = 20


@dataclass(frozen=True, kw_only=True)
class StopSupervising(Order):
    """The supervisor's leg ends; the call goes on. Outcome: SupervisionChanged without a mode."""

    phone: str


@dataclass(frozen=True, kw_only=True)
class CallOut(Order):
    """Call a citizen: ring this agent's phone first, then the number.

    `call_key` is chosen by us and names the call from its first moment. Outcome: CallPlacedOut,
    AgentRinging, AgentAnswered (the agent waits for the citizen), PartyRinging, and then either
    CitizenAnswered or CallEnded with the carrier's cause.

    `phone_kind` NUMBER: whoever calls has no phone of ours. His own telephone is rung through the
    carrier instead; it is shown what the citizen is shown, and is told nothing of him. He can only
    hang up: no other order of this file is for him, and a telephone that falls silent has hung up.
    """

    phone: str
    number: str
    shown_number: str
    ring_seconds: int
    phone_kind: TargetKind = TargetKind.PHONE


class Control(StrEnum):
    """What an exchange may be able to do with a call that is talked on, in a desk's words."""

    HOLD = "hold"
    MUTE = "mute"
    DIGITS = "digits"
    PAUSE_RECORDING = "pause_recording"
    CONSULT = "consult"  # and three together, and leaving the caller to the one who was asked
    TRANSFER = "transfer"  # blindly
    SUPERVISE = "supervise"
    CALL_OUT = "call_out"


CONTROL_OF: Mapping[type[Order], Control] = {
    HoldCaller: Control.HOLD,
    ResumeCaller: Control.HOLD,
    MuteAgent: Control.MUTE,
    SendDigits: Control.DIGITS,
    PauseRecording: Control.PAUSE_RECORDING,
    CallParty: Control.CONSULT,
    JoinParties: Control.CONSULT,
    LeaveToParties: Control.CONSULT,
    DropParty: Control.CONSULT,
    TransferCaller: Control.TRANSFER,
    Supervise: Control.SUPERVISE,
    StopSupervising: Control.SUPERVISE,
    CallOut: Control.CALL_OUT,
}
"""Which ability each control order needs. An exchange without it refuses the order: `not-here`."""
