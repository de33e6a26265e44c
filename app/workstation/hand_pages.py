"""Requests around the call: missed callers, messages, own settings, own figures, the machine."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.calls import call_backs
from app.core.database import steady_picture, unit_of_work
from app.core.forms import filled
from app.core.permissions import Permission, requires
from app.core.sign_in import background, the_person
from app.workstation import hand_cards, machines, messages, notices, own_settings
from app.workstation.asked import asked_body, checked
from app.workstation.hand_forms import AnswerForm, GivingUpForm, MachineForm, MessageForm

bp = Blueprint("hands", __name__)


@bp.post("/desk/call-backs/<int:call_id>/take")
@requires(Permission.DESK_USE)
def take_call_back(call_id: int) -> ResponseReturnValue:
    """Care for a missed caller."""
    with unit_of_work():
        call_backs.take(call_id, agent_id=the_person().id)
    return "", 204


@bp.post("/desk/call-backs/<int:call_id>/release")
@requires(Permission.DESK_USE)
def release_call_back(call_id: int) -> ResponseReturnValue:
    """Let others care for him."""
    with unit_of_work():
        call_backs.release(call_id, agent_id=the_person().id)
    return "", 204


@bp.post("/desk/call-backs/<int:call_id>/give-up")
@requires(Permission.DESK_USE)
def give_up_call_back(call_id: int) -> ResponseReturnValue:
    """Close the matter without a talk, with a reason."""
    why = filled(checked(GivingUpForm).why.data)
    with unit_of_work():
        call_backs.give_up(call_id, agent_id=the_person().id, why=why)
    return "", 204


@bp.post("/desk/messages")
@requires(Permission.DESK_USE)
def send_message() -> ResponseReturnValue:
    """Send a word to a colleague, or ask the shift leaders for help."""
    form = checked(MessageForm)
    with unit_of_work():
        message_id = messages.send(
            the_person().id,
            to=form.to.data or "",
            text=filled(form.text.data),
            call_id=form.call_id.data,
        )
    return {"message_id": message_id}, 201


@bp.post("/desk/messages/<int:message_id>/answer")
@requires(Permission.DESK_USE)
def answer_message(message_id: int) -> ResponseReturnValue:
    """Answer a message."""
    text = filled(checked(AnswerForm).text.data)
    with unit_of_work():
        messages.answer(the_person().id, message_id, text=text)
    return "", 204


@bp.post("/desk/notices/<int:notice_id>/seen")
@requires(Permission.DESK_USE)
def see_notice(notice_id: int) -> ResponseReturnValue:
    """Take what somebody did at this desk off it: its agent has read it."""
    with unit_of_work():
        notices.see(the_person().id, notice_id)
    return "", 204


@bp.put("/desk/settings")
@requires(Permission.DESK_USE)
def save_settings() -> ResponseReturnValue:
    """Keep keys, loudness and text size as this person wants them."""
    asked = asked_body()
    with unit_of_work():
        own_settings.save_settings(the_person().id, asked)
    return "", 204


@bp.post("/desk/machine")
@requires(Permission.DESK_USE)
def take_desk() -> ResponseReturnValue:
    """Let the desk work on this machine."""
    machine = filled(checked(MachineForm).machine.data)
    with unit_of_work():
        machines.take_desk(the_person().id, machine=machine)
    return "", 204


@bp.get("/desk/own-day")
@background
@requires(Permission.DESK_USE)
def own_day() -> ResponseReturnValue:
    """Return the agent's own figures since midnight."""
    with steady_picture():
        return hand_cards.own_day_card(the_person().id)


@bp.get("/desk/why-no-call")
@background
@requires(Permission.DESK_USE)
def why_no_call() -> ResponseReturnValue:
    """Return why no call comes to this agent now."""
    with steady_picture():
        return hand_cards.no_call_card(the_person().id)
