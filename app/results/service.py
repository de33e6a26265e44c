"""The results of all channels: found by scope and filters, shown masked, every look written down.

Of a confidential case nothing is shown that leads to anybody: neither its texts nor its address,
and its words are not searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.channel_entries import case_reading, channel_register
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given
from app.handling import scope as handling_scope
from app.privacy import service as privacy
from app.privacy.searched_words import SearchSecret, hidden_words
from app.results import replies
from app.results.events import ResultRead, ResultsListed
from app.results.scopes import Scope
from app.tickets import reading, stepping
from app.tickets.list_cursor import Place
from app.tickets.list_search import Asked, fits
from app.tickets.list_wanted import TicketsWanted
from app.tickets.list_within import Within
from app.tickets.service import NoSuchTicket, Ticket, TicketState
from app.tickets.ticket_list import ListPage, page_of_list
from app.tickets.unit_view import hidden_in_text

PER_PAGE = 30


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case as a list shows it."""

    id: int
    number: str
    source_no: str
    title: str
    request_type: str
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


@dataclass(frozen=True, kw_only=True)
class ResultPage:
    """One page of results; the places beside which those before and behind begin, or None."""

    lines: Sequence[Line]
    before: Place | None = None
    behind: Place | None = None


def within_of(scope: Scope) -> Within:
    """Return a scope as lists are found within it: its channels are those of its units."""
    channels = frozenset() if scope.is_whole else channel_register.owned_by(scope.unit_ids)
    return Within(
        has_part=handling_scope.has_part,
        is_whole=scope.is_whole,
        county_code=scope.county_code,
        unit_ids=scope.unit_ids,
        channel_ids=channels,
    )


def list_results(
    wanted: TicketsWanted, scope: Scope, *, reader_id: int, place: Place | None = None
) -> ResultPage:
    """Return one page of what is wanted, newest first. That it was read is written down.

    Found as the list of tickets finds (ADR 0035), within a scope of its own. A number that a
    channel gave finds its cases alone; words find nothing of what is confidential.
    """
    reader = reading.reader_of(reader_id, reads_confidential=True)
    within = within_of(scope)
    asked = Asked(wanted=wanted, reader=reader, place=None, most=PER_PAGE, within=within)
    called_so = _called_so(asked)
    if called_so:
        found = ListPage(tickets=called_so, before=None, behind=None)
    else:
        open_words = replace(wanted, confidential="no") if wanted.words else wanted
        found = page_of_list(open_words, reader, place=place, per_page=PER_PAGE, within=within)
    lines = [_line(ticket) for ticket in found.tickets]
    publish(ResultsListed(listed_by=reader_id, asked=_told(wanted), shown=len(lines)))
    return ResultPage(lines=lines, before=found.before, behind=found.behind)


def read_result(ticket_id: int, scope: Scope, *, reader_id: int, address: str = "") -> Shown:
    """Return one case to somebody in whose scope it lies; that it was read is written down.

    Raises NoSuchTicket to all others, and to people of the unit that it complains about: who
    guesses learns nothing.
    """
    asked = Asked(
        wanted=TicketsWanted(),
        reader=reading.reader_of(reader_id, reads_confidential=True),
        place=None,
        most=1,
        within=within_of(scope),
    )
    ticket = db.session.scalar(select(Ticket).where(Ticket.id == ticket_id, *fits(asked)))
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


def _called_so(asked: Asked) -> list[Ticket]:
    """Return the cases to which a channel gave what is looked for as their number."""
    text = asked.wanted.text
    if not text or asked.wanted.number:
        return []
    here = select(Ticket).where(
        Ticket.channel_id.in_(channel_register.channel_names()), Ticket.source_no == text
    )
    found = here.where(*fits(asked)).order_by(Ticket.id.desc()).limit(asked.most)
    return list(db.session.scalars(found))


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


def _told(wanted: TicketsWanted) -> str:
    """Name what a list was narrowed by; what was typed may be a person, and is not kept as such.

    Only our own numbers, with their letters, are nobody's: bare digits may be an account.
    """
    said = wanted.as_query()
    if wanted.text and not (wanted.number and not wanted.text.strip()[0].isdigit()):
        said["text"] = hidden_words(wanted.text, given(SearchSecret))
    return " ".join(f"{name}={value}" for name, value in said.items())[:200]
