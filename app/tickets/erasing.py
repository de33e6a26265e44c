"""Erase a person from tickets, records and drafts; the rows stay and are counted as before."""

from collections.abc import Collection

from sqlalchemy import delete, select

from app.core.database import db
from app.core.phone_numbers import ERASED, mask_in_text
from app.tickets.models import CallDraft, EnquiryRecord
from app.tickets.person_tickets import of_person
from app.tickets.spots import NOWHERE, CoordinatesSource

GONE = "***"
"""Stands in a text where a name stood."""
SENTENCES = (
    "title", "content", "occurred", "respondent", "demand", "address", "urgency_reason",
)  # fmt: skip
"""What of a ticket is written freely."""


def erase_person(
    family: Collection[int],
    numbers: Collection[str],
    *,
    call_ids: Collection[int],
    names: Collection[str],
) -> list[int]:
    """Erase whom tickets and records are about; return the ids of the tickets.

    What was typed freely keeps its sense: names of the person and all telephone numbers in it are
    struck out.
    """
    tickets = list(db.session.scalars(of_person(family, numbers)))
    for ticket in tickets:
        ticket.caller_name = ""
        ticket.calling_number = ticket.contact_number = ERASED
        ticket.organisation_name = ticket.credit_code = ticket.best_time = ""
        ticket.identity_number = ""
        ticket.person_kind = ticket.special_group = None
        ticket.gender = ticket.age_group = None
        if ticket.coordinates_source is CoordinatesSource.CALLER:
            ticket.place_at(NOWHERE)  # where his telephone was
        for name in SENTENCES:
            setattr(ticket, name, struck_out(getattr(ticket, name), names))
    wanted = select(EnquiryRecord).where(EnquiryRecord.call_id.in_(call_ids))
    for record in db.session.scalars(wanted):
        record.caller_name = ""
        record.note = struck_out(record.note, names)
        record.told_where = struck_out(record.told_where, names)
    db.session.execute(delete(CallDraft).where(CallDraft.call_id.in_(call_ids)))
    return [ticket.id for ticket in tickets]


def struck_out(text: str, names: Collection[str]) -> str:
    """Return the text without these names and with every telephone number masked."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, GONE) if len(name) > 1 else text
    return mask_in_text(text)
