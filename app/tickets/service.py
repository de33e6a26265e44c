"""What a call leaves behind: save a draft, record an enquiry, open a ticket, list them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.callers import service as callers
from app.calls import call_persons
from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.pagination import Page, page_of
from app.core.phone_numbers import mask_in_text, normalise
from app.organisation import service as organisation
from app.rules import service as rules
from app.tickets.events import EnquiryRecorded, TicketOpened
from app.tickets.models import (
    CallDraft,
    EnquiryRecord,
    Ticket,
    TicketSequence,
    TicketStateChange,
)
from app.tickets.ticket_numbers import ticket_number
from app.tickets.ticket_states import (
    OPEN_STATES,
    EnquiryResult,
    RequestType,
    TicketState,
    Urgency,
)
from knowledge_base import service as knowledge_base

__all__ = ["EnquiryResult", "RequestType", "TicketState", "Urgency"]

CITY_TIME = ZoneInfo("Asia/Shanghai")


class NoSuchTicket(NotFound):
    """There is no such ticket."""

    code = "no-such-ticket"


class DraftIsNewer(Conflict):
    """Another page saved this draft meanwhile; `version` and `body` are what it saved."""

    code = "draft-is-newer"


class AlreadyOnRecord(Conflict):
    """The very same record of this call was saved a moment ago."""

    code = "already-on-record"


class NotInRegister(Invalid):
    """A code or an id names nothing in the registers; `field` says which."""


@dataclass(frozen=True, kw_only=True)
class NewEnquiry:
    """What an agent wrote of a call answered at once."""

    call_id: int
    agent_id: int
    result: EnquiryResult
    category_code: str | None = None
    article_id: int | None = None
    told_where: str = ""
    note: str = ""
    caller_name: str = ""


@dataclass(frozen=True, kw_only=True)
class NewTicket:
    """What an agent wrote of a demand that a unit must handle."""

    call_id: int | None
    opened_by: int
    request_type: RequestType
    title: str
    content: str
    category_code: str
    county_code: str
    town_code: str | None = None
    address: str = ""
    caller_name: str = ""
    contact_number: str = ""
    urgency: Urgency = Urgency.NORMAL
    is_confidential: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one call left: kind is `enquiry` or `ticket`."""

    kind: str
    id: int
    number: str | None


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


def record_enquiry(new: NewEnquiry) -> EnquiryRecord:
    """Record a call answered at once; the same record twice is refused as AlreadyOnRecord.

    Raises NotInRegister with the field.
    """
    if new.category_code:
        with _named("category_code"):
            rules.get_category(new.category_code)
    if new.article_id is not None:
        with _named("article_id"):
            knowledge_base.get_article(new.article_id)
    last = _last_enquiry(new.call_id)
    if last is not None and _is_same(last, new):
        raise AlreadyOnRecord
    call = calls.get_call(new.call_id)
    record = EnquiryRecord(
        call_id=new.call_id,
        agent_id=new.agent_id,
        category_code=new.category_code or None,
        article_id=new.article_id,
        result=new.result,
        told_where=new.told_where,
        note=new.note,
        caller_name=new.caller_name,
        saved_at=clock.now(),
    )
    db.session.add(record)
    if new.caller_name and call.from_number:
        caller = callers.get_or_open_caller(
            call.from_number, new.caller_name, chosen_id=call.caller_id
        )
        call_persons.note_caller(call.id, caller_id=caller.id, noted_by=new.agent_id)
    db.session.flush()
    publish(EnquiryRecorded(record_id=record.id, call_id=new.call_id, agent_id=new.agent_id))
    return record


