"""What an agent's phone goes through in mid-call: the same agent talks on in the same call."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.bed.bed import MUSIC_HERTZ, Bed
from tests.bed.callers import Person, citizen
from tests.journeys.conftest import AGENT_HERTZ, Workstation, workstation
from tests.journeys.desk_page import Desk, chromium
from tests.journeys.network import OUR_ADDRESS, Visitor, visitor
from tests.services.processes import family_of, wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]

OpenDesk = Callable[..., Desk]
RemoteDesk = Callable[[], AbstractContextManager[tuple[Desk, Visitor, Workstation]]]
BACK_WITHIN_SECONDS = 3.0
CALL = "SELECT state, agent_id FROM calls WHERE id = ?"


def answer(desk: Desk) -> int:
    desk.wait_for("p.session === 'ringing'")
    desk.page.get_by_test_id("answer").click()
    desk.wait_until_talking()
    return desk.call_id


def talks_on(desk: Desk, call_id: int, caller: Person, house: Workstation) -> None:
    assert desk.call_id == call_id
    caller.ear.hears(AGENT_HERTZ)
    # Both hear each other before the exchange has told so and the ledger has it.
    wait_until(
        lambda: house.row(CALL, call_id)["state"] == "talking", seconds=2, what="ledger says so"
    )
    call = house.row(CALL, call_id)
    legs = house.rows("SELECT DISTINCT agent_id FROM call_legs WHERE call_id = ?", call_id)
    assert [leg["agent_id"] for leg in legs] == [call["agent_id"]]


def test_after_a_reload_the_agent_talks_on_in_the_same_call(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    with citizen(bed, dialled="12315") as caller:
        call_id = answer(desk)

        desk.page.reload(wait_until="domcontentloaded")
        back_at = time.monotonic()
        desk.wait_until_talking(seconds=BACK_WITHIN_SECONDS)

        assert time.monotonic() - back_at <= BACK_WITHIN_SECONDS
        talks_on(desk, call_id, caller, house)


def test_after_a_crash_of_the_page_the_caller_hears_music_until_the_agent_is_back(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    context = desk.page.context
    with citizen(bed, dialled="12315") as caller:
        call_id = answer(desk)

        crash_pages()
        caller.ear.hears(MUSIC_HERTZ)
        house.wait_for_row(
            "SELECT 1 FROM calls WHERE id = ? AND state = 'reconnecting'", call_id, seconds=2
        )
        desk = Desk(context.new_page(), house.address)
        desk.page.goto(f"{house.address}/desk", wait_until="domcontentloaded")
        back_at = time.monotonic()
        desk.wait_until_talking(seconds=BACK_WITHIN_SECONDS)

        assert time.monotonic() - back_at <= BACK_WITHIN_SECONDS
        talks_on(desk, call_id, caller, house)


@pytest.mark.parametrize("seconds", [5, 30])
def test_after_a_cut_of_the_network_the_agent_talks_on_in_the_same_call(
    seconds: int, remote_desk: RemoteDesk, bed: Bed
) -> None:
    with remote_desk() as (desk, cable, house), citizen(bed, dialled="12315") as caller:
        call_id = answer(desk)

        cable.fall_silent()
        cut_at = time.monotonic()
        desk.wait_for("!p.talking", seconds=4)
        desk.sees("话机断开")
        caller.ear.hears(MUSIC_HERTZ, within=6)
        time.sleep(max(0.0, seconds - (time.monotonic() - cut_at)))
        cable.speak_again()
        back_at = time.monotonic()
        desk.wait_until_talking(seconds=BACK_WITHIN_SECONDS + 2)

        assert time.monotonic() - back_at <= BACK_WITHIN_SECONDS
        talks_on(desk, call_id, caller, house)


def crash_pages() -> None:
    """Kill every page's renderer, as running out of memory does."""
    for process in family_of(os.getpid()):
        if "--type=renderer" in process.cmdline():
            process.kill()


@pytest.fixture
def remote_desk(
    playwright: Playwright, agents_voice: Path, bed: Bed, demo_city: Path, tmp_path: Path
) -> Iterator[RemoteDesk]:
    """Put an agent with a browser on another host, at the other end of a cable."""

    @contextmanager
    def sit_elsewhere() -> Iterator[tuple[Desk, Visitor, Workstation]]:
        with visitor() as cable, workstation(bed, demo_city, tmp_path, host="0.0.0.0") as house:
            address = house.address.replace("127.0.0.1", OUR_ADDRESS)
            program = cable.program(tmp_path, "/usr/bin/chromium")
            flags = [f"--unsafely-treat-insecure-origin-as-secure={address}"]
            with chromium(playwright, voice=agents_voice, program=program, flags=flags) as browser:
                context = browser.new_context(
                    viewport={"width": 1366, "height": 768},
                    locale="zh-CN",
                    permissions=["microphone"],
                )
                desk = Desk(context.new_page(), address)
                desk.sign_in("1006")
                desk.wait_for_phone()
                yield desk, cable, house

    yield sit_elsewhere
    bed.end_all_calls()
