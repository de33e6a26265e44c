"""Decides what a file of people means, cell by cell, and what is wrong with it. Pure.

A person is known by the work number, so the same file may be read twice: the second time nothing
is new. One wrong cell and nobody is taken over.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.core.judged_sheets import JudgedSheet, Outcome, cells_of, columns_of, plain
from app.core.phone_numbers import mask

MOST_ROWS = 500
"""A password is made for each new person, which takes thirty milliseconds of computing."""

WORK_NUMBER = re.compile(r"[0-9]{3,12}")
CONTACT_NUMBER = re.compile(r"\+?[0-9][0-9 -]{2,30}")
LONGEST_NAME = 64
BETWEEN_WORDS = re.compile(r"[\s,;/\u3001\uff0c\uff1b]+")


class Column(StrEnum):
    """What a file of people says; each has a heading `people.<column>` in both languages."""

    WORK_NUMBER = "work_number"
    NAME = "name"
    ROLE = "role"
    UNIT = "unit"
    LANGUAGES = "languages"
    SKILLS = "skills"
    CONTACT_NUMBER = "contact_number"
    STATE = "state"


NEEDED = (Column.WORK_NUMBER, Column.NAME, Column.ROLE)


class Fault(StrEnum):
    """What is wrong with a cell or a file; names the sentence `people.fault_<value>`."""

    NEEDED = "needed"
    WORK_NUMBER = "work_number"
    TWICE = "twice"
    HAS_LEFT = "has_left"
    TOO_LONG = "too_long"
    ROLE = "role"
    UNIT = "unit"
    LANGUAGE = "language"
    SKILL = "skill"
    CONTACT_NUMBER = "contact_number"
    YOURSELF = "yourself"
    OUTSOURCED = "outsourced"
    NOT_A_SHEET = "not_a_sheet"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    NO_HEADING = "no_heading"
    TOO_MANY_CELLS = "too_many_cells"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of a person, or is to be."""

    work_number: str
    name: str
    role: str
    unit_id: int | None
    languages: frozenset[str]
    skills: frozenset[str]
    contact_number: str
    is_outsourced: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the city has. The first four say for each word in a cell which code it means.

    `own_work_number` is that of whoever imports: nobody changes his own role.
    """

    roles: Mapping[str, str]
    units: Mapping[str, int]
    languages: Mapping[str, str]
    skills: Mapping[str, str]
    left_words: frozenset[str]
    people: Mapping[str, Person]
    have_left: frozenset[str]
    own_work_number: str = ""
    # What nobody of a contractor may be; none while the city lets them.
    barred_roles: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it was read, what is wrong with each cell, and whom it means if nothing is."""

    line: int
    cells: Mapping[Column, str]
    faults: Mapping[Column, Fault] = field(default_factory=dict)
    outcome: Outcome = Outcome.WRONG
    person: Person | None = None


Sheet = JudgedSheet[Row, Column, Fault]
"""A whole sheet, judged."""


def read_people(
    rows: Sequence[tuple[int, Sequence[str]]], *, headings: Mapping[str, Column], known: Known
) -> Sheet:
    """Judge the rows of a file; `headings` says which word in the first row means which column."""
    if not rows:
        return Sheet(fault=Fault.EMPTY)
    columns = columns_of(headings, rows[0][1])
    if any(column not in columns for column in NEEDED):
        return Sheet(fault=Fault.NO_HEADING)
    body = rows[1:]
    if not body:
        return Sheet(fault=Fault.EMPTY)
    if len(body) > MOST_ROWS:
        return Sheet(fault=Fault.TOO_MANY)
    read = [(line, cells_of(columns, cells), len(cells) > len(columns)) for line, cells in body]
    often = Counter(cells.get(Column.WORK_NUMBER, "") for _, cells, _ in read)
    judged = [
        _judge(line, cells, known, is_twice=often[cells.get(Column.WORK_NUMBER, "")] > 1,
               is_long=is_long)
        for line, cells, is_long in read
    ]  # fmt: skip
    return Sheet(rows=judged, columns=[column for column in columns if column is not None])


