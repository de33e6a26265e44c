"""Who handles a ticket: dispatched, sent down, signed for, called in, disputed, designated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core.database import db
from app.handling import clocks
from app.handling.acting import (
    Begun,
    Doer,
    Doing,
    begin,
    end,
)
from app.handling.clock_rules import ClockKind
from app.handling.events import (
    InfoAsked,
    InfoGiven,
    IntakeApproved,
    TicketDispatched,
    TicketVoided,
)
from app.handling.merging import refuse_unanswered_children
from app.handling.models import Assignment, BasisKind, Part
from app.handling.refusals import (
    GoesToAdjudication,
)
from app.handling.return_rules import goes_to_adjudication, return_key
from app.handling.unit_parts import Helper, begin_assisting, begin_part, check_helper, check_unit
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due
from app.rules.working_time import CalendarYearMissing
from app.tickets.service import Ticket
from app.tickets.ticket_moves import MoveNotPossible, TicketAct


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who is to handle a ticket, and why he."""

    lead_unit_id: int
    assistants: Sequence[Helper] = ()
    basis_kind: BasisKind = BasisKind.BY_HAND
    basis: str = ""
    note: str = ""


def dispatch(ticket_id: int, plan: Plan, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Send a ticket to the unit that leads and to those that assist.

    Raises what `acting.begin` raises; UnitCannotHandle, UnitTwice, InnerLimitTooLong at their
    field; GoesToAdjudication when it was sent about often enough.
    """
    carried = as_carried(plan)
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.DISPATCH, doer=doer, seen=seen, carried=carried)
    )
    ticket = begun.ticket
    sent = dispatches_of(ticket_id)
    most = rule_register.read_book().most("most.dispatches", begun.at)
    if goes_to_adjudication(sent, most=most):
        raise GoesToAdjudication(most=most)
    check_plan(plan)
    lead = give_lead(begun, plan, nth=sent + 1)
    end(
        begun,
        lambda told: TicketDispatched(
            **told,
            lead_unit_id=lead.unit_id,
            assistant_ids=tuple(each.unit_id for each in plan.assistants),
            nth=lead.nth,
        ),
    )
    for each in plan.assistants:
        begin_assisting(ticket, each, asked_by=lead.unit_id, doer=doer)
    return ticket


def approve_intake(
    ticket_id: int, *, note: str = "", doer: Doer, seen: int | None = None
) -> Ticket:
    """Let a new ticket be dispatched; its dispatch clock has run since it was opened."""
    carried = {"note": note.strip()}
    begun = begin(
        Doing(
            ticket_id=ticket_id, act=TicketAct.APPROVE_INTAKE, doer=doer, seen=seen,
            carried=carried,
        )
    )  # fmt: skip
    return end(begun, lambda told: IntakeApproved(**told))


def ask_info(ticket_id: int, question: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Ask the agent for what is missing: the dispatch clock stands still, the citizen's runs."""
    carried = {"question": question}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.ASK_INFO, doer=doer, seen=seen, carried=carried)
    )
    return end(begun, lambda told: InfoAsked(**told))


def give_info(ticket_id: int, text: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Give what was missing; it stands in the timeline, and the ticket waits where it was asked."""
    carried = {"text": text}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.GIVE_INFO, doer=doer, seen=seen, carried=carried)
    )
    return end(begun, lambda told: InfoGiven(**told))


def void(ticket_id: int, reason: str, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Strike out what was no demand; only before a unit had it, and only a manager."""
    carried = {"reason": reason}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.VOID, doer=doer, seen=seen, carried=carried)
    )
    if not may_be_void(ticket_id):
        raise MoveNotPossible(act=str(TicketAct.VOID), state=str(begun.ticket.state))
    refuse_unanswered_children(begun.ticket)
    clocks.finish(ticket_id, ClockKind.CITIZEN, at=begun.at, by=begun.by)
    return end(begun, lambda told: TicketVoided(**told))


def may_be_void(ticket_id: int) -> bool:
    """Say whether no unit has had it yet."""
    return dispatches_of(ticket_id) == 0


def dispatches_of(ticket_id: int) -> int:
    """Return how often a ticket was sent to a lead."""
    asked = select(func.count()).where(Assignment.ticket_id == ticket_id, Assignment.nth > 0)
    return db.session.scalar(asked) or 0


def give_lead(begun: Begun, plan: Plan, *, nth: int) -> Assignment:
    """Begin a lead's part, with the window in which it may be given back."""
    ticket = begun.ticket
    lead = begin_part(ticket, plan.lead_unit_id, Part.LEAD, doer=begun.doing.doer, note=plan.note)
    lead.nth, lead.basis_kind, lead.basis = nth, plan.basis_kind, plan.basis
    lead.return_until = return_until(ticket, begun.at, unit_id=plan.lead_unit_id)
    ticket.lead_unit_id = plan.lead_unit_id
    db.session.flush()
    return lead


def return_until(ticket: Ticket, sent_at: datetime, *, unit_id: int) -> datetime | None:
    """Return until when what was sent then may be given back; None where a year is not known.

    What is urgent runs on any day, and so does the time in which it may be given back; otherwise
    it counts by the calendar of the unit's region.
    """
    book = rule_register.read_book()
    limit = book.limit(return_key(ticket.flags), sent_at)
    way = book.counting(sent_at)
    try:
        region = working_calendar.calendar_region(unit_id)
        working, is_urgent = working_calendar.working_time(region=region), ticket.urgency.hurries
        return reckon_due(sent_at, limit, working, is_urgent=is_urgent, way=way).due
    except CalendarYearMissing:
        return None


def check_plan(plan: Plan) -> None:
    """Refuse a plan with a unit that cannot handle, or twice in it."""
    check_unit(plan.lead_unit_id, field="lead")
    taken = {plan.lead_unit_id}
    for each in plan.assistants:
        check_helper(each, others=taken)
        taken.add(each.unit_id)


def as_carried(plan: Plan) -> dict[str, Any]:
    """Return a plan as its step keeps it."""
    return {
        "lead": plan.lead_unit_id,
        "assistants": [[each.unit_id, str(each.limit)] for each in plan.assistants],
        "basis": plan.basis or str(plan.basis_kind),
        "basis_kind": str(plan.basis_kind),
        "note": plan.note,
    }
