"""Request types and categories, as an administrator works in them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock
from app.core.database import db
from app.rules import category_register, service, type_register
from app.rules.category_words import LeadLevel
from tests.administration.keepers import (
    A_LOT,
    SCRIPT,
    errors_of,
    page,
    seen_in,
    send,
    value_of,
)
from tests.conftest import PageClient

TYPES, CATEGORIES = "/administration/request-types", "/administration/categories"
LAMPS = f"{CATEGORIES}/0205"
NEW_TYPES = {
    "code": "guangdong-2027", "name_zh": "2027 年口径", "name_en": "Of 2027", "basis": "省里通知",
    "valid_from": "",
    "kinds": "consult, 咨询, Enquiry\nhelp, 求助求决, Aid\nvoid, 无效, Void, 仅统计",
}  # fmt: skip
NEW = {
    "code": "0208", "parent_code": "02", "name": "电动车充电", "pinyin": "dian dong che chong dian",
    "keywords": "充电、飞线 充电桩", "position": "300", "default_unit_code": "",
    "county_lead": "own", "town_lead": "", "provincial_code": "", "national_code": "",
    "old_label": "", "basis": "示例", "valid_from": "", "limit_help": "5wd",
}  # fmt: skip


@pytest.fixture
def manager(
    registers: None,  # noqa: ARG001 - in its database
    frozen: time_machine.Traveller,  # noqa: ARG001 - the clock
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Sign in who keeps the lists."""
    return sign_in_as("hotline_manager")


def in_(**later: int) -> str:
    moment = clock.now() + timedelta(**later) + timedelta(hours=8)
    return moment.strftime("%Y-%m-%dT%H:%M")


def category_form(browser: PageClient, path: str = LAMPS, **changes: Any) -> dict[str, Any]:
    html = page(browser, path)
    names = ("name", "pinyin", "keywords", "position", "provincial_code", "old_label")
    typed: dict[str, Any] = {name: value_of(html, name) for name in names}
    typed["default_unit_code"], typed["county_lead"], typed["town_lead"] = (
        "urban-management", "", "",
    )  # fmt: skip
    return {**typed, "basis": "示例", "seen": seen_in(html), "valid_from": "", **changes}


def mapping_form(browser: PageClient, path: str, **changes: str) -> dict[str, str]:
    """Return the form of two dictionaries as a browser sends it, every choice left open."""
    html = page(browser, path)
    names = re.findall(r'name="((?:to|basis)_[a-z_]+)"', html)
    return {**dict.fromkeys(names, ""), "seen": seen_in(html), **changes}


# --- request types -----------------------------------------------------------------------


def test_the_list_says_what_each_type_was_in_the_dictionary_before(manager: PageClient) -> None:
    html = page(manager, TYPES)

    assert "连平县 2023 年口径" in html
    assert "行政效能投诉、一般投诉、消费维权" in html
    assert "仅统计" in html


