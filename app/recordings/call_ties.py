"""What a call left elsewhere, as far as its recording is concerned; the factory hands it down.

Tickets stand beside recordings, not below: neither room asks the other (ADR 0002).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.core.handed_down import given


@dataclass(frozen=True, kw_only=True)
class CallTie:
    """The tickets of one call, summed up. `settled_at` is when the last of them was closed."""

    has_ticket: bool = False
    is_complaint: bool = False
    is_confidential: bool = False
    has_open_ticket: bool = False
    is_held: bool = False  # a legal hold stands on one of them
    settled_at: datetime | None = None


NO_TIE = CallTie()


@dataclass(frozen=True)
class CallTies:
    """Asks for the ties of several calls at once; a call without any may be left out."""

    of_calls: Callable[[Collection[int]], Mapping[int, CallTie]]


def tie_of(call_id: int) -> CallTie:
    """Return what one call left."""
    return ties_of([call_id])[call_id]


def ties_of(call_ids: Collection[int]) -> dict[int, CallTie]:
    """Return what several calls left."""
    found = given(CallTies).of_calls(call_ids)
    return {call_id: found.get(call_id, NO_TIE) for call_id in call_ids}
