"""Tables of tickets, enquiry records and the drafts they grow from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from app.tickets.ticket_states import EnquiryResult, RequestType, TicketState, Urgency


class Ticket(Model):
    """A promise of work. `first_contact_id` is who took it first; it is never overwritten."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    state: Mapped[TicketState] = mapped_column(word(TicketState), index=True)
    request_type: Mapped[RequestType] = mapped_column(word(RequestType))
    urgency: Mapped[Urgency] = mapped_column(word(Urgency))
    title: Mapped[str] = mapped_column(String(50))
    content: Mapped[str] = mapped_column(Text)
    category_code: Mapped[str] = mapped_column(String(8))
    county_code: Mapped[str] = mapped_column(String(16))
    town_code: Mapped[str | None] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    is_confidential: Mapped[bool]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)
    legacy_number_id: Mapped[int | None] = mapped_column(ForeignKey("legacy_numbers.id"))
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("callers.id"), index=True)
    caller_name: Mapped[str] = mapped_column(String(40))
    calling_number: Mapped[str] = mapped_column(String(32), index=True)
    contact_number: Mapped[str] = mapped_column(String(32), index=True)
    first_contact_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it as it is


class TicketStateChange(Model):
    """One step of a ticket's life."""

    __tablename__ = "ticket_state_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    old: Mapped[TicketState | None] = mapped_column(word(TicketState, name="old"))
    new: Mapped[TicketState] = mapped_column(word(TicketState, name="new"))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class TicketSequence(Model):
    """How many tickets a day has had."""

    __tablename__ = "ticket_sequences"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class EnquiryRecord(Model):
    """A call answered at once: what it was about, the article used, how it ended."""

    __tablename__ = "enquiry_records"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    category_code: Mapped[str | None] = mapped_column(String(8))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))
    result: Mapped[EnquiryResult] = mapped_column(word(EnquiryResult))
    told_where: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    caller_name: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(Moment)


class CallDraft(Model):
    """What the agent has typed so far about a call; versioned so that no tab undoes another."""

    __tablename__ = "call_drafts"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Moment)
