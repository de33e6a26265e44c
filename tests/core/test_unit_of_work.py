"""One way to save: everything or nothing, nothing lost between threads, news only when it held."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import events, this_save
from app.core.database import NestedSave, SaveEndedInside, db, unit_of_work
from app.core.events import Event, PublishedOutsideASave, publish
from app.core.facts import FactCounter

THREADS = 8
WRITES = 40


@dataclass(frozen=True, kw_only=True)
class Counted(Event):
    """Only for these tests."""

    name: ClassVar[str] = "test.counted"
    to: int


@pytest.fixture
def counter(app: Flask) -> Iterator[str]:  # noqa: ARG001 - its context is what counts
    """A row to count in."""
    with unit_of_work():
        db.session.add(FactCounter(audience="test", last_number=0))
    yield "test"
    events._within.pop(Counted, None)
    events._after.pop(Counted, None)


def count_up(audience: str) -> int:
    wanted = select(FactCounter).where(FactCounter.audience == audience).with_for_update()
    row = db.session.scalars(wanted).one()
    row.last_number += 1
    publish(Counted(to=row.last_number))
    return row.last_number


def counted(audience: str) -> int:
    db.session.rollback()
    return db.session.scalars(
        select(FactCounter.last_number).where(FactCounter.audience == audience)
    ).one()


@pytest.mark.postgresql
@pytest.mark.slow
def test_eight_threads_save_at_once_and_not_one_write_is_lost(app: Flask, counter: str) -> None:
    faults: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def work() -> None:
        try:
            start.wait()
            for _ in range(WRITES):
                with app.app_context():
                    # A read before the save, as loading the signed-in person is: it must not
                    # leave an old picture behind.
                    db.session.scalars(select(FactCounter)).all()
                    with unit_of_work():
                        count_up(counter)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert counted(counter) == THREADS * WRITES


def test_a_save_inside_a_save_is_refused_and_the_outer_one_undone(counter: str) -> None:
    with pytest.raises(NestedSave), unit_of_work():
        count_up(counter)
        with unit_of_work():
            pass

    assert counted(counter) == 0
    assert this_save.current() is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("end", ["rollback", "commit"])
def test_a_save_whose_transaction_somebody_ended_inside_does_not_pass_for_one(
    counter: str, heard: list[Event], end: str
) -> None:
    with pytest.raises(SaveEndedInside), unit_of_work():
        getattr(db.session, end)()
        count_up(counter)

    assert counted(counter) == 0
    assert heard == []


def test_publishing_outside_a_save_is_refused() -> None:
    with pytest.raises(PublishedOutsideASave):
        publish(Counted(to=1))


def test_publishing_after_a_save_is_refused_as_well(counter: str) -> None:
    with unit_of_work():
        count_up(counter)

    with pytest.raises(PublishedOutsideASave):
        publish(Counted(to=2))


def test_an_exception_undoes_the_save_and_nobody_is_told(counter: str, heard: list[Event]) -> None:
    with pytest.raises(LookupError), unit_of_work():
        count_up(counter)
        raise LookupError

    assert counted(counter) == 0
    assert heard == []


def test_a_listener_within_the_save_that_fails_undoes_it(counter: str, heard: list[Event]) -> None:
    def fail(_event: Counted) -> None:
        raise LookupError

    events.listen_within_save(Counted, fail)

    with pytest.raises(LookupError), unit_of_work():
        count_up(counter)

    assert counted(counter) == 0
    assert heard == []


def test_a_listener_after_the_save_that_fails_undoes_nothing_and_silences_nobody(
    counter: str, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []

    def fail(_event: Counted) -> None:
        raise LookupError

    events.listen_after_save(Counted, fail)
    events.listen_after_save(Counted, lambda event: told.append(event.to))

    with unit_of_work():
        count_up(counter)

    assert counted(counter) == 1
    assert told == [1]
    assert "a listener after the save failed" in caplog.text


def test_listeners_after_the_save_may_save_themselves(counter: str) -> None:
    def once_more(event: Counted) -> None:
        if event.to == 1:
            with unit_of_work():
                count_up(counter)

    events.listen_after_save(Counted, once_more)

    with unit_of_work():
        count_up(counter)

    assert counted(counter) == 2


def test_a_save_sees_what_others_saved_after_our_last_read(app: Flask, counter: str) -> None:
    db.session.scalars(select(FactCounter)).all()

    def elsewhere() -> None:
        with app.app_context(), unit_of_work():
            count_up(counter)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    with unit_of_work():
        assert count_up(counter) == 2
