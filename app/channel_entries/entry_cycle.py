"""When the unit of a channel owes the next entry, and who is behind (domain rule R26). Pure.

Only what people enter has a cycle. What comes by an interface or by telephone comes by itself: a
week without it is no neglect of its unit. A unit has a whole cycle from its last entry, or from
when its channel went live if that was later, so that a new channel is never behind at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.channel_entries.channel_states import ChannelKind, ChannelState, WayIn
from app.channels.number_states import Step, in_force

CYCLE = "limit.entry_cycle"
"""How long a unit may go without an entry; without this rule nobody owes one."""

BY_HAND = frozenset({WayIn.FORM, WayIn.SHEET})


@dataclass(frozen=True, kw_only=True)
class EntryTurn:
    """How a channel stands: entered last at `last_entry`; `due`, the next is to be there by then.

    `due` is None where nothing is owed: not in use, coming by itself, no rule.
    """

    last_entry: datetime | None = None
    due: datetime | None = None

    def is_behind(self, at: datetime) -> bool:
        """Say whether the next entry should have been there by now."""
        return self.due is not None and self.due < at


def is_entered_by_people(kind: ChannelKind, ways_in: Collection[str]) -> bool:
    """Say whether a channel lives by what its unit enters, and by nothing else."""
    ways = frozenset(ways_in)
    return kind is not ChannelKind.NUMBER and bool(ways) and ways <= BY_HAND


def live_since(steps: Iterable[Step[ChannelState]], at: datetime) -> datetime | None:
    """Return since when a channel has been in use without a break; None when it is not at `at`."""
    known = list(steps)
    since = None
    for moment in sorted({step.valid_from for step in known if step.valid_from <= at}):
        is_live = in_force(known, moment) is ChannelState.ACTIVE
        since = (since or moment) if is_live else None
    return since


def turn_of(
    *, last_entry: datetime | None, live_from: datetime | None, cycle: timedelta | None
) -> EntryTurn:
    """Return how a channel stands that people enter; `live_from` None: it is not in use."""
    if live_from is None or cycle is None:
        return EntryTurn(last_entry=last_entry)
    begun = live_from if last_entry is None else max(last_entry, live_from)
    return EntryTurn(last_entry=last_entry, due=begun + cycle)


def cycles_missed(due: datetime, cycle: timedelta, *, at: datetime) -> int:
    """Return how many cycles have begun since the entry was due; 0 until then."""
    return max(0, -((due - at) // cycle))
