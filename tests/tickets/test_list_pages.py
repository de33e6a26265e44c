"""The page of the list: filters, views under names, acts with several rows, and what it hides."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from app.core.database import unit_of_work
from app.core.errors import Conflict
from app.core.permissions import Permission
from app.rules.type_natures import Nature
from app.tickets import bulk_acts
from app.tickets import service as tickets
from app.tickets.bulk_acts import BulkAct, Hand

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.one_database]


def open_one(opened_by: int, title: str, **changes: Any) -> int:
    given: dict[str, Any] = {
        "call_id": None,
        "opened_by": opened_by,
        "request_type": Nature.COMPLAINT,
        "title": title,
        "content": "凌晨仍在施工。",
        "category_code": "0104",
        "county_code": "441602",
        "caller_name": "陈小红",
        "contact_number": "13800138000",
    }
    with unit_of_work():
        return tickets.open_ticket(tickets.NewTicket(**{**given, **changes})).id


def link_named(rel: str, html: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', html)
    assert found, f"no link {rel}"
    return unescape(found[1])


def test_a_list_is_walked_forth_and_back_by_its_links(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("agent")
    for number in range(30):
        open_one(browser.person.id, f"第{number:02}号来件")

    first = browser.get("/tickets?text=来件").text
    second = browser.get(link_named("next", first)).text
    again = browser.get(link_named("prev", second)).text

    assert "第29号来件" in first
    assert "第04号来件" not in first
    assert "第04号来件" in second
    assert re.findall("第..号来件", again) == re.findall("第..号来件", first)


@pytest.mark.parametrize("at", ["nonsense", "WzEsMiwzXQ.x", "%F0%9F%92%A5"])
def test_a_bad_place_shows_the_first_page_with_a_word(
    sign_in_as: Callable[..., Any], at: str
) -> None:
    browser = sign_in_as("agent")
    open_one(browser.person.id, "夜间施工噪声")

    page = browser.get(f"/tickets?text=施工&at={at}")

    assert page.status_code == 200
    assert "已回到第一页" in page.text
    assert "夜间施工噪声" in page.text


def test_no_whole_number_and_no_name_stands_in_the_list(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("shift_leader")
    open_one(browser.person.id, "请回电13800138000谈噪声")
    open_one(browser.person.id, "陈小红反映3栋2单元噪声", is_confidential=True)

    page = browser.get("/tickets?sort=newest").text

    assert "噪声" in page
    for hidden in ("13800138000", "陈小红", "3栋", "2单元"):
        assert hidden not in page


def test_a_view_is_kept_opened_first_and_removed(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("agent")
    open_one(browser.person.id, "夜间施工噪声")
    open_one(browser.person.id, "路灯不亮")

    kept = browser.post("/tickets/views?text=路灯", data={"name": "路灯的事", "is_first": "y"})
    opened = browser.get("/tickets", follow_redirects=True).text

    assert kept.status_code == 302
    assert "路灯不亮" in opened
    assert "夜间施工噪声" not in opened
    view = re.search(r"/tickets/views/(\d+)/remove", opened)
    assert view
    browser.post(f"/tickets/views/{view[1]}/remove")
    assert "夜间施工噪声" in browser.get("/tickets").text


def test_a_view_without_a_name_is_refused_and_the_filters_stay(
    sign_in_as: Callable[..., Any],
) -> None:
    answer = sign_in_as("agent").post("/tickets/views?text=路灯", data={"name": "  "})

    assert answer.status_code == 422
    assert 'value="路灯"' in answer.text


def test_only_a_manager_shares_a_view_and_nobody_else_changes_it(
    sign_in_as: Callable[..., Any],
) -> None:
    manager, agent = sign_in_as("hotline_manager"), sign_in_as("agent")
    shared = manager.post("/tickets/views?state=open", data={"name": "未办结", "is_shared": "y"})
    agent.post("/tickets/views?state=closed", data={"name": "我办结的", "is_shared": "y"})
    view_id = re.search(r"view=(\d+)", shared.location)
    assert view_id

    assert "未办结" in agent.get("/tickets").text
    assert "我办结的" not in manager.get("/tickets").text
    assert agent.get(f"/tickets?view={view_id[1]}").status_code == 200
    assert agent.post(f"/tickets/views/{view_id[1]}/remove").status_code == 404
    assert agent.post(f"/tickets/views/{view_id[1]}/first").status_code == 404


def test_somebody_elses_view_is_not_opened_by_guessing(sign_in_as: Callable[..., Any]) -> None:
    one, other = sign_in_as("agent"), sign_in_as("agent")
    kept = one.post("/tickets/views?text=路灯", data={"name": "路灯"})

    assert other.get(kept.location).status_code == 404


class TakenByAnother(Conflict):
    """Somebody was quicker with this row."""

    code = "conflict"


def test_each_refused_row_says_why_and_nothing_typed_is_lost(
    sign_in_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act as a desk above will offer one; the second row has moved meanwhile."""
    browser = sign_in_as("dispatcher")
    ids = [open_one(browser.person.id, f"第{number}件") for number in range(3)]
    handed: list[tuple[int, str]] = []

    def note(ticket_id: int, hand: Hand) -> None:
        if ticket_id == ids[1]:
            raise TakenByAnother
        handed.append((ticket_id, hand.typed["note"]))

    monkeypatch.setattr(bulk_acts, "_offered", {})
    bulk_acts.offer(
        BulkAct(name="export_csv", permission=Permission.TICKETS_READ, do=note, fields=("note",))
    )

    answer = browser.post(
        "/tickets/bulk?text=件", data={"ids": ids, "act": "export_csv", "note": "请尽快"}
    )

    assert answer.status_code == 409
    assert handed == [(ids[0], "请尽快"), (ids[2], "请尽快")]
    ticked = re.findall(r'name="ids" value="(\d+)" checked', answer.text)
    assert ticked == [str(ids[1])]
    assert 'value="请尽快"' in answer.text
    assert answer.text.count("invalid-feedback") == 1


def test_an_act_that_is_not_his_and_one_without_rows_do_nothing(
    sign_in_as: Callable[..., Any],
) -> None:
    agent, dispatcher = sign_in_as("agent"), sign_in_as("dispatcher")
    ticket_id = open_one(agent.person.id, "路灯不亮")

    assert (
        agent.post("/tickets/bulk", data={"ids": ticket_id, "act": "export_csv"}).status_code == 422
    )
    assert dispatcher.post("/tickets/bulk", data={"act": "export_csv"}).status_code == 422
    assert "导出所选" not in agent.get("/tickets?sort=newest").text


def test_a_day_in_the_address_that_is_none_is_said_beside_its_filter(
    sign_in_as: Callable[..., Any],
) -> None:
    browser = sign_in_as("agent")
    open_one(browser.person.id, "夜间施工噪声")

    page = browser.get("/tickets?text=施工&opened_from=2026-02-30&closed_until=<b>").text

    assert "夜间施工噪声" in page
    assert "“2026-02-30”不是日期，未按它筛选" in page
    assert 'aria-describedby="opened_from-error"' in page
    assert "“&lt;b&gt;”不是日期" in page
    assert "不是日期" not in browser.get("/tickets?opened_from=2026-02-27").text
