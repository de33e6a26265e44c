"""Ask for a unit or a place; fill both registers from the files beside this module."""

import csv
from pathlib import Path

from sqlalchemy import insert, or_, select

from app.core.database import db
from app.core.errors import NotFound
from app.organisation.models import Region, RegionLevel, Unit, UnitKind

DATA = Path(__file__).parent / "data"
PATH_SEPARATOR = " "


class UnknownUnit(NotFound):
    """No unit has this id or code."""

    code = "unit-not-found"


class UnknownRegion(NotFound):
    """No place has this code."""

    code = "region-not-found"


def get_unit(unit_id: int) -> Unit:
    """Return the unit with this id. Raises UnknownUnit."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise UnknownUnit
    return unit


def find_unit_by_code(code: str) -> Unit:
    """Return the unit with this short code, such as `market-regulation`. Raises UnknownUnit."""
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise UnknownUnit(unit_code=code)
    return unit


def list_units(*, kind: UnitKind | None = None) -> list[Unit]:
    """Return all units, or those of one kind, in the order of the register."""
    asked = select(Unit).order_by(Unit.id)
    if kind is not None:
        asked = asked.where(Unit.kind == kind)
    return list(db.session.scalars(asked))


def get_region(code: str) -> Region:
    """Return the place with this code. Raises UnknownRegion."""
    region = db.session.get(Region, code)
    if region is None:
        raise UnknownRegion(region_code=code)
    return region


def list_regions(*, level: RegionLevel | None = None) -> list[Region]:
    """Return all places, or those of one level, by code (functional areas come last)."""
    asked = select(Region).order_by(Region.code)
    if level is not None:
        asked = asked.where(Region.level == level)
    return list(db.session.scalars(asked))


def list_counties() -> list[Region]:
    """Return what an agent picks first: districts, counties, then the functional areas."""
    levels = (RegionLevel.COUNTY, RegionLevel.FUNCTIONAL_AREA)
    asked = select(Region).where(Region.level.in_(levels)).order_by(Region.code)
    return list(db.session.scalars(asked))


def towns_of(code: str) -> list[Region]:
    """Return the towns of a county; of a functional area, the towns that it runs (代管).

    An unknown code has no towns.
    """
    asked = (
        select(Region)
        .where(
            Region.level == RegionLevel.TOWN,
            or_(Region.parent_code == code, Region.administered_by_code == code),
        )
        .order_by(Region.code)
    )
    return list(db.session.scalars(asked))


def region_path(code: str) -> str:
    """Return the place as people must read it: a town always with its county.

    上坪镇 exists in 连平县 and in 龙川县, so a town's name alone never names a place. The city is
    left out: everything here lies in it. Raises UnknownRegion.
    """
    region = get_region(code)
    names = [region.name]
    while region.parent_code is not None:
        region = get_region(region.parent_code)
        if region.level != RegionLevel.CITY:
            names.insert(0, region.name)
    return PATH_SEPARATOR.join(names)


def load_regions() -> int:
    """Add the places of `data/regions.csv` that are missing; return how many.

    Source: the public list of administrative divisions (6 districts and counties, 101 towns) and
    two functional areas without a code. Rows that are there already stay as the city left them.
    """
    known = set(db.session.scalars(select(Region.code)))
    missing = [row for row in _rows("regions.csv") if row["code"] not in known]
    if missing:
        # In the order of the file: the city, its counties and areas, then the towns, because a
        # database that checks keys row by row wants parents first.
        db.session.execute(insert(Region), [_region(row) for row in missing])
    return len(missing)


def load_units() -> int:
    """Add the units of `data/units.csv` that are missing, parents before children."""
    ids = {unit.code: unit.id for unit in list_units()}
    missing = [row for row in _rows("units.csv") if row["code"] not in ids]
    waiting = list(missing)
    while waiting:
        # One storey of the tree at a time: a child needs the id of its parent.
        now = [row for row in waiting if not row["parent_code"] or row["parent_code"] in ids]
        if not now:
            raise UnknownUnit(unit_code=waiting[0]["parent_code"])
        units = [_unit(row, ids) for row in now]
        db.session.add_all(units)
        db.session.flush()
        ids.update({unit.code: unit.id for unit in units})
        waiting = [row for row in waiting if row["code"] not in ids]
    return len(missing)


def _region(row: dict[str, str]) -> dict[str, object]:
    return {
        "code": row["code"],
        "name": row["name"],
        "level": RegionLevel(row["level"]),
        "parent_code": row["parent_code"] or None,
        "administered_by_code": row["administered_by_code"] or None,
        "note": row["note"],
    }


def _unit(row: dict[str, str], ids: dict[str, int]) -> Unit:
    return Unit(
        code=row["code"],
        name=row["name"],
        kind=UnitKind(row["kind"]),
        region_code=row["region_code"] or None,
        parent_id=ids[row["parent_code"]] if row["parent_code"] else None,
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
