"""Within what somebody reads a list whose scope is not the hotline's own. Pure but for its part.

A county reads what lies in it, a unit what it or a unit below has or had a part in, and both what
came by their channels. Each is a mark (`list_wanted`), so that it is looked up with what is chosen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.tickets.list_wanted import one_of

HasPart = Callable[[Any, frozenset[int]], Any]
"""Gives the condition that one of these units has or had a part in the ticket with this id."""


@dataclass(frozen=True, kw_only=True)
class Within:
    """One of these is enough; `is_whole` is everything, with nothing chosen it is nothing."""

    has_part: HasPart
    is_whole: bool = False
    county_code: str = ""
    unit_ids: frozenset[int] = frozenset()
    channel_ids: frozenset[int] = frozenset()

    @property
    def is_nothing(self) -> bool:
        """Say whether no ticket can lie within."""
        return not (self.is_whole or self.county_code or self.unit_ids or self.channel_ids)

    @property
    def asks_parts(self) -> bool:
        """Say whether the parts of units decide, which no index of an order carries."""
        return bool(self.unit_ids) and not self.is_whole

    @property
    def terms(self) -> list[str]:
        """The same as terms of a text query of marks."""
        if self.is_whole:
            return []
        marks = [f"_r_{self.county_code}"] if self.county_code else []
        marks += [part_mark(each) for each in sorted(self.unit_ids)]
        marks += [f"_h_{each}" for each in sorted(self.channel_ids)]
        return [one_of(marks)]


def part_mark(unit_id: int) -> str:
    """Return the mark of a ticket in which this unit has or had a part."""
    return f"_p_{unit_id}"
