"""The rules in the browser: read, set from a moment on, and errors beside the field."""

import re
from collections.abc import Callable

import pytest
import time_machine

from app.core import clock
from app.rules import rule_register
from tests.conftest import PageClient

SignIn = Callable[..., PageClient]

pytestmark = pytest.mark.usefixtures("registers", "frozen")


def test_every_rule_is_read_with_its_value_and_its_basis(sign_in_as: SignIn) -> None:
    page = sign_in_as("hotline_manager").get("/administration/rules").text

    assert "投诉办理" in page
    assert "15 个工作日" in page
    assert "粤办函〔2022〕230号" in page
    assert "收到的次日" in page
    assert "rules." not in page.replace("administration/rules", "")


def test_a_number_of_minutes_hours_days_or_people_is_not_called_times(sign_in_as: SignIn) -> None:
    page = sign_in_as("hotline_manager").get("/administration/rules").text
    said = dict(re.findall(r'/rules/(most\.\w+)">.*?</td>\s*<td[^>]*>\s*([^<]*?)\s*<', page, re.S))

    assert said["most.message_late_minutes"] == "5 分钟"
    assert said["most.crowd_hours"] == "24 小时"
    assert said["most.first_call_days"] == "7 天"
    assert said["most.crowd_callers"] == "3 人"
    assert said["most.visit_attempts"] == "3 次"


