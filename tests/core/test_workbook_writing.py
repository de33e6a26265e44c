"""A workbook is written while it is sent: whole, harmless, and in the memory of one batch."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from xml.etree import ElementTree

import pytest

from app.core import workbook_writing
from app.core.sheets import sheet_parts
from app.core.workbook_writing import SheetToWrite, workbook_parts

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(count: int) -> Iterator[list[str]]:
    for number in range(count):
        yield [f"HY{number:015}", "夜间施工噪声扰民", "=1+1"]


def sheet(
    name: str, heading: list[str], rows: Iterable[list[str]], *, above: list[str]
) -> Iterator[bytes]:
    return workbook_parts([SheetToWrite(name=name, heading=heading, rows=rows, above=above)])


def sheets_of(content: bytes) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        names = [each for each in packed.namelist() if "worksheets" in each]
        trees = {name: ElementTree.fromstring(packed.read(name)) for name in names}  # noqa: S314
        book = ElementTree.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314 - our own
    assert len(list(book.iter(f"{MAIN}sheet"))) == len(names)
    assert not any(list(tree.iter(f"{MAIN}f")) for tree in trees.values())
    return {
        name: [["".join(cell.itertext()) for cell in row] for row in tree.iter(f"{MAIN}row")]
        for name, tree in trees.items()
    }


def test_a_workbook_holds_every_row_and_no_formula() -> None:
    content = b"".join(sheet("工单", ["编号", "标题", "式"], rows(1200), above=["水印"]))

    [only] = sheets_of(content).values()
    assert only[0] == ["水印"]
    assert only[1] == ["编号", "标题", "式"]
    assert len(only) == 1202
    assert only[-1] == ["HY000000000001199", "夜间施工噪声扰民", "'=1+1"]


def test_signs_that_no_file_can_hold_are_left_out() -> None:
    content = b"".join(sheet("a/b:c", ["h"], [["x\x00\x0b<&>\ud800"]], above=[]))

    [only] = sheets_of(content).values()
    assert only[1] == ["x<&>"]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_writing, "MOST_ROWS", 10)

    sheets = sheets_of(b"".join(sheet("工单", ["h"], rows(20), above=["w"])))

    assert [len(each) for each in sheets.values()] == [10, 10, 6]


@pytest.mark.parametrize(
    "parts",
    [
        lambda count: sheet("工单", ["h"], rows(count), above=[]),
        lambda count: sheet_parts(["h"], rows(count)),
    ],
    ids=["xlsx", "csv"],
)
def test_ten_times_as_many_rows_need_no_more_memory(
    parts: Callable[[int], Iterator[bytes]],
) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        sent = sum(len(part) for part in parts(count))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sent > count
        return highest

    peak(500)  # what is loaded once is loaded
    assert peak(20_000) < 1.3 * peak(2_000)
