"""The ledger's tables: calls, their legs, every change of state, raw news, wishes sent."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.calls.call_results import CallResult
from app.calls.call_spells import SpellKind
from app.calls.call_states import CallState, Direction, OrderState
from app.calls.link_lag import LinkLag
from app.calls.reconciliation import DifferenceKind
from app.calls.transfer_states import TransferKind, TransferState
from app.core.column_types import Json, Moment, word
from app.core.database import Model


class Call(Model):
    """One conversation. Moments are the exchange's own; durations follow from the rows.

    `from_number` is always the citizen's; `dialled_number` the public number that he dialled, or
    was shown when we called him.
    """

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
    direction: Mapped[Direction] = mapped_column(word(Direction), default=Direction.IN)
    dialled_number: Mapped[str] = mapped_column(String(32))
    from_number: Mapped[str] = mapped_column(String(32))  # normalised; empty when withheld
    from_name: Mapped[str] = mapped_column(String(80))
    # We called, and our side spoke from somebody's own telephone: no desk has this call.
    is_by_telephone: Mapped[bool] = mapped_column(default=False)
    legacy_number_id: Mapped[int | None] = mapped_column(ForeignKey("legacy_numbers.id"))
    state: Mapped[CallState] = mapped_column(word(CallState))
    state_since: Mapped[datetime] = mapped_column(Moment)
    last_news_at: Mapped[datetime] = mapped_column(Moment)  # by the exchange's clock
    invited_at: Mapped[datetime] = mapped_column(Moment, index=True)
    waiting_at: Mapped[datetime | None] = mapped_column(Moment)  # first time on hold music
    talk_started_at: Mapped[datetime | None] = mapped_column(Moment)  # first answer
    ended_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    ended_by: Mapped[str | None] = mapped_column(String(16))
    cause: Mapped[int | None]
    result: Mapped[CallResult | None] = mapped_column(word(CallResult))  # None while it lasts
    # Why the register did not simply queue it (app.channels.door_rules); None: it did.
    door_reason: Mapped[str | None] = mapped_column(String(32))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    # Who called, of several behind one number: chosen by the agent (app.calls.call_persons).
    caller_id: Mapped[int | None] = mapped_column(ForeignKey("callers.id"), index=True)
    is_kept: Mapped[bool] = mapped_column(default=False)  # the caller is on the kept music now
    talk_contact: Mapped[str | None] = mapped_column(String(255))  # the registration talked through
    lost_contact: Mapped[str | None] = mapped_column(String(255))  # the registration that was lost
    resume_contact: Mapped[str | None] = mapped_column(String(255))  # the one rung to go on
    resume_tries: Mapped[int] = mapped_column(default=0)


class LegRole(StrEnum):
    """Whose line of a call it is."""

    AGENT = "agent"
    CONSULTED = "consulted"
    TRANSFERRED_TO = "transferred_to"
    SUPERVISOR = "supervisor"
    CITIZEN = "citizen"  # the one an agent calls


class CallLeg(Model):
    """One line of a call: an agent's, or a further party's (ADR 0016).

    `phone` is a phone of ours, or the number outside as the exchange named it: mask it on screens.
    A party's name is the order that called it. `took_over_at`: from when the call was this agent's.
    """

    __tablename__ = "call_legs"
    __table_args__ = (UniqueConstraint("call_id", "leg_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    leg_key: Mapped[str] = mapped_column(String(64))
    role: Mapped[LegRole] = mapped_column(word(LegRole), default=LegRole.AGENT)
    is_outside: Mapped[bool] = mapped_column(default=False)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("call_orders.id"))
    phone: Mapped[str] = mapped_column(String(32))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ringing_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    took_over_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str | None] = mapped_column(String(32))


class CallSpell(Model):
    """A hold, a mute, a pause of the recording, a supervision: from, until, whose, by whom."""

    __tablename__ = "call_spells"
    __table_args__ = (UniqueConstraint("call_id", "kind", "phone", "began_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"))
    kind: Mapped[SpellKind] = mapped_column(word(SpellKind))
    phone: Mapped[str] = mapped_column(String(32))  # empty: the call's own
    mode: Mapped[str] = mapped_column(String(16))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # whose phone it is
    order_id: Mapped[int | None] = mapped_column(ForeignKey("call_orders.id"))
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class CallTransfer(Model):
    """A caller handed, or offered, to somebody else. `order_id` is the order that rings him."""

    __tablename__ = "call_transfers"

    order_id: Mapped[int] = mapped_column(ForeignKey("call_orders.id"), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    kind: Mapped[TransferKind] = mapped_column(word(TransferKind))
    state: Mapped[TransferState] = mapped_column(word(TransferState))
    from_agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_entry: Mapped[str | None] = mapped_column(String(32))  # the directory's code
    address: Mapped[str] = mapped_column(String(32))
    # What the colleague is told of the matter before he answers.
    summary: Mapped[str | None] = mapped_column(String(500))
    wished_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str | None] = mapped_column(String(32))


class CallBack(Model):
    """Who cares for a caller that nobody answered. That he was spoken to, the ledger alone says."""

    __tablename__ = "call_backs"

    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    last_try_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    why: Mapped[str] = mapped_column(String(200), default="")


class CallForward(Model):
    """One try to send a call on to a line's old seats.

    `outcome` is `answered` or why nobody took it (RingFailure); `ended_at` belongs to the latter.
    A try that was answered ends with the call.
    """

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
    # Until when its outcome must be told; None: no outcome is owed (any more).
    outcome_due: Mapped[datetime | None] = mapped_column(Moment, index=True)
    outcome_at: Mapped[datetime | None] = mapped_column(Moment)
    is_alarmed: Mapped[bool] = mapped_column(default=False)


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
    lag: Mapped[LinkLag] = mapped_column(word(LinkLag), default=LinkLag.OK)
    event_age_ms: Mapped[int] = mapped_column(default=0)  # the worst when `lag` was last noted


class ExchangeLinkStep(Model):
    """A link to an exchange came or went, as it was told. `at` is by the exchange's clock."""

    __tablename__ = "exchange_link_steps"
    __table_args__ = (Index("ix_exchange_link_steps_exchange_id_at", "exchange_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)
    is_up: Mapped[bool]
    boot_id: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(120))


class LedgerDifference(Model):
    """Something that the ledger had wrong, found by comparing it with the exchange, and mended."""

    __tablename__ = "ledger_differences"
    __table_args__ = (Index("ix_ledger_differences_exchange_id_at", "exchange_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[DifferenceKind] = mapped_column(word(DifferenceKind))
    subject: Mapped[str] = mapped_column(String(64))  # the call's key, or the phone
    ledger_said: Mapped[str] = mapped_column(String(255))
    exchange_said: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Moment)  # ours
