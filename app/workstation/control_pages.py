"""Wishes about the call on the desk: each answers 202 with the order's id; outcomes are facts."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.safe_addresses import is_own_address
from app.call_queue import conferring
from app.core.database import steady_picture, unit_of_work
from app.core.error_pages import sentence, wants_json
from app.core.errors import Refusal
from app.core.forms import filled
from app.core.permissions import Permission, may, requires
from app.core.sign_in import background, the_person
from app.workstation import called_persons, control_cards, hand_cards
from app.workstation.asked import checked, filled_form
from app.workstation.forms import CallOutForm, DigitsForm, GoalForm, SupervisionForm, SwitchForm

bp = Blueprint("call_control", __name__)


@bp.post("/desk/calls/<int:call_id>/hold")
@requires(Permission.DESK_USE)
def hold(call_id: int) -> ResponseReturnValue:
    """Let the caller hear music."""
    with unit_of_work():
        order_id = conferring.hold(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/resume")
@requires(Permission.DESK_USE)
def resume(call_id: int) -> ResponseReturnValue:
    """Speak with the held caller again."""
    with unit_of_work():
        order_id = conferring.resume(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/mute")
@requires(Permission.DESK_USE)
def mute(call_id: int) -> ResponseReturnValue:
    """Be heard by the caller no longer, or again."""
    is_on = checked(SwitchForm).is_on.data == "True"
    with unit_of_work():
        order_id = conferring.mute(the_person().id, call_id=call_id, is_muted=is_on)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/recording-pause")
@requires(Permission.DESK_USE)
def pause_recording(call_id: int) -> ResponseReturnValue:
    """Record silence, or sound again."""
    is_on = checked(SwitchForm).is_on.data == "True"
    with unit_of_work():
        order_id = conferring.pause_recording(the_person().id, call_id=call_id, is_paused=is_on)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/digits")
@requires(Permission.DESK_USE)
def send_digits(call_id: int) -> ResponseReturnValue:
    """Press keys."""
    digits = filled(checked(DigitsForm).digits.data)
    with unit_of_work():
        order_id = conferring.send_digits(the_person().id, call_id=call_id, digits=digits)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/consult")
@requires(Permission.DESK_USE)
def consult(call_id: int) -> ResponseReturnValue:
    """Ring somebody while the caller hears music."""
    form = checked(GoalForm)
    with unit_of_work():
        order_id = conferring.consult(
            the_person().id,
            call_id=call_id,
            kind=filled(form.kind.data),
            to=filled(form.to.data),
            summary=form.summary.data or "",
        )
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/transfer")
@requires(Permission.DESK_USE)
def transfer(call_id: int) -> ResponseReturnValue:
    """Leave the caller to somebody who is rung for him."""
    form = checked(GoalForm)
    with unit_of_work():
        order_id = conferring.transfer(
            the_person().id,
            call_id=call_id,
            kind=filled(form.kind.data),
            to=filled(form.to.data),
            summary=form.summary.data or "",
        )
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/join")
@requires(Permission.DESK_USE)
def join(call_id: int) -> ResponseReturnValue:
    """Let caller, agent and party talk together."""
    with unit_of_work():
        order_id = conferring.join(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/leave")
@requires(Permission.DESK_USE)
def leave(call_id: int) -> ResponseReturnValue:
    """Leave the caller to the party who answered."""
    with unit_of_work():
        order_id = conferring.leave(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/parties/<int:party>/drop")
@requires(Permission.DESK_USE)
def drop_party(call_id: int, party: int) -> ResponseReturnValue:
    """End a party's leg."""
    with unit_of_work():
        order_id = conferring.drop_party(the_person().id, call_id=call_id, party=party)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls-out")
@requires(Permission.DESK_USE)
def call_out() -> ResponseReturnValue:
    """Call a citizen: a number typed, or one that stands masked on a page.

    A plain page gets its reader back with a sentence: the call itself begins at his desk.
    """
    if wants_json():
        call_id, order_id = _call_out(checked(CallOutForm))
        return {"order_id": order_id, "call_id": call_id}, 202
    try:
        form = filled_form(CallOutForm, request.form)[0]
        form.shown_number.data = called_persons.number_shown()
        _call_out(form)
    except Refusal as refusal:
        flash(sentence(refusal.code, refusal.parameters), "warning")
    else:
        flash(gettext("call_out.begun"), "success")
    back = request.form.get("back", "")
    return redirect(back if is_own_address(back) else url_for("workstation.show_desk"))


def _call_out(form: CallOutForm) -> tuple[int, int]:
    with unit_of_work():
        number = called_persons.number_asked(form, agent_id=the_person().id, may=may)
        return conferring.call_out(
            the_person().id, number=number, shown_number=form.shown_number.data or ""
        )


@bp.post("/supervision/calls/<int:call_id>")
@requires(Permission.CALLS_SUPERVISE)
def supervise(call_id: int) -> ResponseReturnValue:
    """Listen, whisper or speak to both, or change between them."""
    mode = filled(checked(SupervisionForm).mode.data)
    with unit_of_work():
        order_id = conferring.supervise(the_person().id, call_id=call_id, mode=mode)
    return {"order_id": order_id}, 202


@bp.post("/supervision/calls/<int:call_id>/stop")
@requires(Permission.CALLS_SUPERVISE)
def stop_supervising(call_id: int) -> ResponseReturnValue:
    """Leave a call that one supervised."""
    with unit_of_work():
        order_id = conferring.stop_supervising(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.get("/desk/directory")
@background
@requires(Permission.DESK_USE)
def directory() -> ResponseReturnValue:
    """Return whom a caller can be handed to: colleagues as they are now, units and services."""
    with steady_picture():
        return control_cards.directory_card(the_person().id)


@bp.get("/desk/call-backs")
@background
@requires(Permission.DESK_USE)
def call_backs() -> ResponseReturnValue:
    """Return callers nobody answered, of the last days, for whoever has time to call them."""
    with steady_picture():
        days = request.args.get("days", 3, type=int)
        return {"calls": hand_cards.call_back_cards(days, agent_id=the_person().id)}
