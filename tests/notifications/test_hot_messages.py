"""Who leads the hotline's shift is told of a hot matter: once, however often it is looked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.accounts import service as accounts
from app.core import clock
from app.core.database import unit_of_work
from app.handling import merging
from app.notifications import hot_messages
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Recipient, Way
from app.notifications.reach import WhyNot
from app.rules import rule_register
from app.switchboard import listeners as switchboard_listeners
from tests import people
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.notifications.stage import messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]
LEADER = "+8613800000009"
A_DAY = timedelta(days=1, minutes=1)


@pytest.fixture(autouse=True)
def leader(cast: Cast) -> int:  # noqa: ARG001 - tables stand before anybody works
    """Somebody leads the shift."""
    return people.one_person("shift_leader", name="罗班长", contact_number=LEADER).id


def residents(cast: Cast, count: int, *, since: int = 0) -> list[int]:
    return [
        play.open_one(cast, title="万绿花园小区停水", contact_number=f"1390000{nth:04}")
        for nth in range(since, since + count)
    ]


def go_round() -> None:
    for do in hot_messages.find_due(clock.now()):
        with unit_of_work():
            do()


def told() -> list[Message]:
    return [each for each in messages() if each.occasion is Occasion.HOT_MATTER]


def test_who_leads_the_shift_is_told_what_is_hot_and_in_which_numbers(cast: Cast) -> None:
    first, *_ = residents(cast, 4)
    go_round()
    assert told() == []
    residents(cast, 1, since=4)

    go_round()

    (only,) = told()
    assert (only.recipient, only.way, only.state, only.ticket_id) == (
        Recipient.ON_DUTY, Way.SMS, MessageState.WAITING, first,
    )  # fmt: skip
    assert (only.recipient_name, only.address, only.is_urgent) == ("罗班长", LEADER, True)
    assert "近24小时有5人反映“万绿花园小区停水”，同类诉求5件，平时约0件，请关注。" in only.body
    assert only.body.startswith("【12345热点】源城区")


def test_it_is_told_once_however_it_grows_and_whoever_becomes_the_master(
    cast: Cast, tick: Tick
) -> None:
    first, *others = residents(cast, 5)
    go_round()
    acts = hot_messages.find_due(clock.now())
    residents(cast, 3, since=5)
    go_round()
    saved(merging.merge_all, [first, *others[1:]], others[0], doer=cast.dispatcher)
    tick(hours=20)
    residents(cast, 5, since=10)
    go_round()

    assert acts == []
    assert len(told()) == 1


def test_two_that_look_at_the_same_time_tell_it_once(cast: Cast) -> None:
    residents(cast, 5)
    one, other = (hot_messages.find_due(clock.now()) for _ in range(2))

    for do in (*one, *other):
        with unit_of_work():
            do()

    assert (len(one), len(other), len(told())) == (1, 1, 1)


def test_what_is_hot_again_after_its_window_is_told_again(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    first, *others = residents(cast, 5)
    saved(merging.merge_all, others, first, doer=cast.dispatcher)
    go_round()
    frozen.shift(A_DAY)
    go_round()
    assert len(told()) == 1
    later = residents(cast, 6, since=20)
    saved(merging.merge_all, later, first, doer=cast.dispatcher)

    go_round()

    assert [each.ticket_id for each in told()] == [first, first]


def test_what_cooled_between_the_look_and_the_act_is_told_of_no_more(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    residents(cast, 5)
    acts = hot_messages.find_due(clock.now())
    frozen.shift(A_DAY)

    with unit_of_work():
        for do in acts:
            do()

    assert len(acts) == 1
    assert told() == []


def test_two_matters_are_told_of_apart(cast: Cast) -> None:
    residents(cast, 5)
    for nth in range(5):
        play.open_one(cast, title="夜间噪音扰民", contact_number=f"1380000{nth:04}")

    go_round()
    go_round()

    assert sorted("停水" in each.body for each in told()) == [False, True]


def test_with_nobody_to_tell_a_row_says_so_once(cast: Cast, leader: int) -> None:
    with unit_of_work():
        accounts.get_person(leader).contact_number = ""
    residents(cast, 5)
    go_round()
    go_round()

    assert [(each.state, each.reason) for each in told()] == [
        (MessageState.WITHHELD, str(WhyNot.NOBODY_ON_DUTY))
    ]


def test_the_citys_own_threshold_says_when(cast: Cast) -> None:
    saved(rule_register.set_value, "hot.callers", "9", basis="市热线办", valid_from=None)
    residents(cast, 8)
    go_round()
    assert told() == []
    residents(cast, 1, since=8)

    go_round()

    assert len(told()) == 1


def test_the_switchboard_on_duty_looks_after_it(app: Flask) -> None:
    switchboard = app.extensions[switchboard_listeners.PLACE]

    rounds = {each.name: each for each in switchboard._rounds}

    assert rounds["hot"].find is hot_messages.find_due
