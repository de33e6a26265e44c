"""Writes lists as workbooks of a spreadsheet program (XLSX), also while they are sent. Pure.

A workbook is a zip of XML parts (ECMA-376). Every cell is text and stays text when it is edited: a
telephone number keeps its digits, and what would be a formula in another program's hands is written
with an apostrophe as in `core.sheets`. Memory does not grow with the rows.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.core.sheets import guarded

# Signs that XML 1.0 has no way to write.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Style 1 is text, style 2 a bold heading on grey.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE6E7E9"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    "</cellXfs></styleSheet>"
)
WORKBOOK_TYPE = f"{_KINDS}.sheet"
"""The media type of a workbook, for whoever sends one."""
ROWS_AT_ONCE = 500
MOST_ROWS = 1_048_576
"""What a sheet of a spreadsheet program holds; more go on in the next sheet."""
LONGEST_NAME = 28


@dataclass(frozen=True, kw_only=True)
class SheetToWrite:
    """One sheet: its name, lines above the heading, heading, rows; `width` in characters."""

    name: str
    heading: Sequence[str]
    rows: Iterable[Sequence[object]] = ()
    above: Sequence[str] = ()
    width: int = 18


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


def write_workbook(sheets: Sequence[SheetToWrite]) -> bytes:
    """Return the sheets as one workbook."""
    return b"".join(workbook_parts(sheets))


def workbook_parts(sheets: Sequence[SheetToWrite]) -> Iterator[bytes]:
    """Give a workbook piece by piece; rows beyond what a sheet holds go on in another one."""
    pipe, names = _Pipe(), list[str]()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        for sheet in sheets:
            taking, is_left = iter(sheet.rows), True
            while is_left:
                names.append(_name_of(sheet, names))
                path = f"xl/worksheets/sheet{len(names)}.xml"
                with packed.open(path, "w", force_zip64=True) as part:
                    is_left = False
                    part.write(_top_of(sheet).encode())
                    for number, row in enumerate(taking, start=len(sheet.above) + 2):
                        part.write(_row(row, style=1))
                        if number % ROWS_AT_ONCE == 0:
                            yield pipe.taken()
                        if number == MOST_ROWS:
                            is_left = True
                            break
                    part.write(b"</sheetData></worksheet>")
                yield pipe.taken()
        for name, said in _frame(names).items():
            packed.writestr(name, said)
    yield pipe.taken()


def _name_of(sheet: SheetToWrite, taken: Sequence[str]) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", sheet.name)[:LONGEST_NAME]
    return name if name not in taken else f"{name}{len(taken) + 1}"


def _top_of(sheet: SheetToWrite) -> str:
    frozen = len(sheet.above) + 1
    above = b"".join(_row([line], style=1) for line in sheet.above)
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" '
        f'state="frozen"/></sheetView></sheetViews><cols><col min="1" '
        f'max="{max(len(sheet.heading), 1)}" width="{sheet.width}" style="1" customWidth="1"/>'
        f"</cols><sheetData>{(above + _row(sheet.heading, style=2)).decode()}"
    )


def _row(cells: Sequence[object], *, style: int) -> bytes:
    written = "".join(
        f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for cell in cells
    )
    return f"<row>{written}</row>".encode()


def _text(cell: object) -> str:
    return escape(_UNWRITABLE.sub("", guarded("" if cell is None else cell)))


def _frame(names: Sequence[str]) -> dict[str, str]:
    """Give the parts that say which sheets there are."""
    numbered = list(enumerate(names, start=1))
    kinds = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles")]
    kinds += [(f"xl/worksheets/sheet{number}.xml", "worksheet") for number, _name in numbered]
    leads = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n, _name in numbered]
    leads.append((f"rId{len(names) + 1}", "styles", "styles.xml"))
    tabs = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in numbered
    )
    named = "".join(
        f'<Override PartName="/{path}" ContentType="{_KINDS}.{kind}+xml"/>' for path, kind in kinds
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{named}</Types>",
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{tabs}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(leads),
        "xl/styles.xml": _STYLES,
    }


def _relations(leads: Iterable[tuple[str, str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in leads
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'
