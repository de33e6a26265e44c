"""PostgreSQL crashes in the middle of calls: the exchange goes on alone, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.call_queue.presence_states import PresenceState
from app.calls.recheck import recheck
from app.core.database import db
from tests.conftest import _leave_out
from tests.rehearsal.open_ends import open_ends
from tests.services import postgresql
from tests.services.processes import wait_until
from tests.switchboard.conftest import House, eventually, on_a_server_of_its_own

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.usefixtures("lines")]


class Database:
    """A cluster that a test can let crash."""

    def __init__(self) -> None:
        self.cluster = postgresql.start_cluster(keeps_commits=True)

    def crash(self) -> None:
        """Cut everybody off at once."""
        postgresql.crash_cluster(self.cluster)

    def start(self) -> None:
        """Start it again on its own data."""
        self.cluster = postgresql.start_again(self.cluster)


@pytest.fixture
def database() -> Iterator[Database]:
    try:
        made = Database()
    except postgresql.NoPostgreSQL as missing:
        _leave_out(f"PostgreSQL: {missing}")
        return
    yield made
    postgresql.stop_cluster(made.cluster)


@pytest.fixture
def environment(
    basic_environment: dict[str, str], database: Database, tmp_path: Path
) -> dict[str, str]:
    return on_a_server_of_its_own(basic_environment, database.cluster.admin_url, tmp_path)


def test_who_talks_talks_on_who_waits_is_left_to_the_exchange_and_all_is_written_when_it_is_back(
    house: House, database: Database
) -> None:
    agent = house.ready_agent()
    talker = house.simulator.place_call("12315", patience=60, talk_seconds=6)
    house.answer(agent)
    waiter = house.simulator.place_call("12333", patience=60, talk_seconds=3)
    eventually(house.is_in_ledger(waiter))
    eventually(lambda: house.state_of(waiter) == "waiting")
    db.session.rollback()  # we hold no connection to it

    database.crash()
    eventually_at_the_exchange(house, waiter, "alone")
    database.start()

    eventually(lambda: house.state_of(talker) == "ended", seconds=20)
    has_finished = house.is_(agent, PresenceState.NOT_READY)  # the wrap-up left no record
    eventually(has_finished, seconds=20)
    house.ready(agent)
    house.answer(agent)
    assert house.presence(agent).call_id == house.call(waiter).id
    eventually(lambda: house.state_of(waiter) == "ended", seconds=20)
    eventually(lambda: open_ends() == [], seconds=20)
    assert recheck().differences == []
    told = house.call(talker)
    assert (told.ended_by, told.cause) == ("caller", 16)


def eventually_at_the_exchange(house: House, call_key: str, place: str) -> None:
    """Ask the simulator, not the database."""

    def is_there() -> bool:
        shown = [one for one in house.simulator.recent() if one.call_key == call_key]
        return bool(shown) and shown[0].place == place

    wait_until(is_there, seconds=20, what=f"the caller is {place}")
