"""A sheet of cases: looked at first, then taken over once, however often it is sent."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from app.channel_entries import case_import, sheet_pages
from app.core.database import unit_of_work
from app.core.workbook_writing import SheetToWrite, write_workbook
from app.core.workbooks import LARGEST_UNPACKED, read_workbook
from app.tickets.ticket_states import EntryMode, TicketState
from tests.administration.keepers import HTML, SCRIPT, errors_of, page, send
from tests.channel_entries.clerks import (
    CASES,
    GOOD,
    HEADINGS,
    all_cases,
    all_tickets,
    channel_id,
    clerk_of,
    enter,
    load_channels,
    look,
    workbook,
)
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app")

CLOSED = {
    "由谁办理": "本渠道自办",
    "办理过程": "已核实",
    "处理结果": "已告知",
    "公开答复": "可以网购",
}
XLSX = "cases.xlsx"


@pytest.fixture
def clerk(
    frozen: time_machine.Traveller,  # noqa: ARG001 - stops the clock before anybody signs in
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the channels and sign in who enters cases for the bureau of culture and tourism."""
    load_channels()
    return clerk_of(sign_in_as, "culture-tourism")


def button_of(html: str) -> str:
    """Return the address of the button that takes a sheet over; empty when there is none."""
    found = re.search(rf'action="({CASES}/sheets/\d+/\d+)"', html)
    return found[1] if found else ""


def take(clerk: PageClient, content: bytes, **where: str) -> int:
    """Look at a sheet and take it over."""
    looked = look(clerk, content, **where)
    assert looked.status_code == 200, unescape(re.sub("<[^>]*>", " ", looked.text))
    return int(send(clerk, button_of(looked.text)).status_code)


def test_the_template_holds_every_column_and_what_each_may_say(clerk: PageClient) -> None:
    answer = clerk.get(f"{CASES}/sheets/template.xlsx")

    [(_, heading)] = read_workbook(answer.data)
    assert set(HEADINGS) <= set(heading)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        explained = packed.read("xl/worksheets/sheet2.xml").decode()
    assert "本渠道自办" in explained
    assert "东源县" in explained


def test_a_filled_template_is_looked_at_and_nothing_is_entered(clerk: PageClient) -> None:
    looked = look(clerk, workbook(GOOD))

    assert looked.status_code == 200
    assert "新增 1 件" in looked.text
    assert "13912342817" not in looked.text
    assert all_tickets() == []


def test_what_was_looked_at_is_taken_over_whole(clerk: PageClient) -> None:
    content = workbook(GOOD, {**GOOD, **CLOSED, "渠道编号": "WL-2"})

    assert take(clerk, content) == 302

    waiting, closed = all_tickets()
    assert (waiting.state, waiting.entry_mode) == (TicketState.TO_DISPATCH, EntryMode.IMPORT)
    assert (closed.state, closed.is_channels_own) == (TicketState.CLOSED, True)
    assert [ticket.source_no for ticket in (waiting, closed)] == ["WL-1", "WL-2"]


def test_a_sheet_may_say_who_asks_and_where_exactly_and_says_it_again_in_peace(
    clerk: PageClient,
) -> None:
    more = {
        "诉求人类别": "企业",
        "性别": "女",
        "年龄段": "60 岁及以上",
        "网格": "仙塘 03",
        "经纬度": "114.76，23.8",
    }
    content = workbook({**GOOD, **more})
    assert take(clerk, content) == 302

    [ticket] = all_tickets()
    assert ticket.person_kind == "enterprise"
    assert (ticket.gender, ticket.age_group, ticket.grid) == ("female", "from_60", "仙塘 03")
    assert ticket.coordinates == "23.800000, 114.760000"
    assert "新增 0 件，更新 0 件，无变化 1 件" in look(clerk, content).text

    wrong = look(clerk, workbook({**GOOD, "性别": "月", "年龄段": "42", "经纬度": "39.9, 116.4"}))
    assert wrong.status_code == 422
    for said in ("“性别”：只能填", "“年龄段”：只能填", "“经纬度”：不是本市"):
        assert said in wrong.text


def test_the_same_sheet_again_changes_nothing(clerk: PageClient) -> None:
    content = workbook(GOOD, {**GOOD, **CLOSED, "渠道编号": "WL-2"})
    take(clerk, content)

    again = look(clerk, content)

    assert "新增 0 件，更新 0 件，无变化 2 件" in again.text
    assert button_of(again.text) == ""
    assert len(all_tickets()) == 2


