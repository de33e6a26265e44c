"""Facts about what a call left behind."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class EnquiryRecorded(Event):
    """A call was answered at once and recorded."""

    name: ClassVar[str] = "enquiry.recorded"
    record_id: int
    call_id: int
    agent_id: int


@dataclass(frozen=True, kw_only=True)
class TicketOpened(Event):
    """A ticket was opened on first contact."""

    name: ClassVar[str] = "ticket.opened"
    ticket_id: int
    number: str
    call_id: int | None
    opened_by: int


@dataclass(frozen=True, kw_only=True)
class CallAddedToTicket(Event):
    """A call turned out to be about a ticket that is there already."""

    name: ClassVar[str] = "ticket.call_added"
    ticket_id: int
    number: str
    call_id: int
    agent_id: int


@dataclass(frozen=True, kw_only=True)
class TicketExportAsked(Event):
    """Somebody wants a list of tickets as a file."""

    name: ClassVar[str] = "ticket.export_asked"
    export_id: int
    sheet_kind: str
    asked_by: int


@dataclass(frozen=True, kw_only=True)
class TicketExportEnded(Event):
    """A list of tickets left the house as a file, wholly or not."""

    name: ClassVar[str] = "ticket.export_ended"
    export_id: int
    ending: str
    rows: int
    ended_by: int
