"""The results of all channels: found by scope and filters, shown masked, every look written down.

Of a confidential case nothing is shown that leads to anybody: neither its texts nor its address,
and its words are not searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select

from app.channel_entries import case_reading, channel_register
from app.core.database import db
from app.core.events import publish
from app.handling import scope as handling_scope
from app.privacy import service as privacy
from app.results import replies
from app.results.events import ResultRead, ResultsListed
from app.results.scopes import Scope
from app.tickets import reading, stepping
from app.tickets.service import NoSuchTicket, Ticket, TicketState
from app.tickets.ticket_states import OPEN_STATES, OVER, RequestType
from app.tickets.unit_view import hidden_in_text

PER_PAGE = 30
BY_PHONE = "phone"
GROUPS = {"open": OPEN_STATES, "done": OVER}
LONGEST_TITLE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; what is empty does not matter.

    `channel` is an id of the register or BY_PHONE; `state` one of the states, `open` or `done`;
    `before` is where the page before ended.
    """

    text: str = ""
    channel: str = ""
    request_type: str = ""
    county_code: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case as a list shows it."""

    id: int
    number: str
    source_no: str
    title: str
    request_type: RequestType
    state: TicketState
    channel_id: int | None
    place_code: str
    is_confidential: bool
    is_channels_own: bool
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a case's story; `act` names the sentence."""

    at: datetime
    act: str
    new: TicketState | None
    unit_id: int | None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One case as its readers see it."""

    line: Line
    category_code: str
    content: str
    demand: str
    address: str
    process: Sequence[str]
    public_reply: str
    lead_unit_id: int | None
    steps: Sequence[Step]


def list_results(wanted: Wanted, scope: Scope, *, reader_id: int) -> tuple[list[Line], int | None]:
    """Return one page of what is wanted, newest first, and where the next page begins.

    Paged by keys: page one thousand is as quick as page one. That it was read is written down.
    """
    asked = select(Ticket).where(*_conditions(wanted, scope, reader_id)).order_by(Ticket.id.desc())
    if wanted.before is not None:
        asked = asked.where(Ticket.id < wanted.before)
    found = list(db.session.scalars(asked.limit(PER_PAGE + 1)))
    lines = [_line(ticket) for ticket in found[:PER_PAGE]]
    publish(ResultsListed(listed_by=reader_id, asked=_told(wanted), shown=len(lines)))
    return lines, lines[-1].id if len(found) > PER_PAGE else None


def read_result(ticket_id: int, scope: Scope, *, reader_id: int, address: str = "") -> Shown:
    """Return one case to somebody in whose scope it lies; that it was read is written down.

    Raises NoSuchTicket to all others, and to people of the unit that it complains about: who
    guesses learns nothing.
    """
    ticket = db.session.scalar(
        select(Ticket).where(Ticket.id == ticket_id, *_conditions(Wanted(), scope, reader_id))
    )
    if ticket is None:
        raise NoSuchTicket
    publish(ResultRead(ticket_id=ticket.id, number=ticket.number, read_by=reader_id))
    privacy.note_view(
        reading.subject_of(ticket), viewer_id=reader_id, level=ticket.privacy, address=address
    )
    is_open_to_read = not ticket.is_confidential
    cases = case_reading.cases_of_tickets([ticket.id]) if is_open_to_read else []
    notes = case_reading.notes_of([case.id for case in cases])
    return Shown(
        line=_line(ticket),
        category_code=ticket.category_code,
        content=_masked(ticket, ticket.content),
        demand=_masked(ticket, ticket.demand),
        address=_masked(ticket, ticket.address),
        process=[_masked(ticket, note.text) for each in notes.values() for note in each],
        public_reply=_masked(ticket, replies.public_reply(ticket)),
        lead_unit_id=ticket.lead_unit_id if is_open_to_read else None,
        steps=[
            Step(
                at=step.at,
                act=step.act,
                new=step.new if step.new is not step.old else None,
                unit_id=step.unit_id if is_open_to_read else None,
            )
            for step in stepping.steps_of(ticket.id)
        ],
    )


def _conditions(wanted: Wanted, scope: Scope, reader_id: int) -> list[ColumnElement[bool]]:
    found = [reading.is_no_party(reading.reader_of(reader_id))]
    if not scope.is_whole:
        found.append(_in_scope(scope))
    if wanted.text:
        found.append(_says(wanted.text))
    if wanted.county_code:
        found.append(Ticket.county_code == wanted.county_code)
    if wanted.since:
        found.append(Ticket.opened_at >= wanted.since)
    if wanted.until:
        found.append(Ticket.opened_at < wanted.until)
    return [*found, *_of_kind(wanted)]


def _of_kind(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.channel == BY_PHONE:
        found.append(Ticket.channel_id.is_(None))
    elif wanted.channel.isdecimal():
        found.append(Ticket.channel_id == int(wanted.channel))
    if wanted.request_type in set(RequestType):
        found.append(Ticket.request_type == RequestType(wanted.request_type))
    if wanted.state in GROUPS:
        found.append(Ticket.state.in_(GROUPS[wanted.state]))
    elif wanted.state in set(TicketState):
        found.append(Ticket.state == TicketState(wanted.state))
    return found


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    own: list[ColumnElement[bool]] = [false()]
    if scope.county_code:
        own.append(Ticket.county_code == scope.county_code)
    if scope.unit_ids:
        with_a_part = handling_scope.of_units(scope.unit_ids).with_only_columns(Ticket.id)
        own.append(Ticket.id.in_(with_a_part))
        channels = [
            each.id
            for each in channel_register.list_channels()
            if each.words.owner_unit_id in scope.unit_ids
        ]
        own.append(Ticket.channel_id.in_(channels))
    return or_(*own)


def _says(text: str) -> ColumnElement[bool]:
    """A number of ours or of the channel finds any case; words only those that are not secret."""
    is_number = Ticket.number.startswith(text, autoescape=True) | (Ticket.source_no == text)
    has_words = Ticket.title.contains(text, autoescape=True) | Ticket.content.contains(
        text, autoescape=True
    )
    return is_number | (~Ticket.is_confidential & has_words)


def _line(ticket: Ticket) -> Line:
    return Line(
        id=ticket.id,
        number=ticket.number,
        source_no=ticket.source_no or "",
        title=_masked(ticket, ticket.title),
        request_type=ticket.request_type,
        state=ticket.state,
        channel_id=ticket.channel_id,
        place_code=ticket.county_code
        if ticket.is_confidential
        else ticket.town_code or ticket.county_code,
        is_confidential=ticket.is_confidential,
        is_channels_own=ticket.is_channels_own,
        opened_at=ticket.opened_at,
        closed_at=ticket.closed_at,
        due_at=ticket.due_at,
    )


def _masked(ticket: Ticket, text: str) -> str:
    if ticket.is_confidential:
        return ""
    return hidden_in_text(text, caller_name=ticket.caller_name)


def _told(wanted: Wanted) -> str:
    said = {each.name: getattr(wanted, each.name) for each in fields(Wanted)}
    return " ".join(f"{name}={value}" for name, value in said.items() if value)[:200]