def _judge(
    line: int, cells: dict[Column, str], known: Known, *, is_twice: bool, is_long: bool
) -> Row:
    number = cells[Column.WORK_NUMBER]
    before = known.people.get(number)
    fault = Fault.TOO_MANY_CELLS if is_long else _number_fault(number, known, is_twice=is_twice)
    if fault is Fault.HAS_LEFT and plain(cells.get(Column.STATE, "")) in known.left_words:
        return Row(line=line, cells=cells, outcome=Outcome.SAME)
    faults = {Column.WORK_NUMBER: fault} if fault else {}
    person = _person(cells, known, before, faults)
    if before and number == known.own_work_number and person.role != before.role:
        faults.setdefault(Column.ROLE, Fault.YOURSELF)
    if person.is_outsourced and person.role in known.barred_roles:
        faults.setdefault(Column.ROLE, Fault.OUTSOURCED)
    if faults:
        return Row(line=line, cells=cells, faults=faults)
    outcome = Outcome.NEW if before is None else Outcome.CHANGED
    if person == before:
        outcome = Outcome.SAME
    return Row(line=line, cells=cells, outcome=outcome, person=person)


def _number_fault(number: str, known: Known, *, is_twice: bool) -> Fault | None:
    if not WORK_NUMBER.fullmatch(number):
        return Fault.WORK_NUMBER if number else Fault.NEEDED
    if is_twice:
        return Fault.TWICE
    return Fault.HAS_LEFT if number in known.have_left else None


def _person(
    cells: dict[Column, str], known: Known, before: Person | None, faults: dict[Column, Fault]
) -> Person:
    """Read the cells into a person; a column that the file has not stays as it was."""
    name = cells[Column.NAME]
    if not name or len(name) > LONGEST_NAME:
        faults[Column.NAME] = Fault.TOO_LONG if name else Fault.NEEDED
    role = known.roles.get(plain(cells[Column.ROLE]), "")
    if not role:
        faults[Column.ROLE] = Fault.ROLE if cells[Column.ROLE] else Fault.NEEDED
    unit_id = before.unit_id if before else None
    if Column.UNIT in cells:
        unit_id = known.units.get(plain(cells[Column.UNIT]))
        if cells[Column.UNIT] and unit_id is None:
            faults[Column.UNIT] = Fault.UNIT
    kept = before.contact_number if before else ""
    if Column.CONTACT_NUMBER in cells and cells[Column.CONTACT_NUMBER] != mask(kept):
        kept = cells[Column.CONTACT_NUMBER]
        if kept and not CONTACT_NUMBER.fullmatch(kept):
            faults[Column.CONTACT_NUMBER] = Fault.CONTACT_NUMBER
    return Person(
        work_number=cells[Column.WORK_NUMBER],
        name=name,
        role=role,
        unit_id=unit_id,
        languages=_words(
            cells, Column.LANGUAGES, known.languages, Fault.LANGUAGE, faults,
            before.languages if before else frozenset(),
        ),
        skills=_words(
            cells, Column.SKILLS, known.skills, Fault.SKILL, faults,
            before.skills if before else frozenset(),
        ),
        contact_number=kept,
        is_outsourced=before.is_outsourced if before else False,
    )  # fmt: skip


def _words(
    cells: dict[Column, str],
    column: Column,
    known: Mapping[str, str],
    fault: Fault,
    faults: dict[Column, Fault],
    before: frozenset[str],
) -> frozenset[str]:
    if column not in cells:
        return before
    text = cells[column]
    if plain(text) in known:  # a name may hold a blank
        return frozenset({known[plain(text)]})
    meant = [known.get(plain(word)) for word in BETWEEN_WORDS.split(text) if word]
    if None in meant:
        meant = [known.get(plain(word)) for word in re.split(r"[,;\u3001\uff0c\uff1b]", text)]
    if None in meant:
        faults[column] = fault
    return frozenset(word for word in meant if word is not None)
