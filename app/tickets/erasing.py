"""Erase a person from tickets, records and drafts; the rows stay and are counted as before.

Two occasions: a person asks to be forgotten (`erase_person`: what is written keeps its sense), and
a ticket's time is over (`erase_whole`: no words are left at all).
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from app.core.database import db
from app.core.phone_numbers import ERASED, mask_in_text
from app.tickets.check_codes import new_check_code
from app.tickets.models import CallDraft, EnquiryRecord, Ticket, TicketCall, TicketStep
from app.tickets.person_tickets import of_person
from app.tickets.spots import NOWHERE, CoordinatesSource

GONE = "***"
"""Stands in a text where a name stood."""
SENTENCES = (
    "title", "content", "occurred", "respondent", "demand", "address", "urgency_reason",
)  # fmt: skip
"""What of a ticket is written freely."""
CODES = frozenset(
    {
        "exclusion", "kind", "kinds", "limit", "clock", "defect", "basis_kind", "flags", "tags",
        "old", "new", "fields", "child", "solved",
    }
)  # fmt: skip
"""Of what came with an act, names under which a code stands and never words: figures need them."""
_CODE = re.compile(r"[\w .:-]{0,40}")


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
        _erase_caller(ticket)
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


def erase_whole(ticket_ids: Collection[int], *, at: datetime) -> None:
    """Leave of these tickets what is counted, and nothing that anybody said.

    Their numbers, here and at other systems, stay: whoever asks by one is told that it was here.
    """
    for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(ticket_ids))):
        _erase_caller(ticket)
        for name in (*SENTENCES, "urgency_words", "grid"):
            setattr(ticket, name, "")
        ticket.title = ticket.content = GONE
        ticket.place_at(NOWHERE)
        ticket.caller_id = ticket.place_id = ticket.people_count = ticket.amount = None
        ticket.callback_wanted = ticket.consent_public = None
        ticket.check_code = new_check_code()  # nobody has been told it: no progress is asked for
        ticket.erased_at = at
    words = update(TicketCall).where(TicketCall.ticket_id.in_(ticket_ids)).values(note="")
    db.session.execute(words)
    steps = select(TicketStep).where(TicketStep.ticket_id.in_(ticket_ids))
    for step in db.session.scalars(steps):
        step.carried = without_words(step.carried)


def erase_records_of_calls(call_ids: Collection[int]) -> None:
    """Take the words out of what else these calls left: records of enquiries, and drafts."""
    wanted = select(EnquiryRecord).where(EnquiryRecord.call_id.in_(call_ids))
    for record in db.session.scalars(wanted):
        record.caller_name = record.note = ""
        record.told_where = record.told_words = record.transfer_to = ""
    db.session.execute(delete(CallDraft).where(CallDraft.call_id.in_(call_ids)))


def without_words(carried: Mapping[str, Any]) -> dict[str, Any]:
    """Return what came with an act as far as it is a number, a yes or no, or a code."""
    return {
        name: value
        for name, value in carried.items()
        if _is_no_word(value, may_be_code=name in CODES)
    }


def _is_no_word(value: Any, *, may_be_code: bool) -> bool:
    if isinstance(value, list):
        return all(_is_no_word(each, may_be_code=may_be_code) for each in value)
    if isinstance(value, str):
        return may_be_code and _CODE.fullmatch(value) is not None
    return not isinstance(value, dict)


def _erase_caller(ticket: Ticket) -> None:
    ticket.caller_name = ""
    ticket.calling_number = ticket.contact_number = ERASED
    ticket.organisation_name = ticket.credit_code = ticket.best_time = ""
    ticket.identity_number = ""
    ticket.person_kind = ticket.special_group = None
    ticket.gender = ticket.age_group = None


def struck_out(text: str, names: Collection[str]) -> str:
    """Return the text without these names and with every telephone number masked."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, GONE) if len(name) > 1 else text
    return mask_in_text(text)
