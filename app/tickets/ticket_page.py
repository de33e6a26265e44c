"""The page of one ticket, as its reader may read it."""

from flask import render_template

from app.accounts import service as accounts
from app.core.sign_in import the_person
from app.tickets import duplicates, opening, outside_numbers, ticket_words
from app.tickets.field_groups import grouped, without_hidden
from app.tickets.forms import OutsideNumberForm
from app.tickets.models import Ticket
from app.tickets.unit_view import hidden_in_text

TEXTS = ("title", "content", "occurred", "respondent", "demand", "address")


def ticket_page(ticket: Ticket, *, number_form: OutsideNumberForm | None = None) -> str:
    """Return the page of a ticket; `number_form` holds what was wrong with a number typed on it."""
    is_as_unit_reads = ticket.is_confidential and ticket.first_contact_id != the_person().id
    said = _said(ticket, is_as_unit_reads=is_as_unit_reads)
    siblings = [each for each in opening.group_of(ticket) if each.id != ticket.id]
    calls_again = duplicates.calls_added_to(ticket.id)
    values = ticket_words.words_of(ticket, said) | {
        "number": ticket.number,
        "first_contact": accounts.get_person(ticket.first_contact_id),
        "siblings": siblings,
        "caller": ticket.contact_number or ticket.is_confidential,
        "calls_again": calls_again,
    }
    if is_as_unit_reads:
        values = without_hidden(values)
    numbers = outside_numbers.numbers_of(ticket.id)
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        said=said,
        is_as_unit_reads=is_as_unit_reads,
        values=values,
        groups=grouped(values),
        numbers=numbers,
        own_tickets=outside_numbers.own_tickets([each.searched for each in numbers]),
        number_form=number_form or OutsideNumberForm(formdata=None),
    )


def _said(ticket: Ticket, *, is_as_unit_reads: bool) -> dict[str, str]:
    """Return the texts of a ticket; of a confidential one as its handling unit reads them."""
    said = {name: getattr(ticket, name) for name in TEXTS}
    if not is_as_unit_reads:
        return said
    hidden = {
        name: hidden_in_text(text, caller_name=ticket.caller_name) for name, text in said.items()
    }
    return {**hidden, "address": ""}
