"""What happened while we were away: from bare rows, whatever order they were told in."""

import itertools
import json
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.core.database import db
from app.switchboard.outage_reckoning import (
    Absence,
    CallStep,
    CallThen,
    DutyStep,
    LinkStep,
    Outage,
    Who,
    absences_of_app,
    absences_of_links,
    reckon,
)
from app.switchboard.outages import list_outages
from telephony.simulator.agents import Habits
from tests.calls.line_news import TEN
from tests.rehearsal.house import House, a_busy_day, register_numbers

SILENCE = timedelta(seconds=6)


def at(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def step(seconds: float, *, is_up: bool, boot: str = "life-1", exchange: str = "hy1") -> LinkStep:
    return LinkStep(exchange_id=exchange, at=at(seconds), is_up=is_up, boot_id=boot, why="cut")


def call(*steps: tuple[str, float], exchange: str = "hy1", boot: str = "life-1") -> CallThen:
    ended = [at(seconds) for state, seconds in steps if state == "ended"]
    return CallThen(
        exchange_id=exchange,
        boot_id=boot,
        invited_at=at(steps[0][1]),
        ended_at=ended[0] if ended else None,
        steps=[CallStep(state=state, at=at(seconds)) for state, seconds in steps],
    )


def outage(*calls: CallThen, who: Who = Who.APP) -> Outage:
    absence = Absence(who=who, began_at=at(100), ended_at=at(200))
    return reckon(absence, calls, mended={}, heard_late=0, now=at(900))


# --- who was away, and when --------------------------------------------------------------------


def test_a_link_is_away_from_the_word_that_it_went_to_the_word_that_it_came() -> None:
    told = [step(0, is_up=True), step(50, is_up=False), step(80, is_up=True)]

    for order in itertools.permutations([*told, told[1]]):
        [absence] = absences_of_links(order)
        assert (absence.who, absence.began_at, absence.ended_at) == (Who.LINK, at(50), at(80))


def test_another_life_of_the_exchange_is_told_as_one_whoever_saw_it_go() -> None:
    told = [step(0, is_up=True), step(80, is_up=True, boot="life-2")]

    [absence] = absences_of_links(told)

    assert (absence.who, absence.ended_at) == (Who.EXCHANGE, at(80))


def test_a_link_that_is_still_down_has_no_end() -> None:
    [absence] = absences_of_links([step(0, is_up=True), step(50, is_up=False)])

    assert absence.ended_at is None


def test_links_of_two_exchanges_are_kept_apart() -> None:
    told = [
        step(50, is_up=False),
        step(60, is_up=True, exchange="hy2", boot="other"),
        step(70, is_up=True),
    ]

    assert [one.exchange_id for one in absences_of_links(told)] == ["hy1"]


def test_the_app_is_away_only_where_nobody_was_seen_for_longer_than_a_lease() -> None:
    told = [
        DutyStep(at=at(0), seen_before=None),
        DutyStep(at=at(10), seen_before=at(9)),
        DutyStep(at=at(300), seen_before=at(100)),
    ]

    [absence] = absences_of_app(reversed(told), longest_silence=SILENCE)

    assert (absence.began_at, absence.ended_at) == (at(100), at(300))


# --- what became of callers --------------------------------------------------------------------


def test_each_caller_belongs_to_one_fate() -> None:
    found = outage(
        call(("intake", 10), ("talking", 20), ("ended", 150)),
        call(("intake", 110), ("alone", 112), ("ringing", 115), ("talking", 132), ("ended", 190)),
        call(("intake", 110), ("alone", 112), ("ended", 142)),
        call(("intake", 90), ("waiting", 91), ("alone", 106), ("waiting", 206), ("ended", 300)),
        call(("intake", 0), ("talking", 5), ("ended", 90)),
        call(("intake", 210), ("waiting", 211), ("ended", 250)),
    )

    assert (found.talked_on, found.answered_alone, found.gave_up, found.adopted) == (1, 1, 1, 1)
    assert found.came_in == 2
    assert sorted(found.waits) == [20, 30, 100]


def test_calls_that_went_with_their_exchange_are_cut_off() -> None:
    found = outage(
        call(("intake", 10), ("talking", 20), ("ended", 201)),
        call(("intake", 10), ("waiting", 20), ("ended", 201)),
        who=Who.EXCHANGE,
    )

    assert (found.cut_off, found.talked_on, found.waits) == (2, 0, [])


def test_a_caller_of_another_exchange_is_not_counted_for_this_one() -> None:
    absence = Absence(who=Who.LINK, began_at=at(100), ended_at=at(200), exchange_id="hy2")

    found = reckon(
        absence, [call(("intake", 110), ("ended", 120))], mended={}, heard_late=0, now=at(900)
    )

    assert (found.came_in, found.adopted) == (0, 0)


# --- from a ledger -----------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_minutes_without_us_are_told_as_they_were(app: Flask) -> None:
    register_numbers()
    house = House(app, seed=5, habits=Habits())
    with house.time():
        house.crowd(4)
        house.simulator.play(a_busy_day(20, seed=5, every=6))
        house.play(20)
        house.worker.introduce()
        died = house.clock.now()
        house.die()
        house.clock.advance(600)
        back = house.clock.now()
        house.begin_shift("another process")
        house.play(60)

        [told] = list_outages(since=died - timedelta(hours=1), now=house.clock.now())
        alone = [one for one in house.simulator.chronicle if one.is_rung_alone]

    assert told.absence.who is Who.APP
    assert abs(told.absence.began_at - died) < timedelta(seconds=3)
    assert abs(told.absence.ended_at - back) < timedelta(seconds=3)  # type: ignore[operator]
    in_it = [one for one in house.simulator.chronicle if one.invited_at >= died]
    assert told.came_in == len(in_it) > 0
    answered = sum(any(leg.answered_at for leg in one.legs) for one in alone)
    assert told.answered_alone == answered > 0
    assert told.heard_late > 0
    db.session.rollback()


def test_the_command_tells_people_and_programs(app: Flask) -> None:
    house = House(app, seed=1)
    with house.time():
        house.play(3)
        house.simulator.cut_link()
        house.play(8)
        house.simulator.mend_link()
        house.play(3)
        runner = app.test_cli_runner()

        words = runner.invoke(args=["telephony", "outages", "--language", "en"]).output
        [wire] = json.loads(runner.invoke(args=["telephony", "outages", "--json"]).output)
        never = runner.invoke(args=["telephony", "outages", "--until", "2020-01-01"]).output

    assert "The link to exchange sim was down: 2026-11-23 08:00:03" in words
    assert (wire["who"], wire["exchange_id"], wire["why"]) == ("link", "sim", "cut")
    assert "没有中断" in never
