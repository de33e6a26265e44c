"""The county's own desk: sign, send down to towns with inner limits, see what they owe."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.core import clock
from app.core.forms import choice
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.handling import acting, part_numbers, unit_leads, unit_parts
from app.handling.clock_rules import ClockKind
from app.handling.unit_leads import Led
from app.organisation import service as organisation
from app.rules.time_limits import read_limit
from app.ticket_desks import dispatch_picture, unit_picture
from app.ticket_desks.desk_acts import beside, doer, note_look, seen_of, try_act
from app.ticket_desks.dispatch_forms import ActForm, SendDownForm
from app.ticket_desks.ticket_card import cards_of, said, unit_name
from app.tickets.service import Ticket

bp = Blueprint("county", __name__)

CLOCKS = (ClockKind.CONTACT, ClockKind.SIGN, ClockKind.HANDLE, ClockKind.CITIZEN)
TABS = ("to_sign", "to_send_down", "sent_down")


@bp.get("/county-dispatch")
@requires(Permission.TICKETS_SEND_DOWN)
def show_pool() -> ResponseReturnValue:
    """Show what one's own unit leads, and what the units below it owe."""
    unit_id, now = the_person().unit_id, clock.now()
    led = unit_leads.led_by(unit_id) if unit_id is not None else []
    tab = request.args.get("tab", "")
    here = [each for each in led if _tab_of(each) == (tab if tab in TABS else TABS[0])]
    ids = [each.ticket.id for each in led]
    owed = unit_leads.owed_in(ids, to=unit_id, now=now) if unit_id is not None else []
    cards = unit_picture.cards_for([each.ticket for each in here], clocks=CLOCKS)
    return render_template(
        "ticket_desks/county_pool.html",
        unit=unit_name(unit_id),
        tabs=[(each, sum(_tab_of(row) == each for row in led)) for each in TABS],
        tab=tab if tab in TABS else TABS[0],
        rows=list(zip(cards, here, strict=True)),
        owed=_owed_lines(owed),
        now=now,
    )


@bp.get("/county-dispatch/<int:ticket_id>")
@requires(Permission.TICKETS_SEND_DOWN)
def show_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket that one's own unit leads; another's is not there."""
    note_look(_read, ticket_id)
    return _page(ticket_id)


@bp.post("/county-dispatch/<int:ticket_id>/sign")
@requires(Permission.TICKETS_SEND_DOWN)
def sign(ticket_id: int) -> ResponseReturnValue:
    """Sign for a ticket."""
    form = ActForm()
    return _act(
        ticket_id, "sign", form,
        lambda: unit_parts.sign(ticket_id, doer=doer(), seen=seen_of(form)),
        "ticket_desks.signed",
    )  # fmt: skip


@bp.post("/county-dispatch/<int:ticket_id>/send-down")
@requires(Permission.TICKETS_SEND_DOWN)
def send_down(ticket_id: int) -> ResponseReturnValue:
    """Let a town or a section below do the work, by an inner limit."""
    form = SendDownForm()
    form.unit.choices = _below()

    def send() -> None:
        with beside(assistants="unit"):
            unit_parts.send_down(
                ticket_id,
                form.unit.data,
                limit=read_limit(form.limit.data or ""),
                note=form.note.data or "",
                doer=doer(),
                seen=seen_of(form),
            )

    return _act(ticket_id, "send_down", form, send, "ticket_desks.sent_down")


def _act(
    ticket_id: int, name: str, form: FlaskForm, act: Callable[[], Any], told: str
) -> ResponseReturnValue:
    ticket = unit_leads.read_as_lead(ticket_id, unit_id=the_person().unit_id)
    number = ticket.number

    def done() -> ResponseReturnValue:
        flash(gettext(told, number=number), "success")
        return redirect(url_for("ticket_desks.county.show_ticket", ticket_id=ticket_id))

    return try_act(form, act, done=done, again=lambda: _page(ticket_id, **{name: form}))


def _read(ticket_id: int) -> Ticket:
    return unit_leads.read_as_lead(ticket_id, unit_id=the_person().unit_id)


def _page(ticket_id: int, **refused: FlaskForm) -> str:
    unit_id, now = the_person().unit_id, clock.now()
    ticket = _read(ticket_id)
    form = refused.get("send_down") or SendDownForm(formdata=None)
    sign = refused.get("sign") or ActForm(formdata=None)
    form["unit"].choices = _below()
    seen = next((seen_of(each) for each in refused.values()), None)
    form["seen"].data = sign["seen"].data = str(ticket.version)
    led = [each for each in unit_leads.led_by(unit_id or 0) if each.ticket.id == ticket_id]
    owed = unit_leads.owed_in([ticket_id], to=unit_id or 0, now=now)
    parts = acting.parts_of(ticket_id)
    return render_template(
        "ticket_desks/county_ticket.html",
        ticket=ticket,
        card=cards_of([ticket], clocks=CLOCKS)[0],
        said=dispatch_picture.texts_of(ticket),
        tell=partial(said, of=ticket),
        steps=dispatch_picture.steps_of(ticket, seen=seen),
        led=led[0] if led else None,
        owed=_owed_lines(owed),
        sign_form=sign, form=form, now=now,
        is_own=ticket.lead_unit_id == unit_id,
        parts=[(each, unit_name(each.unit_id)) for each in parts if each.ended_at is None],
        number=part_numbers.number_for(ticket, unit_id),
        part_numbers=part_numbers.numbers_of_parts(ticket, parts),
    )  # fmt: skip


def _below() -> list[Any]:
    unit_id = the_person().unit_id
    below = organisation.units_below(unit_id) if unit_id is not None else []
    return [choice(each, unit_name(each)) for each in below]


def _owed_lines(owed: list[unit_leads.Owed]) -> list[dict[str, Any]]:
    found = []
    for each in owed:
        [card] = cards_of([unit_leads.read_as_lead(each.ticket_id, unit_id=the_person().unit_id)])
        found.append({"owed": each, "unit": unit_name(each.unit_id), "card": card})
    return found


def _tab_of(led: Led) -> str:
    if led.ticket.state.value == "to_sign":
        return "to_sign"
    return "sent_down" if led.is_sent_down else "to_send_down"
