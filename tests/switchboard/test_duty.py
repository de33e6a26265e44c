"""One process is on duty; a late one may not write."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.core.database import unit_of_work
from app.switchboard import duty

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


def take(holder: str, *, after: float = 0) -> int | None:
    with unit_of_work():
        return duty.take(holder, at=TEN + timedelta(seconds=after))


def holds(token: int) -> bool:
    with unit_of_work():
        return duty.holds(token)


def test_who_comes_first_is_on_duty_and_stays_while_he_renews() -> None:
    token = take("a")

    assert token is not None
    assert take("b", after=5) is None
    assert take("a", after=5) == token
    assert take("b", after=10) is None


def test_a_holder_who_falls_silent_is_relieved_and_his_token_is_worth_nothing() -> None:
    old = take("a")
    assert old is not None

    new = take("b", after=7)

    assert new is not None
    assert new > old
    assert not holds(old)
    assert holds(new)


def test_a_holder_who_comes_back_late_gets_a_new_token_or_none() -> None:
    take("a")
    new = take("b", after=7)

    assert take("a", after=8) is None
    again = take("a", after=20)
    assert again is not None
    assert new is not None
    assert again > new


def test_a_duty_given_back_is_free_at_once() -> None:
    take("a")
    with unit_of_work():
        duty.give_back("a", at=TEN + timedelta(seconds=1))

    assert take("b", after=1) is not None


def test_only_the_holder_can_give_the_duty_back() -> None:
    take("a")
    with unit_of_work():
        duty.give_back("b", at=TEN + timedelta(seconds=1))

    assert take("b", after=1) is None


def test_nobody_is_on_duty_before_the_first_one() -> None:
    assert not holds(0)
    assert not holds(1)


@pytest.mark.slow
def test_of_several_who_come_at_once_one_gets_it(app: Flask) -> None:
    take("earlier")
    with unit_of_work():
        duty.give_back("earlier", at=TEN)
    start = threading.Barrier(4)
    tokens: list[int | None] = []
    faults: list[BaseException] = []

    def come(holder: str) -> None:
        try:
            start.wait()
            with app.app_context():
                tokens.append(take(holder, after=1))
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=come, args=(f"holder-{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert len([token for token in tokens if token is not None]) == 1
