"""Tells one person after another while an urgent ticket stays unsigned."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.duty_roster.escalation import EscalationStep, Unsigned, steps_due, told_for
from app.handling.unsigned import urgent_unsigned
from app.notifications import addressees, rules_of_telling
from app.notifications.addressees import Addressee
from app.notifications.models import Message
from app.notifications.occasions import Occasion, tellings_of
from app.notifications.telling import Cause, write
from app.tickets import service as tickets


@dataclass(frozen=True, kw_only=True)
class StepDue:
    """One step that is due for one unsigned ticket."""

    unsigned: Unsigned
    step: EscalationStep


def steps_now(*, now: datetime) -> list[StepDue]:
    """Return the steps that are due by now and were not taken."""
    unsigned = _unsigned(now)
    if not unsigned:
        return []
    shares = rules_of_telling.at(now).shares
    told = _told({each.ticket_id for each in unsigned})
    return [
        StepDue(unsigned=each, step=step)
        for each in unsigned
        for step in steps_due(
            replace(each, told_steps=told.get(each.dispatch_key, frozenset())),
            shares=shares,
            now=now,
        )
    ]


def take(due: StepDue) -> int:
    """Write the messages of a step, unless the ticket was signed for meanwhile; return how many."""
    keys = {each.dispatch_key for each in _unsigned(clock.now())}
    if due.unsigned.dispatch_key not in keys:
        return 0
    cause = Cause(
        occasion=Occasion.ESCALATED,
        key=f"{due.unsigned.dispatch_key}/{due.step}",
        ticket_id=due.unsigned.ticket_id,
        unit_ids=(due.unsigned.unit_id,),
        due=due.unsigned.sign_due,
    )
    ticket = tickets.get_ticket(due.unsigned.ticket_id)
    who = whom(due)
    return sum(
        write(telling, cause, ticket, who, unit_id=due.unsigned.unit_id)
        for telling in tellings_of(Occasion.ESCALATED)
    )


def whom(due: StepDue) -> list[Addressee]:
    """Return whom a step tells; with nobody on duty the unit's people, else the hotline's.

    Never an empty list: that nobody could be told is kept as a row.
    """
    now = clock.now()
    hotline = addressees.of_hotline(at=now)
    missing = [addressees.nobody(due.unsigned.unit_id)]
    if due.step is EscalationStep.HOTLINE:
        return hotline or missing
    parts = addressees.by_part(due.unsigned.unit_id, at=now)
    part = told_for(due.step, parts.keys())
    if part is not None:
        return [parts[part]]
    return addressees.liaisons_of(due.unsigned.unit_id) or [*missing, *hotline]


def _unsigned(now: datetime) -> list[Unsigned]:
    return [
        Unsigned(
            unit_id=each.unit_id,
            ticket_id=each.ticket_id,
            ticket_number=each.number,
            dispatch_key=f"a{each.assignment_id}",
            dispatched_at=each.dispatched_at,
            sign_due=each.sign_due,
        )
        for each in urgent_unsigned(now)
    ]


def _told(ticket_ids: set[int]) -> dict[str, frozenset[EscalationStep]]:
    """Return which steps were taken, by the key of the dispatch."""
    asked = select(Message.once_key).where(
        Message.occasion == Occasion.ESCALATED, Message.ticket_id.in_(ticket_ids)
    )
    found: dict[str, set[EscalationStep]] = {}
    for once_key in db.session.scalars(asked):
        dispatch_key, _, step = once_key.split(":")[1].rpartition("/")
        found.setdefault(dispatch_key, set()).add(EscalationStep(step))
    return {key: frozenset(steps) for key, steps in found.items()}
