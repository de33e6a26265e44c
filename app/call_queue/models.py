"""Tables of the queue: places in line, offers, presences and their history, desk links."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from app.call_queue.presence_states import EntryState, OfferState, PresenceState
from app.core.column_types import Moment, word
from app.core.database import Model


class QueueEntry(Model):
    """A call's place in line. It keeps its moment of entry through every offer that fails.

    What routing needs to know of the caller is written down when he enters and is not looked up
    again; `app.call_queue.routing` says what each value means.
    """

    __tablename__ = "queue_entries"
    __table_args__ = (
        Index("ix_queue_entries_state_entered_at", "state", "entered_at"),
        Index("ix_queue_entries_state_stands_since", "state", "stands_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), unique=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    state: Mapped[EntryState] = mapped_column(word(EntryState))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    priority: Mapped[int] = mapped_column(default=0)
    stands_since: Mapped[datetime] = mapped_column(Moment)
    needs: Mapped[str] = mapped_column(String(200), default="")  # skills, sorted, blanks between
    sub_centre_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    city_from: Mapped[datetime | None] = mapped_column(Moment)
    preferred_agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_restricted: Mapped[bool] = mapped_column(default=False)
    # An exchange has just refused to ring for him: not before this moment again.
    rest_until: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)


class Offer(Model):
    """One call for one agent until one moment."""

    __tablename__ = "offers"
    __table_args__ = (
        Index("ix_offers_state_ring_until", "state", "ring_until"),
        Index("ix_offers_agent_id_made_at", "agent_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[OfferState] = mapped_column(word(OfferState))
    made_at: Mapped[datetime] = mapped_column(Moment)
    ring_until: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    # After a refused ring: this agent is not offered this call again before this moment.
    rest_until: Mapped[datetime | None] = mapped_column(Moment, index=True)


class Presence(Model):
    """What one agent is doing now. `call_id` stays until the call is closed on the desk."""

    __tablename__ = "presences"
    __table_args__ = (Index("ix_presences_state_until", "state", "until"),)

    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[PresenceState] = mapped_column(word(PresenceState))
    reason: Mapped[str | None] = mapped_column(String(32))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    next_state: Mapped[PresenceState | None] = mapped_column(word(PresenceState, name="next_state"))
    next_reason: Mapped[str | None] = mapped_column(String(32))
    # When it was said that the agent is not ready for longer than is agreed for his reason.
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    idle_since: Mapped[datetime] = mapped_column(Moment)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))


class PresenceChange(Model):
    """One step of an agent's day; never changed afterwards."""

    __tablename__ = "presence_changes"
    __table_args__ = (Index("ix_presence_changes_agent_id_at", "agent_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    old: Mapped[PresenceState | None] = mapped_column(word(PresenceState, name="old"))
    new: Mapped[PresenceState] = mapped_column(word(PresenceState, name="new"))
    reason: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    forced_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class DeskLink(Model):
    """One open desk page. Its lease is renewed while its connection answers (decision 20).

    A supervisor's board that has his phone is one too, but nobody takes callers there.
    """

    __tablename__ = "desk_links"

    link_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime] = mapped_column(Moment, index=True)
    takes_calls: Mapped[bool] = mapped_column(default=True, server_default=true())


class WrapUp(Model):
    """How the work after a call was closed."""

    __tablename__ = "wrap_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    code: Mapped[str | None] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    extensions: Mapped[int] = mapped_column(default=0)
