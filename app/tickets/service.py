"""What a call leaves behind: save a draft, list and read what was written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.database import db
from app.core.phone_numbers import mask_in_text
from app.privacy.levels import PrivacyLevel
from app.rules import service as rules
from app.tickets import reading
from app.tickets.duplicates import tickets_added_to
from app.tickets.models import CallDraft, EnquiryRecord, Ticket
from app.tickets.opening import NewTicket, open_ticket, open_tickets
from app.tickets.recording import NewEnquiry, record_enquiry
from app.tickets.refusals import (
    AlreadyOnRecord,
    DraftIsNewer,
    NoSuchTicket,
    NotInRegister,
    NotYoursAnyMore,
    TicketAlreadyOpen,
    UrgencyNeedsReason,
)
from app.tickets.ticket_states import (
    OPEN_STATES,
    EnquiryResult,
    TicketState,
    Urgency,
)

__all__ = [
    "AlreadyOnRecord",
    "CallDraft",
    "DraftIsNewer",
    "EnquiryResult",
    "NewEnquiry",
    "NewTicket",
    "NoSuchTicket",
    "NotInRegister",
    "NotYoursAnyMore",
    "PrivacyLevel",
    "Ticket",
    "TicketAlreadyOpen",
    "TicketState",
    "Urgency",
    "UrgencyNeedsReason",
    "open_ticket",
    "open_tickets",
    "record_enquiry",
]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one call left: kind is `enquiry`, `ticket` or `same_matter` (added to a ticket).

    `check_code` is read out to the caller with the number of his ticket.
    """

    kind: str
    id: int
    number: str | None
    check_code: str | None = None


def outcome_of(ticket: Ticket) -> Outcome:
    """Return a ticket as what its call left."""
    return Outcome(kind="ticket", id=ticket.id, number=ticket.number, check_code=ticket.check_code)


def save_draft(call_id: int, *, agent_id: int, version: int, body: Mapping[str, Any]) -> CallDraft:
    """Keep what is typed; raises DraftIsNewer when another page was quicker."""
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    empty = {"agent_id": agent_id, "version": 0, "body": {}, "saved_at": clock.now()}
    # Two tabs may make the first draft at the same moment: one makes the row, both then lock it.
    db.session.execute(insert(CallDraft).values(call_id=call_id, **empty).on_conflict_do_nothing())
    draft = db.session.get_one(CallDraft, call_id, with_for_update=True, populate_existing=True)
    if draft.version != version and dict(body) != draft.body:
        raise DraftIsNewer(version=draft.version, body=draft.body)
    draft.agent_id, draft.body = agent_id, dict(body)
    draft.version, draft.saved_at = draft.version + 1, clock.now()
    return draft


def draft_of(call_id: int) -> CallDraft | None:
    """Return what was typed so far, or None."""
    return db.session.get(CallDraft, call_id)


def get_ticket(ticket_id: int) -> Ticket:
    """Return the ticket or raise NoSuchTicket."""
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        raise NoSuchTicket
    return ticket


def read_ticket(ticket_id: int, *, reader_id: int, reads_confidential: bool) -> Ticket:
    """Return the ticket to somebody who may read it; raises NoSuchTicket to all others.

    A confidential one is for its first contact and for who leads or dispatches; one about a unit is
    not for that unit's people (domain rules 1.13, `app.tickets.reading`).
    """
    ticket = get_ticket(ticket_id)
    reader = reading.reader_of(reader_id, reads_confidential=reads_confidential)
    if not reading.may_read(ticket, reader):
        raise NoSuchTicket
    return ticket


def find_by_number(number: str) -> Ticket | None:
    """Return the ticket with this number, whoever may read it, or None."""
    return db.session.scalar(select(Ticket).where(Ticket.number == number))


# Each call asks these, and they are built once: building costs more than asking.
_HAS_NUMBER = (Ticket.calling_number == bindparam("number")) | (
    Ticket.contact_number == bindparam("number")
)
_NEWEST_OWNER = (
    select(Ticket.first_contact_id)
    .where(Ticket.state.in_(OPEN_STATES), _HAS_NUMBER)
    .order_by(Ticket.opened_at.desc())
    .limit(1)
)
_OF_NUMBER = (
    select(Ticket)
    .where(Ticket.state.in_(OPEN_STATES), _HAS_NUMBER)
    .order_by(Ticket.opened_at.desc())
    .limit(bindparam("most"))
)
_OF_PERSONS = (
    select(Ticket)
    .where(
        Ticket.state.in_(OPEN_STATES),
        _HAS_NUMBER | Ticket.caller_id.in_(bindparam("caller_ids", expanding=True)),
    )
    .order_by(Ticket.opened_at.desc())
    .limit(bindparam("most"))
)


