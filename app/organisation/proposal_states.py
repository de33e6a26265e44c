"""What becomes of an address that finished tickets propose to the gazetteer. Pure."""

from enum import StrEnum

from app.core.errors import Conflict


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


PROPOSAL_MOVES: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.OPEN: frozenset({ProposalState.CONFIRMED, ProposalState.REJECTED}),
    ProposalState.CONFIRMED: frozenset[ProposalState](),
    ProposalState.REJECTED: frozenset[ProposalState](),
}


class ProposalDecided(Conflict):
    """Somebody has confirmed or rejected it meanwhile."""

    code = "proposal-decided"


def check_open(state: ProposalState) -> None:
    """Raise ProposalDecided unless it still waits for a word."""
    if not PROPOSAL_MOVES[state]:
        raise ProposalDecided