def open_ticket(new: NewTicket) -> Ticket:
    """Open a ticket on first contact; whoever opens it stays its first contact for ever.

    Raises NotInRegister with the field, AlreadyOnRecord.
    """
    with _named("category_code"):
        rules.get_category(new.category_code)
    _check_place(new)
    call = calls.get_call(new.call_id) if new.call_id is not None else None
    last = _last_ticket(new.call_id)
    if last is not None and (last.title, last.content) == (new.title, new.content):
        raise AlreadyOnRecord
    at = clock.now()
    calling = call.from_number if call else ""
    contact = normalise(new.contact_number) or calling
    is_known = bool(contact and new.caller_name)  # who gives no name may still be helped
    caller = (
        callers.get_or_open_caller(
            calling or contact,
            new.caller_name,
            contact=new.contact_number,
            chosen_id=call.caller_id if call else None,
        )
        if is_known
        else None
    )
    ticket = Ticket(
        number=_next_number(at.astimezone(CITY_TIME).date()),
        state=TicketState.TO_DISPATCH,
        request_type=new.request_type,
        urgency=new.urgency,
        title=new.title,
        content=new.content,
        category_code=new.category_code,
        county_code=new.county_code,
        town_code=new.town_code or None,
        address=new.address,
        is_confidential=new.is_confidential or new.request_type is RequestType.REPORT,
        call_id=new.call_id,
        legacy_number_id=call.legacy_number_id if call else None,
        caller_id=caller.id if caller else None,
        caller_name=callers.whole_name(new.caller_name, caller),
        calling_number=calling,
        contact_number=contact,
        first_contact_id=new.opened_by,
        opened_at=at,
    )
    db.session.add(ticket)
    if call is not None and caller is not None:
        call_persons.note_caller(call.id, caller_id=caller.id, noted_by=new.opened_by)
    db.session.flush()
    db.session.add(
        TicketStateChange(ticket_id=ticket.id, old=None, new=ticket.state, at=at, by=new.opened_by)
    )
    publish(
        TicketOpened(
            ticket_id=ticket.id,
            number=ticket.number,
            call_id=ticket.call_id,
            opened_by=new.opened_by,
        )
    )
    return ticket


def get_ticket(ticket_id: int) -> Ticket:
    """Return the ticket or raise NoSuchTicket."""
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        raise NoSuchTicket
    return ticket


def read_ticket(ticket_id: int, *, reader_id: int, reads_confidential: bool) -> Ticket:
    """Return the ticket to somebody who may read it; raises NoSuchTicket to all others.

    A confidential one is for its first contact and for who leads or dispatches (domain rules 1.13).
    """
    ticket = get_ticket(ticket_id)
    is_open_to_all = not ticket.is_confidential or reads_confidential
    if not is_open_to_all and ticket.first_contact_id != reader_id:
        raise NoSuchTicket
    return ticket


def list_tickets(
    *, reader_id: int, reads_confidential: bool, page: int, text: str = "", per_page: int = 25
) -> Page[Ticket]:
    """Return the tickets this person may read, newest first.

    `text` narrows to a number or to words of the title.
    """
    wanted = select(Ticket).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    if not reads_confidential:
        wanted = wanted.where(~Ticket.is_confidential | (Ticket.first_contact_id == reader_id))
    if text:
        words = text.strip()
        wanted = wanted.where(
            Ticket.number.startswith(words, autoescape=True)
            | Ticket.title.contains(words, autoescape=True)
        )
    return page_of(wanted, page=page, per_page=per_page)


def first_contact_owner(number: str) -> int | None:
    """Return who first took the newest open ticket of this normalised number, or None."""
    newest = open_tickets_of(number, limit=1)
    return newest[0].first_contact_id if newest else None


def open_tickets_of(
    number: str, *, caller_ids: Collection[int] = (), limit: int = 5
) -> list[Ticket]:
    """Return open tickets that this normalised number called about or may be called back on.

    With `caller_ids` also those of these persons, whichever number they called from then.
    """
    if not number:
        return []
    is_theirs = (Ticket.calling_number == number) | (Ticket.contact_number == number)
    if caller_ids:
        is_theirs |= Ticket.caller_id.in_(caller_ids)
    wanted = (
        select(Ticket)
        .where(Ticket.state.in_(OPEN_STATES), is_theirs)
        .order_by(Ticket.opened_at.desc())
        .limit(limit)
    )
    return list(db.session.execute(wanted).scalars())


