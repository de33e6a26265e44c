"""The simulator panel: place calls, see them, let callers hang up, let calls come by themselves."""

from typing import cast
from uuid import uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.channel_entries import channel_register
from app.channel_entries.channel_states import WayIn
from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Conflict
from app.core.forms import check_form, filled
from app.core.permissions import Permission, requires
from app.core.sign_in import background
from app.demo import service
from app.demo.forms import HangUpForm, MessageForm, PlaceCallForm, TrafficForm
from app.text_intake import service as text_intake
from app.text_intake.service import NewMessage

bp = Blueprint("demo", __name__, url_prefix="/simulator")


@bp.get("")
@requires(Permission.SIMULATOR_USE)
def show_simulator() -> ResponseReturnValue:
    """Show the panel."""
    return _page(request.args.get("exchange", ""))


@bp.get("/calls")
@requires(Permission.SIMULATOR_USE)
@background
def show_simulated_calls() -> ResponseReturnValue:
    """Show the part of the panel that changes by itself."""
    panel = service.show_panel(_exchanges(), exchange_id=request.args.get("exchange", ""))
    return render_template("demo/simulated_calls.html", panel=panel)


@bp.post("/calls")
@requires(Permission.SIMULATOR_USE)
def place_calls() -> ResponseReturnValue:
    """Let somebody call."""
    form = PlaceCallForm()
    form.dialled.choices = _choices(service.list_lines())
    if not form.validate_on_submit():
        return _page(form.exchange_id.data or "", place=form), 422
    typed = form.from_number.data or None
    count = len(
        service.place_calls(
            _exchanges(),
            form.exchange_id.data or "",
            dialled=filled(form.dialled.data),
            from_number="" if form.is_withheld.data else typed,
            patience=filled(form.patience.data),
            talk_seconds=filled(form.talk_seconds.data),
            count=filled(form.count.data),
        )
    )
    flash(gettext("simulator.placed", count=count, number=form.dialled.data), "success")
    return _to_panel(form.exchange_id.data)


@bp.post("/calls/hang-up")
@requires(Permission.SIMULATOR_USE)
def hang_up() -> ResponseReturnValue:
    """Let a caller hang up."""
    form = HangUpForm()
    check_form(form)
    try:
        service.hang_up(
            _exchanges(), form.exchange_id.data or "", call_key=filled(form.call_key.data)
        )
    except Conflict as gone:
        flash(sentence(gone.code), "warning")
    else:
        flash(gettext("simulator.hung_up"), "success")
    return _to_panel(form.exchange_id.data)


@bp.post("/traffic")
@requires(Permission.SIMULATOR_USE)
def plan_traffic() -> ResponseReturnValue:
    """Let calls come by themselves, or none."""
    form = TrafficForm()
    if not form.validate_on_submit():
        return _page(form.exchange_id.data or "", traffic=form), 422
    service.plan_traffic(
        _exchanges(),
        form.exchange_id.data or "",
        is_on=bool(form.is_on.data),
        every=filled(form.every.data),
    )
    flash(gettext("simulator.traffic_changed"), "success")
    return _to_panel(form.exchange_id.data)


@bp.get("/messages")
@requires(Permission.SIMULATOR_USE)
def show_messages() -> ResponseReturnValue:
    """Show the form that puts a message in."""
    return render_template("demo/messages.html", form=_message_form(with_data=False))


@bp.post("/messages")
@requires(Permission.SIMULATOR_USE)
def bring_message() -> ResponseReturnValue:
    """Put a message in, as the gateway of its channel would."""
    form = _message_form(with_data=True)
    if not form.validate_on_submit():
        return render_template("demo/messages.html", form=form), 422
    new = NewMessage(
        channel=filled(form.channel.data),
        key=form.key.data or uuid4().hex,
        sender=filled(form.sender.data),
        text=form.text.data or "",
    )
    with unit_of_work():
        text_intake.hear(new)
    flash(gettext("texts.tried"), "success")
    return redirect(url_for("demo.show_messages"))


def _message_form(*, with_data: bool) -> MessageForm:
    form = MessageForm() if with_data else MessageForm(formdata=None)
    form.channel.choices = [
        (each.code, each.name)
        for each in channel_register.list_channels()
        if each.comes_by(WayIn.INTERFACE)
    ]
    return form


def _page(
    exchange_id: str, *, place: PlaceCallForm | None = None, traffic: TrafficForm | None = None
) -> str:
    panel = service.show_panel(_exchanges(), exchange_id=exchange_id)
    if place is None:
        place = PlaceCallForm(formdata=None, exchange_id=panel.exchange_id)
        place.dialled.choices = _choices(panel.lines)
    if traffic is None:
        traffic = TrafficForm(
            formdata=None,
            exchange_id=panel.exchange_id,
            is_on=panel.is_traffic_on,
            every=round(panel.every),
        )
    return render_template("demo/simulator.html", panel=panel, place=place, traffic=traffic)


def _choices(lines: list[service.LineChoice]) -> list[tuple[str, str]]:
    return [(line.number, f"{line.number} {line.name}".strip()) for line in lines]


def _exchanges() -> service.Exchanges:
    return cast("service.Exchanges", current_app.extensions["hotline.exchanges"])


def _to_panel(exchange_id: str | None) -> ResponseReturnValue:
    return redirect(url_for("demo.show_simulator", exchange=exchange_id or None))
