"""The audit is searched by person, deed, thing and day, and read as sentences."""

import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.accounts import people_register
from app.accounts import service as accounts
from app.audit import sentences, service
from app.audit.listeners import AUDITED
from app.core.database import unit_of_work
from app.core.events import Event
from app.core.languages import LOCALES
from tests import people
from tests.administration.keepers import A_LOT, HTML, SCRIPT, errors_of, page
from tests.conftest import PageClient

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SAMPLES = {"int": 1, "str": "x", "bool": True, "int | None": None}


@pytest.fixture
def auditor(
    app: Flask,  # noqa: ARG001 - its database
    frozen: time_machine.Traveller,
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Two days with a deed each, and an auditor."""
    frozen.move_to(MONDAY)
    first, second = (people.one_person("agent", name=name) for name in ("甲坐席", "乙坐席"))
    keeper = people.one_person("system_admin", name="丙管理")
    with unit_of_work():
        people_register.end_sessions(first.id, by=keeper.id)
    frozen.move_to(datetime(2026, 11, 24, 16, 30, tzinfo=UTC))  # half past midnight in the city
    with unit_of_work():
        people_register.let_go(second.id, by=keeper.id)
    return sign_in_as("auditor", name="审计员")


def told(browser: PageClient, query: str) -> list[str]:
    """Return the sentences of a search, newest first."""
    html = page(browser, f"/audit?{query}")
    return [unescape(each) for each in re.findall(r'<td class="text-break">(.*?)</td>', html)]


@pytest.mark.parametrize(
    ("query", "finds", "not_these"),
    [
        ("person=丙管理", ["离岗", "结束了"], []),
        ("person=甲坐席", ["结束了"], ["离岗"]),
        ("kind=account.person_left", ["离岗"], ["结束了"]),
        ("thing=乙坐席", ["离岗"], ["结束了"]),
        ("since=2026-11-24", ["离岗"], ["结束了"]),
        ("until=2026-11-24", ["结束了"], ["离岗"]),
        ("since=2026-11-25&until=2026-11-25", ["离岗"], ["结束了"]),
        ("person=%25&kind=&thing=", [], ["离岗", "结束了"]),
        ("person=无此人", [], ["离岗", "结束了"]),
    ],
)
def test_lines_are_found_by_person_deed_thing_and_day_of_the_city(
    auditor: PageClient, query: str, finds: list[str], not_these: list[str]
) -> None:
    found = " ".join(told(auditor, query))

    assert [word for word in finds if word not in found] == []
    assert [word for word in not_these if word in found] == []


def test_a_line_says_who_did_what_to_whom(auditor: PageClient) -> None:
    [sentence] = told(auditor, "kind=account.person_left")

    assert re.fullmatch(r"丙管理（\d+）为乙坐席（\d+）办理了离岗。", sentence)


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=yesterday", "since"), ("until=2026-13-40", "until"), ("kind=nothing", "kind"),
     (f"person={A_LOT[:70]}", "person"), (f"thing={A_LOT[:70]}", "thing")],
)  # fmt: skip
def test_a_search_that_cannot_be_says_so_beside_the_field(
    auditor: PageClient, query: str, field: str
) -> None:
    answer = auditor.get(f"/audit?{query}", headers=HTML)

    assert answer.status_code == 422
    assert errors_of(answer.text, field)


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31", "person=%00", "page=0"])
def test_a_search_at_the_edge_of_what_can_be_asked_is_answered(
    auditor: PageClient, query: str
) -> None:
    assert auditor.get(f"/audit?{query}", headers=HTML).status_code in {200, 422}


def test_a_long_audit_is_walked_page_by_page_with_the_search_kept(auditor: PageClient) -> None:
    person = people.one_person("agent", name="常登录")
    for _ in range(3):
        with unit_of_work():
            for _ in range(25):
                accounts.bump_epoch(person.id)

    first = page(auditor, "/audit?person=常登录&kind=account.sessions_revoked")
    [older] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = page(auditor, unescape(older))

    assert len(re.findall("此前的登录全部作废", first + second)) == 75
    assert 'rel="next"' not in second


def test_what_was_found_leaves_as_a_file_and_leaves_a_line(auditor: PageClient) -> None:
    answer = auditor.post("/audit/export?person=丙管理", headers=HTML)

    assert "离岗" in answer.text
    assert "登录" not in answer.text.split("\r\n", 1)[1].replace("所有登录", "").replace(
        "结束他人登录", ""
    )
    assert answer.headers["Content-Disposition"].startswith("attachment")
    newest = service.list_lines().items[0]
    assert (newest.kind, newest.data) == ("audit.exported", {"lines": 3})
    assert told(auditor, "kind=audit.exported")


def test_a_script_in_a_name_is_shown_as_text(auditor: PageClient) -> None:
    person = people.one_person("agent", name=SCRIPT)
    with unit_of_work():
        accounts.unlock(person.id)

    assert SCRIPT not in page(auditor, f"/audit?person={person.work_number}")


def test_who_only_reads_numbers_reads_no_audit(sign_in_as: Callable[..., PageClient]) -> None:
    leader = sign_in_as("shift_leader")

    assert leader.get("/audit").status_code == 403
    assert leader.post("/audit/export").status_code == 403
    assert "/audit" not in page(leader, "/administration")


def one_of(kind: type[Event]) -> Event:
    """Make an event of a kind with something in every value."""
    values: dict[str, Any] = {}
    for each in fields(kind):
        name = str(getattr(each.type, "__name__", each.type))
        if each.default is MISSING:
            values[each.name] = MONDAY if "datetime" in name else SAMPLES.get(name, "x")
    return kind(**values)


@pytest.mark.one_database
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("locale", LOCALES.values())
@pytest.mark.parametrize("kind", AUDITED, ids=lambda kind: kind.name)
def test_every_kind_of_line_is_a_sentence_in_both_languages(
    app: Flask, kind: type[Event], locale: str
) -> None:
    event = one_of(kind)
    people.one_person("agent")
    with unit_of_work():  # the line alone: what rooms do when they hear of it is theirs
        service.write_line(event, rule=AUDITED[kind])
    line = next(each for each in service.list_lines().items if each.kind == kind.name)

    with app.test_request_context(headers={"Accept-Language": locale.replace("_", "-")}):
        [said] = sentences.tell([line])

    assert said.sentence.endswith(("。", "."))
    assert "audit_said" not in said.sentence
    assert not re.search(r"audit\.[a-z]", said.sentence)
    assert "%(" not in said.sentence
    assert bool(re.search(r"[\u4e00-\u9fff]", said.sentence)) or locale == "en"