def test_a_dictionary_is_planned_mapped_and_then_calls_new_tickets_by_its_names(
    manager: PageClient, frozen: time_machine.Traveller, sign_in_as: Callable[..., PageClient]
) -> None:
    added = send(manager, TYPES, **{**NEW_TYPES, "valid_from": in_(days=3)})
    assert added.headers["Location"].endswith("/guangdong-2025/in/guangdong-2027")
    mapping = f"{TYPES}/guangdong-2025/in/guangdong-2027"
    typed = mapping_form(manager, mapping, to_complaint="help", basis_complaint="")
    wrong = send(manager, mapping, **typed)
    assert wrong.status_code == 422
    assert errors_of(wrong.text, "basis_complaint")
    assert send(manager, mapping, **{**typed, "basis_complaint": "省里通知"}).status_code == 302

    book = type_register.read_book()
    assert book.mapped("general_complaint", "lianping-2023", "guangdong-2027").code == "help"
    assert book.mapped("consult", "guangdong-2025", "guangdong-2027").is_unmapped
    assert "类未对应" in page(manager, TYPES)
    desk = sign_in_as("agent")
    assert _types_at(desk) == ["咨询", "投诉", "求助", "建议", "举报", "表扬", "无效"]
    frozen.shift(timedelta(days=3, minutes=1))
    db.session.rollback()
    assert [each.name_zh for each in type_register.types_at()] == ["咨询", "求助求决", "无效"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("code", ""), ("code", "Two Words"), ("code", "guangdong-2025"), ("name_zh", A_LOT),
        ("basis", " "), ("valid_from", "2020-01-01T08:00"), ("valid_from", "soon"),
        ("kinds", ""), ("kinds", "consult, 咨询"), ("kinds", "void, 无效, Void, 仅统计"),
        ("kinds", "a, 一, One, 咨询\na, 二, Two, 咨询"), ("kinds", "a, 一, One"),
        ("kinds", "a, 一, One, 咨询, soon"), ("kinds", "report, 举报, Report, 求助"),
        ("kinds", A_LOT), ("kinds", SCRIPT),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_dictionary_is_said_beside_its_field(
    manager: PageClient, field: str, typed: str
) -> None:
    answer = send(manager, TYPES, **{**NEW_TYPES, field: typed})

    assert answer.status_code in {409, 422}
    assert errors_of(answer.text, field)
    assert SCRIPT not in answer.text
    assert len(type_register.read_book().versions) == 2


def test_a_dictionary_that_holds_is_read_and_one_that_waits_can_go(manager: PageClient) -> None:
    html = page(manager, f"{TYPES}/guangdong-2025")
    assert "已经生效" in html
    assert 'name="kinds"' not in html
    assert send(manager, f"{TYPES}/guangdong-2025/take-back").status_code == 409

    send(manager, TYPES, **{**NEW_TYPES, "valid_from": in_(days=3)})
    path = f"{TYPES}/guangdong-2027"
    changed = {**NEW_TYPES, "valid_from": in_(days=4), "seen": seen_in(page(manager, path))}
    assert send(manager, path, **{**changed, "name_zh": "改名"}).status_code == 302
    again = send(manager, path, **changed)
    assert again.status_code == 409
    assert "仅统计" in again.text
    assert send(manager, f"{path}/take-back").status_code == 302
    assert manager.get(path, headers={"Accept": "text/html"}).status_code == 404


def test_two_people_who_map_at_once_see_each_others_words(manager: PageClient) -> None:
    path = f"{TYPES}/lianping-2023/in/guangdong-2025"
    mine, theirs = (
        mapping_form(manager, path, to_consumer_rights=to, basis_consumer_rights=basis)
        for to, basis in (("help", "我说的"), ("report", "同事说的"))
    )
    assert send(manager, path, **theirs).status_code == 302

    answer = send(manager, path, **mine)
    assert answer.status_code == 409
    assert "举报" in errors_of(answer.text, "to_consumer_rights")
    assert "我说的" in answer.text
    back = f"{TYPES}/guangdong-2025/in/lianping-2023"
    assert manager.get(back, headers={"Accept": "text/html"}).status_code == 422


# --- categories --------------------------------------------------------------------------


def test_a_category_is_added_found_and_chosen_at_the_desk(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    assert send(manager, CATEGORIES, **NEW).status_code == 302

    assert "电动车充电" in page(manager, f"{CATEGORIES}?text=飞线")
    assert "电动车充电" not in page(manager, f"{CATEGORIES}?text=路灯")
    assert "没有符合的分类" in page(manager, f"{CATEGORIES}?text=没有这样的事项")
    desk = sign_in_as("agent").get("/desk/snapshot").get_json()
    [made] = [each for each in desk["categories"] if each["code"] == "0208"]
    assert (made["initials"], made["keywords"]) == ("ddccd", ["充电", "飞线", "充电桩"])
    assert category_register.limit_of("0208", "help") == "5wd"
    lead = category_register.default_lead("0208", LeadLevel.COUNTY, county_code="441623")
    assert lead.unit_code == "county-441623"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("code", ""), ("code", "0201"), ("code", "0308"), ("code", "8"), ("name", A_LOT),
        ("pinyin", "Diàn"), ("keywords", ""), ("position", "first"), ("parent_code", "0777"),
        ("default_unit_code", "moon"), ("county_lead", "moon"), ("limit_help", "ten"),
        ("basis", ""), ("valid_from", "2020-01-01T08:00"), ("provincial_code", A_LOT),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_category_is_said_beside_its_field(
    manager: PageClient, field: str, typed: str
) -> None:
    answer = send(manager, CATEGORIES, **{**NEW, field: typed})

    assert answer.status_code in {409, 422}
    assert errors_of(answer.text, field)
    assert value_of(answer.text, "old_label") == ""
    assert "0208" not in {each.code for each in category_register.all_categories()}


def test_a_limit_that_is_none_is_said_together_with_what_else_is_wrong(manager: PageClient) -> None:
    assert 'placeholder="15wd"' in page(manager, LAMPS)  # the city's for a complaint

    wrong = category_form(manager, name="", limit_complaint="十五天", limit_help="5wd")
    answer = send(manager, LAMPS, **wrong)

    assert answer.status_code == 422
    assert errors_of(answer.text, "name")
    assert "十五天" in errors_of(answer.text, "limit_complaint")
    assert value_of(answer.text, "limit_help") == "5wd"


def test_a_change_from_a_date_is_shown_as_planned_and_can_be_taken_back(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    changed = category_form(manager, name="城市照明", not_to_town="y", valid_from=in_(days=2))
    assert send(manager, LAMPS, **changed).status_code == 302

    assert service.get_category("0205").name == "路灯"
    assert "城市照明" in page(manager, LAMPS)
    assert "起有修改" in page(manager, f"{CATEGORIES}?text=0205")
    [planned] = category_register.get_category("0205").planned(clock.now())
    begins = planned.valid_from.isoformat()
    assert send(manager, f"{LAMPS}/take-back", begins=begins).status_code == 302
    for nonsense in (begins, "soon", "2026-11-25T10:00:00"):
        assert send(manager, f"{LAMPS}/take-back", begins=nonsense).status_code == 409
    frozen.shift(timedelta(days=3))
    db.session.rollback()
    assert service.get_category("0205").name == "路灯"


def test_two_administrators_at_one_category_lose_nothing(manager: PageClient) -> None:
    mine = category_form(manager, name="我说的")
    send(manager, LAMPS, **category_form(manager, name="同事说的"))

    answer = send(manager, LAMPS, **mine)
    assert answer.status_code == 409
    assert "同事说的" in errors_of(answer.text, "name")
    assert value_of(answer.text, "name") == "我说的"
    assert send(manager, LAMPS, **{**mine, "seen": seen_in(answer.text)}).status_code == 302
    db.session.rollback()
    assert service.get_category("0205").name == "我说的"


def test_an_ended_category_is_offered_no_more_and_stays_in_sight(manager: PageClient) -> None:
    assert send(manager, f"{CATEGORIES}/02/end").status_code == 409
    assert send(manager, f"{LAMPS}/end", ends_at="").status_code == 302

    db.session.rollback()
    assert "0205" not in {each.code for each in service.list_categories()}
    assert "已停用" in page(manager, LAMPS)
    assert send(manager, f"{LAMPS}/end", ends_at="").status_code == 409


def _types_at(desk: PageClient) -> list[str]:
    rules = desk.get("/desk/snapshot").get_json()["form_rules"]
    return [each["name_zh"] for each in rules["types"]]
