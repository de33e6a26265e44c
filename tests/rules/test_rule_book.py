"""The values of a city's rules: what fits, which holds when, and that nothing is rewritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.core.database import unit_of_work
from app.core.errors import Refusal
from app.core.events import Event
from app.rules import rule_register
from app.rules.due_dates import PROVINCIAL, AfterHours, FirstDay
from app.rules.events import RuleValueSet
from app.rules.refusals import ChangesThePast
from app.rules.rule_book import (
    CHOICES,
    RuleBook,
    RuleValue,
    UnfitChoice,
    UnfitCount,
    UnfitSpan,
    UnknownRule,
    fitting,
)
from app.rules.time_limits import Limit, LimitUnit, UnfitLimit
from tests.conftest import A_WORKING_MORNING

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def value(key: str, says: str, since: datetime = LONG_AGO) -> RuleValue:
    return RuleValue(key=key, value=says, valid_from=since, basis="test")


def test_a_value_holds_from_its_moment_on_and_the_old_one_until_then() -> None:
    change = A_WORKING_MORNING
    book = RuleBook([value("limit.help", "5wd", change), value("limit.help", "10wd")])

    before, after = change - timedelta(seconds=1), change
    assert book.limit("limit.help", before) == Limit(10, LimitUnit.WORKING_DAYS)
    assert book.limit("limit.help", after) == Limit(5, LimitUnit.WORKING_DAYS)
    assert [each.value for each in book.history("limit.help")] == ["5wd", "10wd"]


def test_the_version_names_what_holds_and_not_what_is_planned() -> None:
    first = RuleBook([value("limit.help", "10wd"), value("most.dispatches", "3")])
    planned = RuleBook(
        [
            value("most.dispatches", "3"),
            value("limit.help", "10wd"),
            value("limit.help", "5wd", A_WORKING_MORNING),
        ]
    )

    before = A_WORKING_MORNING - timedelta(days=1)
    assert first.version_at(before) == planned.version_at(before)
    assert first.version_at(A_WORKING_MORNING) != planned.version_at(A_WORKING_MORNING)


def test_a_rule_that_says_nothing_yet_or_does_not_exist_is_refused() -> None:
    book = RuleBook([value("limit.help", "10wd", A_WORKING_MORNING)])

    with pytest.raises(UnknownRule):
        book.at("limit.help", LONG_AGO)
    with pytest.raises(UnknownRule):
        book.history("limit.no_such")


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("limit.help", " 10 WD", "10wd"),
        ("warn.before_due", "4wh", "4wh"),
        ("most.dispatches", " 3 ", "3"),
        ("counting.first_day", "same", "same"),
    ],
)
def test_a_value_is_kept_as_it_is_read(key: str, typed: str, kept: str) -> None:
    assert fitting(key, typed) == kept


@pytest.mark.parametrize(
    ("key", "typed", "refusal"),
    [
        ("limit.help", "ten", UnfitLimit),
        ("limit.visit_apart", "2wh", UnfitSpan),
        ("limit.visit_link", "7wd", UnfitSpan),
        ("limit.mailbox_response", "1wd", UnfitSpan),
        ("limit.entry_edit", "2wh", UnfitSpan),
        ("limit.entry_cycle", "5wd", UnfitSpan),
        ("limit.archive", "60wd", UnfitSpan),
        ("most.dispatches", "0", UnfitCount),
        ("most.dispatches", "100", UnfitCount),
        ("counting.first_day", "midnight", UnfitChoice),
        ("nothing.like_it", "1", UnknownRule),
    ],
)
def test_a_value_that_does_not_fit_its_rule_is_refused(
    key: str, typed: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        fitting(key, typed)


@pytest.mark.usefixtures("registers", "app")
def test_every_shipped_rule_says_something_that_fits() -> None:
    book = rule_register.read_book()

    assert {key: fitting(key, book.at(key, A_WORKING_MORNING).value) for key in book.known()} == {
        key: book.at(key, A_WORKING_MORNING).value for key in book.known()
    }
    assert set(CHOICES) <= set(book.known())
    assert book.counting(A_WORKING_MORNING) == PROVINCIAL
    assert book.most("most.dispatches", A_WORKING_MORNING) == 3
    with unit_of_work():
        assert rule_register.load_values() == 0


@pytest.mark.usefixtures("registers", "app")
def test_a_new_value_never_touches_the_past(
    frozen: time_machine.Traveller, heard: list[Event]
) -> None:
    tomorrow = A_WORKING_MORNING + timedelta(days=1)
    set_value: Callable[..., None] = rule_register.set_value
    with unit_of_work():
        set_value("counting.first_day", "same", basis="x", valid_from=tomorrow)
        set_value("counting.after_hours", "at_once", basis="x", valid_from=None)
    with unit_of_work():  # planned otherwise, before it came to hold
        set_value("counting.first_day", "next", basis="y", valid_from=tomorrow)
    with pytest.raises(ChangesThePast), unit_of_work():
        set_value(
            "limit.help", "1wd", basis="x", valid_from=A_WORKING_MORNING - timedelta(minutes=1)
        )

    book = rule_register.read_book()
    now = book.counting(A_WORKING_MORNING)
    assert (now.first_day, now.after_hours) == (FirstDay.NEXT, AfterHours.AT_ONCE)
    assert book.history("counting.first_day")[0].basis == "y"
    assert sum(isinstance(each, RuleValueSet) for each in heard) == 3
    assert frozen is not None
