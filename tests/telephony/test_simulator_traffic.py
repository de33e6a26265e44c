"""Calls that arrive by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from telephony.simulator.settings import read_settings
from telephony.simulator.sim_call import Caller
from telephony.simulator.traffic import Traffic, TrafficPlan

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NUMBERS = ["12345", "12315", "12333"]


def an_hour(traffic: Traffic, *, waiting: int = 0, has_phones: bool = True) -> list[Caller]:
    moments = (EIGHT + timedelta(seconds=second) for second in range(3600))
    callers = (traffic.arrive(now, waiting=waiting, has_phones=has_phones) for now in moments)
    return [caller for caller in callers if caller is not None]


def traffic(seed: int = 7, **plan: float) -> Traffic:
    return Traffic(TrafficPlan(is_on=True, **plan), seed=seed, numbers=NUMBERS)  # type: ignore[arg-type]


def test_the_same_seed_makes_up_the_same_day() -> None:
    assert an_hour(traffic(7)) == an_hour(traffic(7))
    assert an_hour(traffic(7)) != an_hour(traffic(8))


def test_calls_come_about_as_often_as_planned() -> None:
    assert 120 <= len(an_hour(traffic(every=20))) <= 240


def test_the_first_call_comes_within_five_seconds_of_the_first_phone() -> None:
    busy = traffic(every=60)
    busy.arrive(EIGHT, waiting=0, has_phones=True)

    first = busy.next_arrival()

    assert first is not None
    assert first - EIGHT <= timedelta(seconds=5)


def test_nobody_calls_while_no_phone_is_there_or_enough_callers_wait() -> None:
    assert an_hour(traffic(), has_phones=False) == []
    assert an_hour(traffic(), waiting=3) == []


def test_callers_dial_every_number_and_some_hide_their_own() -> None:
    callers = an_hour(traffic(every=5))

    assert {caller.dialled_number for caller in callers} == set(NUMBERS)
    assert any(caller.from_number == "" for caller in callers)


def test_made_up_numbers_belong_to_nobody() -> None:
    numbers = {caller.from_number for caller in an_hour(traffic(every=5))} - {""}

    assert len(numbers) > 100
    assert all(number.startswith("1540762") and len(number) == 11 for number in numbers)


def test_some_callers_are_known_when_the_app_has_named_some() -> None:
    busy = traffic(every=5)
    busy.known_callers = ["15400000001"]

    known = [c for c in an_hour(busy) if c.from_number == "15400000001"]

    assert 100 <= len(known) <= 400


def test_patience_and_talk_stay_within_the_plan() -> None:
    for caller in an_hour(traffic(every=5, patience=40, talk_min=60, talk_max=90)):
        assert caller.patience is not None
        assert 20 <= caller.patience.total_seconds() <= 60
        assert 60 <= caller.talk.total_seconds() <= 90


def test_the_demo_address_is_busy_and_any_other_is_quiet() -> None:
    assert read_settings("demo", {}).plan == TrafficPlan(is_on=True, every=20)
    assert not read_settings("quiet", {}).plan.is_on
    assert not read_settings("demo", {"every": "0"}).plan.is_on
    assert read_settings("quiet", {"every": "5"}).plan.is_on


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"evry": "20"}, "no such option: evry"),
        ({"every": "often"}, "every: not a number"),
        ({"patience": "0"}, "patience"),
        ({"talk_min": "60", "talk_max": "30"}, "talk_min, talk_max"),
        ({"waiting": "0"}, "waiting"),
    ],
)
def test_an_address_that_cannot_be_understood_says_what_is_wrong(
    options: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_settings("demo", options)
