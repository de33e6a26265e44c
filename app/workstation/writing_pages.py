"""Requests that write down what a call was about: draft, enquiry record, tickets, same matter."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.call_queue import service as call_queue
from app.core.database import unit_of_work
from app.core.errors import Invalid
from app.core.formatting import wire_moment
from app.core.forms import FormRefused, filled
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.privacy.levels import PrivacyLevel
from app.tickets import duplicates, numbering, opening
from app.tickets import service as tickets
from app.tickets.ticket_flags import words_in
from app.workstation import cards
from app.workstation.asked import asked_body, checked, filled_form, whole
from app.workstation.forms import (
    MOST_DEMANDS,
    EnquiryForm,
    FurtherDemandForm,
    SameMatterForm,
    TicketForm,
)
from app.workstation.hand_forms import MachineForm

bp = Blueprint("writing_pages", __name__)

LONGEST_DRAFT = 500_000
"""Characters of a draft. Far more than any form takes: what was pasted must not get lost."""


class DraftIsTooLong(Invalid):
    """What was typed is more than a draft holds."""

    code = "draft-is-too-long"


class DraftIsMissing(Invalid):
    """A draft is an object of form fields; something else came. Only a script can send that."""


@bp.put("/desk/calls/<int:call_id>/draft")
@requires(Permission.DESK_USE)
def save_draft(call_id: int) -> ResponseReturnValue:
    """Keep what is typed."""
    asked = asked_body()
    body = asked.get("body")
    if not isinstance(body, dict):
        raise DraftIsMissing(field="body")
    if _length(body) > LONGEST_DRAFT:
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
                exclusion_code=form.exclusion_code.data or "",
                told_where=form.told_where.data or "",
                told_words=form.told_words.data or "",
                caller_objects=bool(form.caller_objects.data),
                was_warned=bool(form.was_warned.data),
                transfer_to=form.transfer_to.data or "",
                note=form.note.data or "",
                caller_name=form.caller_name.data or "",
                once_key=_once_key(call_id, agent_id, form.once.data),
            )
        )
        outcome = tickets.Outcome(kind="enquiry", id=record.id, number=None)
    return {"outcome": cards.outcome_card(outcome)}, 201


@bp.post("/desk/calls/<int:call_id>/ticket")
@requires(Permission.TICKETS_OPEN)
def open_ticket(call_id: int) -> ResponseReturnValue:
    """Open a ticket on first contact; several at once where the caller has several demands."""
    asked = dict(asked_body())
    further = asked.pop("further", [])
    form, more = _checked_demands(asked, further if isinstance(further, list) else [])
    agent_id = the_person().id
    once_key = _once_key(call_id, agent_id, form.once.data)
    with unit_of_work():
        call_queue.check_is_on_desk(agent_id, call_id=call_id)
        first = _new_ticket(form, call_id=call_id, agent_id=agent_id)
        demands = [
            replace(first, once_key=once_key, reserved_number=form.reserved_number.data or ""),
            *(_further(first, each) for each in more),
        ]
        was_there = bool(once_key and opening.opened_with(once_key))
        opened = tickets.open_tickets(demands)
        outcomes = [cards.outcome_card(tickets.outcome_of(each)) for each in opened]
    return {"outcome": outcomes[0], "outcomes": outcomes, "was_there": was_there}, 201


@bp.post("/desk/calls/<int:call_id>/same-matter")
@requires(Permission.TICKETS_OPEN)
def add_to_ticket(call_id: int) -> ResponseReturnValue:
    """Add the call to a ticket that is there already, instead of opening a second one."""
    form = checked(SameMatterForm)
    person = the_person()
    with unit_of_work():
        call_queue.check_is_on_desk(person.id, call_id=call_id)
        ticket = duplicates.add_call(
            filled(form.ticket_id.data),
            call_id=call_id,
            agent_id=person.id,
            note=form.note.data or "",
            reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
        )
        outcome = tickets.Outcome(kind="same_matter", id=ticket.id, number=ticket.number)
    return {"outcome": cards.outcome_card(outcome)}, 201


@bp.post("/desk/ticket-numbers")
@requires(Permission.TICKETS_OPEN)
def reserve_numbers() -> ResponseReturnValue:
    """Put numbers aside for tickets that this browser finishes while the server is away."""
    machine = filled(checked(MachineForm).machine.data)
    with unit_of_work():
        return {"numbers": numbering.reserve_numbers(the_person().id, machine=machine)}


def _checked_demands(
    asked: Mapping[str, Any], further: list[Any]
) -> tuple[TicketForm, list[FurtherDemandForm]]:
    """Check all demands at once, so that every wrong field is told in one answer."""
    form, wrong = filled_form(TicketForm, asked)
    if len(further) > MOST_DEMANDS - 1:
        wrong["further"] = [gettext("form.too-many-demands", most=MOST_DEMANDS)]
    more = []
    for place, each in enumerate(further[: MOST_DEMANDS - 1]):
        one, its_wrong = filled_form(FurtherDemandForm, each if isinstance(each, dict) else {})
        wrong.update({f"further-{place}-{name}": told for name, told in its_wrong.items()})
        more.append(one)
    if wrong:
        raise FormRefused(wrong)
    return form, more


def _new_ticket(form: TicketForm, *, call_id: int, agent_id: int) -> tickets.NewTicket:
    return tickets.NewTicket(
        call_id=call_id,
        opened_by=agent_id,
        request_type=filled(form.request_type.data),
        title=filled(form.title.data),
        content=filled(form.content.data),
        category_code=filled(form.category_code.data),
        county_code=filled(form.county_code.data),
        town_code=form.town_code.data,
        address=form.address.data or "",
        occurred=form.occurred.data or "",
        respondent=form.respondent.data or "",
        demand=form.demand.data or "",
        caller_name=form.caller_name.data or "",
        contact_number=form.contact_number.data or "",
        urgency=tickets.Urgency(filled(form.urgency.data)),
        urgency_reason=form.urgency_reason.data or "",
        is_confidential=bool(form.is_confidential.data),
        privacy=PrivacyLevel(form.privacy.data or PrivacyLevel.ORDINARY),
        is_anonymous=bool(form.is_anonymous.data),
        respondent_unit_id=form.respondent_unit_id.data,
        details=form.details(),
        grid=form.grid.data or "",
        spot=form.spot(),
        place_id=form.place_id.data,
        flags=words_in(form.flags.data or ""),
        tags=words_in(form.tags.data or ""),
    )


def _further(first: tickets.NewTicket, form: FurtherDemandForm) -> tickets.NewTicket:
    """Make a sibling: caller and place are the first one's, the demand is its own."""
    return replace(
        first,
        details=replace(first.details, people_count=None, amount=None),
        flags=(),
        tags=(),
        request_type=filled(form.request_type.data),
        category_code=filled(form.category_code.data),
        title=filled(form.title.data),
        content=filled(form.content.data),
        demand=form.demand.data or "",
        urgency=tickets.Urgency(filled(form.urgency.data)),
        urgency_reason=form.urgency_reason.data or "",
    )


def _once_key(call_id: int, agent_id: int, given: str | None) -> str | None:
    """Make the page's word for one act its own: no other agent and no other call can have it."""
    return f"{call_id}:{agent_id}:{given}" if given else None


def _length(body: Mapping[str, Any]) -> int:
    return sum(
        _length(each) if isinstance(each, dict) else len(str(each)) for each in body.values()
    )
