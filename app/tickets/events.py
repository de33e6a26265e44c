"""Facts about what a call left behind."""

from dataclasses import dataclass
from datetime import datetime
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
    """A ticket was opened on first contact.

    `is_channels_own`: the channel that entered it handles it itself, and no unit is dispatched.
    `is_counted_only`: its type starts no work (praise, a void call); it is closed already.
    `received_at`: when its citizen's message came, of what did not come by telephone.
    """

    name: ClassVar[str] = "ticket.opened"
    ticket_id: int
    number: str
    call_id: int | None
    opened_by: int
    is_channels_own: bool = False
    is_counted_only: bool = False
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CallAddedToTicket(Event):
    """A call turned out to be about a ticket that is there already."""

    name: ClassVar[str] = "ticket.call_added"
    ticket_id: int
    number: str
    call_id: int
    agent_id: int


@dataclass(frozen=True, kw_only=True)
class TicketHeld(Event):
    """A ticket and what belongs to it are kept beyond their time; `until` None: until lifted."""

    name: ClassVar[str] = "ticket.held"
    ticket_id: int
    number: str
    reason: str
    until: datetime | None
    held_by: int


@dataclass(frozen=True, kw_only=True)
class TicketHoldLifted(Event):
    """Time passes again for a ticket that was held."""

    name: ClassVar[str] = "ticket.hold_lifted"
    ticket_id: int
    number: str
    reason: str
    lifted_by: int


@dataclass(frozen=True, kw_only=True)
class TicketErased(Event):
    """A ticket's time was over: its words and whatever led to a person are gone, the row counts."""

    name: ClassVar[str] = "ticket.erased"
    ticket_id: int
    number: str
    keep_days: int


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


@dataclass(frozen=True, kw_only=True)
class EnteredTicketCorrected(Event):
    """A channel corrected what it had entered; `fields` names what."""

    name: ClassVar[str] = "ticket.entry_corrected"
    ticket_id: int
    number: str
    fields: str
    corrected_by: int


@dataclass(frozen=True, kw_only=True)
class TicketHandedToHotline(Event):
    """A channel that had a case in its own hands gave it to the hotline."""

    name: ClassVar[str] = "ticket.handed_to_hotline"
    ticket_id: int
    number: str
    handed_by: int


@dataclass(frozen=True, kw_only=True)
class TicketClosedByChannel(Event):
    """The channel that handled a case itself has closed it with a reply."""

    name: ClassVar[str] = "ticket.closed_by_channel"
    ticket_id: int
    number: str
    closed_by: int


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
