"""Which tickets of a list are wanted, in what order, and the marks by which an index finds them.

Pure. Every ticket has a mark for each thing that a list can be narrowed by (`_s_handling`,
`_c_1201`, `_q_20264`: state, category, quarter of its opening). One index holds the marks beside
the characters and pairs of its words, so that any choice of filters is one look into one index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.row_ids import is_id
from app.tickets.search_words import day_parts_of, index_terms, looked_for, number_looked_for
from app.tickets.ticket_states import OPEN_STATES, OVER, TicketState, Urgency

OPEN = "open"
"""In the place of a state: every state in which something is still owed."""
DONE = "done"
"""In the place of a state: every state in which nothing is owed any more."""
BY_PHONE = "phone"
"""In the place of a channel: it came by telephone."""
LONGEST_TEXT = 50
MOST_MONTHS = 36
NUMBER_KEPT_DAYS = 7
"""Days within which a number that was put aside may be used."""


class Sort(StrEnum):
    """By which moment a list is ordered, and which end comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE_FIRST = "due_first"
    DUE_LAST = "due_last"

    @property
    def is_by_due(self) -> bool:
        """Say whether only tickets with a promised moment are in it."""
        return self in {Sort.DUE_FIRST, Sort.DUE_LAST}

    @property
    def goes_up(self) -> bool:
        """Say whether the earliest moment comes first."""
        return self in {Sort.OLDEST, Sort.DUE_FIRST}


@dataclass(frozen=True, kw_only=True)
class TicketsWanted:
    """What a list is narrowed by; empty means that it does not matter. Days are the city's."""

    text: str = ""
    state: str = ""
    request_type: str = ""
    category: str = ""
    county: str = ""
    town: str = ""
    urgency: str = ""
    first_contact: str = ""
    confidential: str = ""
    unit: str = ""
    overdue: str = ""
    flag: str = ""
    tag: str = ""
    channel: str = ""
    opened_from: str = ""
    opened_until: str = ""
    closed_from: str = ""
    closed_until: str = ""
    sort: str = Sort.NEWEST.value

    @property
    def order(self) -> Sort:
        """The order that is wanted; an unknown word is the newest first."""
        return Sort(self.sort) if self.sort in set(Sort) else Sort.NEWEST

    @property
    def words(self) -> list[str]:
        """What must stand in the text; nothing while a number is looked for."""
        return [] if self.number else looked_for(self.text)

    @property
    def number(self) -> str:
        """The beginning of a number that is looked for, or nothing."""
        return number_looked_for(self.text) if self.text else ""

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything but the order is chosen."""
        return replace(self, sort=Sort.NEWEST.value) != TicketsWanted()

    @property
    def is_owed(self) -> bool:
        """Say whether only tickets are wanted in which something is still owed."""
        is_open = self.state == OPEN or self.state in OPEN_STATES
        return is_open or bool(self.overdue) or self.order.is_by_due

    @property
    def is_rare(self) -> bool:
        """Say whether something is chosen that few tickets have: a unit, a category, a day."""
        is_one = self.category[2:] or self.town or self.first_contact or self.unit
        names_day = len(self.number.removeprefix("HY")) >= len("20261129")
        is_marked = self.confidential == "yes" or self.urgency not in {"", Urgency.NORMAL}
        is_by_other_channel = self.channel not in {"", BY_PHONE}
        return bool(is_one) or names_day or is_by_other_channel or is_marked

    @property
    def is_by_marks_alone(self) -> bool:
        """Say whether something is chosen that only marks know: no index of an order carries it."""
        return bool(self.flag or self.tag)

    @property
    def is_impossible(self) -> bool:
        """Say whether nothing can be meant: what is still owed was never closed."""
        return self.is_owed and bool(self.closed_from or self.closed_until)

    def as_query(self) -> dict[str, str]:
        """Return what is chosen, as it stands in an address and in a saved view."""
        chosen = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        if chosen["sort"] == Sort.NEWEST:
            del chosen["sort"]
        return {name: value for name, value in chosen.items() if value}


DAYS = ("opened_from", "opened_until", "closed_from", "closed_until")
"""What of a list is chosen by a day."""


def unfit_days(query: Mapping[str, str]) -> dict[str, str]:
    """Return what an address writes for a day and is none, by the name of its field."""
    written = {name: str(query.get(name, "")).strip()[:LONGEST_TEXT] for name in DAYS}
    return {name: text for name, text in written.items() if text and day_of(text) is None}


def wanted_from(query: Mapping[str, str]) -> TicketsWanted:
    """Read what an address or a saved view chooses; unknown names and unfit days are left out.

    A page says beside its filters what `unfit_days` finds.
    """
    known = {field.name for field in fields(TicketsWanted)}
    chosen = {
        name: str(value).strip()[:LONGEST_TEXT] for name, value in query.items() if name in known
    }
    for name in unfit_days(chosen):
        del chosen[name]
    if chosen.get("sort") not in set(Sort):
        chosen.pop("sort", None)
    for name in ("first_contact", "unit"):
        if not is_id(chosen.get(name, "0")):
            chosen.pop(name, None)
    if chosen.get("channel") != BY_PHONE and not is_id(chosen.get("channel", "0")):
        del chosen["channel"]
    return TicketsWanted(**chosen)


def day_of(text: str) -> date | None:
    """Return the day that is written, or None; no clock of ours has been in other centuries."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None


