"""Which types a demand may have today, and how the dictionaries of the city call each of them."""

from flask_babel import gettext

from app.core import clock
from app.core.languages import current_language
from app.rules import type_register
from app.rules.type_versions import RequestKind, TypeBook
from app.tickets.models import Ticket
from app.tickets.ticket_states import RequestType


def offered_types() -> dict[str, str]:
    """Return the types that a demand may have today, by the dictionary that holds.

    One that starts no work, or that no clock knows, is none; without a dictionary it is all.
    """
    book = type_register.read_book()
    kinds = book.version_at(clock.now()).kinds if book.versions else ()
    found = [each for each in kinds if each.starts_clock and each.code in set(RequestType)]
    return {each.code: _named(each) for each in found} or {
        each.value: gettext(f"tickets.type_{each.value}") for each in RequestType
    }


def type_name(book: TypeBook, ticket: Ticket) -> str:
    """Return how the dictionary of the day on which a ticket was opened calls its type."""
    kind = book.version_at(ticket.opened_at).kind(ticket.request_type) if book.versions else None
    if kind is None:
        return str(gettext(f"tickets.type_{ticket.request_type.value}"))
    return _named(kind)


def type_names(tickets: list[Ticket]) -> dict[int, str]:
    """Return the name of each ticket's type by the ticket's id."""
    book = type_register.read_book()
    return {ticket.id: type_name(book, ticket) for ticket in tickets}


def _named(kind: RequestKind) -> str:
    return kind.name_en if current_language() == "en" else kind.name_zh
