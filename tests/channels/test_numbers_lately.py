"""What the register said is remembered for a second, and never beyond what it said it of."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.channels import numbers_lately
from app.channels.numbers_lately import NumbersLately
from app.core import clock

pytestmark = pytest.mark.usefixtures("frozen")


class Register:
    """Says something else each time it is asked."""

    def __init__(self) -> None:
        self.lately = NumbersLately()
        self.asked = 0

    def ask(self, at: datetime, number: str = "12315") -> int:
        return self.lately.get(number, at=at, find=self._look_up)

    def _look_up(self) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Register()
    monkeypatch.setattr(numbers_lately, "LASTS_SECONDS", 60.0)
    return made


def test_the_same_is_not_asked_twice_but_each_number_for_itself(register: Register) -> None:
    now = clock.now()

    assert [register.ask(now), register.ask(now), register.ask(now, "12333")] == [1, 1, 2]


def test_a_change_by_this_process_is_seen_at_once(register: Register) -> None:
    now = clock.now()
    register.ask(now)

    register.lately.forget()

    assert register.ask(now) == 2


def test_what_holds_from_a_minute_on_holds_from_that_minute_on(register: Register) -> None:
    nine = clock.now().replace(second=0, microsecond=0)

    assert register.ask(nine - timedelta(microseconds=1)) == 1
    assert register.ask(nine) == 2
    assert register.ask(nine + timedelta(seconds=29)) == 2


def test_other_times_than_now_are_looked_up(register: Register) -> None:
    tomorrow = clock.now() + timedelta(days=1)

    assert [register.ask(tomorrow), register.ask(tomorrow)] == [1, 2]


def test_an_answer_is_old_after_its_time(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers_lately, "LASTS_SECONDS", 0.0)
    now = clock.now()

    assert [register.ask(now), register.ask(now)] == [1, 2]


def test_strange_numbers_of_a_carrier_do_not_fill_the_memory(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers_lately, "MOST", 3)
    now = clock.now()

    for number in range(10):
        register.ask(now, str(number))

    assert len(register.lately._known) <= 3
