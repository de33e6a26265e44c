"""Writes down what was done with a ticket. Who may do it and what follows is the handling room's.

The one place that sets where a ticket stands; the version rises with each, so that whoever saw an
older one is told (see `read_for_change`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, or_, select

from app.core.database import db
from app.rules import type_register
from app.tickets import intake_gate
from app.tickets.models import Ticket, TicketStep
from app.tickets.refusals import NoSuchTicket, TicketIsErased
from app.tickets.ticket_moves import TicketAct
from app.tickets.ticket_states import OVER, TicketState

CLOSED_UNVISITED = str(TicketAct.CLOSE_UNVISITED)
REOPENED = str(TicketAct.REOPEN)
ARCHIVED = str(TicketAct.ARCHIVE)


def read_for_change(ticket_id: int) -> Ticket:
    """Return a ticket, locked until the save ends. Raises NoSuchTicket, TicketIsErased."""
    ticket = db.session.get(Ticket, ticket_id, with_for_update=True, populate_existing=True)
    if ticket is None:
        raise NoSuchTicket
    if ticket.erased_at is not None:
        raise TicketIsErased
    return ticket


def write_step(
    ticket: Ticket,
    act: str,
    *,
    at: datetime,
    by: int | None,
    new: TicketState | None = None,
    unit_id: int | None = None,
    carried: Mapping[str, Any] | None = None,
) -> TicketStep:
    """Write a step; `new` is where the ticket stands after it (None: where it stood)."""
    old = ticket.state
    ticket.state = new or old
    if ticket.state in OVER and old not in OVER:
        ticket.closed_at = at
    elif ticket.state not in OVER:
        ticket.closed_at = None
    step = TicketStep(
        ticket_id=ticket.id,
        act=act,
        old=old,
        new=ticket.state,
        at=at,
        by=by,
        unit_id=unit_id,
        carried=dict(carried or {}),
    )
    db.session.add(step)
    if new is None or new is old:
        ticket.version += 1  # a step that moves nothing is news for an open page all the same
    db.session.flush()
    return step


def is_counted_only(ticket: Ticket) -> bool:
    """Say whether a ticket of the hotline was over when it was written down, by its type."""
    was_at_once = ticket.state is TicketState.CLOSED and ticket.closed_at == ticket.opened_at
    if not was_at_once or ticket.is_channels_own:
        return False
    return not type_register.nature_of(ticket.request_type).starts_clock


def steps_of(ticket_id: int) -> list[TicketStep]:
    """Return everything that was done with a ticket, oldest first."""
    asked = select(TicketStep).where(TicketStep.ticket_id == ticket_id).order_by(TicketStep.id)
    return list(db.session.scalars(asked))


def owes_review(ticket_id: int) -> bool:
    """Say whether somebody has still to look at a ticket before it is dispatched."""
    return intake_gate.owes_review(each.new for each in steps_of(ticket_id))


def last_step(ticket_id: int) -> TicketStep | None:
    """Return what was done last."""
    asked = select(TicketStep).where(TicketStep.ticket_id == ticket_id)
    return db.session.scalars(asked.order_by(TicketStep.id.desc()).limit(1)).first()


def acts_between(begins: datetime, ends: datetime) -> dict[tuple[int, int], set[str]]:
    """Return what was done in a time: the acts, by the ticket and who did them.

    What the citizen or a deadline did is nobody's of ours.
    """
    wanted = select(TicketStep.ticket_id, TicketStep.by, TicketStep.act).where(
        TicketStep.at >= begins, TicketStep.at < ends
    )
    done: dict[tuple[int, int], set[str]] = {}
    for ticket_id, by, act in db.session.execute(wanted.order_by(TicketStep.at, TicketStep.id)):
        if by is not None:
            done.setdefault((ticket_id, by), set()).add(act)
    return done


def exclusions_given(ticket_ids: Select[Any]) -> dict[int, set[str]]:
    """Return the reasons for which the selected tickets were closed without a visit.

    A reason holds for its round: what was taken up again afterwards is asked about like anything.
    """
    wanted = select(TicketStep.ticket_id, TicketStep.act, TicketStep.carried).where(
        TicketStep.ticket_id.in_(ticket_ids), TicketStep.act.in_((CLOSED_UNVISITED, REOPENED))
    )
    given: dict[int, set[str]] = {}
    for ticket_id, act, carried in db.session.execute(wanted.order_by(TicketStep.id)):
        if act == REOPENED:
            given.pop(ticket_id, None)
        elif reason := str(carried.get("exclusion", "")):
            given.setdefault(ticket_id, set()).add(reason)
    return given


def archived_from(ticket_ids: Select[Any]) -> dict[int, TicketState]:
    """Return where the selected tickets stood that were put away; how they ended is not lost."""
    wanted = select(TicketStep.ticket_id, TicketStep.old).where(
        TicketStep.ticket_id.in_(ticket_ids), TicketStep.act == ARCHIVED
    )
    return {
        ticket_id: old
        for ticket_id, old in db.session.execute(wanted.order_by(TicketStep.id))
        if old is not None
    }


def moved_at() -> ScalarSelect[datetime]:
    """Select, for the ticket of each row of another select, when it came to where it stands."""
    return (
        select(func.max(TicketStep.at))
        .where(
            TicketStep.ticket_id == Ticket.id,
            or_(TicketStep.old.is_(None), TicketStep.old != TicketStep.new),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