def test_a_number_typed_in_full_width_signs_is_the_same_number_and_no_second_case(
    clerk: PageClient,
) -> None:
    take(clerk, workbook({**GOOD, "渠道编号": "WL-1"}))

    again = look(clerk, workbook({**GOOD, "渠道编号": "ＷＬ－１"}))
    by_form = enter(clerk, source_no="ＷＬ－１")
    twice = look(clerk, workbook({**GOOD, "渠道编号": "WL-2"}, {**GOOD, "渠道编号": "ＷＬ-2"}))

    assert "新增 0 件，更新 0 件，无变化 1 件" in again.text
    assert by_form.status_code == 409
    assert "整张表都没有录入" in twice.text
    assert [each.source_no for each in all_cases()] == ["WL-1"]


def test_the_same_number_with_other_words_updates_its_case_and_makes_no_second(
    clerk: PageClient,
) -> None:
    take(clerk, workbook({**GOOD, "由谁办理": "本渠道自办"}))
    changed = workbook({**GOOD, **CLOSED, "标题": "门票"})

    looked = look(clerk, changed)
    send(clerk, button_of(looked.text))

    assert "更新 1 件" in looked.text
    assert "标题" in looked.text
    [ticket] = all_tickets()
    assert (ticket.title, ticket.state) == ("门票", TicketState.CLOSED)


def test_pressing_the_button_twice_takes_over_once(clerk: PageClient) -> None:
    address = button_of(look(clerk, workbook(GOOD)).text)

    first, second = send(clerk, address), send(clerk, address)

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(all_tickets()) == 1


def test_one_wrong_cell_and_nothing_may_be_taken_over(clerk: PageClient) -> None:
    looked = look(clerk, workbook(GOOD, {**GOOD, "渠道编号": "WL-2", "县区": "广州"}))

    assert looked.status_code == 422
    assert "第 3 行“县区”：没有这个县区" in looked.text
    assert button_of(looked.text) == ""


def test_what_became_wrong_after_the_preview_is_not_taken_over(clerk: PageClient) -> None:
    own = {**GOOD, "由谁办理": "本渠道自办"}
    take(clerk, workbook(own))
    address = button_of(look(clerk, workbook({**own, **CLOSED})).text)
    [case] = all_cases()
    send(clerk, f"{CASES}/{case.id}/hand-over")

    answer = send(clerk, address)

    assert answer.status_code == 409
    assert "转热线的件由热线办理" in unescape(answer.text) or "不能改由谁办理" in answer.text
    assert all_tickets()[0].state is TicketState.TO_DISPATCH


