"""Workbooks are read as a person sees them; what is none, or too much, is refused."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from app.core import workbooks
from app.core.sheets import NotASheet
from app.core.workbook_writing import SheetToWrite, write_workbook
from app.core.workbooks import FORMULA, TooMuchInside, read_workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def book(rows: str, *, parts: Mapping[str, str] | None = None, properties: str = "") -> bytes:
    """Pack a workbook as spreadsheet programs do, with these rows of XML in its first sheet."""
    packed = {
        "xl/workbook.xml": f'<workbook {MAIN} {OFFICE}>{properties}<sheets><sheet name="a" '
        'sheetId="7" r:id="rId3"/><sheet name="b" sheetId="8" r:id="rId4"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="rId4" Target="worksheets/other.xml"/>'
        '<Relationship Id="rId3" Target="worksheets/first.xml"/></Relationships>',
        "xl/worksheets/first.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/worksheets/other.xml": f"<worksheet {MAIN}><sheetData/></worksheet>",
        **(parts or {}),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in packed.items():
            made.writestr(name, text)
    return content.getvalue()


def test_what_is_written_is_read_again_as_it_was() -> None:
    rows = [["=1+1", "013912342817", "两\n行"], ["", "<&\"'>", " x "]]

    content = write_workbook([SheetToWrite(name="一/二", heading=["甲", "乙", "丙"], rows=rows)])

    assert read_workbook(content) == [
        (1, ["甲", "乙", "丙"]),
        (2, ["=1+1", "013912342817", "两\n行"]),
        (3, ["", "<&\"'>", "x"]),
    ]


def test_nothing_that_is_written_is_a_formula() -> None:
    cells = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx"]

    content = write_workbook([SheetToWrite(name="a", heading=cells)])

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count('t="inlineStr"') == len(cells)


def test_shared_texts_are_read_without_how_they_are_pronounced() -> None:
    texts = (
        f"<sst {MAIN}><si><t>路灯</t><rPh><t>ludeng</t></rPh></si>"
        "<si><r><t>不</t></r><r><t>亮</t></r></si></sst>"
    )
    rows = '<row r="2"><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>0</v></c></row>'

    content = book(rows, parts={"xl/sharedStrings.xml": texts})

    assert read_workbook(content) == [(2, ["", "不亮", "路灯"])]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("<c><v>13912342817</v></c>", "13912342817"),
        ("<c><v>1.3912342817E10</v></c>", "13912342817"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ('<c s="1"><v>46349</v></c>', "2026-11-23"),
        ('<c s="1"><v>46349.336805555555</v></c>', "2026-11-23 08:05"),
        ('<c s="2"><v>46349</v></c>', "2026-11-23"),
        ('<c s="3"><v>46349</v></c>', "46349"),
        ('<c t="b"><v>1</v></c>', "1"),
        ('<c t="e"><v>#REF!</v></c>', ""),
        ('<c t="inlineStr"><is><t>\'=1</t></is></c>', "=1"),
        ("<c><f>1+1</f><v>2</v></c>", FORMULA),
    ],
)
def test_a_cell_is_read_as_a_person_sees_it(cell: str, read: str) -> None:
    styles = (
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/>'
        '<numFmt numFmtId="171" formatCode="0&quot;days&quot;"/></numFmts><cellStyleXfs>'
        '<xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/>'
        '<xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>'
    )

    content = book(f'<row r="1">{cell}<c t="str"><v>x</v></c></row>',
                   parts={"xl/styles.xml": styles})  # fmt: skip

    assert read_workbook(content) == [(1, [read, "x"])]


def test_a_workbook_may_count_its_days_from_1904() -> None:
    styles = f'<styleSheet {MAIN}><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'

    content = book(
        '<row r="1"><c s="1"><v>44887</v></c></row>',
        parts={"xl/styles.xml": styles},
        properties='<workbookPr date1904="1"/>',
    )

    assert read_workbook(content) == [(1, ["2026-11-23"])]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 and nothing more",
        b"not a zip at all",
        book('<row r="1"><c><v>1</v></c>'),  # not closed
        book('<row r="x"><c><v>1</v></c></row>'),
        book("", parts={"xl/workbook.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>"}),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(NotASheet):
        read_workbook(content)


def test_another_thing_in_a_zip_is_no_workbook() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("word/document.xml", "<document/>")

    with pytest.raises(NotASheet):
        read_workbook(content.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    rows = f"<row><c t='str'><v>{'0' * (workbooks.LARGEST_UNPACKED + 1)}</v></c></row>"
    content = book(rows)

    assert len(content) < 100_000
    with pytest.raises(TooMuchInside):
        read_workbook(content)


def test_rows_without_number_are_refused_before_they_fill_the_memory() -> None:
    def of(rows: int, cell: str = "<c><v>1</v></c>") -> list[tuple[int, list[str]]]:
        return read_workbook(book(f"<row>{cell}</row>" * rows))

    most = workbooks.MOST_ROWS
    assert len(of(most)) == most
    assert of(most + 50, cell="") == []
    with pytest.raises(TooMuchInside):
        of(most + 1)


def test_a_thousand_parts_are_refused() -> None:
    parts = {f"xl/media/{number}.png": "" for number in range(1000)}

    with pytest.raises(TooMuchInside):
        read_workbook(book("", parts=parts))


def test_one_long_text_that_thousands_of_cells_name_fills_no_memory() -> None:
    texts = f'<sst {MAIN}><si><t xml:space="preserve"> {"万" * 30_000} </t></si></sst>'
    cells = '<c t="s"><v>0</v></c>' * 100

    rows = read_workbook(book(f"<row>{cells}</row>" * 100, parts={"xl/sharedStrings.xml": texts}))

    assert len({id(cell) for _line, cells in rows for cell in cells}) == 1


def test_a_cell_holds_no_more_than_a_spreadsheet_program_keeps_in_one() -> None:
    longer = "a" * (workbooks.LONGEST_CELL + 1)
    texts = f"<sst {MAIN}><si><t>{longer}</t></si></sst>"
    shared = '<row><c t="s"><v>0</v></c></row>'

    with pytest.raises(TooMuchInside):
        read_workbook(book(shared, parts={"xl/sharedStrings.xml": texts}))
    with pytest.raises(TooMuchInside):
        read_workbook(book(f'<row><c t="inlineStr"><is><t>{longer}</t></is></c></row>'))
