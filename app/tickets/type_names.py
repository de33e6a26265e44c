"""Which types a demand may have today, and how the dictionaries of the city call each of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask_babel import force_locale, gettext

from app.core import clock
from app.core.handed_down import given
from app.core.languages import LOCALES, current_language
from app.rules import type_register
from app.rules.type_natures import Nature
from app.rules.type_versions import RequestKind, TypeBook
from app.tickets.list_names import ListNames
from app.tickets.models import Ticket


def offered_types() -> dict[str, str]:
    """Return the types that a demand may have today, by the dictionary that holds."""
    return _by_code(type_register.read_book().offered_at(clock.now()))


def working_types() -> dict[str, str]:
    """Return those that start work: what is handled can be none of the others."""
    kinds = type_register.read_book().offered_at(clock.now())
    return _by_code(each for each in kinds if each.starts_clock)


def types_until_now() -> dict[str, str]:
    """Return every type that a ticket may have, those of today first, for who looks for tickets."""
    now = clock.now()
    return _by_code(given(ListNames).at(now).types.known_at(now).values())


def natures_until_now() -> Mapping[str, Nature]:
    """Return what each of `types_until_now` behaves like."""
    known = type_register.read_book().known_at(clock.now())
    return {code: kind.nature for code, kind in known.items()}


def spellings_of_types() -> dict[str, str]:
    """Say for the code and the names of every type, in both languages, that it means the type.

    Where two are called alike, the word means the one of today.
    """
    spelled: dict[str, str] = {}
    for kind in reversed(type_register.read_book().known_at(clock.now()).values()):
        spelled[kind.code.lower()] = kind.code
        for language, locale in LOCALES.items():
            with force_locale(locale):
                spelled[kind_name(kind, language=language).lower()] = kind.code
    return spelled


def type_name(book: TypeBook, ticket: Ticket) -> str:
    """Return how the dictionary of the day on which a ticket was opened calls its type."""
    return name_at(book, ticket.request_type, ticket.opened_at)


def type_names(tickets: list[Ticket]) -> dict[int, str]:
    """Return the name of each ticket's type by the ticket's id."""
    book = type_register.read_book()
    return {ticket.id: type_name(book, ticket) for ticket in tickets}


def name_at(book: TypeBook, code: str, at: datetime) -> str:
    """Return how a type was called at a moment; one that no dictionary has stays a code."""
    kind = book.kind_at(code, at)
    return kind_name(kind) if kind is not None else code


def kind_name(kind: RequestKind, *, language: str | None = None) -> str:
    """Return how a type is called; without a dictionary our own words name it."""
    is_english = (language or current_language()) == "en"
    own = kind.name_en if is_english else kind.name_zh
    return own or str(gettext(f"tickets.type_{kind.code}"))


def type_name_on_page(code: str, at: datetime | None = None) -> str:
    """Return how a type was called at a moment (default: now), as it was read a moment ago."""
    now = clock.now()
    book = given(ListNames).at(now).types
    if book.kind_at(code, now) is None:
        book = type_register.read_book()
    return name_at(book, code, at or now)


def known_type(code: str) -> str:
    """Return how a type is called now, as it was read a moment ago; any other word stays."""
    now = clock.now()
    return name_at(given(ListNames).at(now).types, code, now)


def _by_code(kinds: Iterable[RequestKind]) -> dict[str, str]:
    return {each.code: kind_name(each) for each in kinds}
