"""Hands for the clocks of a ticket: time is asked for, given, and runs out."""

import time_machine

from app.handling import (
    timing,
)
from app.handling.clock_rules import ClockKind
from app.handling.models import TimeKind
from app.rules.time_limits import read_limit
from tests.handling.cast import Cast, clock, saved


def ask_time(cast: Cast, ticket_id: int, kind: TimeKind, limit: str = "", **more: int) -> None:
    """Let the lead ask for time."""
    new = timing.NewTime(
        kind=kind,
        reason="waits_for_parts",
        basis="备件在途",
        limit=read_limit(limit) if limit else None,
        **more,
    )
    saved(timing.ask_time, ticket_id, new, doer=cast.unit)


def agree(cast: Cast, ticket_id: int) -> None:
    """Let the dispatcher give it."""
    saved(timing.decide, ticket_id, agrees=True, words="同意", doer=cast.dispatcher)


def at_due(ticket_id: int, kind: ClockKind, frozen: time_machine.Traveller, *, after: int) -> None:
    """Go to so many seconds after a clock was due."""
    due = clock(ticket_id, kind).due_at
    assert due is not None
    frozen.move_to(due)
    frozen.shift(after)
