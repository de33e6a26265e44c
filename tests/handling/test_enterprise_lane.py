"""The fast lane for enterprises (domain rule R13): off until a city says so, never the longer way.

Shipped after Zhuhai's "124": contact within one working hour, enquiries within two working days,
everything else within four.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db, unit_of_work
from app.handling import clocks, timing
from app.handling.clock_rules import ClockKind, Matter, UrgentClass, enterprise_key
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due
from app.rules.models import RuleValueRow
from app.rules.time_limits import read_limit
from app.rules.type_natures import WORKING, Nature
from app.tickets.person_details import PersonDetails, PersonKind
from app.tickets.service import get_ticket
from app.tickets.ticket_states import Urgency
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved
from tests.handling.fast_lane import say, switch_on
from tests.ticket_desks.browsers import Desks, page, words

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

KINDS = [ClockKind.DISPATCH, ClockKind.SIGN, ClockKind.HANDLE, ClockKind.CITIZEN]
USUAL = ["2wh", "1wd", "15wd", "15wd"]
ZHUHAI = "示例：珠海企业诉求“124”做法（2023 年）"
PROVINCE = "粤办函〔2022〕230号"
FRIDAY_AFTERNOON = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
LAST_DAYS_OF_THE_YEAR = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)


def opened(cast: Cast, who: PersonKind | None = PersonKind.ENTERPRISE, **changes: Any) -> int:
    ticket_id = play.open_one(cast, details=PersonDetails(person_kind=who), **changes)
    play.send(cast, ticket_id)
    return ticket_id


def limits(cast: Cast, who: PersonKind | None = PersonKind.ENTERPRISE, **changes: Any) -> list[str]:
    ticket_id = opened(cast, who, **changes)
    return [clock(ticket_id, kind).limit for kind in KINDS]


def matter(**changes: Any) -> Matter:
    about = {"nature": Nature.COMPLAINT, "urgent": None, "is_enterprise": True, **changes}
    return Matter(request_type=str(about["nature"]), **about)


def test_as_shipped_an_enterprise_waits_as_long_as_everybody(cast: Cast) -> None:
    ticket_id = opened(cast)

    assert [clock(ticket_id, kind).limit for kind in KINDS] == USUAL
    assert clock(ticket_id, ClockKind.CITIZEN).basis == PROVINCE
    assert clocks.newest(ticket_id, ClockKind.CONTACT) is None


def test_switched_on_it_is_contacted_within_an_hour_and_answered_within_two_or_four_days(
    cast: Cast,
) -> None:
    switch_on()

    assert clock(opened(cast), ClockKind.CONTACT).limit == "1wh"
    assert limits(cast, request_type=Nature.CONSULT) == ["2wh", "1wd", "2wd", "2wd"]
    for kind in set(WORKING) - {Nature.CONSULT}:
        assert limits(cast, request_type=kind) == ["2wh", "1wd", "4wd", "4wd"], kind


@pytest.mark.parametrize("who", [PersonKind.INDIVIDUAL, PersonKind.ORGANISATION, None])
def test_switched_on_it_changes_nothing_for_anybody_else(
    cast: Cast, who: PersonKind | None
) -> None:
    switch_on()

    assert limits(cast, who) == USUAL


def test_the_clock_tells_by_which_rule_an_enterprise_is_answered_sooner(
    cast: Cast, sign_in_as: Callable[..., PageClient]
) -> None:
    switch_on()
    ticket_id = opened(cast)

    for kind in (ClockKind.CONTACT, ClockKind.HANDLE, ClockKind.CITIZEN):
        assert clock(ticket_id, kind).basis == ZHUHAI
    assert clock(ticket_id, ClockKind.DISPATCH).basis == "示例"
    assert clock(ticket_id, ClockKind.SIGN).basis == "示例：天津 2025 年做法"
    browser = Desks(cast, sign_in_as).at("city_liaison", "urban-management")
    read = words(page(browser, f"/unit/tickets/{ticket_id}"))
    assert f"时限 4 个工作日 · {ZHUHAI}" in read
    assert f"时限 1 个工作小时 · {ZHUHAI}" in read


def test_what_hurries_more_than_an_enterprise_keeps_its_shorter_limit(cast: Cast) -> None:
    hurrying: list[dict[str, Any]] = [
        {"urgency": Urgency.URGENT, "content": "井盖缺失，有人跌落"},
        {"urgency": Urgency.URGENT, "content": "大面积停水"},
        {"urgency": Urgency.VERY_URGENT, "content": "厂区起火", "urgency_reason": "现场核实"},
    ]
    before = [limits(cast, **each) for each in hurrying]
    switch_on()

    assert [limits(cast, **each) for each in hurrying] == before
    say("limit.enterprise_result", "4h")
    assert limits(cast, **hurrying[1]) == ["10min", "30min", "4h", "4h"]


@pytest.mark.parametrize(
    ("own", "holds", "basis"),
    [("3wd", "3wd", "专项规定"), ("20wd", "4wd", ZHUHAI), ("2d", "2d", "专项规定")],
)
def test_the_shorter_of_the_categorys_limit_and_the_lanes_holds(
    cast: Cast, own: str, holds: str, basis: str
) -> None:
    play.own_limits("0201", complaint=own)
    switch_on()

    row = clock(opened(cast), ClockKind.CITIZEN)
    assert (row.limit, row.basis) == (holds, basis)


def test_a_lane_that_a_city_made_longer_than_its_limits_delays_nobody(cast: Cast) -> None:
    switch_on()
    for name in ("contact", "consult", "result"):
        say(f"limit.enterprise_{name}", "30wd")

    assert limits(cast) == USUAL
    assert limits(cast, request_type=Nature.CONSULT) == ["2wh", "1wd", "2wd", "2wd"]


def test_limits_of_two_units_are_compared_by_the_day_on_which_they_end(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    switch_on()
    say("limit.complaint", "3d")
    say("limit.enterprise_result", "2wd")
    assert limits(cast)[2:] == ["2wd", "2wd"]  # Monday to Wednesday evening, or to midnight after

    frozen.move_to(FRIDAY_AFTERNOON)
    assert limits(cast)[2:] == ["3d", "3d"]  # to Monday, and not to Tuesday


@pytest.mark.parametrize("lane", ["30min", "5h", "1wh", "8wh", "2wd", "4wd", "3d"])
def test_the_lane_is_never_the_longer_way_on_any_day_of_a_week(lane: str) -> None:
    switch_on()
    say("limit.enterprise_result", lane)
    for usual in ("20min", "3h", "24h", "2wh", "30wh", "1wd", "15wd", "2d", "9d"):
        say("limit.complaint", usual)
        say("limit.life_result", usual)
        with unit_of_work():
            for hours, urgent in product(range(0, 24 * 7, 11), (None, UrgentClass.LIFE)):
                at, about = wall.now() + timedelta(hours=hours), matter(urgent=urgent)
                without = due(replace(about, is_enterprise=False), at)
                assert due(about, at) == min(without, due_by(lane, about, at)), (usual, at, urgent)


def due(about: Matter, at: datetime) -> datetime:
    return due_by(str(clocks.limit_of(ClockKind.CITIZEN, about, at)), about, at)


def due_by(limit: str, about: Matter, at: datetime) -> datetime:
    return reckon_due(
        at,
        read_limit(limit),
        working_calendar.working_time(),
        is_urgent=about.urgent is not None,
        way=rule_register.read_book().counting(at),
    ).due


def test_where_the_next_year_is_not_known_the_lane_holds_if_it_is_surely_shorter(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(LAST_DAYS_OF_THE_YEAR)
    switch_on()
    assert limits(cast)[2:] == ["4wd", "4wd"]

    say("limit.complaint", "30d")  # nobody knows on which day four working days end
    assert limits(cast)[2:] == ["30d", "30d"]


def test_handled_again_an_enterprise_waits_no_longer_than_at_first() -> None:
    at = wall.now()
    assert str(clocks.limit_of(ClockKind.HANDLE, matter(round=2), at)) == "5wd"
    switch_on()

    again = clocks.limit_given(ClockKind.HANDLE, matter(round=2), wall.now())
    assert (str(again.limit), again.basis) == ("4wd", ZHUHAI)


def test_a_lane_opened_from_a_day_on_leaves_what_runs_by_its_own_rules(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    before = play.open_one(cast, details=PersonDetails(person_kind=PersonKind.ENTERPRISE))
    kept = clock(before, ClockKind.CITIZEN)
    version, due = kept.rules_version, kept.due_at
    say("enterprise.fast_lane", "lane_on", since=wall.now() + timedelta(hours=1))
    assert limits(cast) == USUAL

    frozen.shift(timedelta(hours=2))
    assert limits(cast) == ["2wh", "1wd", "4wd", "4wd"]
    kept = clock(before, ClockKind.CITIZEN)
    assert (kept.limit, kept.rules_version, kept.due_at) == ("15wd", version, due)


def test_a_closed_lane_lets_what_it_promised_stand(cast: Cast) -> None:
    switch_on()
    ticket_id = opened(cast)
    say("enterprise.fast_lane", "lane_off")

    assert clock(ticket_id, ClockKind.CITIZEN).limit == "4wd"
    assert limits(cast) == USUAL


def test_a_running_clock_that_a_manager_lets_follow_the_lane_tells_the_lanes_basis(
    cast: Cast,
) -> None:
    ticket_id = opened(cast)
    switch_on()
    row = clock(ticket_id, ClockKind.CITIZEN)
    [(_row, today)] = [
        each for each in timing.clocks_under_other_rules(get_ticket(ticket_id)) if each[0] is row
    ]
    assert str(today) == "4wd"

    saved(timing.follow_rules_of_today, ticket_id, row.id, "快速通道启用", doer=cast.manager)
    row = clock(ticket_id, ClockKind.CITIZEN)
    assert (row.limit, row.basis) == ("4wd", ZHUHAI)


def test_a_corrected_type_keeps_an_enterprise_in_its_lane(cast: Cast) -> None:
    switch_on()
    ticket_id = opened(cast, request_type=Nature.CONSULT)
    assert clock(ticket_id, ClockKind.HANDLE).basis == PROVINCE  # two working days are anybody's
    saved(timing.retype, ticket_id, Nature.COMPLAINT, "实为投诉", doer=cast.dispatcher)

    row = clock(ticket_id, ClockKind.HANDLE)
    assert (row.limit, row.basis) == ("4wd", ZHUHAI)


def test_a_city_without_these_rules_goes_on_as_before(cast: Cast) -> None:
    switch_on()
    with unit_of_work():
        of_lane = RuleValueRow.key.startswith("limit.enterprise", autoescape=True)
        db.session.execute(db.delete(RuleValueRow).where(of_lane))
    assert limits(cast) == USUAL

    with unit_of_work():
        the_switch = RuleValueRow.key == "enterprise.fast_lane"
        db.session.execute(db.delete(RuleValueRow).where(the_switch))
    assert limits(cast) == USUAL


def test_the_lane_hurries_what_is_owed_to_the_enterprise_and_nothing_else() -> None:
    for kind in (ClockKind.DISPATCH, ClockKind.SIGN, ClockKind.VISIT, ClockKind.SUPERVISE):
        assert enterprise_key(kind, matter()) is None
    for kind in ClockKind:
        assert enterprise_key(kind, matter(is_enterprise=False)) is None
