"""What a row of a list says when it leaves as a file: no whole number, no whole name, ever."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from flask_babel import gettext

from app.accounts import service as accounts
from app.callers.shown_names import shown_name
from app.core.formatting import moment
from app.core.phone_numbers import mask
from app.core.sign_in import SignedInPerson
from app.organisation import service as organisation
from app.privacy.levels import NOTHING_OF_HIM
from app.rules import service as rules
from app.rules import type_register
from app.rules.type_versions import TypeBook
from app.tickets import reading
from app.tickets.models import Ticket
from app.tickets.tags import tag_names
from app.tickets.ticket_numbers import with_round_and_part
from app.tickets.type_names import type_name

COLUMNS = (
    "number", "request_type", "category", "place", "subject", "urgency", "state",
    "caller_name", "contact_number", "first_contact", "opened_at", "closed_at", "confidential",
    "grid", "flags", "tags", "redo_number",
)  # fmt: skip


def heading() -> list[str]:
    """Return the words above the columns."""
    return [gettext(f"exports.column_{name}") for name in COLUMNS]


def watermark(person: SignedInPerson, *, at: datetime) -> str:
    """Return the line that says who took the list out, and when."""
    said = {"name": person.name, "work_number": person.work_number, "at": moment(at)}
    return str(gettext("exports.watermark", **said))


class RowWriter:
    """Writes tickets as rows; words that every row needs are asked for once."""

    def __init__(self, reader: reading.Reader) -> None:
        self._reader = reader
        self._regions: dict[str, str] = {}
        self._categories: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._tags: dict[str, str] | None = None
        self._types: TypeBook | None = None

    def rows(self, tickets: Sequence[Ticket]) -> Iterator[list[str]]:
        """Give the rows of some tickets."""
        people = accounts.people({each.first_contact_id for each in tickets})
        for ticket in tickets:
            person = people.get(ticket.first_contact_id)
            yield self._row(ticket, f"{person.work_number} {person.name}" if person else "")

    def _row(self, ticket: Ticket, first_contact: str) -> list[str]:
        is_hidden = ticket.is_confidential
        hidden = self._word("tickets.hidden")
        return [
            ticket.number,
            self._type(ticket),
            self._category(ticket.category_code),
            self._place(ticket.town_code or ticket.county_code),
            self._title(ticket) or hidden,
            self._word(f"tickets.urgency_{ticket.urgency.value}"),
            self._word(f"tickets.state_{ticket.state.value}"),
            hidden if is_hidden else shown_name(ticket.caller_name),
            hidden if is_hidden else mask(ticket.contact_number),
            first_contact,
            moment(ticket.opened_at),
            moment(ticket.closed_at),
            self._word(f"exports.{'yes' if is_hidden else 'no'}"),
            hidden if is_hidden and ticket.grid else ticket.grid,
            "\u3001".join(self._word(f"tickets.flag_{each}") for each in ticket.flags),
            "\u3001".join(self._tag(each) for each in ticket.tags),
            with_round_and_part(ticket.number, nth_round=ticket.round) if ticket.round > 1 else "",
        ]

    def _title(self, ticket: Ticket) -> str | None:
        """A file goes anywhere: what gives a caller away is hidden from his first contact too."""
        if ticket.is_confidential:
            return reading.text_shown(ticket, ticket.title, NOTHING_OF_HIM)
        return reading.title_in_list(ticket, self._reader)

    def _word(self, key: str) -> str:
        return _kept(self._words, key, gettext)

    def _type(self, ticket: Ticket) -> str:
        if self._types is None:
            self._types = type_register.read_book()
        return type_name(self._types, ticket)

    def _tag(self, code: str) -> str:
        if self._tags is None:
            self._tags = tag_names()
        return self._tags.get(code, code)

    def _place(self, code: str) -> str:
        return _kept(self._regions, code, organisation.region_path)

    def _category(self, code: str) -> str:
        return _kept(self._categories, code, lambda each: rules.get_category(each).name)


def _kept(known: dict[str, str], key: str, ask: Callable[[str], str]) -> str:
    if key not in known:
        known[key] = ask(key)
    return known[key]
