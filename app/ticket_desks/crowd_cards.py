"""Crowds as the dispatcher's pool shows them: how many speak of what, and what would be merged.

What is hot stands first, also when nothing of it is left to merge.
"""

from dataclasses import dataclass

from flask_babel import format_decimal

from app.core import clock
from app.handling.crowd_rules import Crowd
from app.handling.crowds import crowds_now
from app.handling.hot_matters import hot_now
from app.handling.hot_rules import HotMatter
from app.ticket_desks.ticket_card import said
from app.tickets import service as tickets

MOST_SHOWN = 3
MOST_HOT = 5
MOST_TICKED = 100


@dataclass(frozen=True, kw_only=True)
class Heat:
    """The numbers by which a matter is hot, as they are read; `times` is empty without a usual."""

    hours: int
    weeks: int
    tickets: int
    usual: str
    times: str
    least: int
    factor: str


@dataclass(frozen=True, kw_only=True)
class CrowdCard:
    """One crowd; `ticked` are those that may follow, `id:version` each, as a row is ticked."""

    callers: int
    tickets: int
    title: str
    master: str
    master_id: int
    ticked: list[str]
    heat: Heat | None = None


def crowds_shown() -> list[CrowdCard]:
    """Return what is hot now and then the largest of the other crowds."""
    now = clock.now()
    hot = hot_now(now)[:MOST_HOT]
    shown = {one.ticket_id for each in hot for one in each.crowd.voices}
    others = [
        each for each in crowds_now(now) if not shown & {one.ticket_id for one in each.voices}
    ]
    return [
        *(_card(each.crowd, _heat(each)) for each in hot),
        *(_card(each) for each in others[:MOST_SHOWN]),
    ]


def _card(crowd: Crowd, heat: Heat | None = None) -> CrowdCard:
    return CrowdCard(
        callers=crowd.callers,
        tickets=len(crowd.voices),
        title=said(crowd.master.title, of=tickets.get_ticket(crowd.master.ticket_id)),
        master=crowd.master.number,
        master_id=crowd.master.ticket_id,
        ticked=[f"{one.ticket_id}:{one.version}" for one in crowd.followers[:MOST_TICKED]],
        heat=heat,
    )


def _heat(hot: HotMatter) -> Heat:
    return Heat(
        hours=hot.threshold.hours,
        weeks=hot.threshold.weeks,
        tickets=hot.tickets,
        usual=format_decimal(hot.usual, format="0.##"),
        times=format_decimal(hot.times, format="0.#") if hot.times else "",
        least=hot.threshold.callers,
        factor=format_decimal(hot.threshold.factor, format="0.#"),
    )
