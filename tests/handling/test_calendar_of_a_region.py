"""A region's own days move what its units have to do, and never what the citizen was promised."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.errors import NotFound
from app.handling import calendar_following, clocks, returning
from app.handling.clock_rules import ClockKind
from app.handling.unit_parts import own_part
from app.organisation import service as organisation
from app.rules import working_calendar
from app.rules.calendar_history import NoDayOfItsOwn, RegionDay, RegionDayKind
from app.rules.calendar_notices import Notice
from app.rules.refusals import ChangesThePast
from app.rules.working_time import CalendarYearMissing
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

COUNTY = "441602"
FLOOD = date(2026, 11, 25)
A_DAY = timedelta(days=1)


def close(day: date = FLOOD, *, kind: RegionDayKind = RegionDayKind.CLOSED) -> None:
    """Let the county have a day of its own."""
    own = RegionDay(region=COUNTY, day=day, kind=kind, name="防汛停工", basis="区府办〔2026〕1 号")
    saved(working_calendar.set_region_day, own)


def sent_to(cast: Cast, code: str) -> int:
    """Open a ticket and send it to the unit with this code."""
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=organisation.find_unit_by_code(code).id)
    return ticket_id


def due(ticket_id: int, kind: ClockKind) -> datetime:
    """Return until when a clock runs."""
    at = clock(ticket_id, kind).due_at
    assert at is not None
    return at


def test_a_countys_day_off_moves_its_units_and_not_the_promise_to_the_citizen(cast: Cast) -> None:
    before = sent_to(cast, "county-441602")
    close()
    after = sent_to(cast, "county-441602")
    bureau = sent_to(cast, "housing")

    for kind in (ClockKind.CITIZEN, ClockKind.DISPATCH):
        assert clock(after, kind).calendar_region == ""
        assert due(after, kind) == due(before, kind) == due(bureau, kind)
    assert due(bureau, ClockKind.HANDLE) == due(before, ClockKind.HANDLE)
    assert due(after, ClockKind.HANDLE) == due(before, ClockKind.HANDLE) + A_DAY
    assert clock(after, ClockKind.HANDLE).calendar_region == COUNTY


def test_a_day_made_up_in_the_county_is_worked_there(cast: Cast) -> None:
    before = sent_to(cast, "county-441602")
    close(date(2026, 11, 28), kind=RegionDayKind.MADE_UP)
    after = sent_to(cast, "county-441602")

    assert due(after, ClockKind.HANDLE) < due(before, ClockKind.HANDLE)
    assert due(after, ClockKind.CITIZEN) == due(before, ClockKind.CITIZEN)


def test_a_town_works_by_the_calendar_of_its_county_and_may_return_as_long(cast: Cast) -> None:
    before = sent_to(cast, "county-441602")
    close(date(2026, 11, 24))
    after = sent_to(cast, "county-441602")
    town = sent_to(cast, "town-441602001")

    assert clock(town, ClockKind.SIGN).calendar_region == COUNTY
    assert due(town, ClockKind.SIGN) == due(after, ClockKind.SIGN)
    assert due(after, ClockKind.SIGN) == due(before, ClockKind.SIGN) + A_DAY
    windows = [own_part(each, cast.county).return_until for each in (before, after)]
    assert windows[0] is not None
    assert windows[1] is not None
    assert windows[1] - windows[0] == A_DAY


def test_what_runs_keeps_its_days_until_a_person_lets_it_follow_and_what_is_late_stays_late(
    cast: Cast, tick: Callable[..., None]
) -> None:
    ticket_id = sent_to(cast, "county-441602")
    was = {kind: due(ticket_id, kind) for kind in (ClockKind.HANDLE, ClockKind.SIGN)}
    promised = due(ticket_id, ClockKind.CITIZEN)
    tick(days=2)  # to sign was due the day before
    close()
    assert {kind: due(ticket_id, kind) for kind in was} == was

    saved(calendar_following.let_follow, "防汛停工", by=cast.manager.user_id)

    assert due(ticket_id, ClockKind.HANDLE) == was[ClockKind.HANDLE] + A_DAY
    assert due(ticket_id, ClockKind.SIGN) == was[ClockKind.SIGN]
    assert due(ticket_id, ClockKind.CITIZEN) == promised
    record = calendar_following.changes_of(clock(ticket_id, ClockKind.HANDLE).id)[0]
    assert (record.reason, record.by) == ("防汛停工", cast.manager.user_id)


def test_handed_over_to_another_region_it_runs_by_that_regions_days_from_then_on(
    cast: Cast, tick: Callable[..., None]
) -> None:
    close()
    ticket_id = sent_to(cast, "county-441602")
    promised = due(ticket_id, ClockKind.CITIZEN)
    first = clock(ticket_id, ClockKind.HANDLE)
    was = (first.id, first.due_at)
    tick(hours=1)
    other = organisation.find_unit_by_code("county-441621").id
    wish = returning.NewReturn(
        reason="not_our_area", basis="地点在紫金县", proposed_unit_id=other, has_part=False
    )
    saved(returning.ask_return, ticket_id, wish, doer=cast.county)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=other)

    now = clock(ticket_id, ClockKind.HANDLE)
    assert now.id != was[0]
    assert now.calendar_region == "441621"
    assert was[1] is not None
    assert now.due_at == was[1] - A_DAY
    kept = next(each for each in clocks.clocks_of(ticket_id) if each.id == was[0])
    assert kept.calendar_region == COUNTY
    assert due(ticket_id, ClockKind.CITIZEN) == promised


def test_no_day_of_last_week_of_a_year_unknown_or_of_a_place_unknown(cast: Cast) -> None:  # noqa: ARG001
    with pytest.raises(ChangesThePast):
        close(date(2026, 11, 20))
    with pytest.raises(CalendarYearMissing):
        close(date(2027, 3, 3))
    with pytest.raises(NotFound):
        own = RegionDay(
            region="999999", day=FLOOD, kind=RegionDayKind.CLOSED, name="停工", basis="示例"
        )
        saved(working_calendar.set_region_day, own)
    with pytest.raises(NoDayOfItsOwn):
        saved(working_calendar.take_region_day_back, COUNTY, FLOOD)


def test_what_waits_for_a_year_follows_it_with_the_days_of_its_region(
    cast: Cast, tick: Callable[..., None]
) -> None:
    tick(days=28)
    ticket_id = sent_to(cast, "county-441602")
    assert clock(ticket_id, ClockKind.HANDLE).missing_year == 2027
    close(date(2026, 12, 23))
    saved(working_calendar.put_year, Notice(year=2027, where="示例", days=()))

    row = clock(ticket_id, ClockKind.HANDLE)
    assert row.missing_year is None
    assert (
        due(ticket_id, ClockKind.HANDLE).astimezone(UTC)
        - due(sent_to(cast, "housing"), ClockKind.HANDLE)
        == A_DAY
    )


def test_a_day_that_is_taken_back_is_the_citys_again(cast: Cast) -> None:
    before = sent_to(cast, "county-441602")
    close()
    saved(working_calendar.take_region_day_back, COUNTY, FLOOD)
    after = sent_to(cast, "county-441602")

    assert due(after, ClockKind.HANDLE) == due(before, ClockKind.HANDLE)
    assert working_calendar.calendar().days_of(COUNTY) == []
