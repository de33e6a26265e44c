"""Check a move against a table of allowed moves. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from app.core.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class IllegalMove(Conflict):
    """The table does not know this way."""

    code = "illegal-move"


def check_move(moves: Mapping[S, frozenset[S]], old: S, new: S) -> None:
    """Raise IllegalMove unless `moves` leads from `old` to `new`."""
    if new not in moves[old]:
        raise IllegalMove(old=str(old), new=str(new))
