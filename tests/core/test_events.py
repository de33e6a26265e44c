"""Who is told what, and when; the saves themselves are tested in test_unit_of_work."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from flask import Flask

from app.core import events, this_save
from app.core.database import unit_of_work
from app.core.events import Event, publish


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """Only for these tests."""

    name: ClassVar[str] = "test.rang"
    times: int


@dataclass(frozen=True, kw_only=True)
class Fell(Event):
    """Only for these tests."""

    name: ClassVar[str] = "test.fell"


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    for kind in (Rang, Fell):
        events._within.pop(kind, None)
        events._after.pop(kind, None)


@pytest.mark.usefixtures("app")
def test_listeners_within_the_save_are_told_before_those_after_it() -> None:
    told: list[str] = []
    events.listen_after_save(Rang, lambda _: told.append("after"))
    events.listen_within_save(Rang, lambda _: told.append("within"))

    with unit_of_work():
        publish(Rang(times=1))
        assert told == ["within"]

    assert told == ["within", "after"]


@pytest.mark.usefixtures("app")
def test_events_are_told_after_the_save_in_the_order_they_happened() -> None:
    told: list[str] = []
    events.listen_after_save(Rang, lambda event: told.append(f"rang {event.times}"))
    events.listen_after_save(Fell, lambda _: told.append("fell"))

    with unit_of_work():
        publish(Rang(times=1))
        publish(Fell())
        publish(Rang(times=2))

    assert told == ["rang 1", "fell", "rang 2"]


@pytest.mark.usefixtures("app")
def test_what_a_listener_within_the_save_publishes_belongs_to_the_save() -> None:
    told: list[str] = []
    events.listen_within_save(Rang, lambda _: publish(Fell()))
    events.listen_after_save(Fell, lambda event: told.append(event.name))

    with unit_of_work():
        publish(Rang(times=1))

    assert told == ["test.fell"]


@pytest.mark.usefixtures("app")
def test_a_listener_that_registers_twice_is_told_once() -> None:
    told: list[int] = []

    def listen(event: Rang) -> None:
        told.append(event.times)

    for _ in range(2):
        events.listen_after_save(Rang, listen)
        events.listen_within_save(Rang, listen)

    with unit_of_work():
        publish(Rang(times=1))

    assert told == [1, 1], "once within the save and once after it"


def test_a_save_in_one_thread_is_none_in_another(app: Flask) -> None:
    seen: list[bool] = []

    with app.app_context(), unit_of_work():
        assert this_save.current() is not None
        other = threading.Thread(target=lambda: seen.append(this_save.current() is not None))
        other.start()
        other.join()

    assert seen == [False]
    assert this_save.current() is None
