"""The audit desk: results handed in, looked at beside the demand, let through or sent back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.core import clock
from app.core.permissions import Permission, requires
from app.handling import acting, contacting, desk_pools, merging, reply_owed, results
from app.handling.clock_rules import ClockKind
from app.handling.desk_pools import Pool
from app.organisation import service as organisation
from app.rules.code_lists import CodeList
from app.ticket_desks import dispatch_picture
from app.ticket_desks.desk_acts import doer, note_look, seen_of, try_act
from app.ticket_desks.dispatch_forms import ActForm, CloseForm, SendBackForm
from app.ticket_desks.ticket_card import (
    cards_of,
    check_code,
    code_choices,
    code_name,
    said,
    unit_name,
)
from app.tickets.service import Ticket
from app.tickets.ticket_moves import Actor

bp = Blueprint("audit_results", __name__)

CLOCKS = (ClockKind.CITIZEN,)


@bp.get("/audit-results")
@requires(Permission.TICKETS_AUDIT)
def show_pool() -> ResponseReturnValue:
    """Show the results that wait to be looked at, the earliest due first."""
    asked = desk_pools.Asked(
        pool=Pool.AUDIT,
        county_code=request.args.get("county", "")[:16],
        after=request.args.get("after", "")[:80],
    )
    page = desk_pools.waiting_in(asked)
    cards = cards_of([each.ticket for each in page.rows], clocks=CLOCKS)
    rows = []
    for card, waiting in zip(cards, page.rows, strict=True):
        known = results.results_of(waiting.ticket.id)
        rows.append((card, waiting.since, known[-1] if known else None))
    return render_template(
        "ticket_desks/audit_pool.html",
        rows=rows, after=page.after, asked=asked, now=clock.now(),
        count=desk_pools.counted()[Pool.AUDIT],
        counties=organisation.list_counties(),
    )  # fmt: skip


@bp.get("/audit-results/<int:ticket_id>")
@requires(Permission.TICKETS_AUDIT)
def show_result(ticket_id: int) -> ResponseReturnValue:
    """Show a result beside its demand, with who spoke with the citizen and what proves it."""
    note_look(dispatch_picture.read, ticket_id)
    return _page(ticket_id)


@bp.post("/audit-results/<int:ticket_id>/approve")
@requires(Permission.TICKETS_AUDIT)
def approve(ticket_id: int) -> ResponseReturnValue:
    """Let a result hold."""
    form = ActForm(prefix="approve")
    return _act(
        ticket_id, "approve", form,
        lambda: results.approve(ticket_id, doer=doer(), seen=seen_of(form)),
        "ticket_desks.approved",
    )  # fmt: skip


@bp.post("/audit-results/<int:ticket_id>/send-back")
@requires(Permission.TICKETS_AUDIT)
def send_back(ticket_id: int) -> ResponseReturnValue:
    """Give a result back with its defect."""
    form = _send_back_form()

    def give_back() -> None:
        defect = check_code(CodeList.DEFECT, form.defect.data or "", field="defect")
        results.send_back(ticket_id, defect, form.note.data or "", doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "send_back", form, give_back, "ticket_desks.sent_back")


@bp.post("/audit-results/<int:ticket_id>/close")
@requires(Permission.TICKETS_AUDIT)
def close(ticket_id: int) -> ResponseReturnValue:
    """Close without asking the citizen, for a reason of the list."""
    form = _close_form()

    def end() -> None:
        code = check_code(CodeList.VISIT_EXCLUSION, form.exclusion.data or "", field="exclusion")
        results.close_unvisited(ticket_id, code, doer=doer(), seen=seen_of(form))

    return _act(ticket_id, "close", form, end, "ticket_desks.closed_unvisited")


def _act(
    ticket_id: int, name: str, form: FlaskForm, act: Callable[[], Any], told: str
) -> ResponseReturnValue:
    number = dispatch_picture.read(ticket_id).number

    def done() -> ResponseReturnValue:
        flash(gettext(told, number=number), "success")
        rows = desk_pools.waiting_in(desk_pools.Asked(pool=Pool.AUDIT), limit=1).rows
        here = "ticket_desks.audit_results."
        if not rows:
            return redirect(url_for(f"{here}show_pool"))
        return redirect(url_for(f"{here}show_result", ticket_id=rows[0].ticket.id))

    return try_act(form, act, done=done, again=lambda: _page(ticket_id, **{name: form}))


def _page(ticket_id: int, **refused: FlaskForm) -> str:
    ticket = dispatch_picture.read(ticket_id)
    forms: dict[str, FlaskForm] = {
        "approve": ActForm(formdata=None, prefix="approve"),
        "send_back": _send_back_form(is_fresh=True),
        "close": _close_form(is_fresh=True),
        **refused,
    }
    seen = next((seen_of(each) for each in refused.values()), None)
    for form in forms.values():
        form["seen"].data = str(ticket.version)
    contacts = contacting.contacts_of(ticket_id)
    return render_template(
        "ticket_desks/audit_result.html",
        ticket=ticket,
        card=cards_of([ticket], clocks=CLOCKS)[0],
        said=dispatch_picture.texts_of(ticket),
        results=[_result(each, ticket) for each in reversed(results.results_of(ticket_id))],
        hotline_answers=reply_owed.hotline_answers(ticket),
        contacts=[(each, unit_name(each.unit_id), said(each.note, of=ticket)) for each in contacts],
        people=accounts.people({each.by for each in contacts}),
        unanswered=cards_of(merging.unanswered_children(ticket)),
        steps=dispatch_picture.steps_of(ticket, seen=seen),
        may_judge=Actor.AUDITOR in acting.actors_of(doer(), ticket),
        forms=forms,
        now=clock.now(),
    )


def _result(row: Any, ticket: Ticket) -> dict[str, Any]:
    first = results.result_copied(row)
    return {
        "row": row,
        "unit": unit_name(row.unit_id),
        "reply": said(row.public_reply, of=ticket),
        "has_traces": said(row.public_reply, of=ticket) != row.public_reply,
        "note": said(row.internal_note, of=ticket),
        "measures": said(row.measures, of=ticket),
        "procedure": code_name(CodeList.PROCEDURE, row.procedure),
        "legal_basis": said(row.legal_basis, of=ticket),
        "defect": code_name(CodeList.DEFECT, row.defect),
        "defect_note": said(row.defect_note, of=ticket),
        "first": dispatch_picture.read(first.ticket_id) if first is not None else None,
    }


def _send_back_form(*, is_fresh: bool = False) -> SendBackForm:
    given = {"formdata": None} if is_fresh else {}
    form = SendBackForm(prefix="send_back", **given)
    form.defect.choices = code_choices(CodeList.DEFECT)
    return form


def _close_form(*, is_fresh: bool = False) -> CloseForm:
    given = {"formdata": None} if is_fresh else {}
    form = CloseForm(prefix="close", **given)
    form.exclusion.choices = code_choices(CodeList.VISIT_EXCLUSION)
    return form
