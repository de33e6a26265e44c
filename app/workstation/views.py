"""The desk's page and its requests: everything that changes data comes by HTTP (A4)."""

import re

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.call_queue import service as call_queue
from app.core.database import steady_picture, unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.formatting import wire_moment
from app.core.forms import filled
from app.core.permissions import Permission, requires
from app.core.sign_in import background, the_person
from app.organisation import service as organisation
from app.tickets import service as tickets
from app.workstation import (
    call_pages,
    caller_pages,
    cards,
    control_pages,
    hand_pages,
    pop_cards,
    service,
)
from app.workstation.asked import asked_body, checked, whole, word
from app.workstation.forms import EnquiryForm, TicketForm

bp = Blueprint("workstation", __name__)
bp.register_blueprint(call_pages.bp)
bp.register_blueprint(control_pages.bp)
bp.register_blueprint(caller_pages.bp)
bp.register_blueprint(hand_pages.bp)


class FactsAreGone(Conflict):
    """Some of the missed facts are no longer kept: load the snapshot."""

    code = "facts-are-gone"


class DraftIsTooLong(Invalid):
    """What was typed is more than a draft holds."""

    code = "draft-is-too-long"


class DraftIsMissing(Invalid):
    """A draft is an object of form fields; something else came. Only a script can send that."""


LONGEST_DRAFT = 200_000


@bp.get("/desk")
@requires(Permission.DESK_USE)
def show_desk() -> ResponseReturnValue:
    """The page an agent works in all day."""
    return render_template("workstation/desk.html")


@bp.get("/desk/snapshot")
@background
@requires(Permission.DESK_USE)
def snapshot() -> ResponseReturnValue:
    """Return the desk as one picture."""
    agent_id = the_person().id
    with steady_picture():
        return service.desk_snapshot(agent_id)


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


@bp.put("/desk/calls/<int:call_id>/draft")
@requires(Permission.DESK_USE)
def save_draft(call_id: int) -> ResponseReturnValue:
    """Keep what is typed."""
    asked = asked_body()
    body = asked.get("body")
    if not isinstance(body, dict):
        raise DraftIsMissing(field="body")
    if len(request.get_data()) > LONGEST_DRAFT:
        raise DraftIsTooLong(field="body")
    agent_id = the_person().id
    with unit_of_work():
        call_queue.check_is_on_desk(agent_id, call_id=call_id)
        draft = tickets.save_draft(
            call_id, agent_id=agent_id, version=whole(asked.get("version")), body=body
        )
        return {"version": draft.version, "saved_at": wire_moment(draft.saved_at)}


@bp.post("/desk/calls/<int:call_id>/enquiry-record")
@requires(Permission.DESK_USE)
def record_enquiry(call_id: int) -> ResponseReturnValue:
    """Record a call that was answered at once."""
    form = checked(EnquiryForm)
    agent_id = the_person().id
    with unit_of_work():
        call_queue.check_is_on_desk(agent_id, call_id=call_id)
        record = tickets.record_enquiry(
            tickets.NewEnquiry(
                call_id=call_id,
                agent_id=agent_id,
                result=tickets.EnquiryResult(filled(form.result.data)),
                category_code=form.category_code.data,
                article_id=form.article_id.data,
                told_where=form.told_where.data or "",
                note=form.note.data or "",
                caller_name=form.caller_name.data or "",
            )
        )
        outcome = tickets.Outcome(kind="enquiry", id=record.id, number=None)
    return {"outcome": cards.outcome_card(outcome)}, 201


@bp.post("/desk/calls/<int:call_id>/ticket")
@requires(Permission.TICKETS_OPEN)
def open_ticket(call_id: int) -> ResponseReturnValue:
    """Open a ticket on first contact."""
    form = checked(TicketForm)
    agent_id = the_person().id
    with unit_of_work():
        call_queue.check_is_on_desk(agent_id, call_id=call_id)
        ticket = tickets.open_ticket(
            tickets.NewTicket(
                call_id=call_id,
                opened_by=agent_id,
                request_type=tickets.RequestType(filled(form.request_type.data)),
                title=filled(form.title.data),
                content=filled(form.content.data),
                category_code=filled(form.category_code.data),
                county_code=filled(form.county_code.data),
                town_code=form.town_code.data,
                address=form.address.data or "",
                caller_name=form.caller_name.data or "",
                contact_number=form.contact_number.data or "",
                urgency=tickets.Urgency(filled(form.urgency.data)),
                is_confidential=bool(form.is_confidential.data),
            )
        )
        outcome = tickets.Outcome(kind="ticket", id=ticket.id, number=ticket.number)
    return {"outcome": cards.outcome_card(outcome)}, 201


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


@bp.get("/desk/suggestions")
@background
@requires(Permission.DESK_USE)
def suggestions() -> ResponseReturnValue:
    """Return the entries that may answer what is typed."""
    text = request.args.get("text", "")[:400]
    return {"suggestions": pop_cards.suggestion_cards(text, request.args.get("line", ""))}


@bp.get("/desk/places")
@background
@requires(Permission.DESK_USE)
def places() -> ResponseReturnValue:
    """Return the towns of one county."""
    towns = organisation.towns_of(request.args.get("county", ""))
    return {"towns": [{"code": town.code, "name": town.name} for town in towns]}
