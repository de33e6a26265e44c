"""Numbers of facts: gapless for each audience, whoever saves at the same time."""

import threading

import pytest
from flask import Flask

from app.core import clock, facts
from app.core.database import db, unit_of_work
from app.core.events import Event, PublishedOutsideASave
from app.core.facts import FactsRecorded, facts_after, last_number, record_fact

THREADS = 8
SAVES = 20

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


def record(audience: str = "agent:1", name: str = "test.happened") -> None:
    record_fact(audience, name=name, body={"a": 1}, at=clock.now())


def record_saved(audience: str = "agent:1") -> int:
    with unit_of_work():
        record(audience)
    return last_number(audience)


def numbers(audience: str) -> list[int]:
    found = facts_after(audience, 0)
    assert found is not None
    return [fact.number for fact in found]


@pytest.mark.slow
def test_eight_threads_leave_no_gap_and_no_double(app: Flask) -> None:
    start = threading.Barrier(THREADS)
    faults: list[BaseException] = []

    def save(own: str) -> None:
        try:
            start.wait()
            for _ in range(SAVES):
                with app.app_context(), unit_of_work():
                    record("shared")
                    record(own)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=save, args=(f"own:{i}",)) for i in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert numbers("shared") == list(range(1, THREADS * SAVES + 1))
    for i in range(THREADS):
        assert numbers(f"own:{i}") == list(range(1, SAVES + 1))


def test_a_save_that_fails_takes_its_number_back(heard: list[Event]) -> None:
    record_saved()

    with pytest.raises(LookupError), unit_of_work():
        record()
        raise LookupError

    assert record_saved() == 2
    assert numbers("agent:1") == [1, 2]
    assert [number for _audience, number, _name in _told(heard)] == [1, 2]


def test_facts_of_one_save_are_numbered_in_the_order_told_and_old_ones_still_go(
    monkeypatch: pytest.MonkeyPatch, heard: list[Event]
) -> None:
    monkeypatch.setattr(facts, "KEPT_FACTS", 5)
    with unit_of_work():
        for name in ("test.a", "test.b", "test.c", "test.d"):
            record(name=name)
            record("agent:2", name=name)
    with unit_of_work():
        for name in ("test.e", "test.f", "test.g"):
            record(name=name)

    told = [(audience, number, name[-1]) for audience, number, name in _told(heard)]
    assert told[:8] == [(f"agent:{i}", n, x) for i in (1, 2) for n, x in enumerate("abcd", 1)]
    assert told[8:] == [("agent:1", 5, "e"), ("agent:1", 6, "f"), ("agent:1", 7, "g")]
    assert numbers("agent:2") == [1, 2, 3, 4]
    assert numbers("agent:1") == [1, 2, 3, 4, 5, 6, 7]  # the newest five and what came since


def _told(heard: list[Event]) -> list[tuple[str, int, str]]:
    """Say of each fact told: for whom, its number, its name."""
    told = [event for event in heard if isinstance(event, FactsRecorded)]
    return [(one.audience, fact.number, fact.name) for one in told for fact in one.facts]


def test_a_fact_outside_a_save_is_refused() -> None:
    with pytest.raises(PublishedOutsideASave):
        record()


def test_audiences_count_each_for_themselves() -> None:
    assert [record_saved("agent:1"), record_saved("agent:2"), record_saved("agent:1")] == [1, 1, 2]
    assert (last_number("agent:1"), last_number("agent:2"), last_number("agent:3")) == (2, 1, 0)


@pytest.mark.parametrize("told", ["ab", "aba", "abab", "bbaab", "cabcabc"])
def test_audiences_told_in_turn_by_one_save_count_each_for_themselves(told: str) -> None:
    for _again in range(2):
        with unit_of_work():
            for place, audience in enumerate(told):
                record_fact(audience, name="told", body={"place": place}, at=clock.now())

    for audience in set(told):
        kept = facts_after(audience, 0)
        assert kept is not None
        mine = [place for place, each in enumerate(told) if each == audience]
        assert [fact.number for fact in kept] == list(range(1, 2 * len(mine) + 1))
        assert [fact.body["place"] for fact in kept] == mine * 2


def test_a_screen_gets_what_it_missed_in_order() -> None:
    for _ in range(4):
        record_saved()

    missed = facts_after("agent:1", 2)

    assert missed is not None
    assert [fact.number for fact in missed] == [3, 4]
    assert facts_after("agent:1", 4) == []
    assert facts_after("nobody", 0) == []


def test_a_screen_that_missed_more_than_is_kept_must_load_anew() -> None:
    for _ in range(4):
        record_saved()
    with unit_of_work():
        db.session.execute(db.delete(facts.Fact).where(facts.Fact.number <= 2))

    assert facts_after("agent:1", 1) is None
    kept = facts_after("agent:1", 2)
    assert kept is not None
    assert [fact.number for fact in kept] == [3, 4]


def test_a_screen_ahead_of_the_server_must_load_anew() -> None:
    record_saved()

    assert facts_after("agent:1", 7) is None


def test_old_facts_go_and_the_numbers_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "KEPT_FACTS", 5)

    for _ in range(13):
        record_saved()

    assert last_number("agent:1") == 13
    assert facts_after("agent:1", 4) is None
    kept = facts_after("agent:1", 8)
    assert kept is not None
    assert [fact.number for fact in kept] == [9, 10, 11, 12, 13]
