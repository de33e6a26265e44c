"""Draws one ticket as its reader may see it."""

from flask import render_template
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.core.permissions import Permission, may
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.privacy.forms import UnmaskForm
from app.rules import service as rules
from app.tickets import duplicates, opening, reading, service
from app.tickets.refusals import NoSuchTicket


def page(ticket: service.Ticket, *, sent: FlaskForm | None = None) -> str:
    """Draw a ticket; `sent` is the form to uncover it that came back. Raises NoSuchTicket."""
    reader = reading.reader_of(the_person().id)
    said = reading.shown(ticket, reader)
    seen = reading.sight(ticket, reader, is_unmasked=said is not None and said.open is not None)
    if said is None or seen is None:
        raise NoSuchTicket
    may_unmask = said.may_unmask and may(Permission.CALLERS_UNMASK)
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        said=said,
        unmask=sent or UnmaskForm(formdata=None, prefix="unmask"),
        is_unmask_sent=sent is not None,
        may_unmask=may_unmask and (said.is_covered or said.open is not None),
        siblings=[each for each in opening.group_of(ticket) if each.id != ticket.id],
        calls_again=[
            (each.at, reading.text_shown(ticket, each.note, seen))
            for each in duplicates.calls_added_to(ticket.id)
        ],
        reason=reading.text_shown(ticket, ticket.urgency_reason, seen),
        category=rules.get_category(ticket.category_code),
        place=organisation.region_path(ticket.town_code or ticket.county_code),
        first_contact=accounts.get_person(ticket.first_contact_id),
        respondent_unit=organisation.get_unit(ticket.respondent_unit_id)
        if ticket.respondent_unit_id is not None
        else None,
    )
