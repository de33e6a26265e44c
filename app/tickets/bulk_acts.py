"""Acts that can be done with several tickets of a list at once, each row by itself.

A room above offers its own acts here (`offer`), as events are listened to: the list knows none of
them by name. What is refused is refused for its row; the others are done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.permissions import Permission

MOST_ROWS = 100


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Who does it, what he may read, and what he typed with it."""

    person_id: int
    reads_confidential: bool
    typed: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """One act. Its words are the keys `bulk.<name>` and, for what is typed, `bulk.<name>_<field>`.

    `do` is called for each ticket in a save of its own and raises the refusal of that row. `finish`
    is called once with those that were done, in a save too, and returns the address to go to.
    """

    name: str
    permission: Permission
    do: Callable[[int, Hand], None]
    fields: tuple[str, ...] = ()
    finish: Callable[[Sequence[int], Hand], str] | None = None


@dataclass(frozen=True, kw_only=True)
class BulkOutcome:
    """What became of each row: done, or the sentence why not; the page says it beside the row."""

    act: str = ""
    done: Sequence[int] = ()
    refused: Mapping[int, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    goes_to: str = ""


_offered: dict[str, BulkAct] = {}


def offer(act: BulkAct) -> None:
    """Offer an act to lists; the same name again takes its place."""
    _offered[act.name] = act


def offered() -> list[BulkAct]:
    """Return the acts, in the order in which they were offered."""
    return list(_offered.values())


def find_act(name: str) -> BulkAct | None:
    """Return the act of this name, or None."""
    return _offered.get(name)
