"""What many speak of within a day, and more than usual, is hot: merged already or not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock as wall
from app.handling import dispatching, hot_matters, merging
from app.handling.crowd_rules import Voice
from app.handling.hot_rules import Compared, HotMatter, Threshold
from app.handling.hot_rules import hot_matters as hot_among
from app.rules import rule_register
from app.tickets.likeness import Matter
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved

Tick = Callable[..., None]
NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
HERE = ("0201", "441602", "441602001")
USUAL_RULE = Threshold(callers=5, hours=24, factor=2.0, weeks=4)
OUTAGE = "万绿花园小区停水"


def voice(nth: int, *callers: str, **changes: Any) -> Voice:
    given: dict[str, Any] = {
        "ticket_id": nth,
        "version": 1,
        "number": f"HY{nth}",
        "title": OUTAGE,
        "opened_at": NINE + timedelta(minutes=nth),
        "callers": frozenset(callers or {f"n{nth}"}),
        "county_code": HERE[1],
        "matter": Matter(text=OUTAGE, category_code=HERE[0], town_code=HERE[2]),
        "is_master": False,
        "can_follow": True,
        **changes,
    }
    return Voice(**given)


def hot(voices: list[Voice], *, now: int, before: int, **rule: Any) -> list[HotMatter]:
    threshold = Threshold(**{**vars(USUAL_RULE), **rule})
    return hot_among(voices, {HERE: Compared(now=now, before=before)}, threshold)


FIVE = [voice(nth) for nth in range(1, 6)]


def test_five_callers_and_twice_the_usual_are_hot_with_the_numbers_that_say_so() -> None:
    [matter] = hot(FIVE, now=6, before=84)

    assert matter.crowd.callers == 5
    assert (matter.tickets, matter.usual, matter.times) == (6, 3.0, 2.0)
    assert matter.crowd.master.ticket_id == 1


def test_many_callers_where_as_many_are_usual_are_not_hot() -> None:
    assert hot(FIVE, now=5, before=84) == []


def test_four_callers_are_not_hot_however_seldom_such_a_matter_is() -> None:
    assert hot(FIVE[:4], now=40, before=0) == []


def test_one_caller_with_five_tickets_is_one_caller() -> None:
    assert hot([voice(nth, "c7") for nth in range(1, 6)], now=5, before=0) == []


def test_where_the_weeks_before_hold_nothing_the_callers_alone_decide() -> None:
    [matter] = hot(FIVE, now=5, before=0)

    assert (matter.usual, matter.times) == (0.0, None)


def test_what_is_merged_already_is_still_hot_and_leaves_nothing_to_merge() -> None:
    callers = tuple(f"n{nth}" for nth in range(7))
    [matter] = hot([voice(1, *callers, is_master=True, can_follow=False)], now=7, before=0)

    assert matter.crowd.callers == 7
    assert matter.crowd.followers == []


def test_what_is_over_leads_nobody_though_it_is_counted() -> None:
    closed = voice(1, can_lead=False, can_follow=False)
    [matter] = hot([closed, *FIVE[1:]], now=5, before=0)
    [over] = hot(
        [voice(nth, can_lead=False, can_follow=False) for nth in range(5)], now=5, before=0
    )

    assert matter.crowd.master.ticket_id == 2
    assert over.crowd.followers == []


@pytest.mark.parametrize(
    ("rule", "is_hot"),
    [
        ({"callers": 6}, False),
        ({"factor": 1.5}, True),
        ({"factor": 2.5}, False),
        ({"weeks": 8}, True),  # the same number over twice the time: half as usual
        ({"hours": 12}, True),
        ({"hours": 48}, False),
    ],
)
def test_each_number_is_the_citys(rule: dict[str, Any], *, is_hot: bool) -> None:
    assert bool(hot(FIVE, now=6, before=84, **rule)) is is_hot


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    return make_cast()


def residents(cast: Cast, count: int, *, since: int = 0, **changes: Any) -> list[int]:
    return [
        play.open_one(
            cast,
            **{
                "title": OUTAGE,
                "contact_number": f"1390000{nth:04}",
                "caller_name": "住户",
                **changes,
            },
        )
        for nth in range(since, since + count)
    ]


def now_hot() -> list[HotMatter]:
    return hot_matters.hot_now(wall.now())


stage = [pytest.mark.postgresql, pytest.mark.usefixtures("registers", "app", "frozen")]


class TestAsItIsCounted:
    """On tables."""

    pytestmark = stage

    def test_a_matter_is_hot_from_its_fifth_caller_on_until_a_day_is_over(
        self, cast: Cast, tick: Tick
    ) -> None:
        residents(cast, 4)
        assert now_hot() == []
        residents(cast, 1, since=4)

        [matter] = now_hot()
        assert (matter.crowd.callers, matter.tickets, matter.times) == (5, 5, None)
        tick(hours=24, seconds=1)
        assert now_hot() == []

    def test_merging_cools_nothing_and_who_calls_later_is_counted_with_an_old_master(
        self, cast: Cast, tick: Tick
    ) -> None:
        [old] = residents(cast, 1, title="万绿花园停水，物业不管")
        tick(hours=30)
        others = residents(cast, 5, since=1)
        saved(merging.merge_all, others, old, doer=cast.dispatcher)

        [matter] = now_hot()
        assert matter.crowd.master.ticket_id == old
        assert matter.crowd.callers == 5, "who called thirty hours ago is not among them"
        assert matter.crowd.followers == []

    def test_a_master_of_another_kind_takes_his_followers_along(self, cast: Cast) -> None:
        [master] = residents(cast, 1, category_code="0205")
        others = residents(cast, 4, since=1)
        saved(merging.merge_all, others, master, doer=cast.dispatcher)

        [matter] = now_hot()
        assert matter.crowd.callers == 5
        assert matter.crowd.master.matter.category_code == "0205"

    def test_what_is_closed_meanwhile_was_said_all_the_same(self, cast: Cast) -> None:
        first, *_ = residents(cast, 5)
        play.handle(cast, first)
        play.ask(cast, first)

        [matter] = now_hot()
        assert matter.crowd.callers == 5

    def test_what_was_no_demand_is_not_counted(self, cast: Cast) -> None:
        *_, last = residents(cast, 5)
        saved(dispatching.void, last, "误录", doer=cast.manager)

        assert now_hot() == []

    def test_confidential_tickets_are_neither_counted_nor_compared(self, cast: Cast) -> None:
        residents(cast, 4)
        residents(cast, 1, since=4, is_confidential=True)
        assert now_hot() == []

    def test_a_confidential_master_hides_who_follows_it(self, cast: Cast) -> None:
        [master] = residents(cast, 1, is_confidential=True)
        saved(merging.merge_all, residents(cast, 5, since=1), master, doer=cast.dispatcher)

        assert now_hot() == []

    def test_it_is_compared_with_the_same_place_and_kind_in_the_weeks_before(
        self, cast: Cast, frozen: time_machine.Traveller
    ) -> None:
        long_ago, elsewhere = {"since": 100}, {"since": 500, "town_code": "441602100"}
        residents(cast, 40, **long_ago)
        frozen.shift(timedelta(days=20))
        residents(cast, 60, since=200, category_code="0205")
        residents(cast, 60, **elsewhere)
        residents(cast, 44, since=300, title="路灯不亮")  # of its kind, another matter
        frozen.shift(timedelta(hours=25))
        residents(cast, 6)

        [matter] = now_hot()
        assert (matter.tickets, matter.usual) == (6, 3.0)
        # much else of the kind today, all by one who writes often
        residents(cast, 30, title="下水道堵塞", contact_number="13988880000")
        [matter] = now_hot()
        assert (matter.tickets, matter.times) == (36, 12.0)
        frozen.shift(timedelta(days=1, seconds=1))
        residents(cast, 6, since=800)
        assert now_hot() == [], "what was hot yesterday is part of what is usual"

    def test_the_numbers_of_the_day_hold_from_when_the_city_says(
        self, cast: Cast, tick: Tick
    ) -> None:
        residents(cast, 3)
        assert now_hot() == []
        for key, value in (("hot.callers", "3"), ("hot.hours", "2")):
            saved(rule_register.set_value, key, value, basis="市热线办", valid_from=None)
        tick(minutes=1)
        assert [each.threshold.hours for each in now_hot()] == [2]
        tick(hours=2)
        assert now_hot() == []

    def test_a_city_that_never_loaded_its_rules_has_the_usual_ones(self) -> None:
        assert hot_matters.threshold_at(datetime(2010, 1, 1, tzinfo=UTC)) == USUAL_RULE
        assert hot_matters.threshold_at(wall.now()) == USUAL_RULE