def days_of_number(number: str) -> tuple[str, str]:
    """Return between which days a ticket whose number begins so was opened; "" is no bound.

    A number that was put aside is used up to NUMBER_KEPT_DAYS later.
    """
    digits = number.removeprefix("HY")
    first, last = day_of_digits(digits, is_last=False), day_of_digits(digits, is_last=True)
    if first is None or last is None:
        return "", ""
    return first.isoformat(), (last + timedelta(days=NUMBER_KEPT_DAYS)).isoformat()


def day_of_digits(digits: str, *, is_last: bool) -> date | None:
    """Return the first or last day that year, month and day allow, as far as they are there."""
    day = day_of(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}") if len(digits) >= 8 else None
    if day is not None or len(digits) >= 8:
        return day
    month = digits[4:6] if len(digits) >= 6 else ("12" if is_last else "01")
    begins = day_of(f"{digits[:4]}-{month}-01") if len(digits) >= 4 else None
    if begins is None or not is_last:
        return begins
    return (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What of a ticket becomes marks."""

    number: str
    state: TicketState
    request_type: str
    category_code: str
    county_code: str
    town_code: str | None
    urgency: str
    first_contact_id: int
    is_confidential: bool
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None = None
    unit_id: int | None = None
    channel_id: int | None = None
    flags: Sequence[str] = ()
    tags: Sequence[str] = ()


def marks_of(ticket: Marked) -> set[str]:
    """Return the marks of a ticket."""
    marks = {
        f"_s_{ticket.state}",
        f"_t_{ticket.request_type}",
        f"_c_{ticket.category_code}",
        f"_c_{ticket.category_code[:2]}",
        f"_r_{ticket.county_code}",
        f"_u_{ticket.urgency}",
        f"_f_{ticket.first_contact_id}",
        f"_k_{int(ticket.is_confidential)}",
        f"_q_{quarter_of(ticket.opened_at)}",
        channel_mark(ticket.channel_id or BY_PHONE),
        *(f"_n_{part}" for part in day_parts_of(ticket.number)),
        *(f"_g_{flag}" for flag in ticket.flags),
        *(f"_x_{tag}" for tag in ticket.tags),
    }
    if ticket.state in OPEN_STATES:
        marks.add(f"_s_{OPEN}")
    if ticket.town_code:
        marks.add(f"_v_{ticket.town_code}")
    if ticket.closed_at is not None:
        marks.add(f"_m_{ticket.closed_at.astimezone(CITY_TIME):%Y%m}")
    if ticket.due_at is not None:
        marks.add(f"_d_{quarter_of(ticket.due_at)}")
    if ticket.unit_id is not None:
        marks.add(f"_a_{ticket.unit_id}")
    return marks


def channel_mark(channel: int | str) -> str:
    """Return the mark of what came by a channel of the register, or by telephone."""
    return f"_h_{0 if channel == BY_PHONE else channel}"


def quarter_of(moment: datetime) -> str:
    """Return the quarter of a moment in the city: 20264 is October to December 2026."""
    at = moment.astimezone(CITY_TIME)
    return f"{at.year}{(at.month + 2) // 3}"


def quarters_between(first: datetime, last: datetime) -> list[str]:
    """Return the quarters from one moment to another, both among them, in their order."""
    found, end = [quarter_of(first)], quarter_of(last)
    while found[-1] < end:
        year, quarter = int(found[-1][:-1]), int(found[-1][-1])
        found.append(f"{year + 1}1" if quarter == 4 else f"{year}{quarter + 1}")
    return found


def stretches(quarters: list[str]) -> list[list[str]]:
    """Cut quarters into stretches, each three times as long as all before it: 1, 3, 12 …

    Where a stretch holds too few of what is wanted, the next ones hold little as well.
    """
    cut: list[list[str]] = []
    place, length = 0, 1
    while place < len(quarters):
        cut.append(quarters[place : place + length])
        place += len(cut[-1])
        length = 3 * place
    return cut


def marks_wanted(wanted: TicketsWanted, *, today: date) -> list[str]:
    """Return the terms that must all be there for a ticket to be wanted, as a text query of marks.

    A term may be a choice of several. Nothing was closed after `today`. Who may read it is
    `marks_of_privacy`.
    """
    chosen = [
        ("_s_", wanted.state if wanted.state != DONE else ""),
        ("_t_", wanted.request_type),
        ("_c_", wanted.category),
        ("_r_", wanted.county),
        ("_v_", wanted.town),
        ("_u_", wanted.urgency),
        ("_f_", wanted.first_contact),
        ("_a_", wanted.unit),
        ("_g_", wanted.flag),
        ("_x_", wanted.tag),
    ]
    terms = [quoted(f"{mark}{value}") for mark, value in chosen if value]
    if wanted.state == DONE:
        terms.append(one_of(f"_s_{each}" for each in sorted(OVER)))
    if wanted.channel:
        terms.append(quoted(channel_mark(wanted.channel)))
    if wanted.overdue:
        terms.append(f"'_s_{OPEN}'")
    terms += [quoted(f"_n_{part}") for part in day_parts_of(wanted.number)[:1]]
    terms += _closed_months(wanted, today)
    return terms + index_terms(wanted.words)


def marks_of_privacy(
    wanted: TicketsWanted, *, reader_id: int, reads_confidential: bool
) -> list[str]:
    """Return the terms that keep confidential tickets out, or all others.

    What nearly all have is asked for by what few have: whoever looks for `_k_0` reads the places of
    a million tickets. Such a term finds nothing alone; it goes with the quarters.
    """
    terms = [f"{'' if wanted.confidential == 'yes' else '!'}'_k_1'"] if wanted.confidential else []
    if not reads_confidential:
        terms.append(f"(!'_k_1' | {quoted(f'_f_{reader_id}')})")
    return terms


def one_of(marks: Iterable[str]) -> str:
    """Return a term that is there where one of these marks is."""
    return f"({' | '.join(quoted(mark) for mark in marks)})"


def quoted(mark: str) -> str:
    """Return a mark as a text query writes it."""
    return "'" + mark.replace("\\", "").replace("'", "") + "'"


def _closed_months(wanted: TicketsWanted, today: date) -> list[str]:
    first, last = day_of(wanted.closed_from), day_of(wanted.closed_until) or today
    if first is None:
        return []
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if not 0 < len(months) <= MOST_MONTHS:
        return []
    return [one_of(f"_m_{month // 12}{month % 12 + 1:02}" for month in months)]
