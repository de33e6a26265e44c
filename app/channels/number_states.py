"""How a public number is run: its modes and states as dated steps, and what holds when. Pure.

A step holds from its moment until the next one. Of two with the same moment the later written one
counts, so that a planned step is taken back by writing another one for the same moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from app.core.errors import Conflict

W = TypeVar("W", bound=StrEnum)


class MergeMode(StrEnum):
    """How a number was folded in (国办发〔2020〕53号); `main` is 12345 itself."""

    MAIN = "main"
    MERGED = "merged"
    DUAL_NUMBER = "dual_number"
    SUB_CENTRE = "sub_centre"


class Language(StrEnum):
    """What callers of a line mostly speak."""

    MANDARIN = "mandarin"
    HAKKA = "hakka"
    CANTONESE = "cantonese"
    ENGLISH = "english"


class NumberState(StrEnum):
    """Where a number is on its way into the hotline, and out of use."""

    PLANNED = "planned"  # in the register, not yet ours
    LIVE = "live"
    SUSPENDED = "suspended"  # for now the city's own seats take it; its routes and seats rest
    CLOSED = "closed"  # whoever dials it hears where to call instead


NUMBER_MOVES: dict[NumberState, frozenset[NumberState]] = {
    NumberState.PLANNED: frozenset({NumberState.LIVE, NumberState.CLOSED}),
    NumberState.LIVE: frozenset({NumberState.SUSPENDED, NumberState.CLOSED}),
    NumberState.SUSPENDED: frozenset({NumberState.LIVE, NumberState.CLOSED}),
    # a number closed too early goes back
    NumberState.CLOSED: frozenset({NumberState.LIVE}),
}


class StateDoesNotFollow(Conflict):
    """A state cannot follow the one that holds before it, or be followed by the next one."""

    code = "number-state-does-not-follow"


@dataclass(frozen=True, kw_only=True)
class Step(Generic[W]):
    """From this moment on, this holds. `written` counts up in the order of writing."""

    word: W
    valid_from: datetime
    written: int


def in_force(steps: Iterable[Step[W]], at: datetime) -> W | None:
    """Return what holds at `at`, or None before the first step."""
    begun = [step for step in steps if step.valid_from <= at]
    return max(begun, key=lambda s: (s.valid_from, s.written)).word if begun else None


def state_at(steps: Iterable[Step[NumberState]], at: datetime) -> NumberState:
    """Return the state at `at`; before its first step a number is planned."""
    return in_force(steps, at) or NumberState.PLANNED


def check_states(steps: Sequence[Step[NumberState]]) -> None:
    """Raise StateDoesNotFollow unless each state in force may follow the one before."""
    old = NumberState.PLANNED
    for moment in sorted({step.valid_from for step in steps}):
        new = state_at(steps, moment)
        if new is not old and new not in NUMBER_MOVES[old]:
            raise StateDoesNotFollow(field="state", old=old.value, new=new.value)
        old = new
