"""A list taken out as a file: whole, masked, harmless, logged, watched and stopped."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from app.audit.models import AuditLine
from app.core.database import db, unit_of_work
from app.tickets import export_pages, exports
from app.tickets.models import TicketExport
from tests.tickets.test_list_pages import open_one

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.one_database]
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def asked(browser: Any, kind: str, query: str = "") -> int:
    assert browser.post(f"/tickets/exports{query}", data={"kind": kind}).status_code == 302
    newest = db.session.query(TicketExport).order_by(TicketExport.id.desc()).first()
    assert newest is not None
    return newest.id


def fetched(browser: Any, export_id: int) -> bytes:
    answer = browser.post(f"/tickets/exports/{export_id}/file")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    content: bytes = answer.get_data()
    return content


def rows_of(content: bytes, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        sheet = ElementTree.fromstring(packed.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - ours
    assert not list(sheet.iter(f"{NAMESPACE}f"))
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{NAMESPACE}c")]
        for row in sheet.iter(f"{NAMESPACE}row")
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_says_who_took_it_and_holds_the_list_masked(
    sign_in_as: Callable[..., Any], kind: str
) -> None:
    browser = sign_in_as("data_analyst", name="何分析")
    other = sign_in_as("agent")
    open_one(other.person.id, "=HYPERLINK(1)路灯", grid="上城 07")
    open_one(other.person.id, "只有经手人可见的路灯", is_confidential=True)
    open_one(other.person.id, "门前噪声")

    rows = rows_of(fetched(browser, asked(browser, kind, "?text=路灯")), kind)

    assert "何分析" in rows[0][0]
    assert rows[1][0] == "工单编号"
    [row] = rows[2:]
    assert row[4] == "'=HYPERLINK(1)路灯"
    assert row[7] == "陈*"
    assert row[13:] == ["上城 07", "", "", ""]  # no flags, no tags, never redone
    assert "13800138000" not in " ".join(row)
    assert "138" in row[8]


def test_a_confidential_row_gives_away_nobody(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("hotline_manager")
    open_one(browser.person.id, "陈小红举报3栋噪声", grid="上城 07", is_confidential=True)

    rows = rows_of(fetched(browser, asked(browser, "csv")), "csv")

    said = " ".join(rows[2])
    assert "是" in rows[2]
    assert not re.search("陈|138|3栋|上城 07", said)


def test_the_ticked_tickets_are_exported_and_no_others(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("dispatcher")
    ids = [open_one(browser.person.id, f"第{number}件") for number in range(3)]

    answer = browser.post("/tickets/bulk", data={"ids": ids[:2], "act": "export_csv"})
    [export] = db.session.query(TicketExport).all()
    rows = rows_of(fetched(browser, export.id), "csv")

    assert answer.location == "/tickets/exports"
    assert [row[4] for row in rows[2:]] == ["第0件", "第1件"]


def test_an_export_leaves_two_lines_in_the_audit(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("data_analyst")
    open_one(browser.person.id, "路灯不亮")
    fetched(browser, asked(browser, "xlsx"))

    lines = db.session.query(AuditLine).filter(AuditLine.subject_type == "ticket_export").all()

    assert [(each.kind, each.data) for each in lines] == [
        ("ticket.export_asked", {"sheet_kind": "xlsx"}),
        ("ticket.export_ended", {"ending": "done", "rows": 1}),
    ]
    told = sign_in_as("auditor").get("/audit?kind=ticket.export_ended").text
    assert "写出 1 行，已完成" in told


def test_a_file_is_fetched_once_and_by_whom_it_was_asked(sign_in_as: Callable[..., Any]) -> None:
    browser, other = sign_in_as("data_analyst"), sign_in_as("data_analyst")
    export_id = asked(browser, "csv")

    assert other.post(f"/tickets/exports/{export_id}/file").status_code == 404
    assert other.post(f"/tickets/exports/{export_id}/cancel").status_code == 404
    fetched(browser, export_id)
    assert browser.post(f"/tickets/exports/{export_id}/file").status_code == 409
    assert browser.post(f"/tickets/exports/{export_id}/cancel").status_code == 409


def test_whoever_cancels_stops_the_writing(
    sign_in_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in_as("data_analyst")
    for number in range(6):
        open_one(browser.person.id, f"第{number}件")
    monkeypatch.setattr(exports, "BATCH", 2)
    export_id = asked(browser, "csv")
    note = exports.note_progress

    def note_and_cancel(noted_id: int, *, rows: int) -> bool:
        if rows == 4:
            exports.cancel(noted_id, owner_id=browser.person.id)
        return note(noted_id, rows=rows)

    monkeypatch.setattr(export_pages.exports, "note_progress", note_and_cancel)
    fetched(browser, export_id)

    db.session.rollback()
    export = db.session.get_one(TicketExport, export_id)
    assert (export.state.value, export.rows_written) == ("cancelled", 4)


def test_a_fetch_that_breaks_off_is_told_as_one(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("data_analyst")
    export_id = asked(browser, "csv")
    with unit_of_work():
        exports.begin(export_id, owner_id=browser.person.id)
    with unit_of_work():
        exports.end(export_id, rows=0, state=exports.ExportState.BROKEN_OFF)

    assert "已中断" in browser.get("/tickets/exports").text
    assert "已中断" in browser.get("/tickets/exports/progress").text


def test_an_agent_takes_no_list_out(sign_in_as: Callable[..., Any]) -> None:
    agent = sign_in_as("agent")

    assert agent.get("/tickets/exports").status_code == 403
    assert agent.post("/tickets/exports", data={"kind": "csv"}).status_code == 403
