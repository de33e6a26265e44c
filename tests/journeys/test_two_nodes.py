"""One desk, two Asterisk nodes: the phone in the page is rung by either, for one talk at a time."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.bed.bed import Bed, running_bed
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ, Workstation, workstation
from tests.journeys.desk_page import Desk

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]

OpenDesk = Callable[..., Desk]
CALLER_HERTZ = 400
BACK_WITHIN_SECONDS = 3.0


@pytest.fixture(scope="module")
def second_bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """Give another node, beside the one of all journeys."""
    with running_bed(
        tmp_path_factory.mktemp("second-bed"),
        name="journeys-2", exchange_id="hy2", bind="0.0.0.0",
    ) as running:  # fmt: skip
        yield running


@pytest.fixture
def house(bed: Bed, second_bed: Bed, demo_city: Path, tmp_path: Path) -> Iterator[Workstation]:
    """Give a workstation that is joined to both nodes."""
    both = ",".join(f"{one.exchange_id}={one.exchange_url}" for one in (bed, second_bed))
    with workstation(bed, demo_city, tmp_path, EXCHANGES=both) as running:
        yield running
    for one in (bed, second_bed):
        one.end_all_calls()


def is_at(*nodes: str) -> str:
    return " && ".join(f"p.lines.{node} === 'registered'" for node in nodes)


def answer(desk: Desk, *, at: str) -> int:
    desk.wait_for(f"p.session === 'ringing' && p.at === '{at}'")
    desk.page.get_by_test_id("answer").click()
    desk.wait_until_talking()
    return desk.call_id


def wait_until_in_line(house: Workstation, node: str) -> None:
    house.wait_for_row("SELECT 1 FROM calls WHERE exchange_id = ? AND state = 'waiting'", node)


def test_the_page_answers_calls_of_both_nodes_one_after_the_other(
    bed: Bed, second_bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    desk.wait_for(is_at("hy1", "hy2"))
    with citizen(second_bed, dialled="12315", hertz=CALLER_HERTZ) as caller:
        first = answer(desk, at="hy2")
        caller.ear.hears(AGENT_HERTZ)
        assert house.row("SELECT exchange_id FROM calls WHERE id = ?", first) == {
            "exchange_id": "hy2"
        }

        with citizen(bed, dialled="12333") as next_caller:
            wait_until_in_line(house, "hy1")
            assert desk.ask("d.phone().session") == "talking"
            caller.hang_up()
            desk.wait_for("s.presence.state === 'wrap_up'")
            desk.page.locator("[data-testid^='code-']").first.click()
            desk.page.get_by_test_id("finish").click()
            second = answer(desk, at="hy1")
            next_caller.ear.hears(AGENT_HERTZ)

    assert second != first
    assert desk.errors == []


def test_after_a_reload_the_agent_talks_on_in_the_call_of_the_second_node(
    second_bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    desk.wait_for(is_at("hy1", "hy2"))
    with citizen(second_bed, dialled="12315") as caller:
        call_id = answer(desk, at="hy2")

        desk.page.reload(wait_until="domcontentloaded")
        back_at = time.monotonic()
        desk.wait_until_talking(seconds=BACK_WITHIN_SECONDS)

        assert time.monotonic() - back_at <= BACK_WITHIN_SECONDS
        assert desk.call_id == call_id
        caller.ear.hears(AGENT_HERTZ)
        agents = house.rows("SELECT DISTINCT agent_id FROM call_legs WHERE call_id = ?", call_id)
        assert len(agents) == 1


def test_one_node_away_is_told_and_the_other_rings_on_until_it_is_back(
    bed: Bed, second_bed: Bed, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    desk.wait_for(is_at("hy1", "hy2"))

    second_bed.stop()
    try:
        expect(desk.page.get_by_test_id("lines-out")).to_contain_text("hy2")
        with citizen(bed, dialled="12315") as caller:
            answer(desk, at="hy1")
            caller.ear.hears(AGENT_HERTZ)
    finally:
        second_bed.start()
    desk.wait_for(is_at("hy1", "hy2"), seconds=30)

    expect(desk.page.get_by_test_id("lines-out")).to_have_count(0)


def test_a_second_tab_takes_the_phone_of_both_nodes(
    second_bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    desk.wait_for(is_at("hy1", "hy2"))
    other = Desk(desk.page.context.new_page(), house.address)
    other.page.goto(f"{house.address}/desk", wait_until="domcontentloaded")
    other.page.get_by_test_id("take-over").click()
    other.wait_for(is_at("hy1", "hy2"))
    desk.wait_for("p.line === 'off'")

    with citizen(second_bed, dialled="12315") as caller:
        answer(other, at="hy2")
        caller.ear.hears(AGENT_HERTZ)
