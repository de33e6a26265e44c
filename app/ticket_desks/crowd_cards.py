"""Crowds as the dispatcher's pool shows them: how many speak of what, and what would be merged."""

from dataclasses import dataclass

from app.core import clock
from app.handling.crowds import crowds_now
from app.ticket_desks.ticket_card import said
from app.tickets import service as tickets

MOST_SHOWN = 3
MOST_TICKED = 100


@dataclass(frozen=True, kw_only=True)
class CrowdCard:
    """One crowd; `ticked` are those that may follow, `id:version` each, as a row is ticked."""

    callers: int
    tickets: int
    title: str
    master: str
    ticked: list[str]


def crowds_shown() -> list[CrowdCard]:
    """Return the largest crowds of now."""
    return [
        CrowdCard(
            callers=each.callers,
            tickets=len(each.voices),
            title=said(each.master.title, of=tickets.get_ticket(each.master.ticket_id)),
            master=each.master.number,
            ticked=[f"{one.ticket_id}:{one.version}" for one in each.followers[:MOST_TICKED]],
        )
        for each in crowds_now(clock.now())[:MOST_SHOWN]
    ]
