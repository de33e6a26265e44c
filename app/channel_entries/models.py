"""Tables of the channels of the city, and of what their units entered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.channel_entries.channel_states import ChannelKind, ChannelMode, ChannelState, WayIn
from app.core.column_types import Json, Moment, word
from app.core.database import Model


class EntryChannel(Model):
    """One way by which demands reach the city. What depends on the day stands in dated rows."""

    __tablename__ = "entry_channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ChannelKind] = mapped_column(word(ChannelKind))
    # The number, the address of the site, the name of the account.
    address: Mapped[str] = mapped_column(String(200), default="")
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    ways_in: Mapped[list[str]] = mapped_column(Json)
    # Who answers for it at its unit; a person's number, shown masked.
    contact_name: Mapped[str] = mapped_column(String(64), default="")
    contact_number: Mapped[str] = mapped_column(String(32), default="")
    # Ours until the city confirms it.
    is_sample: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")


class ChannelModeStep(Model):
    """From `valid_from` on a channel is folded in like this; `basis` names the decision."""

    __tablename__ = "entry_channel_modes"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("entry_channels.id"), index=True)
    mode: Mapped[ChannelMode] = mapped_column(word(ChannelMode))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    basis: Mapped[str] = mapped_column(String(200), default="")
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ChannelStateStep(Model):
    """From `valid_from` on a channel is in this state."""

    __tablename__ = "entry_channel_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("entry_channels.id"), index=True)
    state: Mapped[ChannelState] = mapped_column(word(ChannelState))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    basis: Mapped[str] = mapped_column(String(200), default="")
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ChannelCase(Model):
    """What a unit entered for its channel: a draft until it is a ticket.

    `draft` holds what was typed so far and is emptied when the ticket is opened: from then on the
    ticket has it. `mark` is that of the words as they were entered, to know the same row again.
    """

    __tablename__ = "channel_cases"
    __table_args__ = (
        UniqueConstraint("channel_id", "source_no"),
        Index("ix_channel_cases_channel_id_id", "channel_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("entry_channels.id"))
    source_no: Mapped[str | None] = mapped_column(String(64))
    way_in: Mapped[WayIn] = mapped_column(word(WayIn))
    draft: Mapped[dict[str, Any]] = mapped_column(Json)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), unique=True)
    # When it reached the channel, as the channel says; the ticket begins when it is entered.
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    mark: Mapped[str] = mapped_column(String(16), default="")
    version: Mapped[int] = mapped_column(default=1)
    begun_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    entered_at: Mapped[datetime | None] = mapped_column(Moment)
    edit_until: Mapped[datetime | None] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it as it is


class CaseNote(Model):
    """One step of what a channel did with a case of its own (办理过程)."""

    __tablename__ = "channel_case_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("channel_cases.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class CaseResult(Model):
    """What came of it (处理结果), and what everybody may read of that; the newest row counts."""

    __tablename__ = "channel_case_results"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("channel_cases.id"), index=True)
    result: Mapped[str] = mapped_column(Text)
    public_reply: Mapped[str] = mapped_column(Text)
    # When it was settled, as the channel says.
    settled_on: Mapped[datetime | None] = mapped_column(Moment)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class SheetUpload(Model):
    """A sheet that was looked at and not yet taken over; its rows go when it is."""

    __tablename__ = "channel_sheet_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("entry_channels.id"))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    rows: Mapped[list[Any]] = mapped_column(Json)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
