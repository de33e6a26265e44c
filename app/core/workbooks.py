"""Reads lists out of the workbooks of a spreadsheet program (XLSX). Pure.

A workbook is a zip of XML parts (ECMA-376). Only what a list needs is read: the first sheet, each
cell as the text that a person sees in it. What was typed as a number keeps its digits, a day
becomes `2026-11-23` and a moment `2026-11-23 08:05`. `workbook_writing` writes them.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from app.core.sheets import NotASheet, freed

ZIP_SIGN = b"PK\x03\x04"
OTHER_SIGNS = (b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xd8\xff", b"\x89PNG")
LARGEST_UNPACKED = 24 * 1024 * 1024
"""Bytes of XML that one workbook may unpack to; a thousand rows need about one million."""
MOST_PARTS = 500
MOST_COLUMNS = 200
MOST_ROWS = 10_000
"""Rows with something in them, far more than any page takes."""
LONGEST_CELL = 32_767
"""Characters: no spreadsheet program keeps more in one cell, and a thousand cells may name one."""

FORMULA = "\x00formula"
"""What a cell with a formula reads as: the list was not typed but reckoned, and is refused."""

_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_COLUMN = re.compile(r"[A-Z]{1,3}")


class TooMuchInside(NotASheet):
    """The file unpacks to more than a list ever holds."""


class NotThisKind(NotASheet):
    """The name of the file says one thing and its content another."""


def looks_like_workbook(content: bytes) -> bool:
    """Say whether these bytes begin as a workbook does."""
    return content.startswith(ZIP_SIGN)


def looks_like_other(content: bytes) -> bool:
    """Say whether these bytes begin as an old workbook, a PDF or a picture does."""
    return content.startswith(OTHER_SIGNS)


def read_workbook(content: bytes) -> list[tuple[int, list[str]]]:
    """Return every row of the first sheet that holds something, with its line (from 1).

    Raises NotASheet; TooMuchInside for what unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _read(_Parts(packed))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, expat.ExpatError, NotImplementedError,
            RuntimeError, EOFError, KeyError, ValueError, OSError) as why:  # fmt: skip
        if isinstance(why, NotASheet):
            raise
        raise NotASheet from why


@dataclass
class _Parts:
    """The parts of a workbook, unpacked no further than LARGEST_UNPACKED in all."""

    packed: zipfile.ZipFile
    left: int = LARGEST_UNPACKED
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        inside = self.packed.infolist()
        if len(inside) > MOST_PARTS:
            raise TooMuchInside
        self.names = frozenset(each.filename for each in inside)

    def read(self, name: str) -> bytes:
        """Return a part; what its header says of its size is not believed."""
        with self.packed.open(name) as part:
            unpacked = part.read(self.left + 1)
        if len(unpacked) > self.left:
            raise TooMuchInside
        self.left -= len(unpacked)
        return unpacked


def _read(parts: _Parts) -> list[tuple[int, list[str]]]:
    if "xl/workbook.xml" not in parts.names:
        raise NotASheet
    book = _Book()
    _parse(parts.read("xl/workbook.xml"), start=book.start)
    relations = _Relations()
    if "xl/_rels/workbook.xml.rels" in parts.names:
        _parse(parts.read("xl/_rels/workbook.xml.rels"), start=relations.start)
    path = relations.path_of(book.first_relation) or "xl/worksheets/sheet1.xml"
    texts = _Texts()
    if "xl/sharedStrings.xml" in parts.names:
        _parse(parts.read("xl/sharedStrings.xml"), texts.start, texts.end, texts.text)
    styles = _Styles()
    if "xl/styles.xml" in parts.names:
        _parse(parts.read("xl/styles.xml"), styles.start, styles.end)
    sheet = _Sheet(texts=texts.found, styles=styles, starts_1904=book.starts_1904)
    _parse(parts.read(path), sheet.start, sheet.end, sheet.text)
    return sheet.filled()


Start = Callable[[str, Mapping[str, str]], None]


