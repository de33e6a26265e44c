"""Decides what a file of places means, cell by cell, and what is wrong with it. Pure.

A place is known by its town and its name, so the same file may be read twice: the second time
nothing is new. One wrong cell and nothing is taken over.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.judged_sheets import JudgedSheet, Outcome, columns_of, plain
from app.organisation.place_words import (
    LONGEST_NAME,
    MOST_OTHER_NAMES,
    PlaceKind,
    PlaceWords,
    UnfitCoordinates,
    check_coordinates,
)

MOST_ROWS = 2000
BETWEEN_NAMES = re.compile(r"\s*[,;\u3001\uff0c\uff1b]\s*")
DEGREES = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,10})?")
Key = tuple[str, str, str]


class Column(StrEnum):
    """What a file of places says; each has a heading `places.<column>` in both languages."""

    KIND = "kind"
    NAME = "name"
    OTHER_NAMES = "other_names"
    COUNTY = "county"
    TOWN = "town"
    ADDRESS = "address"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"


NEEDED = (Column.KIND, Column.NAME, Column.COUNTY)


class Fault(StrEnum):
    """What is wrong with a cell or a file; names the sentence `places.fault_<value>`."""

    NEEDED = "needed"
    SHORT = "short"
    TOO_LONG = "too_long"
    KIND = "kind"
    COUNTY = "county"
    TOWN = "town"
    NOT_YOURS = "not_yours"
    TWICE = "twice"
    OTHER_NAME = "other_name"
    RETIRED = "retired"
    DEGREES = "degrees"
    TOO_MANY_CELLS = "too_many_cells"
    NOT_A_SHEET = "not_a_sheet"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    NO_HEADING = "no_heading"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the register has.

    `kinds` and `counties` say for each word in a cell which code it means; `towns` are named by
    county code and name, so that a name that two counties have is never one town. A functional
    area has the towns that it runs. `runs` says of a county and town who keeps its places, `lawful`
    in which county a town lies by law. `places` are those offered, by lawful county, town and name;
    `retired` and `other_names` hold such keys too.
    """

    kinds: Mapping[str, PlaceKind]
    counties: Mapping[str, str]
    towns: Mapping[tuple[str, str], str]
    runs: Mapping[tuple[str, str], str]
    lawful: Mapping[str, str]
    places: Mapping[Key, PlaceWords]
    retired: frozenset[Key]
    other_names: Mapping[Key, str]
    keeper: str | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it was read, what is wrong with each cell, and what it means if nothing is."""

    line: int
    cells: Mapping[Column, str]
    faults: Mapping[Column, Fault] = field(default_factory=dict)
    outcome: Outcome = Outcome.WRONG
    words: PlaceWords | None = None


Sheet = JudgedSheet[Row, Column, Fault]
"""A whole sheet, judged."""


def read_places(
    rows: Sequence[tuple[int, Sequence[str]]], *, headings: Mapping[str, Column], known: Known
) -> Sheet:
    """Judge the rows of a file; `headings` says which word in the first row means which column."""
    if len(rows) < 2:
        return Sheet(fault=Fault.EMPTY)
    columns = columns_of(headings, rows[0][1])
    if any(column not in columns for column in NEEDED):
        return Sheet(fault=Fault.NO_HEADING)
    if len(rows) - 1 > MOST_ROWS:
        return Sheet(fault=Fault.TOO_MANY)
    judged = [_judge(line, columns, cells, known) for line, cells in rows[1:]]
    often = Counter(name for row in judged if row.words for name in _names(row.words))
    return Sheet(
        rows=[_once(row, often) for row in judged],
        columns=[column for column in columns if column is not None],
    )


def key_of(words: PlaceWords) -> Key:
    """Return what a place is known by."""
    return (words.county_code, words.town_code, words.name.lower())


def _names(words: PlaceWords) -> list[Key]:
    names = dict.fromkeys(each.lower() for each in (words.name, *words.other_names))
    return [(words.county_code, words.town_code, name) for name in names]


def _once(row: Row, often: Mapping[Key, int]) -> Row:
    """Return the row, wrong where another row of the file gives the same town the same name."""
    if row.words is None:
        return row
    twice = [name for name in _names(row.words) if often[name] > 1]
    if not twice:
        return row
    column = Column.NAME if key_of(row.words) in twice else Column.OTHER_NAMES
    return Row(line=row.line, cells=row.cells, faults={column: Fault.TWICE})


def _judge(line: int, columns: Sequence[Column | None], cells: Sequence[str], known: Known) -> Row:
    given = {
        column: text
        for column, text in zip(columns, [*cells, *([""] * len(columns))], strict=False)
        if column is not None
    }
    faults: dict[Column, Fault] = {}
    if len(cells) > len(columns):
        faults[Column.NAME] = Fault.TOO_MANY_CELLS
    words = _words(given, known, faults)
    if words is not None:
        _check_there(words, known, faults)
    if faults or words is None:
        return Row(line=line, cells=given, faults=faults)
    before = known.places.get(key_of(words))
    outcome = Outcome.NEW if before is None else Outcome.CHANGED
    return Row(
        line=line, cells=given, words=words,
        outcome=Outcome.SAME if words == before else outcome,
    )  # fmt: skip


def _words(
    given: Mapping[Column, str], known: Known, faults: dict[Column, Fault]
) -> PlaceWords | None:
    name, kind = given[Column.NAME], known.kinds.get(plain(given[Column.KIND]))
    if len(name) < 2:
        faults.setdefault(Column.NAME, Fault.SHORT if name else Fault.NEEDED)
    if len(name) > LONGEST_NAME:
        faults[Column.NAME] = Fault.TOO_LONG
    if kind is None:
        faults[Column.KIND] = Fault.KIND if given[Column.KIND] else Fault.NEEDED
    place = _where(given, known, faults)
    others = tuple(
        dict.fromkeys(n for n in BETWEEN_NAMES.split(given.get(Column.OTHER_NAMES, "")) if n)
    )
    if len(others) > MOST_OTHER_NAMES or any(len(each) > LONGEST_NAME for each in others):
        faults[Column.OTHER_NAMES] = Fault.TOO_LONG
    if len(given.get(Column.ADDRESS, "")) > 200:
        faults[Column.ADDRESS] = Fault.TOO_LONG
    degrees = _degrees(given, faults)
    if kind is None or place is None:
        return None
    return PlaceWords(
        kind=kind, name=name, other_names=others, county_code=place[0], town_code=place[1],
        address=given.get(Column.ADDRESS, ""), latitude=degrees[0], longitude=degrees[1],
    )  # fmt: skip


def _where(
    given: Mapping[Column, str], known: Known, faults: dict[Column, Fault]
) -> tuple[str, str] | None:
    """Return lawful county and town; the town is looked for in its county and nowhere else."""
    county = known.counties.get(plain(given[Column.COUNTY]))
    if county is None:
        faults[Column.COUNTY] = Fault.COUNTY if given[Column.COUNTY] else Fault.NEEDED
        return None
    named = plain(given.get(Column.TOWN, ""))
    town = known.towns.get((county, named), "") if named else ""
    if named and not town:
        faults[Column.TOWN] = Fault.TOWN
        return None
    if known.keeper is not None and known.runs.get((county, town)) != known.keeper:
        faults[Column.TOWN if town else Column.COUNTY] = Fault.NOT_YOURS
    return (known.lawful.get(town, county), town)


def _degrees(
    given: Mapping[Column, str], faults: dict[Column, Fault]
) -> tuple[float | None, float | None]:
    found: list[float | None] = []
    for column in (Column.LATITUDE, Column.LONGITUDE):
        text = given.get(column, "")
        if text and not DEGREES.fullmatch(text):
            faults[column] = Fault.DEGREES
            return (None, None)
        found.append(float(text) if text else None)
    try:
        check_coordinates(found[0], found[1])
    except UnfitCoordinates as unfit:
        faults[Column(unfit.field or Column.LATITUDE)] = Fault.DEGREES
    return (found[0], found[1])


def _check_there(words: PlaceWords, known: Known, faults: dict[Column, Fault]) -> None:
    """Say where a name of this place is another's, or is that of a place that was retired."""
    key = key_of(words)
    if key in known.retired:
        faults.setdefault(Column.NAME, Fault.RETIRED)
    for name in (words.name, *words.other_names):
        owner = known.other_names.get((words.county_code, words.town_code, name.lower()))
        if owner is not None and owner != words.name.lower():
            column = Column.NAME if name == words.name else Column.OTHER_NAMES
            faults.setdefault(column, Fault.OTHER_NAME)
