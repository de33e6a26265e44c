"""How far the handing of a caller to somebody else has come. Pure.

The three words a hand-off is reported with (对方已接, 未接, 退回; domain rules 1.8) are `taken`,
`not_answered` and `returned`.
"""

from collections.abc import Collection
from enum import StrEnum


class TransferKind(StrEnum):
    """How the caller is handed over (冷转, 热转, 三方)."""

    COLD = "cold"  # the agent leaves at once
    WARM = "warm"  # the agent speaks with the other first
    THREE_PARTY = "three_party"  # caller, agent and the other talk together


class TransferState(StrEnum):
    """How far it has come."""

    WISHED = "wished"
    RINGING = "ringing"
    ASKED = "asked"  # the other answered and speaks with the agent
    TAKEN = "taken"  # the caller is his
    NOT_ANSWERED = "not_answered"
    RETURNED = "returned"  # he answered, and the caller stayed with us or came back
    WITHDRAWN = "withdrawn"  # the agent took it back before anybody answered
    REFUSED = "refused"  # the exchange would not


T = TransferState

TRANSFER_MOVES: dict[TransferState, frozenset[TransferState]] = {
    T.WISHED: frozenset(TransferState) - {T.WISHED},
    T.RINGING: frozenset(TransferState) - {T.WISHED, T.RINGING},
    T.ASKED: frozenset({T.TAKEN, T.RETURNED}),
    T.TAKEN: frozenset({T.RETURNED}),
    T.NOT_ANSWERED: frozenset({T.ASKED, T.TAKEN}),  # news out of order
    T.RETURNED: frozenset({T.TAKEN}),
    T.WITHDRAWN: frozenset({T.ASKED, T.TAKEN}),
    T.REFUSED: frozenset(),
}

OPEN = frozenset({T.WISHED, T.RINGING, T.ASKED})


class HandedOn(StrEnum):
    """What became of a call that was handed on, by all that the ledger tells of it."""

    UNKNOWN = "unknown"  # the ledger knows of no transfer of this call
    UNDER_WAY = "under_way"
    TAKEN = "taken"
    IN_VAIN = "in_vain"  # nobody took it, or it came back to us


def handed_on(states: Collection[TransferState]) -> HandedOn:
    """Return what became of a call whose transfers stand like this; one that was taken is enough.

    One that came back (`returned`) was handed on in vain (domain rule F8: then it is ours).
    """
    if T.TAKEN in states:
        return HandedOn.TAKEN
    if OPEN & set(states):
        return HandedOn.UNDER_WAY
    return HandedOn.IN_VAIN if states else HandedOn.UNKNOWN


def transfer_after(state: TransferState, found: TransferState) -> TransferState:
    """Return where news leads; the same state where it says nothing new. Never refuses."""
    return found if found in TRANSFER_MOVES[state] else state
