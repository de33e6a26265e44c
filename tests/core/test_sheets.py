"""Lists as files: read as offices write them, written so that no cell runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets import RUN_AS_FORMULA, NotASheet, read_sheet, write_sheet


@pytest.mark.parametrize("spelling", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_list_is_read_in_every_spelling_that_offices_use(spelling: str, between: str) -> None:
    text = f"工号{between}姓名\r\n2001{between}邱海峰\r\n"

    assert read_sheet(text.encode(spelling)) == [(1, ["工号", "姓名"]), (2, ["2001", "邱海峰"])]


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04\x00", b"\xff\xfe\xff"])
def test_what_is_no_text_is_no_list(content: bytes) -> None:
    with pytest.raises(NotASheet):
        read_sheet(content)


def test_lines_without_anything_are_left_out_and_the_others_keep_their_numbers() -> None:
    assert read_sheet(b"a,b\n\n,\n1,2\n") == [(1, ["a", "b"]), (4, ["1", "2"])]


@pytest.mark.parametrize("cell", ["=1+1", "+86 139", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_no_cell_is_run_as_a_formula(cell: str) -> None:
    written = write_sheet(["name"], [[cell]]).decode("utf-8-sig")

    assert not written.split("\r\n", 1)[1].lstrip('"').startswith(RUN_AS_FORMULA)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20).map(str.strip)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_what_was_written_is_read_back(rows: list[tuple[str, str]]) -> None:
    wanted = [list(row) for row in rows if any(row) and not any(c.startswith("'") for c in row)]

    read = read_sheet(write_sheet(["a", "b"], wanted))

    assert [cells for _, cells in read[1:]] == wanted
