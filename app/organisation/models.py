"""Tables of the units that answer for something, and of the places they answer for."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model


class RegionLevel(StrEnum):
    """How high a place stands. A functional area has a committee but no administrative code."""

    CITY = "city"
    COUNTY = "county"
    FUNCTIONAL_AREA = "functional_area"
    TOWN = "town"


class UnitKind(StrEnum):
    """What sort of body a unit is."""

    CITY_BUREAU = "city_bureau"
    COUNTY = "county"
    FUNCTIONAL_AREA = "functional_area"
    TOWN = "town"
    UTILITY = "utility"
    HOTLINE = "hotline"
    SUB_CENTRE = "sub_centre"


class Region(Model):
    """A place. Its code is the administrative one (GB/T 2260, 9 digits for towns), or `FA-…`."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    level: Mapped[RegionLevel] = mapped_column(word(RegionLevel))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    # A town keeps the county it belongs to by law even while a functional area runs it (代管).
    administered_by_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")


class LearntPlace(Model):
    """An address that agents wrote into tickets, with the town it lies in; rooms are left out."""

    __tablename__ = "learnt_places"
    __table_args__ = (UniqueConstraint("county_code", "town_code", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    # "" for none: two rows without a town would not count as the same.
    town_code: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(200))
    times: Mapped[int]
    last_used_at: Mapped[datetime] = mapped_column(Moment)


class Unit(Model):
    """A body that owns a number, handles tickets or employs people who sign in."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[UnitKind] = mapped_column(word(UnitKind))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)


class LiaisonRole(StrEnum):
    """What a liaison person of a unit is asked for."""

    LEADER = "leader"  # 分管领导
    LIAISON = "liaison"  # 联络员
    DEPUTY = "deputy"  # 备用联络员
    NIGHT = "night"  # 夜间值守


class Liaison(Model):
    """A person at a unit whom the hotline reaches; ended when he is none any more, not deleted."""

    __tablename__ = "liaisons"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(32))
    role: Mapped[LiaisonRole] = mapped_column(word(LiaisonRole))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day


class LiaisonChange(Model):
    """What was changed of a liaison, by whom; the hotline files it, by when a rule says."""

    __tablename__ = "liaison_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    liaison_id: Mapped[int] = mapped_column(ForeignKey("liaisons.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    # The names of what was changed, before and after; a number only as it is shown, with stars.
    changed: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # None where the calendar does not know the year yet.
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
