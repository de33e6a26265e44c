"""What happened while we were away: from bare rows, whatever order they were told in."""

import itertools
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.core.database import db
from app.switchboard.outage_reckoning import (
    Absence,
    CallStep,
    CallThen,
    DutyStep,
    Fate,
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

    assert (absence.who, absence.began_at, absence.ended_at) == (Who.APP, at(100), at(300))


def test_a_process_that_takes_its_own_lease_up_again_lived_and_could_not_save() -> None:
    told = [
        DutyStep(at=at(0), seen_before=None),
        DutyStep(at=at(300), seen_before=at(100), is_again=True),
    ]

    [absence] = absences_of_app(told, longest_silence=SILENCE)

    assert absence.who is Who.SAVING


def test_an_outage_keeps_its_key_when_it_is_over_and_two_do_not_share_one() -> None:
    lasting = absences_of_links([step(0, is_up=True), step(50, is_up=False)])
    over = absences_of_links(
        [step(0, is_up=True), step(50, is_up=False), step(80, is_up=True, boot="life-2")]
    )
    elsewhere = absences_of_links([step(50, is_up=False, exchange="hy2")])

    assert {lasting[0].key} == {over[0].key}
    assert lasting[0].key != elsewhere[0].key


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

    assert {fate: found.count(fate) for fate in Fate if found.count(fate)} == {
        Fate.TALKED_ON: 1,
        Fate.ANSWERED_ALONE: 1,
        Fate.GAVE_UP: 1,
        Fate.ADOPTED: 1,
    }
    assert (found.came_in, found.waiting_then, found.talking_then) == (2, 1, 1)
    assert (found.ended, found.lost) == (3, 0)
    assert sorted(found.waits) == [20, 30, 100]


def test_a_phone_that_rang_when_we_went_may_be_answered_without_us() -> None:
    found = outage(
        call(("intake", 90), ("waiting", 91), ("ringing", 99), ("talking", 103), ("ended", 180)),
        call(("intake", 90), ("waiting", 91), ("ringing", 99), ("waiting", 205), ("ended", 300)),
    )

    assert [each.fate for each in found.callers] == [Fate.TALKED_ON, Fate.ADOPTED]


def test_who_hangs_up_before_anybody_answers_is_told_as_one_who_did() -> None:
    found = outage(
        call(("intake", 90), ("waiting", 91), ("ended", 103)),
        call(("intake", 150), ("ended", 151)),
    )

    assert [each.fate for each in found.callers] == [Fate.GAVE_UP, Fate.GAVE_UP]
    assert (found.waiting_then, found.came_in, found.ended) == (1, 1, 2)


def test_an_end_that_was_only_found_out_belongs_to_the_absence_that_hid_it() -> None:
    gone = call(("intake", 90), ("waiting", 91))
    steps = [*gone.steps, CallStep(state="ended", at=at(202), because="found_gone")]

    found = outage(replace(gone, steps=steps, ended_at=at(202)))

    assert (found.count(Fate.GAVE_UP), found.ended) == (1, 1)


def test_a_call_that_no_exchange_can_carry_any_more_is_lost_and_so_is_one_without_a_row() -> None:
    stranded = replace(call(("intake", 90), ("waiting", 91)), is_stranded=True)
    absence = Absence(who=Who.LINK, began_at=at(100), ended_at=at(200), exchange_id="hy1")

    found = reckon(
        absence, [stranded], mended={}, heard_late=0, unheld=["one", "other"], now=at(900)
    )

    assert found.lost == 3


def test_calls_that_went_with_their_exchange_are_cut_off() -> None:
    found = outage(
        call(("intake", 10), ("talking", 20), ("ended", 201)),
        call(("intake", 10), ("waiting", 20), ("ended", 201)),
        who=Who.EXCHANGE,
    )

    assert (found.count(Fate.CUT_OFF), found.count(Fate.TALKED_ON), found.waits) == (2, 0, [])


def test_a_caller_of_another_exchange_is_not_counted_for_this_one() -> None:
    absence = Absence(who=Who.LINK, began_at=at(100), ended_at=at(200), exchange_id="hy2")

    found = reckon(
        absence, [call(("intake", 110), ("ended", 120))], mended={}, heard_late=0, now=at(900)
    )

    assert found.callers == []


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

        now = house.clock.now()
        [told] = list_outages(since=died - timedelta(hours=1), until=now, now=now)
        alone = [one for one in house.simulator.chronicle if one.is_rung_alone]

    assert told.absence.who is Who.APP
    assert abs(told.absence.began_at - died) < timedelta(seconds=3)
    assert abs(told.absence.ended_at - back) < timedelta(seconds=3)  # type: ignore[operator]
    in_it = [one for one in house.simulator.chronicle if one.invited_at >= died]
    assert told.came_in == len(in_it) > 0
    answered = sum(any(leg.answered_at for leg in one.legs) for one in alone)
    assert told.count(Fate.ANSWERED_ALONE) == answered > 0
    up_then = [
        one
        for one in house.simulator.chronicle
        if one.ended_at and one.invited_at < died <= one.ended_at
    ]
    assert told.waiting_then + told.talking_then == len(up_then) > 0
    assert told.lost == 0
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
    assert wire["lost"] == 0
