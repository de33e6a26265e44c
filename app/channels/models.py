"""Tables of the public numbers, their dated modes and states, their landings and changed routes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.channels.number_states import Language, MergeMode, NumberState
from app.core.column_types import Json, Moment, word
from app.core.database import Model

__all__ = ["MergeMode"]


class LegacyNumber(Model):
    """One public number, 12345 among them. What depends on the day stands in dated rows."""

    __tablename__ = "legacy_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    # The mode of a single line is our reconstruction until the city confirms it (示例，待核实).
    is_sample: Mapped[bool]
    greeting: Mapped[str] = mapped_column(Text)
    # A sound of the exchange that callers hear first, without its ending; empty: none.
    greeting_sound: Mapped[str] = mapped_column(String(64), default="")
    # Higher is answered first; 0 is ordinary.
    priority: Mapped[int] = mapped_column(default=0)
    # What an agent must know to take this line; None: everybody may.
    skill: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[Language | None] = mapped_column(word(Language))
    # How long a call waits for the sub-centre's own seats before the city's may take it.
    overflow_seconds: Mapped[int | None]
    plays_recording_notice: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")


class GreetingSound(Model):
    """A greeting as a WAV file, whole. Never changed: another recording is another row."""

    __tablename__ = "greeting_sounds"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)  # as exchanges keep it
    number_id: Mapped[int] = mapped_column(ForeignKey("legacy_numbers.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    seconds: Mapped[float]
    size_bytes: Mapped[int]
    # read only when it is played or fetched
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class NumberMode(Model):
    """From `valid_from` on the number is run in this mode."""

    __tablename__ = "number_modes"

    id: Mapped[int] = mapped_column(primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("legacy_numbers.id"), index=True)
    mode: Mapped[MergeMode] = mapped_column(word(MergeMode))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class NumberStateStep(Model):
    """From `valid_from` on the number is in this state."""

    __tablename__ = "number_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("legacy_numbers.id"), index=True)
    state: Mapped[NumberState] = mapped_column(word(NumberState))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    because: Mapped[str] = mapped_column(String(200), default="")


class Landing(Model):
    """How one carrier delivers a number to us. What is delivered is not what was dialled (A11)."""

    __tablename__ = "landings"
    __table_args__ = (Index("ix_landings_delivered_did", "delivered_did"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("legacy_numbers.id"), index=True)
    exchange_id: Mapped[str] = mapped_column(String(32), default="")  # empty: any of ours
    trunk: Mapped[str] = mapped_column(String(64), default="")  # empty: any of that exchange
    carrier: Mapped[str] = mapped_column(String(64))
    delivered_did: Mapped[str] = mapped_column(String(32))
    live_from: Mapped[datetime] = mapped_column(Moment)
    live_until: Mapped[datetime | None] = mapped_column(Moment)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class RouteChange(Model):
    """One act: from `effective_at` on, landings of a number go elsewhere. Undone by one act.

    An undo is a change of its own that names the undone one in `undoes_id`. Only `undone_at` is
    ever written later.
    """

    __tablename__ = "route_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("legacy_numbers.id"), index=True)
    effective_at: Mapped[datetime] = mapped_column(Moment)
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    because: Mapped[str] = mapped_column(String(200), default="")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("route_changes.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class LandingRoute(Model):
    """Where one landing goes from a change on, and where it went before; routes as plain data."""

    __tablename__ = "landing_routes"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("route_changes.id"), index=True)
    landing_id: Mapped[int] = mapped_column(ForeignKey("landings.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)


class IntakeAlarmKind(StrEnum):
    """What was wrong with a call at the door."""

    LOOP = "loop"  # the same call came a second time
    FORWARD_REFUSED = "forward_refused"  # its route leads back to us, or to an emergency number


class IntakeAlarm(Model):
    """A call at the door that was given to a human instead of where its route leads."""

    __tablename__ = "intake_alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[IntakeAlarmKind] = mapped_column(word(IntakeAlarmKind))
    sign: Mapped[str] = mapped_column(String(32))  # what it was recognised by
    exchange_id: Mapped[str] = mapped_column(String(32))
    call_key: Mapped[str] = mapped_column(String(64))
    number_id: Mapped[int | None] = mapped_column(ForeignKey("legacy_numbers.id"))
    delivered: Mapped[str] = mapped_column(String(32))


class DirectoryKind(StrEnum):
    """What sort of body a caller is handed to."""

    EMERGENCY = "emergency"
    UTILITY = "utility"
    UNIT = "unit"
    HOTLINE = "hotline"


class HandsOver(StrEnum):
    """How a caller is best handed to it (冷转, 热转, 三方)."""

    COLD = "cold"
    WARM = "warm"
    THREE_PARTY = "three_party"


class DirectoryEntry(Model):
    """Somebody outside to whom callers are handed."""

    __tablename__ = "directory_entries"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[DirectoryKind] = mapped_column(word(DirectoryKind))
    number: Mapped[str] = mapped_column(String(32))
    # Tried by hand when nobody answers; empty: none is known.
    fallback_number: Mapped[str] = mapped_column(String(32), default="")
    hands_over: Mapped[HandsOver] = mapped_column(word(HandsOver))
    # When somebody answers there (app.channels.opening_hours); empty: day and night.
    hours: Mapped[str] = mapped_column(String(120), default="", server_default="")
    # Our reconstruction until the city confirms it (示例，待核实).
    is_sample: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)
