"""In which hours citizens are called back: how it is written, what is refused, which hold when."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.rules.rule_book import RuleBook, RuleValue, fitting
from app.rules.visit_hours import USUAL, UnfitVisitHours, VisitHours, read_visit_hours

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CHANGE = datetime(2026, 12, 1, tzinfo=UTC)


def value(says: str, since: datetime) -> RuleValue:
    return RuleValue(key="visit.hours", value=says, valid_from=since, basis="test")


def test_hours_are_kept_as_they_are_read() -> None:
    assert fitting("visit.hours", " 8:30 – 20:00 ") == "08:30-20:00"
    assert read_visit_hours("08:30-20:00") == VisitHours(begins=time(8, 30), ends=time(20))
    assert str(USUAL) == "09:00-21:00"


@pytest.mark.parametrize(
    "typed",
    ["", "none", "9-21", "09:00", "21:00-09:00", "09:00-09:00", "09:00-24:00", "9:00,21:00"],
)
def test_hours_begin_before_they_end_on_the_same_day(typed: str) -> None:
    with pytest.raises(UnfitVisitHours) as refused:
        fitting("visit.hours", typed)

    assert refused.value.field == "value"


def test_the_old_hours_hold_until_the_new_ones_and_the_usual_ones_where_nobody_set_any() -> None:
    book = RuleBook([value("09:00-21:00", LONG_AGO), value("10:00-19:30", CHANGE)])

    assert book.visit_hours(CHANGE - timedelta(seconds=1)) == USUAL
    assert book.visit_hours(CHANGE) == VisitHours(begins=time(10), ends=time(19, 30))
    assert RuleBook([]).visit_hours(CHANGE) == USUAL
