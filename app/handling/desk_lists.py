"""What the desks list: pools in the order of their work, and what stands beside each ticket."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from app.core.database import db
from app.handling.clock_rules import ClockKind
from app.handling.models import FollowKind, FollowUp, ReturnWish, TicketClock, TimeKind, TimeWish
from app.handling.wish_states import WishState
from app.rules.running_clocks import ClockLamp
from app.tickets.service import Ticket


@dataclass(frozen=True, kw_only=True)
class Due:
    """By when a clock of a ticket is due; `due_at` None: the calendar's year is not loaded."""

    kind: ClockKind
    due_at: datetime | None
    lamp: ClockLamp


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside a ticket in a list: its clocks that are not done, its flags counted."""

    clocks: Mapping[ClockKind, Due] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)


def beside(tickets: Collection[Ticket], *, now: datetime) -> dict[int, Beside]:
    """Return what stands beside each of these tickets, asked for all at once."""
    ids = [each.id for each in tickets]
    due: defaultdict[int, dict[ClockKind, Due]] = defaultdict(dict)
    asked = select(TicketClock).where(TicketClock.ticket_id.in_(ids), TicketClock.done_at.is_(None))
    for row in db.session.scalars(asked.order_by(TicketClock.id)):
        due[row.ticket_id][row.kind] = Due(
            kind=row.kind, due_at=row.due_at, lamp=_lamp(row, now=now)
        )
    flags = _flags(ids)
    for each in tickets:
        flags[each.id]["redo"] = each.round - 1
    return {
        each: Beside(clocks=due[each], flags={n: c for n, c in flags[each].items() if c})
        for each in ids
    }


def _lamp(row: TicketClock, *, now: datetime) -> ClockLamp:
    """Say the lamp from the copies that `clocks` keeps: what `ClockState.lamp` says."""
    if not row.is_running:
        return ClockLamp.PAUSED
    if row.due_at is None:
        return ClockLamp.GREEN
    if now > row.due_at:
        return ClockLamp.RED
    warns = row.warns_at is not None and now > row.warns_at
    return ClockLamp.YELLOW if warns else ClockLamp.GREEN


def _flags(ids: Collection[int]) -> defaultdict[int, Counter[str]]:
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    names = {FollowKind.URGE: "urge", FollowKind.SUPERVISE: "supervise"}
    followed = (
        select(Ticket.id, Ticket.master_id, FollowUp.kind, func.count())
        .join(FollowUp, FollowUp.ticket_id == Ticket.id)
        .where(Ticket.id.in_(ids) | Ticket.master_id.in_(ids), FollowUp.kind.in_(names))
        .group_by(Ticket.id, Ticket.master_id, FollowUp.kind)
    )
    for ticket_id, master_id, kind, count in db.session.execute(followed):
        for heard_at in (ticket_id, master_id):
            if heard_at is not None and heard_at in ids:
                found[heard_at][names[kind]] += count
    timed = (
        select(TimeWish.ticket_id, TimeWish.state, func.count())
        .where(
            TimeWish.ticket_id.in_(ids),
            TimeWish.state.in_((WishState.OPEN, WishState.AGREED)),
            TimeWish.kind != TimeKind.SUSPENSION,
        )
        .group_by(TimeWish.ticket_id, TimeWish.state)
    )
    for ticket_id, state, count in db.session.execute(timed):
        found[ticket_id]["time_asked" if state is WishState.OPEN else "extended"] += count
    returned = (
        select(ReturnWish.ticket_id, func.count())
        .where(ReturnWish.ticket_id.in_(ids))
        .group_by(ReturnWish.ticket_id)
    )
    for ticket_id, count in db.session.execute(returned):
        found[ticket_id]["returned"] += count
    merged = (
        select(Ticket.master_id, func.count())
        .where(Ticket.master_id.in_(ids))
        .group_by(Ticket.master_id)
    )
    for master_id, count in db.session.execute(merged):
        found[master_id or 0]["merged"] += count
    return found
