"""The page of one ticket, as its reader may read it."""

from flask import render_template
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.core.permissions import Permission, may
from app.core.phone_numbers import mask_in_text
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.privacy.forms import UnmaskForm
from app.privacy.levels import Shown
from app.tickets import holds, opening, outside_numbers, reading, ticket_words, timeline_words
from app.tickets.field_groups import grouped, without_hidden
from app.tickets.forms import OutsideNumberForm
from app.tickets.models import Ticket
from app.tickets.refusals import NoSuchTicket
from app.tickets.ticket_timeline import LEADS_TO_HIM

TEXTS = (
    "title", "content", "occurred", "respondent", "demand", "address", "identity_number",
)  # fmt: skip
"""Fields whose words depend on who reads."""


def ticket_page(
    ticket: Ticket,
    *,
    number_form: OutsideNumberForm | None = None,
    unmask_form: FlaskForm | None = None,
) -> str:
    """Return the page of a ticket. Raises NoSuchTicket to whom it is none.

    The forms hold what was wrong with what was typed on it: a number, a reason to uncover.
    """
    reader = reading.reader_of(the_person().id)
    said = reading.shown(ticket, reader)
    seen = reading.sight(ticket, reader, is_unmasked=said is not None and said.open is not None)
    if said is None or seen is None:
        raise NoSuchTicket
    values = ticket_words.words_of(ticket, {name: getattr(said, name) for name in TEXTS}) | {
        "number": ticket.number,
        "check_code": "" if ticket.erased_at else ticket.check_code,
        "first_contact": accounts.get_person(ticket.first_contact_id),
        "siblings": [each for each in opening.group_of(ticket) if each.id != ticket.id],
        "caller": ticket.contact_number or ticket.is_confidential or ticket.is_anonymous,
        "urgency_reason": reading.text_shown(ticket, ticket.urgency_reason, seen),
    }
    respondent_unit = ticket.respondent_unit_id
    if respondent_unit is not None:
        values["respondent_unit"] = organisation.get_unit(respondent_unit).name
    if seen.name is Shown.HIDDEN:
        values = without_hidden(values)
    is_there = ticket.erased_at is None  # of what is erased there is nothing to be uncovered
    may_unmask = is_there and said.may_unmask and may(Permission.CALLERS_UNMASK)
    numbers = outside_numbers.numbers_of(ticket.id)
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        hold=holds.standing_hold(ticket.id) if may(Permission.TICKETS_HOLD) else None,
        said=said,
        values=values,
        groups=grouped(values),
        life=timeline_words.life_of(
            ticket.id,
            hide=lambda text: mask_in_text(reading.text_shown(ticket, text, seen)),
            untold=LEADS_TO_HIM if ticket.is_confidential else (),
        ),
        numbers=numbers,
        own_tickets=outside_numbers.own_tickets([each.searched for each in numbers]),
        number_form=number_form or OutsideNumberForm(formdata=None),
        unmask=unmask_form or UnmaskForm(formdata=None, prefix="unmask"),
        is_unmask_sent=unmask_form is not None,
        may_unmask=may_unmask and (said.is_covered or said.open is not None),
    )