def first_contact_owner(number: str) -> int | None:
    """Return who first took the newest open ticket of this normalised number, or None."""
    return db.session.scalar(_NEWEST_OWNER, {"number": number}) if number else None


def open_tickets_of(
    number: str, *, caller_ids: Collection[int] = (), limit: int = 5
) -> list[Ticket]:
    """Return open tickets that this normalised number called about or may be called back on.

    With `caller_ids` also those of these persons, whichever number they called from then.
    """
    if not number:
        return []
    said: dict[str, object] = {"number": number, "most": limit}
    if caller_ids:
        found = db.session.execute(_OF_PERSONS, {**said, "caller_ids": list(caller_ids)})
    else:
        found = db.session.execute(_OF_NUMBER, said)
    return list(found.scalars())


def outcomes_of(call_ids: Collection[int]) -> dict[int, list[Outcome]]:
    """Return what each of these calls left, oldest first."""
    found: dict[int, list[Outcome]] = {call_id: [] for call_id in call_ids}
    records = select(EnquiryRecord).where(EnquiryRecord.call_id.in_(call_ids))
    for record in db.session.execute(records.order_by(EnquiryRecord.id)).scalars():
        found[record.call_id].append(Outcome(kind="enquiry", id=record.id, number=None))
    tickets = select(Ticket).where(Ticket.call_id.in_(call_ids)).order_by(Ticket.id)
    for ticket in db.session.execute(tickets).scalars():
        if ticket.call_id is not None:
            outcome = outcome_of(ticket)
            found[ticket.call_id].append(outcome)
    for call_id, added in tickets_added_to(call_ids).items():
        found[call_id] += [
            Outcome(kind="same_matter", id=each.id, number=each.number) for each in added
        ]
    return found


def summary_of(outcome: Outcome) -> str:
    """Return one line that says what a call was about: the ticket's title, the record's note."""
    if outcome.kind in {"ticket", "same_matter"}:
        return get_ticket(outcome.id).title
    record = db.session.get_one(EnquiryRecord, outcome.id)
    category = rules.get_category(record.category_code).name if record.category_code else ""
    note = mask_in_text(record.note[:40])
    return " · ".join(part for part in (category, note) if part)


def enquiries_of(call_id: int) -> list[EnquiryRecord]:
    """Return the enquiry records of one call, oldest first."""
    wanted = select(EnquiryRecord).where(EnquiryRecord.call_id == call_id)
    return list(db.session.execute(wanted.order_by(EnquiryRecord.id)).scalars())


def enquiries_transferred(begins: datetime, ends: datetime) -> list[EnquiryRecord]:
    """Return the records of a time that say the call was handed on, oldest first."""
    wanted = select(EnquiryRecord).where(
        EnquiryRecord.result == EnquiryResult.TRANSFERRED,
        EnquiryRecord.saved_at >= begins,
        EnquiryRecord.saved_at < ends,
    )
    return list(db.session.scalars(wanted.order_by(EnquiryRecord.id)))


def called_for_haste(begins: datetime, ends: datetime) -> list[tuple[int, int, Urgency]]:
    """Return the tickets opened in a time whose text called for haste, with who took each first.

    The third is how much it hurries all the same: what is normal has a reason beside it.
    """
    wanted = select(Ticket.id, Ticket.first_contact_id, Ticket.urgency).where(
        Ticket.urgency_words != "", Ticket.opened_at >= begins, Ticket.opened_at < ends
    )
    rows = db.session.execute(wanted.order_by(Ticket.id))
    return [(ticket_id, taken_by, urgency) for ticket_id, taken_by, urgency in rows]


MOST_FOUND_BY_TEXT = 500


def calls_handed_for(text: str) -> set[int]:
    """Return the newest calls whose record says this text of why the caller was handed on."""
    wanted = select(EnquiryRecord.call_id).where(
        or_(
            EnquiryRecord.note.contains(text, autoescape=True),
            EnquiryRecord.transfer_to.contains(text, autoescape=True),
        )
    )
    found = wanted.order_by(EnquiryRecord.id.desc()).limit(MOST_FOUND_BY_TEXT)
    return set(db.session.scalars(found))


def tickets_of_call(call_id: int) -> list[Ticket]:
    """Return the tickets opened in one call, oldest first."""
    wanted = select(Ticket).where(Ticket.call_id == call_id).order_by(Ticket.id)
    return list(db.session.execute(wanted).scalars())


def has_outcome(call_id: int) -> bool:
    """Say whether the call has left a record or a ticket."""
    return bool(outcomes_of([call_id])[call_id])
