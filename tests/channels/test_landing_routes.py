from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.channels.landing_routes import (
    ByHours,
    ChangeAlreadyUndone,
    ChangeOutdated,
    LaterChangePlanned,
    Moved,
    OldSeats,
    Ours,
    Route,
    RoutePoint,
    Share,
    SplitByShare,
    Window,
    check_follows,
    check_undo,
    draw,
    is_inside,
    place_for,
    places_of,
    route_at,
    shares_at,
)

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning in Heyuan
HEYUAN = ZoneInfo("Asia/Shanghai")
OLD = OldSeats(forward_to="07623331234", ring_seconds=25)
GONE = Moved(announcement="number-moved")
OFFICE = tuple(Window(weekday=day, begins=510, ends=1050) for day in range(1, 6))

places = st.sampled_from([Ours(), OLD, GONE])
minutes = st.integers(-3, 30).map(lambda n: AT + timedelta(minutes=n))


@st.composite
def splits(draw_: st.DrawFn) -> SplitByShare:
    cuts = sorted(draw_(st.lists(st.integers(0, 100), min_size=1, max_size=4)))
    percents = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return SplitByShare(shares=tuple(Share(percent=p, goes_to=draw_(places)) for p in percents))


@st.composite
def hours(draw_: st.DrawFn) -> ByHours:
    windows = []
    for _ in range(draw_(st.integers(1, 6))):
        begins = draw_(st.integers(0, 1438))
        windows.append(
            Window(
                weekday=draw_(st.integers(1, 7)),
                begins=begins,
                ends=draw_(st.integers(begins + 1, 1440)),
            )
        )
    return ByHours(windows=tuple(windows), inside=draw_(places), outside=draw_(places))


routes: st.SearchStrategy[Route] = st.one_of(places, splits(), hours())


@st.composite
def histories(draw_: st.DrawFn) -> list[RoutePoint]:
    points = []
    for change_id in range(1, draw_(st.integers(0, 6)) + 1):
        at = draw_(minutes)
        points.append(
            RoutePoint(
                change_id=change_id,
                effective_at=at,
                route=draw_(routes),
                undone_at=draw_(st.none() | minutes),
            )
        )
    return points


@given(histories(), minutes, st.text(min_size=1))
def test_at_any_moment_every_call_has_exactly_one_place(
    points: list[RoutePoint], at: datetime, call: str
) -> None:
    route = route_at(points, at)
    place = place_for(route, call=call, at=at, zone=HEYUAN)

    assert place in places_of(route)
    assert place == place_for(route_at(list(reversed(points)), at), call=call, at=at, zone=HEYUAN)


@given(histories(), st.integers(0, 29))
def test_there_is_no_gap_at_a_switch_minute(points: list[RoutePoint], minute: int) -> None:
    """The route just before a minute and the one at it are neighbours in the history."""
    switch = AT + timedelta(minutes=minute)
    before, after = route_at(points, switch - timedelta(microseconds=1)), route_at(points, switch)
    begins_here = [p for p in points if p.effective_at == switch and not p.never_held]

    assert (after == before) if not begins_here else (after == begins_here[-1].route)


@settings(max_examples=20)
@given(splits())
def test_shares_are_kept_within_three_percent(route: SplitByShare) -> None:
    counted = Counter(place_for(route, call=f"1/a/{n}", at=AT, zone=HEYUAN) for n in range(5_000))
    wanted: Counter[object] = Counter()
    for share in route.shares:
        wanted[share.goes_to] += share.percent

    assert sum(wanted.values()) == 100
    for place, percent in wanted.items():
        assert abs(counted[place] / 50 - percent) < 3


def test_the_draw_is_the_same_for_the_same_call_and_spread_over_calls() -> None:
    drawn = Counter(draw(f"1/hy1/{n}.7") for n in range(20_000))

    assert draw("1/hy1/1700000000.7") == draw("1/hy1/1700000000.7")
    assert set(drawn) == set(range(100))
    assert max(drawn.values()) - min(drawn.values()) < 120


def test_before_its_first_change_a_landing_is_ours() -> None:
    assert route_at([], AT) == Ours()


def test_a_change_holds_from_its_minute_on_and_not_a_moment_earlier() -> None:
    points = [RoutePoint(change_id=1, effective_at=AT, route=OLD)]

    assert route_at(points, AT - timedelta(microseconds=1)) == Ours()
    assert route_at(points, AT) == OLD


def test_a_change_undone_before_its_minute_never_holds() -> None:
    taken_back = RoutePoint(
        change_id=1, effective_at=AT, route=OLD, undone_at=AT - timedelta(minutes=5)
    )

    assert route_at([taken_back], AT + timedelta(days=1)) == Ours()


@pytest.mark.parametrize(
    ("local", "inside"),
    [
        ("2026-11-23 08:29", False),
        ("2026-11-23 08:30", True),
        ("2026-11-23 17:29", True),
        ("2026-11-23 17:30", False),
        ("2026-11-28 10:00", False),  # a Saturday
        ("2027-02-06 10:00", True),  # a Saturday that is worked
        ("2027-02-08 10:00", False),  # a Monday off
    ],
)
def test_office_hours_follow_the_week_and_its_exceptions(local: str, inside: bool) -> None:
    route = ByHours(
        windows=OFFICE,
        inside=OLD,
        outside=Ours(),
        exceptions={date(2027, 2, 6): 1, date(2027, 2, 8): 0},
    )

    assert is_inside(route, datetime.fromisoformat(f"{local}+08:00")) is inside


def test_hours_are_read_on_the_sites_clock() -> None:
    route = ByHours(windows=OFFICE, inside=OLD, outside=Ours())

    ten_in_heyuan = place_for(route, call="x", at=AT, zone=HEYUAN)
    assert ten_in_heyuan == OLD
    assert place_for(route, call="x", at=AT + timedelta(hours=8), zone=HEYUAN) == Ours()


def test_a_look_ahead_at_a_split_shows_all_its_shares() -> None:
    split = SplitByShare(shares=(Share(percent=30, goes_to=Ours()), Share(percent=70, goes_to=OLD)))

    assert shares_at(split, at=AT, zone=HEYUAN) == split.shares
    assert shares_at(OLD, at=AT, zone=HEYUAN) == (Share(percent=100, goes_to=OLD),)


def test_nothing_is_put_before_a_change_that_is_planned() -> None:
    planned = RoutePoint(change_id=1, effective_at=AT + timedelta(days=1), route=OLD)

    with pytest.raises(LaterChangePlanned):
        check_follows([planned], AT)
    check_follows([planned], AT + timedelta(days=1))


def test_a_change_with_a_newer_one_after_it_is_not_undone() -> None:
    old = RoutePoint(change_id=1, effective_at=AT, route=OLD)
    new = RoutePoint(change_id=2, effective_at=AT, route=GONE)

    with pytest.raises(ChangeOutdated):
        check_undo(old, [old, new])
    check_undo(new, [old, new])


def test_a_change_is_undone_once() -> None:
    undone = RoutePoint(change_id=1, effective_at=AT, route=OLD, undone_at=AT)

    with pytest.raises(ChangeAlreadyUndone):
        check_undo(undone, [])
