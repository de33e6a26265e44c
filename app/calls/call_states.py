"""Where a call can be, what may follow what, and where news of an exchange moves it. Pure."""

from enum import StrEnum


class CallState(StrEnum):
    """Where a call is. What the exchange last said, never what we hope."""

    INTAKE = "intake"  # at the door
    WAITING = "waiting"  # on hold music, in our queue
    RINGING = "ringing"  # an agent's phone rings
    CALLING = "calling"  # we call out: the agent's phone rings, then the citizen's
    TALKING = "talking"
    HELD = "held"  # the caller hears hold music; his agent comes back to him
    TRANSFERRING = "transferring"  # his agent has left; somebody to take him over is rung
    HANDED_OVER = "handed_over"  # he talks with somebody outside; no agent of ours is with him
    RECONNECTING = "reconnecting"  # the agent's phone was lost; the caller hears hold music
    ALONE = "alone"  # the exchange queues by itself; we could not be reached
    ENDED = "ended"


_S = CallState

_IN_HAND = frozenset(
    {_S.TRANSFERRING, _S.HANDED_OVER, _S.RECONNECTING, _S.WAITING, _S.ALONE, _S.ENDED}
)

MOVES: dict[CallState, frozenset[CallState]] = {
    _S.INTAKE: frozenset(CallState) - {_S.INTAKE, _S.RECONNECTING},
    _S.WAITING: frozenset({_S.RINGING, _S.TALKING, _S.HANDED_OVER, _S.ALONE, _S.ENDED}),
    _S.RINGING: frozenset({_S.WAITING, _S.TALKING, _S.ALONE, _S.ENDED}),
    _S.CALLING: frozenset({_S.TALKING, _S.ENDED}),
    _S.TALKING: _IN_HAND | {_S.HELD},
    _S.HELD: _IN_HAND | {_S.TALKING},
    _S.TRANSFERRING: frozenset({_S.TALKING, _S.HANDED_OVER, _S.WAITING, _S.ALONE, _S.ENDED}),
    _S.HANDED_OVER: frozenset({_S.TALKING, _S.WAITING, _S.ALONE, _S.ENDED}),
    _S.RECONNECTING: frozenset({_S.TALKING, _S.WAITING, _S.ALONE, _S.ENDED}),
    _S.ALONE: frozenset({_S.WAITING, _S.RINGING, _S.TALKING, _S.ENDED}),
    # Only where its exchange shows a call up that has ended for us (`taking_back`): by no news.
    _S.ENDED: frozenset(CallState) - {_S.ENDED},
}

LIVE = frozenset(CallState) - {CallState.ENDED}

WITH_AGENT = frozenset({CallState.TALKING, CallState.HELD})
"""The agent's own leg is in the call: it can be held, muted, transferred, lost."""

HAD_TALK = WITH_AGENT | {
    CallState.RECONNECTING,
    CallState.CALLING,
    CallState.TRANSFERRING,
    CallState.HANDED_OVER,
}
"""A desk has this call's work on it, whoever is on the line now."""


class Direction(StrEnum):
    """Who called whom."""

    IN = "in"
    OUT = "out"


class Sign(StrEnum):
    """What an exchange's news means for a call."""

    PLACED_IN_QUEUE = "placed_in_queue"
    KEPT = "kept"
    LEFT_ALONE = "left_alone"
    RINGS = "rings"
    ANSWERED = "answered"
    RING_FAILED = "ring_failed"
    AGENT_LOST = "agent_lost"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFER_BEGAN = "transfer_began"
    TAKEN_OVER = "taken_over"  # by a colleague
    TAKEN_OUTSIDE = "taken_outside"  # by somebody who is none of ours
    CITIZEN_ANSWERED = "citizen_answered"
    ENDED = "ended"


_BEFORE_AN_ANSWER = frozenset({Sign.RINGS, Sign.RING_FAILED, Sign.ANSWERED, Sign.AGENT_LOST})
_WHILE_AGENT_IS_LOST = frozenset(
    {
        Sign.RINGS,
        Sign.RING_FAILED,
        Sign.PLACED_IN_QUEUE,
        Sign.KEPT,
        Sign.AGENT_LOST,
        Sign.HELD,
        Sign.RESUMED,
    }
)


def state_after(state: CallState, sign: Sign) -> CallState:
    """Return where the sign moves a call; the same state when it moves nothing.

    A call out is a talk only once the citizen answered. A call whose agent was lost stays
    RECONNECTING while that agent's phone is rung again and when
    that ring fails: only an answer, the deadline of the switchboard or the end moves it on.
    """
    if state is CallState.ENDED:
        return state
    if state is CallState.RECONNECTING and sign in _WHILE_AGENT_IS_LOST:
        return state
    if state is CallState.CALLING and sign in _BEFORE_AN_ANSWER:
        return state  # the agent only waits for the citizen, who has not answered
    if sign is Sign.RESUMED and state not in WITH_AGENT:
        return state  # only a held caller is resumed
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
    Sign.HELD: CallState.HELD,
    Sign.RESUMED: CallState.TALKING,
    Sign.TRANSFER_BEGAN: CallState.TRANSFERRING,
    Sign.TAKEN_OVER: CallState.TALKING,
    Sign.TAKEN_OUTSIDE: CallState.HANDED_OVER,
    Sign.CITIZEN_ANSWERED: CallState.TALKING,
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
