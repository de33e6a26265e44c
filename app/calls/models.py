"""The ledger's tables: calls, their legs, every change of state, raw news, wishes sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.calls.call_states import CallState, OrderState
from app.core.column_types import Json, Moment, word
from app.core.database import Model


class Call(Model):
    """One conversation. Moments are the exchange's own; durations follow from the rows."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("exchange_id", "boot_id", "call_key"),
        Index("ix_calls_state_exchange_id", "state", "exchange_id"),
        Index("ix_calls_from_number_invited_at", "from_number", "invited_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    boot_id: Mapped[str] = mapped_column(String(64))
    call_key: Mapped[str] = mapped_column(String(64), index=True)
    dialled_number: Mapped[str] = mapped_column(String(32))
    from_number: Mapped[str] = mapped_column(String(32))  # normalised; empty when withheld
    from_name: Mapped[str] = mapped_column(String(80))
    legacy_number_id: Mapped[int | None] = mapped_column(ForeignKey("legacy_numbers.id"))
    state: Mapped[CallState] = mapped_column(word(CallState))
    state_since: Mapped[datetime] = mapped_column(Moment)
    last_news_at: Mapped[datetime] = mapped_column(Moment)  # by the exchange's clock
    invited_at: Mapped[datetime] = mapped_column(Moment, index=True)
    waiting_at: Mapped[datetime | None] = mapped_column(Moment)  # first time on hold music
    talk_started_at: Mapped[datetime | None] = mapped_column(Moment)  # first answer
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(String(16))
    cause: Mapped[int | None]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    is_kept: Mapped[bool] = mapped_column(default=False)  # the caller is on the kept music now
    talk_contact: Mapped[str | None] = mapped_column(String(255))  # the registration talked through
    lost_contact: Mapped[str | None] = mapped_column(String(255))  # the registration that was lost
    resume_contact: Mapped[str | None] = mapped_column(String(255))  # the one rung to go on
    resume_tries: Mapped[int] = mapped_column(default=0)


class CallLeg(Model):
    """An agent's line of a call."""

    __tablename__ = "call_legs"
    __table_args__ = (UniqueConstraint("call_id", "leg_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    leg_key: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str] = mapped_column(String(32))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ringing_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str | None] = mapped_column(String(32))


class CallForward(Model):
    """One try to send a call on to a line's old seats. `outcome` is a word of the forward's end."""

    __tablename__ = "call_forwards"
    __table_args__ = (UniqueConstraint("call_id", "counter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    counter: Mapped[int]  # the how-manieth of this call
    number: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(16))


class CallStateChange(Model):
    """One step of a call; what durations and figures are computed from."""

    __tablename__ = "call_state_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    old: Mapped[CallState | None] = mapped_column(word(CallState, name="old"))
    new: Mapped[CallState] = mapped_column(word(CallState, name="new"))
    at: Mapped[datetime] = mapped_column(Moment)
    because: Mapped[str] = mapped_column(String(32))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ProviderEvent(Model):
    """News as the exchange told it, once each: the natural key is unique (ADR 0003)."""

    __tablename__ = "provider_events"
    __table_args__ = (UniqueConstraint("exchange_id", "boot_id", "leg_key", "kind", "counter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    boot_id: Mapped[str] = mapped_column(String(64))
    leg_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    counter: Mapped[int]
    call_key: Mapped[str] = mapped_column(String(64), index=True)
    happened_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class CallOrder(Model):
    """A wish, saved before it is sent. The switchboard alone sends (decision 3)."""

    __tablename__ = "call_orders"
    __table_args__ = (Index("ix_call_orders_state_exchange_id", "state", "exchange_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[OrderState] = mapped_column(word(OrderState))
    wished_at: Mapped[datetime] = mapped_column(Moment)
    wished_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_code: Mapped[str | None] = mapped_column(String(32))


class PhoneContact(Model):
    """Which registration of an agent's phone an exchange can ring now. State, not history."""

    __tablename__ = "phone_contacts"

    exchange_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    phone: Mapped[str] = mapped_column(String(32), primary_key=True)
    contact: Mapped[str] = mapped_column(String(255))
    since: Mapped[datetime] = mapped_column(Moment)


class ExchangeLink(Model):
    """How the link to an exchange stands, as the switchboard last saw it."""

    __tablename__ = "exchange_links"

    exchange_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    boot_id: Mapped[str] = mapped_column(String(64))
    is_up: Mapped[bool]
    since: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(String(120))
