"""What a file of people means, cell by cell."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.administration.people_sheet import (
    MOST_ROWS,
    Column,
    Fault,
    Known,
    Person,
    Sheet,
    read_people,
)
from app.core.judged_sheets import Outcome

HEADINGS = {
    "工号": Column.WORK_NUMBER, "姓名": Column.NAME, "角色": Column.ROLE, "单位": Column.UNIT,
    "语言": Column.LANGUAGES, "技能": Column.SKILLS, "电话": Column.CONTACT_NUMBER,
    "状态": Column.STATE, "work number": Column.WORK_NUMBER, "name": Column.NAME,
    "role": Column.ROLE,
}  # fmt: skip
THERE = Person(
    work_number="1006", name="叶晓彤", role="agent", unit_id=2,
    languages=frozenset({"mandarin"}), skills=frozenset({"tax"}), contact_number="13912342817",
)  # fmt: skip
KNOWN = Known(
    roles={"话务员": "agent", "agent": "agent", "值班长": "shift_leader"},
    units={"热线中心": 2, "hotline": 2},
    languages={"普通话": "mandarin", "客家话": "hakka"},
    skills={"税务": "tax", "enterprise service": "enterprise", "企业": "enterprise"},
    left_words=frozenset({"已离岗"}),
    people={"1006": THERE, "1007": replace(THERE, work_number="1007")},
    have_left=frozenset({"1007"}),
    own_work_number="1006",
)
FULL = ["工号", "姓名", "角色", "单位", "语言", "技能", "电话"]


def read(*rows: list[str], heading: list[str] = FULL) -> Sheet:
    numbered = list(enumerate([heading, *rows], start=1))
    return read_people(numbered, headings=HEADINGS, known=KNOWN)


def test_a_row_becomes_a_person() -> None:
    [row] = read(
        ["2001", "邱海峰", "话务员", "热线中心", "普通话、客家话", "税务；企业", "0762-3333333"]
    ).rows

    assert row.outcome is Outcome.NEW
    assert row.person == Person(
        work_number="2001", name="邱海峰", role="agent", unit_id=2,
        languages=frozenset({"mandarin", "hakka"}), skills=frozenset({"tax", "enterprise"}),
        contact_number="0762-3333333",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        (0, "", Fault.NEEDED), (0, "12", Fault.WORK_NUMBER), (0, "２００１", Fault.WORK_NUMBER),
        (0, "12a4", Fault.WORK_NUMBER), (0, "1" * 13, Fault.WORK_NUMBER),
        (0, "1007", Fault.HAS_LEFT), (1, "", Fault.NEEDED), (1, "长" * 65, Fault.TOO_LONG),
        (2, "", Fault.NEEDED), (2, "皇帝", Fault.ROLE), (3, "没有此单位", Fault.UNIT),
        (4, "普通话 火星话", Fault.LANGUAGE), (5, "屠龙", Fault.SKILL),
        (6, "打我电话", Fault.CONTACT_NUMBER), (6, "139****0000", Fault.CONTACT_NUMBER),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_cell_and_nobody_is_taken_over(
    column: int, cell: str, fault: Fault
) -> None:
    cells = ["2001", "邱海峰", "话务员", "", "", "", ""]
    cells[column] = cell

    sheet = read(["2002", "陈启航", "话务员"], cells)

    assert sheet.rows[1].faults == {HEADINGS[FULL[column]]: fault}
    assert not sheet.is_right
    assert sheet.rows[0].outcome is Outcome.NEW


def test_a_work_number_that_stands_twice_is_wrong_both_times() -> None:
    sheet = read(["2001", "甲", "话务员"], ["2001", "乙", "话务员"])

    assert [row.faults for row in sheet.rows] == [{Column.WORK_NUMBER: Fault.TWICE}] * 2


def test_the_same_file_again_changes_nothing() -> None:
    [row] = read(["1006", "叶晓彤", "话务员", "hotline", "普通话", "税务", "139****2817"]).rows

    assert row.outcome is Outcome.SAME


def test_a_column_that_is_not_there_leaves_what_was() -> None:
    [row] = read(["1006", "叶晓"], heading=["工号", "姓名"]).rows or [None]
    assert row is None
    [row] = read(["1006", "叶晓", "话务员"], heading=["Work Number", " NAME ", "role"]).rows

    assert row is not None
    assert row.outcome is Outcome.CHANGED
    assert row.person == replace(THERE, name="叶晓")


def test_an_empty_cell_takes_away_what_was() -> None:
    [row] = read(["1006", "叶晓彤", "话务员", "", "", "", ""]).rows

    assert row.person == replace(
        THERE, unit_id=None, languages=frozenset(), skills=frozenset(), contact_number=""
    )


def test_nobody_changes_his_own_role_by_a_file() -> None:
    [row] = read(["1006", "叶晓彤", "值班长"]).rows

    assert row.faults == {Column.ROLE: Fault.YOURSELF}


def test_a_list_that_was_taken_out_with_those_who_left_is_read_back() -> None:
    row = ["1007", "叶晓彤", "话务员", "已离岗"]
    sheet = read(row, heading=["工号", "姓名", "角色", "状态"])

    assert sheet.counts() == {Outcome.SAME: 1}


def test_a_row_with_more_cells_than_columns_is_not_guessed_at() -> None:
    [row] = read(["2001", "邱,海峰", "话务员", "", "", "", "", "多了"]).rows

    assert row.faults == {Column.WORK_NUMBER: Fault.TOO_MANY_CELLS}


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], Fault.EMPTY),
        ([(1, FULL)], Fault.EMPTY),
        ([(1, ["2001", "邱海峰", "话务员"])], Fault.NO_HEADING),
        ([(1, FULL)] + [(2, ["2001", "甲", "话务员"])] * (MOST_ROWS + 1), Fault.TOO_MANY),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    rows: list[tuple[int, list[str]]], fault: Fault
) -> None:
    assert read_people(rows, headings=HEADINGS, known=KNOWN).fault is fault


@given(st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=6))
def test_whatever_stands_in_a_file_is_judged_and_never_breaks(rows: list[list[str]]) -> None:
    sheet = read(*rows)

    assert sheet.fault or len(sheet.rows) == len(rows)
    assert all((row.person is None) == bool(row.faults) for row in sheet.rows
               if row.outcome is not Outcome.SAME)  # fmt: skip
