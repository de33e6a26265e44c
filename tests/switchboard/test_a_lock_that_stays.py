"""A lock that somebody never lets go of holds up no news for longer than it is held."""

import pytest
from sqlalchemy import text

from app.core import database_limits
from app.core.database import db
from tests.services.processes import wait_until
from tests.switchboard.conftest import House, eventually

pytestmark = pytest.mark.postgresql


def test_news_that_meets_a_lock_is_tried_again_until_it_is_saved(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # it has one lock, with a limit of its own
    db.session.rollback()
    monkeypatch.setattr(database_limits, "LOCK_MILLISECONDS", 100)
    with db.engine.connect() as other:
        other.execute(text("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE"))
        call_key = house.simulator.place_call("12315", patience=600)

        wait_until(
            lambda: "news is saved again" in caplog.messages, seconds=30, what="it is tried again"
        )
        other.rollback()

    eventually(house.is_in_ledger(call_key), seconds=30)
