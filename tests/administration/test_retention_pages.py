"""How long records are kept, as whoever keeps the rules reads and sets it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.audit.models import AuditLine
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.rules import service as rules
from app.rules.models import RetentionRule
from tests.administration.keepers import HTML, errors_of, page, send, value_of
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen", "shipped")

LIST = "/administration/retention"
TICKET = f"{LIST}/ticket"
NEW = {"keep_days": "5475", "basis": "市档案局〔2026〕3号", "valid_from": ""}


@pytest.fixture
def shipped(app: object) -> None:  # noqa: ARG001 - tables of this app
    """Load the lengths as they are shipped."""
    with unit_of_work():
        rules.load_retention_rules()


@pytest.fixture
def manager(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign in who keeps the rules."""
    return sign_in_as("hotline_manager")


def kept(record_class: str = "ticket", *, at: datetime | None = None) -> int | None:
    db.session.rollback()
    return rules.keep_days(record_class, at=at or clock.now())


def in_a_day() -> tuple[datetime, str]:
    moment = (clock.now() + timedelta(days=1)).astimezone(CITY_TIME).replace(second=0)
    return moment, f"{moment:%Y-%m-%dT%H:%M}"


def row_of(html: str, record_class: str) -> str:
    found = re.search(rf'retention/{re.escape(record_class)}">.*?</tr>', html, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[0]))


def test_every_class_is_read_with_its_length_its_beginning_and_its_basis(
    manager: PageClient,
) -> None:
    read = page(manager, LIST)

    for record_class, length, basis in [
        ("recording.ordinary", "1095 天（3 年）", "录音保存三年"),
        ("recording.ticket", "1825 天（5 年）", "形成工单的录音自办结起五年"),
        ("recording.complaint", "3650 天（10 年）", "投诉举报录音自办结起十年"),
        ("view_log", "1095 天（3 年）", "个人信息查看记录保存三年"),
        ("audit_log", "1095 天（3 年）", "审计记录保存三年"),
        ("ticket", "3650 天（10 年）", "工单自办结起保存十年"),
    ]:
        row = row_of(read, record_class)
        assert length in row
        assert basis in row
        assert "起算" in row
    assert "retention." not in read
    assert LIST in page(manager, "/administration/rules")  # the menu leads here
    assert f'href="{LIST}"' in page(manager, "/administration")


def test_a_length_holds_at_once_its_history_stays_and_the_audit_says_what_it_was(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    assert send(manager, TICKET, **NEW).status_code == 302

    assert kept() == 5475
    assert kept(at=clock.now() - timedelta(days=1)) == 3650
    read = page(manager, TICKET)
    assert "市档案局〔2026〕3号" in read
    assert "工单自办结起保存十年" in read
    [line] = db.session.query(AuditLine).filter_by(kind="retention.length_set").all()
    assert (line.subject_id, line.data["keep_days"], line.data["was_days"]) == (
        "ticket",
        5475,
        3650,
    )
    assert "把“工单”的保存期限自" in (told := page(sign_in_as("auditor"), "/audit"))
    assert "从 3650 天改为 5475 天" in told


def test_a_planned_length_is_shown_and_holds_from_its_moment_on(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    moment, typed = in_a_day()
    assert send(manager, TICKET, **{**NEW, "valid_from": typed}).status_code == 302

    assert kept() == 3650
    assert kept(at=moment) == 5475
    row = row_of(page(manager, LIST), "ticket")
    assert "3650 天（10 年）" in row
    assert f"{moment:%Y-%m-%d %H:%M} 起 5475 天（15 年）" in row
    assert "待启用" in page(manager, TICKET)
    frozen.shift(timedelta(days=1, minutes=1))
    assert kept() == 5475


def test_what_is_planned_twice_for_the_same_moment_is_planned_once(manager: PageClient) -> None:
    moment, typed = in_a_day()
    for days in ("5475", "7300"):
        form = {**NEW, "keep_days": days, "valid_from": typed}
        assert send(manager, TICKET, **form).status_code == 302

    assert kept(at=moment) == 7300
    assert db.session.query(RetentionRule).filter_by(record_class="ticket").count() == 2


def test_a_class_without_a_rule_is_said_to_be_kept_and_gets_its_first_length(
    manager: PageClient,
) -> None:
    with unit_of_work():
        db.session.execute(db.delete(RetentionRule))
    assert "未定期限，一直保存" in row_of(page(manager, LIST), "recording.ordinary")
    address = f"{LIST}/recording.ordinary"
    assert "未定期限，一直保存" in page(manager, address)

    assert send(manager, address, **NEW).status_code == 302
    assert kept("recording.ordinary") == 5475


@pytest.mark.parametrize(
    ("record_class", "typed", "field", "says"),
    [
        ("ticket", {"keep_days": "3"}, "keep_days", "30 至 36500"),  # years, typed as days
        ("ticket", {"keep_days": "36501"}, "keep_days", "30 至 36500"),
        ("ticket", {"keep_days": "9" * 30}, "keep_days", "30 至 36500"),
        ("ticket", {"keep_days": "-365"}, "keep_days", "30 至 36500"),
        ("view_log", {"keep_days": "180"}, "keep_days", "184 至 36500"),  # six months by law
        ("audit_log", {"keep_days": "183"}, "keep_days", "184 至 36500"),
        ("ticket", {"keep_days": "十年"}, "keep_days", "整数"),
        ("ticket", {"keep_days": ""}, "keep_days", ""),
        ("ticket", {"basis": " "}, "basis", ""),
        ("ticket", {"basis": "长" * 201}, "basis", ""),
        ("ticket", {"valid_from": "2020-01-01T00:00"}, "valid_from", "已经过去的时间不能再改"),
        ("ticket", {"valid_from": "明天"}, "valid_from", ""),
    ],
)
def test_a_length_that_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    manager: PageClient, record_class: str, typed: dict[str, str], field: str, says: str
) -> None:
    before = kept(record_class)
    form = {**NEW, **typed}

    answer = send(manager, f"{LIST}/{record_class}", **form)

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    assert says in errors_of(answer.text, field)
    for name in ("keep_days", "basis"):
        assert value_of(answer.text, name) == form[name].strip()
    assert kept(record_class) == before
    assert db.session.query(AuditLine).filter_by(kind="retention.length_set").all() == []


def test_six_months_are_enough_for_a_log(manager: PageClient) -> None:
    assert send(manager, f"{LIST}/view_log", **{**NEW, "keep_days": "184"}).status_code == 302

    assert kept("view_log") == 184


def test_what_is_no_class_of_records_is_not_found(manager: PageClient) -> None:
    assert manager.get(f"{LIST}/nothing", headers=HTML).status_code == 404
    assert send(manager, f"{LIST}/nothing", **NEW).status_code == 404


@pytest.mark.parametrize("role", ["agent", "dispatcher", "shift_leader", "data_analyst"])
def test_nobody_else_reads_or_sets_how_long_records_are_kept(
    sign_in_as: Callable[..., PageClient], role: str
) -> None:
    browser = sign_in_as(role)

    refused: list[Any] = [
        browser.get(LIST, headers=HTML),
        browser.get(TICKET, headers=HTML),
        send(browser, TICKET, **NEW),
    ]
    assert [each.status_code for each in refused] == [403, 403, 403]
    assert kept() == 3650


def test_it_is_read_in_english_too(manager: PageClient) -> None:
    manager.post("/language", data={"locale": "en", "next": "/"})

    read = page(manager, LIST)
    assert "1095 days (years: 3)" in read
    assert "Recordings of calls without a ticket" in read
    assert "retention." not in read
