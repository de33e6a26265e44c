"""What an exchange told last is known to the process that begins: its clock goes on from there."""

from datetime import timedelta

import pytest
import time_machine

from app.calls.kept_news import last_told
from telephony.port import LastTold
from tests.calls.line_news import TEN, Line, tell

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


def test_nothing_was_told_by_an_exchange_of_which_nothing_was_heard() -> None:
    tell(Line(exchange_id="other").arrived())

    assert last_told("sim") is None


def test_the_latest_moment_counts_however_late_older_news_came(
    frozen: time_machine.Traveller,
) -> None:
    line = Line()
    tell(line.arrived(0), line.queued(9))
    frozen.shift(timedelta(seconds=30))
    tell(line.rings("1006", 5))
    frozen.shift(timedelta(seconds=10))

    assert last_told("sim") == LastTold(
        boot_id="boot-1",
        happened_at=TEN + timedelta(seconds=9),
        ago=timedelta(seconds=40),
    )


def test_what_an_earlier_life_told_says_nothing_of_this_one() -> None:
    tell(Line(call_key="old", boot_id="boot-0").arrived(900))
    tell(Line().arrived(0))

    found = last_told("sim")

    assert found is not None
    assert (found.boot_id, found.happened_at) == ("boot-1", TEN)
    assert timedelta() <= found.ago < timedelta(minutes=10)
