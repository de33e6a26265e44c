"""Table of the old public numbers and how each was folded in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
from app.core.database import Model


class MergeMode(StrEnum):
    """How a number was folded in (国办发〔2020〕53号); `main` is 12345 itself."""

    MAIN = "main"
    MERGED = "merged"
    DUAL_NUMBER = "dual_number"
    SUB_CENTRE = "sub_centre"


class LegacyNumber(Model):
    """One public number. `valid_from` belongs to its time, `valid_until` no longer does."""

    __tablename__ = "legacy_numbers"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    owner_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    mode: Mapped[MergeMode] = mapped_column(word(MergeMode))
    # The mode of a single line is our reconstruction until the city confirms it (示例，待核实).
    is_sample: Mapped[bool]
    greeting: Mapped[str] = mapped_column(Text)
    # Higher is answered first; 0 is ordinary.
    priority: Mapped[int] = mapped_column(default=0)
    # What an agent must know to take this line; None: everybody may.
    skill: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)
