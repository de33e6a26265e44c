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
class OutsideNumberAdded(Event):
    """Another system's number of a ticket is known."""

    name: ClassVar[str] = "ticket.outside_number_added"
    ticket_id: int
    kind: str
    outside_number: str
    added_by: int


@dataclass(frozen=True, kw_only=True)
class OutsideNumberRemoved(Event):
    """A number turned out not to belong to a ticket."""

    name: ClassVar[str] = "ticket.outside_number_removed"
    ticket_id: int
    kind: str
    outside_number: str
    removed_by: int
