"""The app dies, hangs or comes back while citizens call: nobody is lost, nobody stuck."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.bed.bed import Bed
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ, Workstation
from tests.journeys.desk_page import Desk
from tests.services.processes import family_of, wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]

OpenDesk = Callable[..., Desk]
ALONE_WITHIN_SECONDS = 2.5


def whole_family(house: Workstation) -> list[int]:
    assert house.process is not None
    return [house.process.pid, *(child.pid for child in family_of(house.process.pid))]


def send(house: Workstation, number: signal.Signals) -> None:
    for pid in whole_family(house):
        os.kill(pid, number)


def waiting_alone(bed: Bed) -> int:
    shown = bed.cli("queue show hl-alone")
    return shown.count("(wait:")


def test_a_stopped_app_leaves_a_new_caller_to_the_exchange_and_takes_him_back(
    bed: Bed, house: Workstation
) -> None:
    send(house, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with citizen(bed, dialled="12315", number="13900000001"):
            wait_until(lambda: waiting_alone(bed) == 1, seconds=5, what="waiting alone", pause=0.05)
            assert time.monotonic() - began <= ALONE_WITHIN_SECONDS

            send(house, signal.SIGCONT)

            house.wait_for_row(
                "SELECT 1 FROM calls WHERE from_number = '+8613900000001' AND state = 'waiting'",
                seconds=15,
            )
    finally:
        send(house, signal.SIGCONT)


def test_an_app_killed_while_one_waits_and_one_talks_adopts_both_when_it_is_back(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    with (
        citizen(bed, dialled="12315", number="13900000001") as talker,
    ):
        desk.wait_for("p.session === 'ringing'")
        desk.page.get_by_test_id("answer").click()
        desk.wait_until_talking()
        talking_id = desk.call_id
        with citizen(bed, dialled="12333", number="13900000002"):
            waiting = house.wait_for_row(
                "SELECT id FROM calls WHERE from_number = '+8613900000002' AND state = 'waiting'"
            )

            send(house, signal.SIGKILL)
            killed_at = time.monotonic()
            wait_until(lambda: waiting_alone(bed) == 1, seconds=6, what="waiting alone", pause=0.05)
            assert time.monotonic() - killed_at <= ALONE_WITHIN_SECONDS
            talker.ear.hears(AGENT_HERTZ)
            house.stop()
            house.start()

            desk.wait_until_talking(seconds=20)
            assert desk.call_id == talking_id
            house.wait_for_row(
                "SELECT 1 FROM calls WHERE id = ? AND state = 'waiting'", waiting["id"], seconds=20
            )
            assert talker.is_in_call
            assert house.row("SELECT count(*) AS n FROM calls")["n"] == 2 + demo_calls(house)


def test_while_the_app_is_dead_a_citizen_is_answered_in_the_browser_all_the_same(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    # The exchange must have learnt our seats before we leave.
    wait_until(lambda: "1006" in bed.cli("queue show hl-alone"), seconds=10, what="seats mirrored")
    send(house, signal.SIGKILL)
    house.stop()

    with citizen(bed, dialled="12315", number="13900000001") as caller:
        desk.wait_for("p.session === 'ringing'", seconds=8)
        desk.page.keyboard.press("Control+Shift+A")
        wait_until(
            lambda: caller.ear.strength_now(AGENT_HERTZ) > 1000,
            seconds=8,
            what="agent and caller talk",
        )

        house.start()

        found = house.wait_for_row(
            "SELECT agent_id FROM calls WHERE from_number = '+8613900000001' AND state = 'talking'",
            seconds=20,
        )
        agent = house.row("SELECT id FROM users WHERE work_number = '1006'")
        assert found["agent_id"] == agent["id"]
        caller.ear.hears(AGENT_HERTZ)


def demo_calls(house: Workstation) -> int:
    return int(house.row("SELECT count(*) AS n FROM calls WHERE exchange_id != 'hy1'")["n"])