def _parse(
    xml: bytes,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through a part; one that declares entities is no part of a workbook."""
    parser = expat.ParserCreate(namespace_separator=None)

    def refuse(*_declared: object) -> None:
        raise NotASheet

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(_local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    parser.Parse(xml, True)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass
class _Book:
    first_relation: str = ""
    starts_1904: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet" and not self.first_relation:
            named = [value for key, value in attributes.items() if _local(key) == "id"]
            self.first_relation = next((each for each in named if not each.isdigit()), "")
        if name == "workbookPr":
            self.starts_1904 = attributes.get("date1904", "0") in {"1", "true"}


@dataclass
class _Relations:
    targets: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def path_of(self, relation: str) -> str:
        target = self.targets.get(relation, "")
        if not target:
            return ""
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


@dataclass
class _Texts:
    """The texts that cells share; how they are pronounced (rPh) is no part of them."""

    found: list[str] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _is_text: bool = False
    _is_sound: bool = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._pieces = []
        self._is_sound = self._is_sound or name == "rPh"
        self._is_text = name == "t" and not self._is_sound

    def text(self, data: str) -> None:
        if self._is_text:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "si":
            self.found.append(_freed("".join(self._pieces)))
        if name == "rPh":
            self._is_sound = False
        self._is_text = False


@dataclass
class _Styles:
    """Which styles show a number as a day, which as a moment."""

    _formats: dict[int, str] = field(default_factory=dict)
    _used: list[int] = field(default_factory=list)
    _is_in_cells: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        if name == "cellXfs":
            self._is_in_cells = True
        if name == "xf" and self._is_in_cells:
            self._used.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_in_cells = False

    def is_date(self, style: str) -> bool:
        number = self._used[int(style)] if style and int(style) < len(self._used) else 0
        code = _QUOTED.sub("", self._formats.get(number, "")).lower()
        return number in _DATE_FORMATS or bool(re.search(r"[ymdhs]", code))


@dataclass
class _Sheet:
    """The rows of a sheet, as they are read."""

    texts: Sequence[str]
    styles: _Styles
    starts_1904: bool
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    _last: int = 0
    _place: int = 0
    _kind: str = ""
    _style: str = ""
    _value: list[str] = field(default_factory=list)
    _is_value: bool = False
    _is_formula: bool = False
    _is_sound: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._end_row()
            self._last = int(attributes.get("r", self._last + 1))
            self.rows.append((self._last, []))
        elif name == "c" and self.rows:
            found = _COLUMN.match(attributes.get("r", ""))
            self._place = _number_of(found[0]) if found else len(self.rows[-1][1])
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._is_formula = [], False
        elif name == "f":
            self._is_formula = True
        self._is_sound = self._is_sound or name == "rPh"
        self._is_value = name in {"v", "t"} and not self._is_sound

    def text(self, data: str) -> None:
        if self._is_value:
            self._value.append(data)

    def end(self, name: str) -> None:
        self._is_value = False
        if name == "rPh":
            self._is_sound = False
        if name == "c" and self.rows and self._place < MOST_COLUMNS:
            cells = self.rows[-1][1]
            cells.extend([""] * (self._place + 1 - len(cells)))
            cells[self._place] = FORMULA if self._is_formula else self._shown()

    def filled(self) -> list[tuple[int, list[str]]]:
        """Return the rows with something in them, each with its number in the sheet."""
        self._end_row()
        return self.rows

    def _end_row(self) -> None:
        if self.rows and not any(self.rows[-1][1]):
            self.rows.pop()
        if len(self.rows) > MOST_ROWS:
            raise TooMuchInside

    def _shown(self) -> str:
        value = "".join(self._value)
        match self._kind:
            case "s":
                place = int(value or -1)
                # as it is: what many cells share is held once
                return self.texts[place] if 0 <= place < len(self.texts) else ""
            case "n":
                return _freed(self._number(value))
            case "d":
                return _freed(value.replace("T", " "))
        return "" if self._kind == "e" else _freed(value)

    def _number(self, value: str) -> str:
        if not value:
            return ""
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        if not number.is_finite() or abs(number) >= Decimal(10) ** 20:
            return value
        if self.styles.is_date(self._style):
            return self._moment(number) or value
        # What arithmetic left behind the fifteenth digit was never typed.
        if number == number.to_integral_value():
            return str(int(number))
        return format(round(number, 10).normalize(), "f")

    def _moment(self, number: Decimal) -> str:
        if not 0 <= number < 2_958_466:
            return ""
        first = datetime(1904, 1, 1) if self.starts_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
        shown = first + timedelta(days=int(number))
        minutes = round((number % 1) * 24 * 60)
        if not minutes:
            return f"{shown:%Y-%m-%d}"
        return f"{shown + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"


def _freed(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise TooMuchInside
    return freed(text)


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
