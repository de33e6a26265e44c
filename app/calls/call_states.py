"""Where a call can be, what may follow what, and where news of an exchange moves it. Pure."""

from enum import StrEnum


class CallState(StrEnum):
    """Where a call is. What the exchange last said, never what we hope."""

    INTAKE = "intake"  # at the door
    WAITING = "waiting"  # on hold music, in our queue
    RINGING = "ringing"  # an agent's phone rings
    TALKING = "talking"
    RECONNECTING = "reconnecting"  # the agent's phone was lost; the caller hears hold music
    ALONE = "alone"  # the exchange queues by itself; we could not be reached
    ENDED = "ended"


MOVES: dict[CallState, frozenset[CallState]] = {
    CallState.INTAKE: frozenset(CallState) - {CallState.INTAKE, CallState.RECONNECTING},
    CallState.WAITING: frozenset(
        {CallState.RINGING, CallState.TALKING, CallState.ALONE, CallState.ENDED}
    ),
    CallState.RINGING: frozenset(
        {CallState.WAITING, CallState.TALKING, CallState.ALONE, CallState.ENDED}
    ),
    CallState.TALKING: frozenset(
        {CallState.RECONNECTING, CallState.WAITING, CallState.ALONE, CallState.ENDED}
    ),
    CallState.RECONNECTING: frozenset(
        {CallState.TALKING, CallState.WAITING, CallState.ALONE, CallState.ENDED}
    ),
    CallState.ALONE: frozenset(
        {
            CallState.WAITING,
            CallState.RINGING,
            CallState.TALKING,
            CallState.ENDED,
        }
    ),
    CallState.ENDED: frozenset(),
}

LIVE = frozenset(CallState) - {CallState.ENDED}


class Sign(StrEnum):
    """What an exchange's news means for a call."""

    PLACED_IN_QUEUE = "placed_in_queue"
    KEPT = "kept"
    LEFT_ALONE = "left_alone"
    RINGS = "rings"
    ANSWERED = "answered"
    RING_FAILED = "ring_failed"
    AGENT_LOST = "agent_lost"
    ENDED = "ended"


def state_after(state: CallState, sign: Sign) -> CallState:
    """Return where the sign moves a call; the same state when it moves nothing.

    A call whose agent was lost stays RECONNECTING while that agent's phone is rung again and when
    that ring fails: only an answer, the deadline of the switchboard or the end moves it on.
    """
    if state is CallState.ENDED:
        return state
    if state is CallState.RECONNECTING and sign in {
        Sign.RINGS,
        Sign.RING_FAILED,
        Sign.PLACED_IN_QUEUE,
        Sign.KEPT,
        Sign.AGENT_LOST,
    }:
        return state
    if sign is Sign.RING_FAILED:
        return state  # where the caller goes then is told by the next placing
    target = _TARGET[sign]
    return target if target in MOVES[state] else state


_TARGET = {
    Sign.PLACED_IN_QUEUE: CallState.WAITING,
    Sign.KEPT: CallState.RECONNECTING,
    Sign.AGENT_LOST: CallState.RECONNECTING,
    Sign.LEFT_ALONE: CallState.ALONE,
    Sign.RINGS: CallState.RINGING,
    Sign.ANSWERED: CallState.TALKING,
    Sign.ENDED: CallState.ENDED,
}


class OrderState(StrEnum):
    """How far a wish to an exchange has come."""

    WISHED = "wished"
    SENDING = "sending"
    TAKEN = "taken"
    REFUSED = "refused"


ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.WISHED: frozenset({OrderState.SENDING, OrderState.REFUSED}),
    OrderState.SENDING: frozenset({OrderState.TAKEN, OrderState.REFUSED}),
    OrderState.TAKEN: frozenset(),
    OrderState.REFUSED: frozenset(),
}