def outcomes_of(call_ids: Collection[int]) -> dict[int, list[Outcome]]:
    """Return what each of these calls left, oldest first."""
    found: dict[int, list[Outcome]] = {call_id: [] for call_id in call_ids}
    records = select(EnquiryRecord).where(EnquiryRecord.call_id.in_(call_ids))
    for record in db.session.execute(records.order_by(EnquiryRecord.id)).scalars():
        found[record.call_id].append(Outcome(kind="enquiry", id=record.id, number=None))
    tickets = select(Ticket).where(Ticket.call_id.in_(call_ids)).order_by(Ticket.id)
    for ticket in db.session.execute(tickets).scalars():
        if ticket.call_id is not None:
            outcome = Outcome(kind="ticket", id=ticket.id, number=ticket.number)
            found[ticket.call_id].append(outcome)
    return found


def summary_of(outcome: Outcome) -> str:
    """Return one line that says what a call was about: the ticket's title, the record's note."""
    if outcome.kind == "ticket":
        return get_ticket(outcome.id).title
    record = db.session.get_one(EnquiryRecord, outcome.id)
    category = rules.get_category(record.category_code).name if record.category_code else ""
    note = mask_in_text(record.note[:40])
    return " · ".join(part for part in (category, note) if part)


def enquiries_of(call_id: int) -> list[EnquiryRecord]:
    """Return the enquiry records of one call, oldest first."""
    wanted = select(EnquiryRecord).where(EnquiryRecord.call_id == call_id)
    return list(db.session.execute(wanted.order_by(EnquiryRecord.id)).scalars())


def tickets_of_call(call_id: int) -> list[Ticket]:
    """Return the tickets opened in one call, oldest first."""
    wanted = select(Ticket).where(Ticket.call_id == call_id).order_by(Ticket.id)
    return list(db.session.execute(wanted).scalars())


def has_outcome(call_id: int) -> bool:
    """Say whether the call has left a record or a ticket."""
    return bool(outcomes_of([call_id])[call_id])


@contextmanager
def _named(field: str) -> Iterator[None]:
    """Say at which field the register knows nothing of the name."""
    try:
        yield
    except NotFound as unknown:
        raise NotInRegister(field=field) from unknown


def _check_place(new: NewTicket) -> None:
    """A county of ours, and a town only of that county: 上坪镇 exists twice."""
    if new.county_code not in {each.code for each in organisation.list_counties()}:
        raise NotInRegister(field="county_code")
    if new.town_code and new.town_code not in {
        each.code for each in organisation.towns_of(new.county_code)
    }:
        raise NotInRegister(field="town_code")


def _last_enquiry(call_id: int) -> EnquiryRecord | None:
    wanted = select(EnquiryRecord).where(EnquiryRecord.call_id == call_id)
    return db.session.execute(wanted.order_by(EnquiryRecord.id.desc()).limit(1)).scalar()


def _last_ticket(call_id: int | None) -> Ticket | None:
    if call_id is None:
        return None
    wanted = select(Ticket).where(Ticket.call_id == call_id)
    return db.session.execute(wanted.order_by(Ticket.id.desc()).limit(1)).scalar()


def _is_same(last: EnquiryRecord, new: NewEnquiry) -> bool:
    said = (last.result, last.category_code, last.article_id, last.note, last.told_where)
    return said == (
        new.result,
        new.category_code or None,
        new.article_id,
        new.note,
        new.told_where,
    )


def _next_number(day: date) -> str:
    counted = (
        update(TicketSequence)
        .where(TicketSequence.day == day)
        .values(last=TicketSequence.last + 1)
        .returning(TicketSequence.last)
    )
    last = db.session.execute(counted).scalar_one_or_none()
    if last is None:
        dialect = db.session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        first = insert(TicketSequence).values(day=day, last=1)
        first = first.on_conflict_do_update(
            index_elements=["day"], set_={"last": TicketSequence.last + 1}
        )
        last = db.session.execute(first.returning(TicketSequence.last)).scalar_one()
    return ticket_number(day, last)
