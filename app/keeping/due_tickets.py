"""Decides what becomes of a ticket whose time is over: it goes, it is held, or it waits. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What a round does with a ticket that is due."""

    GOES = "goes"
    HELD = "held"
    WAITS = "waits"


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Why tickets stay though their time is over.

    `held` and `held_calls`: a legal hold stands. `needed`: something open needs the ticket.
    `sounding`: calls that can still be heard, because their own class is kept for longer.
    """

    held: Collection[int]
    held_calls: Collection[int]
    needed: Collection[int]
    sounding: Collection[int]


def fate_of(ticket_id: int, call_ids: Collection[int], reasons: Reasons) -> Fate:
    """Say what becomes of a ticket with these calls; a hold goes before everything."""
    if ticket_id in reasons.held or any(each in reasons.held_calls for each in call_ids):
        return Fate.HELD
    if ticket_id in reasons.needed or any(each in reasons.sounding for each in call_ids):
        return Fate.WAITS
    return Fate.GOES


def calls_by_ticket(ties: Iterable[tuple[int, int]]) -> Mapping[int, frozenset[int]]:
    """Return pairs of a ticket and a call as the calls of each ticket."""
    found: dict[int, frozenset[int]] = {}
    for ticket_id, call_id in ties:
        found[ticket_id] = found.get(ticket_id, frozenset()) | {call_id}
    return found


def nobodys_calls(ties: Iterable[tuple[int, int]], kept_tickets: Collection[int]) -> frozenset[int]:
    """Return which calls no ticket needs any more: all that they have are gone."""
    pairs = list(ties)
    needed = {call_id for ticket_id, call_id in pairs if ticket_id in kept_tickets}
    return frozenset(call_id for _ticket_id, call_id in pairs if call_id not in needed)
