"""Decides what a sheet of cases means, cell by cell, and what is wrong with it. Pure.

A case is known by the number that its channel gave it, so the same sheet may be read twice: the
second time nothing is new. One wrong cell and nothing is taken over.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from app.channel_entries.case_faults import Fault
from app.channel_entries.case_words import (
    OF_THE_CHANNEL,
    OUTCOME,
    CaseWords,
    Column,
    differing,
    lacking_of,
    numbered,
)
from app.core.clock import CITY_TIME
from app.core.judged_sheets import JudgedSheet, Outcome, cells_of, columns_of, plain
from app.core.phone_numbers import normalise
from app.core.seen import seen_mark
from app.core.workbooks import FORMULA
from app.rules.type_natures import STRICTEST, Nature
from app.tickets.person_details import AgeGroup, Gender, PersonKind
from app.tickets.spots import LONGEST_GRID, coordinates_text, read_coordinates
from app.tickets.ticket_states import Urgency
from app.tickets.urgency_triggers import triggers_in

W = TypeVar("W", bound=StrEnum)
MOST_ROWS = 2000

NEEDED = (
    Column.SOURCE_NO, Column.REQUEST_TYPE, Column.TITLE, Column.CONTENT, Column.CATEGORY,
    Column.COUNTY,
)  # fmt: skip

LONGEST: Mapping[Column, int] = {
    Column.SOURCE_NO: 64,
    Column.TITLE: 50,
    Column.CONTENT: 5000,
    Column.DEMAND: 500,
    Column.GRID: LONGEST_GRID,
    Column.ADDRESS: 200,
    Column.COORDINATES: 60,
    Column.OCCURRED: 100,
    Column.RESPONDENT: 100,
    Column.CALLER_NAME: 40,
    Column.URGENCY_REASON: 200,
    Column.PROCESS: 5000,
    Column.RESULT: 5000,
    Column.PUBLIC_REPLY: 5000,
}

CONTACT = re.compile(r"\+?[0-9][0-9 -]{2,30}")
MOMENT = re.compile(
    r"(\d{4})[-/.\u5e74](\d{1,2})[-/.\u6708](\d{1,2})\u65e5?(?:[ T]+(\d{1,2}):(\d{2})(?::\d{2})?)?"
)


@dataclass(frozen=True, kw_only=True)
class There:
    """A case that was entered before under the same number."""

    words: CaseWords
    notes: frozenset[str]
    mark: str
    may_be_corrected: bool
    is_closed: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the city has: for each word in a cell the code that it means.

    Towns are known by county, because 上坪镇 exists twice. Types that have ended are known too, but
    only those of `offered_types` can be given.
    """

    request_types: Mapping[str, str]
    natures: Mapping[str, Nature]
    offered_types: frozenset[str]
    secret_types: frozenset[str]
    categories: Mapping[str, str]
    counties: Mapping[str, str]
    towns: Mapping[str, Mapping[str, str]]
    urgencies: Mapping[str, str]
    person_kinds: Mapping[str, str]
    genders: Mapping[str, str]
    age_groups: Mapping[str, str]
    yes_no: Mapping[str, bool]
    handlers: Mapping[str, bool]
    urgency_words: Sequence[str]
    there: Mapping[str, There]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it was read, what is wrong with each cell, and which case it means if nothing."""

    line: int
    cells: Mapping[Column, str]
    faults: Mapping[Column, Fault] = field(default_factory=dict)
    hints: Mapping[Column, str] = field(default_factory=dict)
    outcome: Outcome = Outcome.WRONG
    words: CaseWords | None = None
    changed: frozenset[Column] = frozenset()


Sheet = JudgedSheet[Row, Column, Fault]
"""A whole sheet, judged."""


def read_cases(
    rows: Sequence[tuple[int, Sequence[str]]], *, headings: Mapping[str, Column], known: Known
) -> Sheet:
    """Judge the rows of a sheet; `headings` says which word in the first row means which column."""
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
    for _, cells, _ in read:
        cells[Column.SOURCE_NO] = numbered(cells[Column.SOURCE_NO])
    often = Counter(cells[Column.SOURCE_NO] for _, cells, _ in read)
    judged = [
        _Judging(line, cells, known).judge(
            is_twice=often[cells[Column.SOURCE_NO]] > 1, is_long=is_long
        )
        for line, cells, is_long in read
    ]
    return Sheet(rows=judged, columns=[column for column in columns if column is not None])


def read_moment(text: str) -> datetime | None:
    """Read a day or a minute of the city's clock; None for what is none."""
    found = MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    try:
        parts = [int(each or 0) for each in found.groups()]
        return datetime(*parts, tzinfo=CITY_TIME).astimezone(UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None


class _Judging:
    """Reads one row; every fault stands at the cell it belongs to."""

    def __init__(self, line: int, cells: dict[Column, str], known: Known) -> None:
        self.line, self.cells, self.known = line, cells, known
        self.faults: dict[Column, Fault] = {}
        self.hints: dict[Column, str] = {}
        self.there = known.there.get(cells[Column.SOURCE_NO])

    def judge(self, *, is_twice: bool, is_long: bool) -> Row:
        self._check_cells(is_twice=is_twice, is_long=is_long)
        words = self._words()
        changed: frozenset[Column] = frozenset()
        if self.there is not None:
            is_same = seen_mark(asdict(words)) == self.there.mark
            changed = frozenset() if is_same else differing(self.there.words, words)
            self._check_change(changed, self.there)
        self._check_whole(words)
        if self.faults:
            return Row(line=self.line, cells=self.cells, faults=self.faults, hints=self.hints)
        outcome = Outcome.NEW
        if self.there is not None:
            outcome = Outcome.CHANGED if changed else Outcome.SAME
        return Row(line=self.line, cells=self.cells, outcome=outcome, words=words, changed=changed)

    def _check_cells(self, *, is_twice: bool, is_long: bool) -> None:
        for column, text in self.cells.items():
            if FORMULA in text:
                self.cells[column] = ""
                self.faults[column] = Fault.FORMULA
            elif len(text) > LONGEST.get(column, 5000):
                self.faults[column] = Fault.TOO_LONG
        for column in NEEDED:
            if not self.cells[column]:
                self.faults.setdefault(column, Fault.NEEDED)
        if is_long:
            self.faults.setdefault(Column.SOURCE_NO, Fault.TOO_MANY_CELLS)
        if is_twice and self.cells[Column.SOURCE_NO]:
            self.faults.setdefault(Column.SOURCE_NO, Fault.TWICE)

    def _words(self) -> CaseWords:
        read = self._read()
        is_secret = read.request_type in self.known.secret_types  # whatever the cell says
        return replace(read, is_confidential=read.is_confidential or is_secret)

    def _read(self) -> CaseWords:
        county = self._one(Column.COUNTY, self.known.counties, Fault.COUNTY, "")
        return CaseWords(
            source_no=self.cells[Column.SOURCE_NO],
            received_at=self._moment(Column.RECEIVED_AT),
            request_type=self._type(),
            title=self._text(Column.TITLE),
            content=self._text(Column.CONTENT),
            demand=self._text(Column.DEMAND),
            category_code=self._one(Column.CATEGORY, self.known.categories, Fault.CATEGORY, ""),
            county_code=county,
            town_code=self._one(Column.TOWN, self.known.towns.get(county, {}), Fault.TOWN, None),
            grid=self._text(Column.GRID),
            address=self._text(Column.ADDRESS),
            coordinates=self._coordinates(),
            occurred=self._text(Column.OCCURRED),
            respondent=self._text(Column.RESPONDENT),
            caller_name=self._text(Column.CALLER_NAME),
            contact_number=self._contact(),
            person_kind=self._one_word(
                Column.PERSON_KIND, PersonKind, self.known.person_kinds, Fault.PERSON_KIND
            ),
            gender=self._one_word(Column.GENDER, Gender, self.known.genders, Fault.GENDER),
            age_group=self._one_word(
                Column.AGE_GROUP, AgeGroup, self.known.age_groups, Fault.AGE_GROUP
            ),
            urgency=Urgency(
                self._one(Column.URGENCY, self.known.urgencies, Fault.URGENCY, Urgency.NORMAL)
            ),
            urgency_reason=self._text(Column.URGENCY_REASON),
            is_confidential=self._one(
                Column.IS_CONFIDENTIAL, self.known.yes_no, Fault.YES_NO, False
            ),
            is_channels_own=self._one(
                Column.HANDLED_BY, self.known.handlers, Fault.HANDLED_BY, self._has_outcome()
            ),
            process=self._process(),
            result=self._text(Column.RESULT),
            public_reply=self._text(Column.PUBLIC_REPLY),
            settled_on=self._moment(Column.SETTLED_ON),
        )

    def _type(self) -> str:
        """Return the type; what has ended is read only of a case that has it from before."""
        code: str = self._one(Column.REQUEST_TYPE, self.known.request_types, Fault.REQUEST_TYPE, "")
        was = self.there.words.request_type if self.there else ""
        if code and code not in self.known.offered_types and code != was:
            self.faults.setdefault(Column.REQUEST_TYPE, Fault.REQUEST_TYPE)
        return code

    def _has_outcome(self) -> bool:
        return any(self.cells.get(column) for column in OF_THE_CHANNEL)

    def _kept(self, column: Column, nothing: Any) -> Any:
        """Return what a column says that the sheet has not, or that is left empty on purpose.

        What a channel did and what came of it is only ever added to.
        """
        is_asked = column in self.cells and column not in OF_THE_CHANNEL
        if self.there is None or is_asked:
            return nothing
        return getattr(self.there.words, column.value)

    def _text(self, column: Column) -> str:
        text: str = self.cells.get(column, "") or self._kept(column, "")
        return text

    def _process(self) -> str:
        """Return what the channel did; what it has told before is nothing new."""
        text = self._text(Column.PROCESS)
        is_told = self.there is not None and text in self.there.notes
        return self.there.words.process if self.there and is_told else text

    def _one(self, column: Column, known: Mapping[str, Any], fault: Fault, nothing: Any) -> Any:
        text = self.cells.get(column, "")
        if not text:
            return self._kept(column, nothing)
        if plain(text) not in known:
            self.faults.setdefault(column, fault)
            return nothing
        return known[plain(text)]

    def _one_word(
        self, column: Column, kind: type[W], known: Mapping[str, str], fault: Fault
    ) -> W | None:
        code = self._one(column, known, fault, None)
        return kind(code) if code else None

    def _coordinates(self) -> str:
        text = self._text(Column.COORDINATES)
        read = read_coordinates(text)
        if text and read is None:
            self.faults.setdefault(Column.COORDINATES, Fault.COORDINATES)
        return coordinates_text(*read) if read else ""

    def _moment(self, column: Column) -> datetime | None:
        text = self.cells.get(column, "")
        if not text:
            kept: datetime | None = self._kept(column, None)
            return kept
        read = read_moment(text)
        if read is None:
            self.faults.setdefault(column, Fault.MOMENT)
        elif read > self.known.now:
            self.faults.setdefault(column, Fault.FUTURE)
        return read

    def _contact(self) -> str:
        text = numbered(self.cells.get(Column.CONTACT_NUMBER, ""))
        if text and not CONTACT.fullmatch(text):
            self.faults.setdefault(Column.CONTACT_NUMBER, Fault.CONTACT)
            return ""
        kept: str = normalise(text) if text else self._kept(Column.CONTACT_NUMBER, "")
        return kept

    def _check_whole(self, words: CaseWords) -> None:
        fields = {column.value: getattr(words, column.value) for column in Column}
        own = words.is_channels_own
        nature = self.known.natures.get(words.request_type, STRICTEST)
        for name in lacking_of(nature, fields, own=own):
            self.faults.setdefault(Column(name), Fault.NEEDED_OF_TYPE)
        if not own:
            for column in sorted(OF_THE_CHANNEL):
                if self.cells.get(column):
                    self.faults.setdefault(column, Fault.NOT_OWN)
        if words.result and not words.public_reply:
            self.faults.setdefault(Column.PUBLIC_REPLY, Fault.LACKS_REPLY)
        if words.public_reply and not words.result:
            self.faults.setdefault(Column.RESULT, Fault.LACKS_RESULT)
        said = (words.title, words.content, words.demand)
        hurries = triggers_in(said, self.known.urgency_words)
        is_calm = words.urgency is Urgency.NORMAL and not words.urgency_reason
        if hurries and is_calm and not words.result:
            self.faults.setdefault(Column.URGENCY, Fault.HURRIES)
            self.hints[Column.URGENCY] = "\u3001".join(hurries)

    def _check_change(self, changed: frozenset[Column], there: There) -> None:
        was_own = there.words.is_channels_own
        if Column.HANDLED_BY in changed and not (was_own and not there.is_closed):
            self.faults.setdefault(Column.HANDLED_BY, Fault.HANDED_OVER)
        of_the_case = changed - OF_THE_CHANNEL - {Column.HANDLED_BY}
        if there.is_closed:
            of_the_case |= changed & OUTCOME
        if of_the_case and not there.may_be_corrected:
            self.faults.setdefault(Column.SOURCE_NO, Fault.LOCKED)
