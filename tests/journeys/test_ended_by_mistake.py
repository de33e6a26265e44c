"""A call that real Asterisk carries and the ledger holds for ended is an agent's again."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bed.bed import Bed
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ, PROJECT, Workstation, workstation
from tests.journeys.desk_page import Desk

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]

OpenDesk = Callable[..., Desk]

# What an exchange once answered of a call that it carried, written down as the switchboard does it.
NO_SUCH_CALL = """
import sys
import wsgi
from app.calls import order_book
from app.calls.models import Call
from app.core.database import db, unit_of_work
from telephony.orders import KeepCaller

with wsgi.app.app_context(), unit_of_work():
    order = order_book.wish(db.session.get_one(Call, int(sys.argv[1])), KeepCaller)
    order_book.mark_refused(order.id, code="no-such-call")
"""


@pytest.fixture
def house(bed: Bed, demo_city: Path, tmp_path: Path) -> Iterator[Workstation]:
    """Give a workstation that compares its ledger with the exchange every few seconds."""
    with workstation(bed, demo_city, tmp_path, COMPARE_SECONDS="5") as running:
        yield running
    bed.end_all_calls()


def end_by_mistake(house: Workstation, call_id: int) -> None:
    environment = {**house.environment, "RUN_SWITCHBOARD": "no"}
    command = [sys.executable, "-c", NO_SUCH_CALL, str(call_id)]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, timeout=60)


def test_one_who_talks_and_one_who_waits_are_both_served_after_all(
    bed: Bed, house: Workstation, open_desk: OpenDesk
) -> None:
    desk = open_desk("1006")
    with citizen(bed, dialled="12315", number="13900000001") as talker:
        desk.wait_for("p.session === 'ringing'")
        desk.page.get_by_test_id("answer").click()
        desk.wait_until_talking()
        talking_id = desk.call_id
        with citizen(bed, dialled="12333", number="13900000002") as waiter:
            waiting = house.wait_for_row(
                "SELECT id FROM calls WHERE from_number = '+8613900000002' AND state = 'waiting'"
            )
            for call_id in (talking_id, waiting["id"]):
                end_by_mistake(house, call_id)

            house.wait_for_row(
                "SELECT 1 FROM ledger_differences WHERE ledger_said = 'ended'"
                " GROUP BY kind HAVING count(*) = 2",
                seconds=40,
            )
            house.wait_for_row(
                "SELECT 1 FROM calls WHERE id = ? AND state = 'waiting'", waiting["id"], seconds=30
            )
            desk.wait_until_talking(seconds=30)

            assert desk.call_id == talking_id
            talker.ear.hears(AGENT_HERTZ)
            assert talker.is_in_call
            assert waiter.is_in_call

            desk.page.get_by_test_id("hang-up").click()
            desk.wait_for("s.presence.state === 'wrap_up'")
        house.wait_for_row("SELECT 1 FROM calls WHERE id = ? AND state = 'ended'", waiting["id"])