def test_when_a_matter_is_hot_is_read_and_set_by_the_city(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    address = "/administration/rules/hot.factor"
    said = dict(
        re.findall(
            r'/rules/(hot\.\w+)">.*?</td>\s*<td[^>]*>\s*([^<]*?)\s*<',
            browser.get("/administration/rules").text,
            re.S,
        )
    )
    assert said == {
        "hot.callers": "5 人",
        "hot.hours": "24 小时",
        "hot.factor": "2 倍",
        "hot.weeks": "4 周",
    }
    assert "可带一位小数" in browser.get(address).text

    wrong = browser.post(address, data={"value": "0.5", "basis": "市热线办"})
    assert wrong.status_code == 422
    assert "请填写 1 到 99 的倍数" in wrong.text
    assert 'value="市热线办"' in wrong.text
    assert browser.post(address, data={"value": "1.5", "basis": "市热线办"}).status_code == 302
    assert "1.5 倍" in browser.get("/administration/rules").text
    assert rule_register.read_book().factor("hot.factor", clock.now()) == 1.5


def test_when_citizens_are_called_back_is_read_and_set_by_the_city(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    address = "/administration/rules/visit.hours"
    read = browser.get("/administration/rules").text
    assert "回访时段" in read
    assert "09:00-21:00" in read

    wrong = browser.post(address, data={"value": "21:00-09:00", "basis": "市热线办"})
    assert wrong.status_code == 422
    assert "开始要早于结束" in wrong.text
    assert 'value="21:00-09:00"' in wrong.text
    assert 'value="市热线办"' in wrong.text
    right = browser.post(address, data={"value": "8:30-20:00", "basis": "市热线办"})
    assert right.status_code == 302
    assert "08:30-20:00" in browser.get("/administration/rules").text


def test_a_rule_is_set_at_once_and_its_history_keeps_what_it_was(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    form = {"value": "5wd", "basis": "市政府办〔2026〕1号", "valid_from": ""}

    assert browser.post("/administration/rules/limit.help", data=form).status_code == 302
    page = browser.get("/administration/rules/limit.help").text

    assert rule_register.read_book().at("limit.help", clock.now()).value == "5wd"
    assert "10 个工作日" in page
    assert "市政府办〔2026〕1号" in page


def test_a_rule_is_planned_and_the_list_says_from_when(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    browser = sign_in_as("system_admin")
    form = {"value": "same", "basis": "x", "valid_from": "2026-12-01T00:00"}

    browser.post("/administration/rules/counting.first_day", data=form)
    page = browser.get("/administration/rules").text

    assert "2026-12-01 00:00 起" in page
    assert frozen is not None


@pytest.mark.parametrize(
    ("key", "form", "words"),
    [
        ("limit.help", {"value": "soon", "basis": "x"}, "时限“soon”不成立"),
        ("most.dispatches", {"value": "0", "basis": "x"}, "1 到 99"),
        ("counting.first_day", {"value": "never", "basis": "x"}, "请从列出的选项中选择"),
        ("limit.help", {"value": "5wd", "basis": ""}, "is-invalid"),
        (
            "limit.help",
            {"value": "5wd", "basis": "x", "valid_from": "2020-01-01T00:00"},
            "已经过去的时间不能再改",
        ),
    ],
)
def test_a_value_that_cannot_be_is_said_beside_its_field(
    sign_in_as: SignIn, key: str, form: dict[str, str], words: str
) -> None:
    browser = sign_in_as("hotline_manager")

    answer = browser.post(f"/administration/rules/{key}", data=form)

    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert len(rule_register.read_book().history(key)) == 1


def test_a_rule_that_does_not_exist_is_not_found(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")

    assert browser.get("/administration/rules/limit.nothing").status_code == 404
    assert browser.post("/administration/rules/nothing", data={}).status_code == 404


def test_who_keeps_no_rules_does_not_see_them(sign_in_as: SignIn) -> None:
    assert sign_in_as("shift_leader").get("/administration/rules").status_code == 403


def test_the_fast_lane_for_enterprises_is_off_until_somebody_switches_it_on_with_a_basis(
    sign_in_as: SignIn,
) -> None:
    browser = sign_in_as("hotline_manager")
    read = browser.get("/administration/rules").text
    row = r"/rules/([\w.]*enterprise[\w.]*)\">.*?</td>\s*<td[^>]*>\s*([^<]*?)\s*<"
    said = dict(re.findall(row, read, re.S))
    assert said == {
        "enterprise.fast_lane": "不启用",
        "limit.enterprise_contact": "1 个工作小时",
        "limit.enterprise_consult": "2 个工作日",
        "limit.enterprise_result": "4 个工作日",
    }
    assert "示例：珠海企业诉求“124”做法（2023 年）" in read

    address = "/administration/rules/enterprise.fast_lane"
    wrong = browser.post(address, data={"value": "yes", "basis": "市政府办〔2026〕2号"})
    assert wrong.status_code == 422
    assert "市政府办〔2026〕2号" in wrong.text
    browser.post(address, data={"value": "lane_on", "basis": "市政府办〔2026〕2号"})

    assert rule_register.read_book().at("enterprise.fast_lane", clock.now()).value == "lane_on"
    assert "启用（时限取短者）" in browser.get("/administration/rules").text


def test_the_fast_lane_is_read_in_english_too(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    browser.post("/language", data={"locale": "en", "next": "/"})
    read = browser.get("/administration/rules").text

    assert "Fast lane for enterprises" in read
    assert "1 working h<" in read
    switch = browser.get("/administration/rules/enterprise.fast_lane").text
    assert re.findall(r'<option value="(\w+)"( selected)?>([^<]+)', switch) == [
        ("lane_off", " selected", "off"),
        ("lane_on", "", "on (the shorter limit holds)"),
    ]


def test_of_all_values_of_a_rule_one_says_that_it_holds_and_one_that_it_is_planned(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    browser = sign_in_as("hotline_manager")
    address = "/administration/rules/hot.factor"
    for value, begins in (("3", ""), ("4", "2027-01-01T00:00")):
        typed = {"value": value, "basis": "市热线办", "valid_from": begins}
        assert browser.post(address, data=typed).status_code == 302
        frozen.shift(60)

    rows = re.findall(
        r"<tr(?: class=\"text-secondary\")?>(.*?)</tr>", browser.get(address).text, re.S
    )
    said = [("4 倍" in row, "待启用" in row, "现行" in row) for row in rows if "倍" in row]
    assert said == [(True, True, False), (False, False, True), (False, False, False)]


def test_who_answers_the_caller_is_a_rule_that_a_page_changes_from_a_moment_on(
    sign_in_as: SignIn,
) -> None:
    browser = sign_in_as("hotline_manager")
    address = "/administration/rules/reply.by"
    assert re.findall(r'<option value="(\w+)"( selected)?', browser.get(address).text) == [
        ("reply_by_hotline", ""),
        ("reply_by_unit", " selected"),
    ]
    assert browser.post(address, data={"value": "nobody", "basis": "本市"}).status_code == 422

    typed = {"value": "reply_by_hotline", "basis": "本市办法", "valid_from": "2027-01-01T00:00"}
    assert browser.post(address, data=typed).status_code == 302

    book = rule_register.read_book()
    assert not book.hotline_answers(clock.now())
    assert book.hotline_answers(book.history("reply.by")[0].valid_from)
