"""The walking call: a citizen dials an old number and is answered, recorded, and helped."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.bed.bed import Bed
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ, Workstation
from tests.journeys.desk_page import Desk

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]

OpenDesk = Callable[..., Desk]


def test_a_citizen_dials_12315_and_the_call_leaves_a_ticket_and_a_recording(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    page = desk.page

    with citizen(bed, dialled="12315", number="13900002817", hertz=400) as caller:
        desk.wait_for("s.offer !== null && p.session === 'ringing'")
        expect(page.get_by_test_id("line-number")).to_contain_text("12315")
        expect(page.get_by_test_id("greeting")).to_contain_text("1006")
        expect(page.get_by_test_id("caller-number")).to_contain_text("139****2817")
        expect(page.get_by_test_id("suggestion").first).to_be_visible()
        page.get_by_test_id("answer").click()
        desk.wait_until_talking()
        caller.ear.hears(AGENT_HERTZ)
        desk.wait_for("d.stats().energy > 0")

        page.keyboard.press("F3")
        page.fill("#ticket-title", "预付卡不退费")
        page.fill("#ticket-content", "在老城区一家健身房办卡，门店关闭后不退余款。")
        page.fill("#ticket-demand", "退还余款")
        page.fill("#ticket-occurred", "上周")
        page.fill("#ticket-respondent", "健身房")
        page.select_option("#ticket-county", label="源城区")
        page.fill("#ticket-category", "预付卡")
        page.keyboard.press("Enter")
        page.get_by_test_id("save-ticket").click()
        desk.wait_for("s.call.outcomes.length === 1")
        call_id = desk.call_id
        page.get_by_test_id("hang-up").click()
        desk.wait_for("s.presence.state === 'wrap_up'")
        caller.wait_for_end()

    desk.wait_for("s.call.recordings.length === 1", seconds=15)
    assert desk.ask("d.state().call.recordings[0].state") == "ok"
    url = desk.ask("d.state().call.recordings[0].url")
    assert page.request.get(f"{desk.address}{url}").headers["content-type"].startswith("audio/")
    ticket = house.row("SELECT * FROM tickets WHERE call_id = ?", call_id)
    assert ticket["number"].startswith("HY")
    recording = house.row("SELECT * FROM recordings WHERE call_id = ?", call_id)
    assert len(recording["sha256"]) == 64
    page.get_by_test_id("code-ticket_opened").click()
    page.get_by_test_id("finish").click()
    desk.wait_for("s.presence.state === 'ready' && s.call === null")
    assert desk.errors == []


def test_a_question_answered_at_once_becomes_an_enquiry_record(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    page = desk.page

    with citizen(bed, dialled="12333", number="13900002818"):
        desk.wait_for("p.session === 'ringing'")
        page.keyboard.press("Control+Shift+A")
        desk.wait_until_talking()
        page.keyboard.press("F2")
        page.fill("#record-category", "社会保险")
        page.keyboard.press("Enter")
        page.fill("#record-note", "社保转移")
        page.keyboard.press("Alt+Digit1")
        page.keyboard.press("Alt+Enter")
        desk.wait_for("s.call.outcomes.length === 1")
        call_id = desk.call_id
        page.keyboard.press("Control+Shift+Digit1")
        desk.wait_for("s.presence.state === 'wrap_up'")

    record = house.row("SELECT * FROM enquiry_records WHERE call_id = ?", call_id)
    assert record["result"] == "answered"


def test_two_old_numbers_arrive_in_one_queue_in_order(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    with (
        citizen(bed, dialled="12315", number="13900000001"),
    ):
        first = house.wait_for_row(
            "SELECT id FROM calls WHERE from_number = '+8613900000001' AND state = 'waiting'"
        )
        with citizen(bed, dialled="12333", number="13900000002"):
            house.wait_for_row(
                "SELECT id FROM calls WHERE from_number = '+8613900000002' AND state = 'waiting'"
            )
            desk = open_desk("1006")
            desk.wait_for("p.session === 'ringing'")
            desk.page.get_by_test_id("answer").click()
            desk.wait_until_talking()
            assert desk.call_id == first["id"]
