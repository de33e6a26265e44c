"""How far the handing of a caller to somebody else has come. Pure.

The three words a hand-off is reported with (对方已接, 未接, 退回; domain rules 1.8) are `taken`,
`not_answered` and `returned`.
"""

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


def transfer_after(state: TransferState, found: TransferState) -> TransferState:
    """Return where news leads; the same state where it says nothing new. Never refuses."""
    return found if found in TRANSFER_MOVES[state] else state
