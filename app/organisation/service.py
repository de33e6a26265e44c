"""Ask for a unit or a place; fill both registers from the files beside this module."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core.database import db
from app.core.errors import NotFound
from app.organisation.models import (
    GazetteerPlace,
    LearntPlace,
    LiaisonRole,
    Region,
    RegionLevel,
    Unit,
    UnitKind,
)
from app.organisation.place_ranking import (
    KnownPlace,
    learnable,
    ranked,
    without_doubles,
)

__all__ = ["LiaisonRole", "Region", "RegionLevel", "Unit", "UnitKind"]

DATA = Path(__file__).parent / "data"
PATH_SEPARATOR = " "
SHORTEST_ADDRESS = 3
"""Characters that an address must have to be worth remembering."""
MOST_COMPARED = 200
MOST_OFFERED = 8


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


def is_hotline(unit: Unit) -> bool:
    """Say whether this unit is the hotline itself, whosever it is."""
    return unit.kind is UnitKind.HOTLINE


def units_below(unit_id: int) -> list[int]:
    """Return the ids of all units below this one, at any depth, nearest first."""
    found: list[int] = []
    layer = [unit_id]
    while layer:
        asked = select(Unit.id).where(Unit.parent_id.in_(layer)).order_by(Unit.id)
        layer = [each for each in db.session.scalars(asked) if each not in found]
        found += layer
    return found


def is_below(unit_id: int, above_id: int | None) -> bool:
    """Say whether a unit stands below another, at any depth."""
    return above_id is not None and unit_id in units_below(above_id)


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


def find_county(written: str) -> Region:
    """Return the county or functional area with this code or name. Raises UnknownRegion."""
    for each in list_counties():
        if written in {each.code, each.name}:
            return each
    raise UnknownRegion(region_code=written[:40])


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


def region_paths() -> dict[str, str]:
    """Return `region_path` of every place by its code: one question, for lists of many places."""
    regions = {region.code: region for region in list_regions()}
    return {code: _path(region, regions) for code, region in regions.items()}


def learn_place(*, county_code: str, town_code: str | None, address: str, at: datetime) -> None:
    """Remember an address that was written into a ticket; building, unit and room are forgotten.

    One with somebody's telephone number in it is not an address.
    """
    address = learnable(address, shortest=SHORTEST_ADDRESS)
    if not address:
        return
    dialect = db.session.get_bind().dialect.name
    put = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = put(LearntPlace).values(
        county_code=county_code,
        town_code=town_code or "",
        address=address,
        times=1,
        last_used_at=at,
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["county_code", "town_code", "address"],
            set_={"times": LearntPlace.times + 1, "last_used_at": at},
        )
    )


def unlearn_place(*, county_code: str, town_code: str | None, address: str) -> None:
    """Take one use of an address back: it was written of another place than it is in.

    What nobody else wrote is forgotten; an address that was never learnt changes nothing.
    """
    address = learnable(address, shortest=SHORTEST_ADDRESS)
    if not address:
        return
    its = (
        LearntPlace.county_code == county_code,
        LearntPlace.town_code == (town_code or ""),
        LearntPlace.address == address,
    )
    db.session.execute(delete(LearntPlace).where(*its, LearntPlace.times <= 1))
    db.session.execute(update(LearntPlace).where(*its).values(times=LearntPlace.times - 1))


def known_places(typed: str, *, county_code: str = "", at: datetime) -> list[KnownPlace]:
    """Return the towns, places of the gazetteer and learnt addresses that fit, best first.

    A place in a town that `county_code` runs for another county (代管) is given under the chosen
    one: an agent who chose the functional area stays there.
    """
    words = typed.split()
    if not words:
        return []
    regions = {region.code: region for region in list_regions()}
    found = [
        *_fitting_gazetteer(words, regions),
        *_fitting_learnt(words, regions),
        *_towns(regions),
    ]
    best = ranked(without_doubles(found), typed, county_code=county_code, at=at, limit=MOST_OFFERED)
    return [
        replace(place, county_code=county_code)
        if county_code and place.run_by == county_code
        else place
        for place in best
    ]


def _towns(regions: Mapping[str, Region]) -> list[KnownPlace]:
    return [
        KnownPlace(
            county_code=region.parent_code or "",
            town_code=region.code,
            address="",
            path=_path(region, regions),
            run_by=region.administered_by_code or "",
        )
        for region in regions.values()
        if region.level is RegionLevel.TOWN
    ]


def _fitting_learnt(words: list[str], regions: Mapping[str, Region]) -> list[KnownPlace]:
    # A word may name the town: only one of them need stand in the address itself.
    asked = (
        select(LearntPlace)
        .where(or_(*(LearntPlace.address.contains(word, autoescape=True) for word in words)))
        .order_by(LearntPlace.last_used_at.desc())
        .limit(MOST_COMPARED)
    )
    return [
        KnownPlace(
            county_code=place.county_code,
            town_code=place.town_code,
            address=place.address,
            path=_path(regions[place.town_code or place.county_code], regions),
            times=place.times,
            last_used_at=place.last_used_at,
            run_by=_run_by(place.town_code, regions),
        )
        for place in db.session.scalars(asked)
    ]


def _fitting_gazetteer(words: list[str], regions: Mapping[str, Region]) -> list[KnownPlace]:
    asked = (
        select(GazetteerPlace)
        .where(
            GazetteerPlace.retired_at.is_(None),
            or_(
                *(GazetteerPlace.searched.contains(word.lower(), autoescape=True) for word in words)
            ),
        )
        .order_by(GazetteerPlace.name, GazetteerPlace.id)
        .limit(MOST_COMPARED)
    )
    return [
        KnownPlace(
            county_code=place.county_code,
            town_code=place.town_code,
            address=place.name,
            path=_path(regions[place.town_code or place.county_code], regions),
            kind=place.kind.value,
            also=" ".join(place.other_names),
            run_by=_run_by(place.town_code, regions),
            place_id=place.id,
        )
        for place in db.session.scalars(asked)
    ]


def _run_by(town_code: str, regions: Mapping[str, Region]) -> str:
    town = regions.get(town_code)
    return (town.administered_by_code or "") if town else ""


def _path(region: Region, regions: Mapping[str, Region]) -> str:
    parent = regions.get(region.parent_code or "")
    if parent is None or parent.level is RegionLevel.CITY:
        return region.name
    return f"{_path(parent, regions)}{PATH_SEPARATOR}{region.name}"


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
