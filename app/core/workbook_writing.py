"""Writes lists as workbooks of a spreadsheet program (XLSX). Pure.

Every cell is text and stays text when it is edited: nothing is taken for a formula, and a telephone
number keeps its digits.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

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


@dataclass(frozen=True, kw_only=True)
class SheetToWrite:
    """One sheet: the name on its tab, its heading, its rows; `width` of a column in characters."""

    name: str
    heading: Sequence[str]
    rows: Iterable[Sequence[object]] = ()
    width: int = 18


def write_workbook(sheets: Sequence[SheetToWrite]) -> bytes:
    """Return the sheets as one workbook; every cell is text, and stays text when it is edited."""
    numbers = range(1, len(sheets) + 1)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _content_types(numbers))
        packed.writestr(
            "_rels/.rels",
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        packed.writestr("xl/workbook.xml", _book(sheets))
        packed.writestr("xl/_rels/workbook.xml.rels", _relations(numbers))
        packed.writestr("xl/styles.xml", _STYLES)
        for number, sheet in zip(numbers, sheets, strict=True):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", "".join(_sheet(sheet)))
    return kept.getvalue()


def _content_types(numbers: Iterable[int]) -> str:
    parts = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles")]
    parts += [(f"xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers]
    named = "".join(
        f'<Override PartName="/{path}" ContentType="{_KINDS}.{kind}+xml"/>' for path, kind in parts
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{named}</Types>"
    )


def _book(sheets: Sequence[SheetToWrite]) -> str:
    tabs = "".join(
        f'<sheet name={quoteattr(each.name[:31])} sheetId="{number}" r:id="rId{number}"/>'
        for number, each in enumerate(sheets, start=1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{tabs}</sheets></workbook>'
    )


def _relations(numbers: Sequence[int]) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = (
        f'<Relationship Id="rId{len(numbers) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}{styles}</Relationships>'
    )


def _sheet(sheet: SheetToWrite) -> Iterable[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f'</sheetViews><cols><col min="1" max="{max(len(sheet.heading), 1)}" '
        f'width="{sheet.width}" style="1" customWidth="1"/></cols><sheetData>'
    )
    yield _row(sheet.heading, style=2)
    for row in sheet.rows:
        yield _row(row, style=1)
    yield "</sheetData></worksheet>"


def _row(cells: Sequence[object], *, style: int) -> str:
    written = "".join(
        f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for cell in cells
    )
    return f"<row>{written}</row>"


def _text(cell: object) -> str:
    return escape(_UNWRITABLE.sub("", "" if cell is None else str(cell)))
