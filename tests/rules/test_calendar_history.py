"""What was said of the calendar, and the calendar that follows from it."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.calendar_history import (
    CLOSED_KINDS,
    DayIsSoAnyway,
    RegionDay,
    RegionDayKind,
    Said,
    SaidDay,
    calendar_after,
    check_region_day,
    read_said,
    said_wire,
)
from app.rules.working_time import CalendarYearMissing, DayKind, OfficeHours
from tests.rules.shipped_calendar import HOURS, shipped, shipped_said

LIANPING, OTHER = "441623", "441622"
WEDNESDAY, SATURDAY = date(2026, 12, 2), date(2026, 12, 5)


def own(day: date, kind: RegionDayKind) -> RegionDay:
    """Return a day of the county's own."""
    return RegionDay(
        region=LIANPING, day=day, kind=kind, name="防汛停工", basis="连府办〔2026〕1 号"
    )


def test_a_year_that_is_said_again_has_no_days_but_those_said_with_it() -> None:
    first = Said(
        years={2026: "一"}, days=(SaidDay(day=WEDNESDAY, name="甲", is_off=True, year=2026),)
    )
    again = Said(
        years={2026: "二"}, days=(SaidDay(day=SATURDAY, name="乙", is_off=False, year=2026),)
    )

    before, after = (
        calendar_after(said, usual=HOURS).working_time() for said in ([first], [first, again])
    )

    assert before.kind_of(WEDNESDAY) is DayKind.HOLIDAY
    assert after.kind_of(WEDNESDAY) is DayKind.WORKING
    assert (after.kind_of(SATURDAY), after.special[SATURDAY].notice) == (DayKind.MADE_UP, "二")


def test_a_regions_days_lie_over_the_citys_and_are_nobody_elses() -> None:
    closed, made_up = own(WEDNESDAY, RegionDayKind.CLOSED), own(SATURDAY, RegionDayKind.MADE_UP)
    holiday = own(date(2026, 10, 1), RegionDayKind.MADE_UP)
    calendar = calendar_after(
        [shipped_said(), Said(regional=(closed, made_up, holiday))], usual=HOURS
    )
    county = calendar.working_time(LIANPING)

    assert calendar.working_time() == calendar.working_time(OTHER) == shipped()
    assert [county.kind_of(day) for day in (WEDNESDAY, SATURDAY, date(2026, 10, 1))] == [
        DayKind.HOLIDAY,
        DayKind.MADE_UP,
        DayKind.WORKING,
    ]
    assert county.special[WEDNESDAY].notice == "连府办〔2026〕1 号"
    taken = Said(regional=(own(WEDNESDAY, RegionDayKind.AS_CITY),))
    later = calendar_after([shipped_said(), Said(regional=(closed,)), taken], usual=HOURS)
    assert later.working_time(LIANPING) == shipped()


def test_a_day_of_a_year_that_is_not_known_is_not_guessed_for_a_region_either() -> None:
    wanted = own(date(2027, 3, 3), RegionDayKind.CLOSED)
    with pytest.raises(CalendarYearMissing):
        check_region_day(wanted, shipped(), field="day")

    calendar = calendar_after([shipped_said(), Said(regional=(wanted,))], usual=HOURS)
    with pytest.raises(CalendarYearMissing):
        calendar.working_time(LIANPING).is_worked(date(2027, 3, 3))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (SATURDAY, RegionDayKind.CLOSED),
        (SATURDAY, RegionDayKind.HOLIDAY),
        (WEDNESDAY, RegionDayKind.MADE_UP),
        (date(2026, 10, 1), RegionDayKind.HOLIDAY),
    ],
)
def test_what_the_city_says_anyway_is_not_said_again(day: date, kind: RegionDayKind) -> None:
    with pytest.raises(DayIsSoAnyway):
        check_region_day(own(day, kind), shipped(), field="day")


days = st.dates(date(2007, 1, 1), date(2026, 12, 31))
texts = st.text(max_size=8)
said = st.builds(
    Said,
    years=st.dictionaries(st.integers(2007, 2026), texts, max_size=2),
    days=st.lists(
        st.builds(SaidDay, day=days, name=texts, is_off=st.booleans(), year=st.just(2026)),
        max_size=3,
    ).map(tuple),
    hours=st.lists(
        st.builds(OfficeHours, since=days, sessions=st.just(((time(9), time(17)),))), max_size=2
    ).map(tuple),
    regional=st.lists(
        st.builds(
            RegionDay, region=st.sampled_from([LIANPING, OTHER]), day=days,
            kind=st.sampled_from(RegionDayKind), name=texts, basis=texts,
        ),
        max_size=3,
    ).map(tuple),
)  # fmt: skip


@given(st.lists(said, max_size=4))
def test_what_is_kept_says_what_was_said(spoken: list[Said]) -> None:
    assert [read_said(said_wire(each)) for each in spoken] == spoken
    calendar = calendar_after([shipped_said(), *spoken], usual=HOURS)
    for each in calendar.days_of(LIANPING):
        known = calendar.working_time(LIANPING)
        assert known.is_worked(each.day) is (each.kind not in CLOSED_KINDS)