def test_nobody_takes_over_another_persons_sheet(
    clerk: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    address = button_of(look(clerk, workbook(GOOD)).text)
    colleague = clerk_of(sign_in_as, "culture-tourism")
    stranger = clerk_of(sign_in_as, "market-regulation")

    assert send(colleague, address).status_code == 409
    assert send(stranger, address).status_code == 404
    assert all_tickets() == []


def test_a_long_sheet_is_taken_over_in_saves_that_let_others_in_between(
    clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_import, "PORTION", 2)
    rows = [{**GOOD, "渠道编号": f"WL-{number}"} for number in range(5)]

    address = button_of(look(clerk, workbook(*rows)).text)
    there: list[int] = []

    @contextmanager
    def saving() -> Iterator[None]:
        there.append(len(all_tickets()))
        with unit_of_work():
            yield

    monkeypatch.setattr(sheet_pages, "unit_of_work", saving)
    assert send(clerk, address).status_code == 302

    assert there == [0, 2, 4]
    assert len(all_tickets()) == 5
    assert "无变化 5 件" in look(clerk, workbook(*rows)).text


def test_a_sheet_that_takes_long_says_how_far_it_is_and_goes_on(
    clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_import, "PORTION", 2)
    monkeypatch.setattr(sheet_pages, "ONE_ANSWER", timedelta(0))
    rows = [{**GOOD, "渠道编号": f"WL-{number}"} for number in range(3)]
    address = button_of(look(clerk, workbook(*rows)).text)

    halfway = send(clerk, address)

    assert "已新增 2 件，更新 0 件，还剩 1 件" in halfway.text
    assert "data-goes-on" in halfway.text
    assert button_of(halfway.text) == address
    assert (len(all_tickets()), send(clerk, address).status_code) == (2, 302)
    assert (len(all_tickets()), send(clerk, address).status_code) == (3, 409)


@pytest.mark.slow
def test_of_a_thousand_rows_every_wrong_one_is_named(clerk: PageClient) -> None:
    rows = [{**GOOD, "渠道编号": f"WL-{number}"} for number in range(1000)]
    for number in range(0, 1000, 100):
        rows[number] = {**rows[number], "诉求类型": "愿望"}

    looked = look(clerk, workbook(*rows))

    assert "有 10 行不对" in looked.text
    assert [f"第 {number + 2} 行“诉求类型”" in looked.text for number in range(0, 1000, 100)] == [
        True
    ] * 10


def test_csv_is_read_as_well(clerk: PageClient) -> None:
    text = ",".join(GOOD) + "\n" + ",".join(GOOD.values()) + "\n"

    assert take(clerk, text.encode("gb18030"), name="cases.csv") == 302
    assert len(all_tickets()) == 1


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "<workbook><sheets/></workbook>")
        made.writestr("xl/worksheets/sheet1.xml", " " * (LARGEST_UNPACKED + 1))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (XLSX, b"", "文件名和内容不符"),
        (XLSX, b"a,b\n1,2\n", "文件名和内容不符"),
        ("cases.csv", workbook(GOOD), "文件名和内容不符"),
        (XLSX, b"\xd0\xcf\x11\xe0old", "文件名和内容不符"),
        ("cases.csv", b"%PDF-1.7", "文件名和内容不符"),
        (XLSX, b"PK\x03\x04 broken", "不是能读的表格"),
        ("cases.csv", b"\x00\x01\x02", "不是能读的表格"),
        (XLSX, bomb(), "文件太大"),
        ("cases.csv", b"x" * (1024 * 1024 + 1), "文件太大"),
        (XLSX, write_workbook([SheetToWrite(name="a", heading=["甲", "乙"], rows=[["1", "2"]])]),
         "第一行要有栏名"),
        (XLSX, write_workbook([SheetToWrite(name="a", heading=list(GOOD))]), "没有内容"),
        (XLSX, workbook(*[GOOD] * 2001), "超过 2000 行"),
    ],
    ids=["empty", "csv as xlsx", "xlsx as csv", "old xls", "pdf", "broken zip", "binary", "bomb",
         "large", "no heading", "no rows", "too many rows"],
)  # fmt: skip
def test_a_file_that_is_no_sheet_of_cases_is_refused_clearly(
    clerk: PageClient, name: str, content: bytes, said: str
) -> None:
    answer = look(clerk, content, name=name)

    assert answer.status_code == 422
    assert said in errors_of(answer.text, "sheet")
    assert all_tickets() == []


def test_twenty_megabytes_are_refused_before_they_are_read(clerk: PageClient) -> None:
    answer = look(clerk, b"x" * (20 * 1024 * 1024))

    assert answer.status_code == 413
    assert all_tickets() == []


def test_no_file_is_said_at_the_field(clerk: PageClient) -> None:
    answer = send(clerk, f"{CASES}/sheets/{channel_id('tourism-site')}")

    assert errors_of(answer.text, "sheet")


def test_a_formula_is_refused_and_what_only_looks_like_one_is_kept_as_text(
    clerk: PageClient,
) -> None:
    typed = workbook({**GOOD, "标题": "=HYPERLINK(1)", "诉求内容": SCRIPT})
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(typed)) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in old.namelist():
            text = old.read(part).decode()
            reckoned = "<c><f>1+1</f><v>2</v></c>"
            made.writestr(part, re.sub(r"<c [^>]*><is><t[^>]*>WL-1</t></is></c>", reckoned, text))

    formula = look(clerk, content.getvalue())
    take(clerk, typed)

    assert formula.status_code == 422
    assert "是公式" in formula.text
    [ticket] = all_tickets()
    assert ticket.title == "=HYPERLINK(1)"
    assert SCRIPT not in page(clerk, f"{CASES}/{all_cases()[0].id}")


def test_a_channel_whose_cases_come_otherwise_takes_no_sheet(
    sign_in_as: Callable[..., PageClient],
) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "hotline")

    answer = clerk.get(f"{CASES}/sheets/{channel_id('letters')}", headers=HTML)

    assert answer.status_code == 409
