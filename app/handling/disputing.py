"""Whose duty it is, where units disagree: the hotline decides, and remembers what it decided."""

from sqlalchemy import select

from app.core.database import db
from app.handling.acting import (
    Doer,
    Doing,
    begin,
    end,
    end_parts,
    lapse_wishes,
    lead_of,
)
from app.handling.dispatching import Plan, as_carried, check_plan, dispatches_of, give_lead
from app.handling.events import (
    TicketDesignated,
    TicketReferred,
)
from app.handling.models import Dispute, PartEnding, Precedent
from app.handling.unit_parts import mark_signed
from app.tickets.service import Ticket
from app.tickets.ticket_moves import MoveNotPossible, TicketAct


def refer(ticket_id: int, opinions: str, *, doer: Doer | None, seen: int | None = None) -> Ticket:
    """Let the hotline decide whose duty it is; `doer` None: it was sent about often enough."""
    carried = {"opinions": opinions}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.REFER, doer=doer, seen=seen, carried=carried)
    )
    ticket = begun.ticket
    db.session.add(
        Dispute(ticket_id=ticket_id, opinions=opinions, opened_at=begun.at, opened_by=begun.by)
    )
    return end(begun, lambda told: TicketReferred(**told, dispatches=dispatches_of(ticket.id)))


def designate(
    ticket_id: int,
    plan: Plan,
    *,
    doer: Doer,
    is_final: bool = True,
    seen: int | None = None,
) -> Ticket:
    """Name who handles; what is final is a precedent for such matters in such places (F4, F5).

    What is not final lets the dispute go on while the unit handles; it ends with another call of
    this. Raises what `acting.begin` raises, UnitCannotHandle, MoveNotPossible without a dispute.
    """
    carried = {**as_carried(plan), "is_final": is_final}
    begun = begin(
        Doing(ticket_id=ticket_id, act=TicketAct.DESIGNATE, doer=doer, seen=seen, carried=carried)
    )
    ticket, dispute = begun.ticket, open_dispute(ticket_id)
    if dispute is None:
        raise MoveNotPossible(act=str(TicketAct.DESIGNATE), state=str(ticket.state))
    check_plan(plan)
    lead = lead_of(ticket_id)
    if lead is None or lead.unit_id != plan.lead_unit_id:
        end_parts(ticket, PartEnding.REPLACED, at=begun.at)
        lead = give_lead(begun, plan, nth=dispatches_of(ticket_id) + 1)
    lapse_wishes(ticket_id, at=begun.at)
    lead.return_until = begun.at  # what the hotline decided is binding
    if lead.signed_at is None:
        mark_signed(lead, at=begun.at, by=None)
    dispute.provisional_unit_id = plan.lead_unit_id
    if is_final:
        dispute.settled_at, dispute.settled_by = begun.at, begun.by
        db.session.add(
            Precedent(
                ticket_id=ticket_id,
                category_code=ticket.category_code,
                county_code=ticket.county_code,
                unit_id=plan.lead_unit_id,
                basis=plan.basis,
                decided_at=begun.at,
                decided_by=doer.user_id,
            )
        )
    return end(
        begun,
        lambda told: TicketDesignated(**told, lead_unit_id=plan.lead_unit_id, is_final=is_final),
    )


def open_dispute(ticket_id: int) -> Dispute | None:
    """Return the dispute about a ticket that is not settled yet."""
    asked = select(Dispute).where(Dispute.ticket_id == ticket_id, Dispute.settled_at.is_(None))
    return db.session.scalars(asked.order_by(Dispute.id.desc()).limit(1)).first()
