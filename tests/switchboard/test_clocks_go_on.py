"""A shift that begins lets each exchange's clock go on from what the one before it was told."""

import pytest

from app.core.database import db
from app.factory import create_app, start_serving
from config import Settings
from telephony.port import LastTold
from telephony.simulator.provider import Simulator
from tests.switchboard.conftest import House, eventually


def test_a_shift_that_begins_says_what_was_told_last(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[LastTold] = []
    call_key = house.simulator.place_call("12315", patience=600)
    eventually(house.is_in_ledger(call_key))
    eventually(lambda: house.state_of(call_key) == "waiting")
    told = house.call(call_key)
    boot_id, moment = told.boot_id, told.last_news_at
    db.session.rollback()
    house.stop()

    monkeypatch.setattr(Simulator, "go_on_after", lambda _simulator, last: heard.append(last))
    next_one = create_app(settings)
    house.stop = start_serving(next_one)

    eventually(lambda: bool(heard), seconds=30)
    assert (heard[0].boot_id, heard[0].happened_at) == (boot_id, moment)
    house.stop()
    house.stop = lambda: None
    with next_one.app_context():
        db.engine.dispose()
