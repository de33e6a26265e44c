"""What becomes of something a unit asks for. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class WishState(StrEnum):
    """Whether it is decided."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the ticket went on without it


MOVES: Mapping[WishState, frozenset[WishState]] = {
    WishState.OPEN: frozenset({WishState.AGREED, WishState.REFUSED, WishState.LAPSED}),
    WishState.AGREED: frozenset(),
    WishState.REFUSED: frozenset(),
    WishState.LAPSED: frozenset(),
}
