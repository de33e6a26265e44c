"""The desk's page and its requests: everything that changes data comes by HTTP (A4)."""

import re

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from app.call_queue import service as call_queue
from app.core.database import steady_picture, unit_of_work
from app.core.errors import Conflict
from app.core.permissions import Permission, requires
from app.core.sign_in import background, the_person
from app.workstation import (
    call_pages,
    caller_pages,
    cards,
    control_pages,
    form_look_ups,
    hand_off_pages,
    hand_pages,
    misuse_pages,
    service,
    writing_pages,
)
from app.workstation.asked import asked_body, whole, word

bp = Blueprint("workstation", __name__)
bp.register_blueprint(call_pages.bp)
bp.register_blueprint(control_pages.bp)
bp.register_blueprint(caller_pages.bp)
bp.register_blueprint(hand_off_pages.bp)
bp.register_blueprint(hand_pages.bp)
bp.register_blueprint(misuse_pages.bp)
bp.register_blueprint(form_look_ups.bp)
bp.register_blueprint(writing_pages.bp)


class FactsAreGone(Conflict):
    """Some of the missed facts are no longer kept: load the snapshot."""

    code = "facts-are-gone"


@bp.get("/desk")
@requires(Permission.DESK_USE)
def show_desk() -> ResponseReturnValue:
    """The page an agent works in all day."""
    return render_template("workstation/desk.html")


@bp.get("/desk/snapshot")
@background
@requires(Permission.DESK_USE)
def snapshot() -> ResponseReturnValue:
    """Return the desk as one picture.

    Beside it a fresh token for this session's requests: a page may be older than its session, when
    its person signed in again or changed the password in another tab.
    """
    agent_id = the_person().id
    with steady_picture():
        answer = jsonify(service.desk_snapshot(agent_id))
    answer.headers["X-CSRFToken"] = generate_csrf()
    return answer


@bp.get("/desk/facts")
@background
@requires(Permission.DESK_USE)
def facts() -> ResponseReturnValue:
    """Return the facts a page has missed."""
    after = whole(request.args.get("after"))
    with steady_picture():
        missed = service.missed_facts(the_person().id, after=after)
    if missed is None:
        raise FactsAreGone
    return {"facts": missed}


@bp.get("/desk/pulse")
@background
@requires(Permission.DESK_USE)
def pulse() -> ResponseReturnValue:
    """Answer a page that asks whether the network is there."""
    return "", 204


@bp.get("/desk/phone")
@background
@requires(Permission.DESK_USE)
def phone() -> ResponseReturnValue:
    """Return what the page's phone registers with."""
    host = re.sub(r":\d+$", "", request.host)  # an IPv6 address keeps its brackets
    return service.phone_credentials(the_person().id, host=host)


@bp.post("/desk/presence")
@requires(Permission.DESK_USE)
def set_presence() -> ResponseReturnValue:
    """Become ready, or not ready for a reason."""
    asked = asked_body()
    agent_id = the_person().id
    with unit_of_work():
        if asked.get("state") == call_queue.PresenceState.READY:
            call_queue.become_ready(agent_id)
        else:
            call_queue.become_not_ready(agent_id, reason=str(asked.get("reason") or ""))
    return {"presence": cards.presence_card(agent_id)}


@bp.post("/desk/next-state")
@requires(Permission.DESK_USE)
def choose_next_state() -> ResponseReturnValue:
    """Say in a call what comes after it."""
    asked = asked_body()
    agent_id = the_person().id
    reason = asked.get("reason")
    with unit_of_work():
        call_queue.choose_next(
            agent_id, state=str(asked.get("state")), reason=str(reason) if reason else None
        )
    return {"presence": cards.presence_card(agent_id)}


@bp.post("/desk/calls/<int:call_id>/answer")
@requires(Permission.DESK_USE)
def answer(call_id: int) -> ResponseReturnValue:
    """Take the call on a phone that is not in the page."""
    with unit_of_work():
        order_id = call_queue.answer(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/hang-up")
@requires(Permission.DESK_USE)
def hang_up(call_id: int) -> ResponseReturnValue:
    """End the call."""
    with unit_of_work():
        order_id = call_queue.hang_up(the_person().id, call_id=call_id)
    return {"order_id": order_id}, 202


@bp.post("/desk/calls/<int:call_id>/phone-lost")
@requires(Permission.DESK_USE)
def report_phone_lost(call_id: int) -> ResponseReturnValue:
    """The page's phone hears nothing any more; `is_ready` when it may be rung as it is."""
    is_ready = asked_body().get("is_ready") is True
    with unit_of_work():
        call_queue.report_phone_lost(the_person().id, call_id=call_id, is_ready=is_ready)
    return "", 202


@bp.post("/desk/wrap-up/finish")
@requires(Permission.DESK_USE)
def finish_wrap_up() -> ResponseReturnValue:
    """Close the call on the desk and go on."""
    asked = asked_body()
    agent_id = the_person().id
    with unit_of_work():
        call_queue.finish_wrap_up(
            agent_id,
            call_id=whole(asked.get("call_id")),
            code=word(asked.get("code")),
            next_state=word(asked.get("next_state")),
        )
    return {"presence": cards.presence_card(agent_id)}


@bp.post("/desk/wrap-up/extend")
@requires(Permission.DESK_USE)
def extend_wrap_up() -> ResponseReturnValue:
    """Ask for more time after a call."""
    agent_id = the_person().id
    with unit_of_work():
        call_queue.extend_wrap_up(agent_id)
    return {"presence": cards.presence_card(agent_id)}
