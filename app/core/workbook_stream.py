"""A workbook (XLSX) of one sheet, written while it is sent: memory does not grow with its rows.

A workbook is a zip of XML parts (ECMA-376). Every cell is text, so nothing in it is ever a formula;
what would be one in another program's hands is written with an apostrophe as in `core.sheets`.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from app.core.sheets import guarded

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 500
MOST_ROWS = 1_048_576
"""What a sheet of a spreadsheet program holds; more go on in the next sheet."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
# Signs that XML 1.0 has no way to write.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class _Pipe(io.RawIOBase):
    """What a zip writes, held until it is taken; it cannot be gone back in."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        part = bytes(data)
        self._held.append(part)
        return len(part)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        held, self._held = b"".join(self._held), []
        return held


def workbook_parts(
    title: str, heading: Sequence[str], rows: Iterable[Sequence[object]], *, above: Sequence[str]
) -> Iterator[bytes]:
    """Give a workbook piece by piece: lines `above`, the heading, the rows.

    `title` stands on the tab. Rows beyond what a sheet holds go on in another sheet.
    """
    pipe = _Pipe()
    taking = iter(rows)
    sheets = 0
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        left = True
        while left:
            sheets += 1
            with packed.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as part:
                part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                for line in above:
                    part.write(_row([line]))
                part.write(_row(heading))
                left = False
                for number, row in enumerate(taking, start=len(above) + 2):
                    part.write(_row(row))
                    if number % ROWS_AT_ONCE == 0:
                        yield pipe.taken()
                    if number == MOST_ROWS:
                        left = True
                        break
                part.write(b"</sheetData></worksheet>")
            yield pipe.taken()
        for name, said in _frame(title, sheets).items():
            packed.writestr(name, _HEAD + said)
    yield pipe.taken()


def _row(cells: Sequence[object]) -> bytes:
    written = "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>' for cell in cells
    )
    return f"<row>{written}</row>".encode()


def _text(cell: object) -> str:
    return escape(_UNWRITABLE.sub("", guarded(cell)))


def _frame(title: str, sheets: int) -> dict[str, str]:
    """Give the parts that say which sheets there are."""
    numbers = range(1, sheets + 1)
    name = escape(re.sub(r"[\[\]:*?/\\]", " ", title)[:28], {'"': "&quot;"})
    tabs = "".join(
        f'<sheet name="{name}{number if number > 1 else ""}" sheetId="{number}" r:id="r{number}"/>'
        for number in numbers
    )
    leads = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
        f'ContentType="{kind}.worksheet+xml"/>'
        for number in numbers
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{tabs}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{leads}'
        "</Relationships>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{kinds}</Types>',
    }
