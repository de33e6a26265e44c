"""What a citizen's keys say when a call asks him how his matter was handled. Pure.

In the order of the questions: 1 solved, 2 not; marks of the result and of the attitude from 5 (very
satisfied) to 1; then, of what was not solved, 1 where it shall be handled again and 2 where not.
0 instead of any answer: he wants to be asked by a person.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_KEYS: Final = 16
PERSON, YES, NO = "0", "1", "2"
MARKS: Final = frozenset("12345")


class ForAPerson(StrEnum):
    """Why a person has to ask him all the same; words of an attempt that reached nobody."""

    WANTS_PERSON = "wants_person"
    KEYS_UNCLEAR = "keys_unclear"


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """What he said by his keys."""

    is_solved: bool
    result_mark: int
    attitude_mark: int
    asks_redo: bool


def read_keys(pressed: str) -> Keyed | ForAPerson | None:
    """Return what was said; None where he hung up before he had said all.

    A key that nobody asked for makes the whole doubtful.
    """
    keys = [key for key in pressed if key in MARKS | {PERSON}]
    if PERSON in keys:
        return ForAPerson.WANTS_PERSON
    needed = 4 if keys[:1] == [NO] else 3
    if len(keys) < needed:
        return None
    solved, result, attitude, *more = keys
    redo = more[0] if needed == 4 else NO
    if len(keys) > needed or not {solved, redo} <= {YES, NO}:
        return ForAPerson.KEYS_UNCLEAR
    return Keyed(
        is_solved=solved == YES,
        result_mark=int(result),
        attitude_mark=int(attitude),
        asks_redo=redo == YES,
    )
