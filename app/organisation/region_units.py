"""Which unit answers for a place, and for which place a unit answers; 代管 included.

A town that another body runs keeps the county it lies in by law, but everything that is to be done
there is that body's: its unit leads, and its people keep the list of places.
"""

from sqlalchemy import select

from app.core.database import db
from app.organisation.models import Region, RegionLevel, Unit, UnitKind

OF_COUNTIES = (UnitKind.COUNTY, UnitKind.FUNCTIONAL_AREA)
COUNTY_LEVELS = (RegionLevel.COUNTY, RegionLevel.FUNCTIONAL_AREA)


def running_region(county_code: str, town_code: str | None = None) -> str:
    """Return the county or functional area that runs a place; "" where neither is known."""
    town = db.session.get(Region, town_code) if town_code else None
    if town is not None and town.level is RegionLevel.TOWN:
        return town.administered_by_code or town.parent_code or ""
    county = db.session.get(Region, county_code) if county_code else None
    return county.code if county is not None and county.level in COUNTY_LEVELS else ""


def unit_of_county(county_code: str, *, town_code: str | None = None) -> Unit | None:
    """Return the government or committee that runs a place; None where the register has none."""
    code = running_region(county_code, town_code)
    asked = select(Unit).where(Unit.region_code == code, Unit.kind.in_(OF_COUNTIES))
    return db.session.scalars(asked.order_by(Unit.id).limit(1)).first() if code else None


def unit_of_town(town_code: str | None) -> Unit | None:
    """Return the unit of a town or street; None where the register has none."""
    if not town_code:
        return None
    asked = select(Unit).where(Unit.region_code == town_code, Unit.kind == UnitKind.TOWN)
    return db.session.scalars(asked.order_by(Unit.id).limit(1)).first()


def is_of_town(unit_id: int) -> bool:
    """Say whether a unit is that of a town or street."""
    unit = db.session.get(Unit, unit_id)
    return unit is not None and unit.kind is UnitKind.TOWN


def has_unit(code: str) -> bool:
    """Say whether the register has a unit with this short code."""
    return db.session.scalar(select(Unit.id).where(Unit.code == code)) is not None


def region_of_unit(unit_id: int | None) -> str:
    """Return the county or functional area that a unit belongs to; "" for the city's own units."""
    unit = db.session.get(Unit, unit_id) if unit_id is not None else None
    region = db.session.get(Region, unit.region_code) if unit and unit.region_code else None
    if region is None or region.level is RegionLevel.CITY:
        return ""
    if region.level is RegionLevel.TOWN:
        return running_region("", region.code)
    return region.code
