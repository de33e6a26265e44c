"""In what capacity somebody may act on a ticket. Pure.

A role says what a person may do at all; the ticket says whether it is his: of the unit that leads,
or not of any unit that had it.
"""

from dataclasses import dataclass

from app.tickets.ticket_moves import Actor


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Through whose hands a ticket went: what decides whether it is somebody's to act on."""

    lead_unit_id: int | None  # who leads now
    unit_ids: frozenset[int]  # every unit that ever had a part in it
    worked_by: frozenset[int]  # people who signed, spoke for a unit, or wrote a result


def capacities(
    held: frozenset[Actor], hands: Hands, *, user_id: int, unit_id: int | None
) -> frozenset[Actor]:
    """Return in which of the capacities that his role holds this person may act on this ticket."""
    may = set(held)
    if unit_id is None or unit_id != hands.lead_unit_id:
        may.discard(Actor.UNIT)
    if unit_id in hands.unit_ids or user_id in hands.worked_by:
        # nobody judges his own work, and nobody asks the citizen about it
        may -= {Actor.AUDITOR, Actor.VISITOR}
    return frozenset(may)
