"""What a dispatcher decides about units' wishes: returns and time; and what the manager decides."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.core.database import unit_of_work
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.handling import disputing, precedents, returning, timing
from app.handling.dispatching import Plan
from app.organisation import service as organisation
from app.organisation import unit_search
from app.rules import service as rules
from app.ticket_desks import dispatch_picture
from app.ticket_desks.desk_acts import beside, doer, seen_of, try_act
from app.ticket_desks.dispatch_forms import (
    ActForm,
    AgreeForm,
    DesignateForm,
    RefuseForm,
    TimeForm,
)
from app.ticket_desks.dispatch_pages import filters, next_of_pool, ticket_page
from app.ticket_desks.ticket_card import unit_name
from app.tickets import service as tickets

bp = Blueprint("decisions", __name__)


@bp.post("/dispatch/<int:ticket_id>/agree-return")
@requires(Permission.TICKETS_DISPATCH)
def agree_return(ticket_id: int) -> ResponseReturnValue:
    """Take a ticket from its unit; its page opens again to be dispatched at once."""
    form = AgreeForm(prefix="agree")

    def done() -> ResponseReturnValue:
        ticket = tickets.get_ticket(ticket_id)
        if ticket.state is not tickets.TicketState.TO_DISPATCH:
            return next_of_pool("ticket_desks.went_to_dispute", number=ticket.number)
        flash(gettext("ticket_desks.return_agreed", number=ticket.number), "success")
        page = url_for("ticket_desks.dispatch.show_ticket", ticket_id=ticket_id, **filters())
        return redirect(page)

    def agree() -> None:
        returning.agree(ticket_id, note=form.note.data or "", doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "agree", form, agree, done)


@bp.post("/dispatch/<int:ticket_id>/refuse-return")
@requires(Permission.TICKETS_DISPATCH)
def refuse_return(ticket_id: int) -> ResponseReturnValue:
    """Leave a ticket with its unit, and say why."""
    form = RefuseForm(prefix="refuse")

    def refuse() -> None:
        returning.refuse(ticket_id, form.reason.data or "", doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "refuse", form, refuse, _next(ticket_id, "ticket_desks.return_refused"))


@bp.post("/dispatch/<int:ticket_id>/decide-time")
@requires(Permission.TICKETS_DISPATCH)
def decide_time(ticket_id: int) -> ResponseReturnValue:
    """Give the time that a unit asked for, or not."""
    form = TimeForm(prefix="time")
    agrees = request.form.get("agrees") == "yes"

    def decide() -> None:
        timing.decide(
            ticket_id,
            agrees=agrees,
            words=form.words.data or "",
            doer=doer(),
            seen=seen_of(form),
        )

    told = "ticket_desks.time_agreed" if agrees else "ticket_desks.time_refused"
    return _act(ticket_id, "time", form, decide, _next(ticket_id, told))


@bp.post("/dispatch/<int:ticket_id>/designate")
@requires(Permission.TICKETS_DECIDE)
def designate(ticket_id: int) -> ResponseReturnValue:
    """Name who handles: for good, which is a precedent, or while the dispute goes on (F5)."""
    form = DesignateForm(prefix="designate")
    is_final = request.form.get("is_final") == "yes"

    def name() -> None:
        plan = Plan(
            lead_unit_id=unit_search.find_unit(form.lead.data or "", field="lead").id,
            basis=form.basis.data or "",
            note=form.note.data or "",
        )
        with beside(unit="lead"):
            disputing.designate(ticket_id, plan, is_final=is_final, doer=doer(), seen=seen_of(form))

    told = "ticket_desks.designated" if is_final else "ticket_desks.designated_for_now"
    return _act(ticket_id, "designate", form, name, _next(ticket_id, told))


@bp.get("/dispatch-precedents")
@requires(Permission.TICKETS_DISPATCH)
def list_precedents() -> ResponseReturnValue:
    """Show what was decided for such matters, and what of it is over."""
    rows = precedents.list_precedents()
    return render_template(
        "ticket_desks/precedents.html",
        rows=[
            {
                "row": each,
                "number": tickets.get_ticket(each.ticket_id).number,
                "category": rules.get_category(each.category_code).name,
                "place": organisation.region_path(each.county_code),
                "unit": unit_name(each.unit_id),
            }
            for each in rows
        ],
        people=accounts.people({each.decided_by for each in rows}),
    )


@bp.post("/dispatch-precedents/<int:precedent_id>/end")
@requires(Permission.TICKETS_DECIDE)
def end_precedent(precedent_id: int) -> ResponseReturnValue:
    """Let a precedent be offered no more."""
    check_form(ActForm())
    with unit_of_work():
        precedents.end_precedent(precedent_id, doer=doer())
    flash(gettext("ticket_desks.precedent_ended"), "success")
    return redirect(url_for("ticket_desks.decisions.list_precedents"))


def _next(ticket_id: int, told: str) -> Callable[[], ResponseReturnValue]:
    return lambda: next_of_pool(told, number=tickets.get_ticket(ticket_id).number)


def _act(
    ticket_id: int,
    name: str,
    form: FlaskForm,
    act: Callable[[], Any],
    done: Callable[[], ResponseReturnValue],
) -> ResponseReturnValue:
    dispatch_picture.read(ticket_id)
    return try_act(form, act, done=done, again=lambda: ticket_page(ticket_id, **{name: form}))
