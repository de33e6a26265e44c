"""Tables of the duty roster: whom a unit puts on duty, and when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
from app.core.database import Model
from app.duty_roster.roster_rules import DutyPart


class DutyPerson(Model):
    """Somebody whom a unit puts on duty. Number and mail are personal: always shown masked."""

    __tablename__ = "duty_persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(32))
    email: Mapped[str] = mapped_column(String(128), default="")
    locale: Mapped[str] = mapped_column(String(8), default="zh-CN")
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class DutySpellRow(Model):
    """One person on duty from a moment until another."""

    __tablename__ = "duty_spells"
    __table_args__ = (Index("ix_duty_spells_unit_id_ends_at", "unit_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("duty_persons.id"), index=True)
    part: Mapped[DutyPart] = mapped_column(word(DutyPart))
    begins_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    planned_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
