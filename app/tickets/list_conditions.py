"""What a list is narrowed by, as conditions on rows: of tickets, or of the rows of lists."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func

from app.core import clock
from app.core.clock import CITY_TIME
from app.privacy.levels import PrivacyLevel
from app.tickets.list_wanted import BY_PHONE, DONE, OPEN, TicketsWanted
from app.tickets.list_wanted import day_of as day_written
from app.tickets.models import Ticket
from app.tickets.ticket_states import OPEN_STATES, OVER

TOP_LEVEL = 2
"""Characters of a category's code that name its first level."""
ONE_DAY = timedelta(days=1)


def of_words(wanted: TicketsWanted, rows: Any) -> list[ColumnElement[bool]]:
    """Keep to texts in which every word stands."""
    return [rows.words.contains(word, autoescape=True) for word in wanted.words]


def of_moments(wanted: TicketsWanted, rows: Any) -> list[ColumnElement[bool]]:
    """What tickets and the rows of lists know both."""
    looked = []
    if wanted.number:
        looked.append(rows.number.startswith(wanted.number, autoescape=True))
    if wanted.overdue:
        looked.append(rows.due_at < clock.now())
    return looked + days_of(rows.closed_at, wanted.closed_from, wanted.closed_until)


def of_tickets(wanted: TicketsWanted, rows: Any) -> list[ColumnElement[bool]]:
    """Narrow by the tickets themselves: the same choices that `marks_wanted` makes marks of."""
    narrowed: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (rows.request_type, wanted.request_type),
            (rows.county_code, wanted.county),
            (rows.town_code, wanted.town),
            (cast(rows.urgency, String), wanted.urgency),
        )
        if value
    ]
    narrowed += [*_of_states(wanted, rows), *_of_channels(wanted, rows)]
    if wanted.category:
        narrowed.append(
            (rows.category_code == wanted.category)
            | (func.substr(rows.category_code, 1, TOP_LEVEL) == wanted.category)
        )
    if wanted.unit:
        narrowed.append(rows.lead_unit_id == int(wanted.unit))
    if wanted.first_contact:
        narrowed.append(rows.first_contact_id == int(wanted.first_contact))
    if wanted.confidential:
        is_secret = rows.privacy == PrivacyLevel.CONFIDENTIAL
        narrowed.append(is_secret if wanted.confidential == "yes" else ~is_secret)
    return narrowed


def _of_states(wanted: TicketsWanted, rows: Any) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if wanted.state == OPEN or wanted.overdue or wanted.order.is_by_due:
        narrowed.append(rows.state.in_(OPEN_STATES))
    if wanted.state == DONE:
        narrowed.append(rows.state.in_(OVER))
    elif wanted.state and wanted.state != OPEN:
        narrowed.append(cast(rows.state, String) == wanted.state)
    return narrowed


def _of_channels(wanted: TicketsWanted, rows: Any) -> list[ColumnElement[bool]]:
    if not wanted.channel:
        return []
    if wanted.channel == BY_PHONE:
        return [rows.channel_id.is_(None)]
    return [rows.channel_id == int(wanted.channel)]


def carried_by_marks(wanted: TicketsWanted) -> list[ColumnElement[bool]]:
    """What PostgreSQL knows by marks alone, as SQLite reads it from the tickets."""
    chosen = ((Ticket.flags, wanted.flag), (Ticket.tags, wanted.tag))
    return [
        cast(column, String).contains(f'"{code}"', autoescape=True)
        for column, code in chosen
        if code
    ]


def days_of(moment: Any, first: str, last: str) -> list[ColumnElement[bool]]:
    """Keep to the city's days between these two, both within; "" is no bound."""
    bounds: list[ColumnElement[bool]] = []
    if (begins := begin_of(first)) is not None:
        bounds.append(moment >= begins)
    if (ends := begin_of(last)) is not None:
        bounds.append(moment < ends + ONE_DAY)
    return bounds


def begin_of(day: str) -> datetime | None:
    """Return when this day of the city begins, or None where none is written."""
    written = day_written(day)
    return datetime.combine(written, time(), tzinfo=CITY_TIME) if written is not None else None
