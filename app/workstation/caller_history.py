"""What a person's page tells of his calls, records and tickets, as this reader may see them."""

from dataclasses import dataclass
from datetime import datetime

from app.callers import person_list
from app.calls import call_persons
from app.channels import service as channels
from app.core.pagination import Page
from app.tickets import person_tickets, reading
from app.tickets import service as tickets


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads, and what the role allows."""

    person_id: int
    reads_all_calls: bool
    reads_confidential: bool


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One call of the history; `may_open` says whether this reader may open its page."""

    call_id: int
    at: datetime
    line: str
    is_talk: bool
    left: tuple["Left", ...]
    may_open: bool


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a call left: an enquiry record's summary, or a ticket; None where it is not shown."""

    kind: str
    ticket_id: int | None
    number: str | None
    summary: str | None


@dataclass(frozen=True, kw_only=True)
class TicketLine:
    """One ticket; `title` None where this reader may not read it."""

    ticket_id: int
    number: str
    title: str | None
    state: str
    opened_at: datetime
    is_confidential: bool


def calls_of(page: person_list.PersonPage, *, reader: Reader, number: int) -> Page[CallLine]:
    """Return one page of a person's calls, newest first."""
    numbers, _ = person_list.numbers_of(page.caller_id)
    as_reader = _as_reader(reader)
    found = call_persons.calls_of_person(page.family, numbers, page=number)
    left = tickets.outcomes_of([call.id for call in found.items])
    names = channels.names_of({call.legacy_number_id for call in found.items})
    lines = [
        CallLine(
            call_id=call.id,
            at=call.invited_at,
            line=names.get(call.legacy_number_id, call.dialled_number),
            is_talk=call.talk_started_at is not None,
            left=tuple(_left(each, as_reader) for each in left[call.id]),
            may_open=reader.reads_all_calls or call.agent_id == reader.person_id,
        )
        for call in found.items
    ]
    return Page(items=lines, number=found.number, per_page=found.per_page, total=found.total)


def tickets_of(page: person_list.PersonPage, *, reader: Reader) -> list[TicketLine]:
    """Return a person's tickets, newest first."""
    numbers, _ = person_list.numbers_of(page.caller_id)
    as_reader = _as_reader(reader)
    return [
        TicketLine(
            ticket_id=ticket.id,
            number=ticket.number,
            title=reading.title_in_list(ticket, as_reader),
            state=ticket.state.value,
            opened_at=ticket.opened_at,
            is_confidential=ticket.is_confidential,
        )
        for ticket in person_tickets.tickets_of_person(page.family, numbers)
    ]


def _left(outcome: tickets.Outcome, reader: reading.Reader) -> Left:
    if outcome.kind == "enquiry":
        summary = tickets.summary_of(outcome)
        return Left(kind=outcome.kind, ticket_id=None, number=None, summary=summary)
    title = reading.title_in_list(tickets.get_ticket(outcome.id), reader)
    return Left(
        kind=outcome.kind,
        ticket_id=outcome.id if title is not None else None,
        number=outcome.number,
        summary=title,
    )


def _as_reader(reader: Reader) -> reading.Reader:
    return reading.reader_of(reader.person_id, reads_confidential=reader.reads_confidential)
