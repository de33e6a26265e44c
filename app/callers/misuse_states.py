"""What becomes of a mark against misuse, and of an appeal against a restriction. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class MarkState(StrEnum):
    """Where a mark stands."""

    TO_DECIDE = "to_decide"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class AppealState(StrEnum):
    """What became of an appeal."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


MARK_MOVES: Mapping[MarkState, frozenset[MarkState]] = {
    MarkState.TO_DECIDE: frozenset({MarkState.CONFIRMED, MarkState.DISMISSED}),
    MarkState.CONFIRMED: frozenset(),
    MarkState.DISMISSED: frozenset(),
}

APPEAL_MOVES: Mapping[AppealState, frozenset[AppealState]] = {
    AppealState.OPEN: frozenset({AppealState.GRANTED, AppealState.REFUSED}),
    AppealState.GRANTED: frozenset(),
    AppealState.REFUSED: frozenset(),
}
