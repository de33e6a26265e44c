"""A unit that has entered nothing for a cycle is reminded: once per cycle, by the one on duty."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.channel_entries import entry_turns
from app.channel_entries.models import EntryChannel
from app.core import clock
from app.core.database import db, unit_of_work
from app.notifications import entry_reminders, message_texts
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Recipient, Way
from app.notifications.reach import WhyNot
from app.organisation import service as organisation
from app.rules import rule_register
from app.switchboard import listeners as switchboard_listeners
from tests import people
from tests.administration.keepers import page
from tests.channel_entries.clerks import channel_id, clerk_of, enter, load_channels
from tests.conftest import PageClient
from tests.notifications.stage import messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

SignIn = Callable[..., PageClient]
CLERK = "+8613800000007"
OTHER = "+8613800000008"
A_WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def channels(app: Flask, registers: None, frozen: object) -> None:  # noqa: ARG001 - in order
    """Load the channels, of which the culture office alone enters by hand: it has two."""
    load_channels()
    culture = unit("culture-tourism")
    people.one_person("channel_clerk", unit_id=culture, name="叶文静", contact_number=CLERK)
    with unit_of_work():
        for each in db.session.query(EntryChannel).where(EntryChannel.owner_unit_id != culture):
            each.ways_in = ["interface"]


def unit(code: str) -> int:
    return organisation.find_unit_by_code(code).id


def go_round() -> None:
    for do in entry_reminders.find_due(clock.now()):
        with unit_of_work():
            do()


def told() -> list[Message]:
    return [each for each in messages() if each.occasion is Occasion.ENTRIES_BEHIND]


def test_who_enters_is_told_which_channels_are_late_and_since_when(
    frozen: time_machine.Traveller,
) -> None:
    frozen.shift(A_WEEK)
    go_round()
    assert told() == []  # due to the moment, and not before
    frozen.shift(timedelta(minutes=5))

    go_round()

    (only,) = told()
    assert (only.recipient, only.way, only.state) == (
        Recipient.UNIT, Way.SMS, MessageState.WAITING,
    )  # fmt: skip
    assert (only.recipient_name, only.address, only.ticket_id) == ("叶文静", CLERK, None)
    assert only.body == (
        "【12345渠道录入】河源市文化广电旅游体育局：文旅局网站咨询投诉和文旅局微信公众号"
        "已满一个录入周期没有新的录入，应于2026年11月30日10:00前录入，请尽快登录录入。"
    )


def test_a_unit_is_reminded_once_in_each_cycle_however_often_it_is_looked(
    frozen: time_machine.Traveller,
) -> None:
    counts = []
    for _ in range(4 * 7 * 4):
        frozen.shift(timedelta(hours=6))
        go_round()
        go_round()
        counts.append(len(told()))

    assert counts[27] == 0
    assert counts[28] == 1
    assert counts[-1] == 3
    assert counts == sorted(counts)


def test_who_enters_in_time_is_never_reminded(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    for nth in range(4):
        clerk = clerk_of(sign_in_as, "culture-tourism")
        for code in ("tourism-site", "tourism-wechat"):
            assert enter(clerk, code, source_no=f"WL-{nth}").status_code == 302
        frozen.shift(timedelta(days=6, hours=23))
        go_round()

    assert told() == []


def test_who_enters_after_all_hears_no_more_until_the_next_cycle_is_over(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    frozen.shift(timedelta(days=8))
    go_round()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    for code in ("tourism-site", "tourism-wechat"):
        enter(clerk, code)
    frozen.shift(timedelta(days=6))
    go_round()
    assert len(told()) == 1
    frozen.shift(timedelta(days=2))

    go_round()

    assert len(told()) == 2


def test_what_was_entered_between_the_look_and_the_act_is_reminded_of_no_more(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    frozen.shift(timedelta(days=8))
    acts = entry_reminders.find_due(clock.now())
    clerk = clerk_of(sign_in_as, "culture-tourism")
    for code in ("tourism-site", "tourism-wechat"):
        enter(clerk, code)

    with unit_of_work():
        for do in (*acts, *acts):
            do()

    assert len(acts) == 1
    assert told() == []


def test_a_unit_without_anybody_to_tell_has_a_row_that_says_so_once(
    frozen: time_machine.Traveller,
) -> None:
    with unit_of_work():
        db.session.get_one(EntryChannel, channel_id("lianping-self")).ways_in = ["form"]
    frozen.shift(timedelta(days=8))

    go_round()
    go_round()

    of_county = [each for each in told() if each.unit_id == unit("county-441623")]
    assert [(each.state, each.reason) for each in of_county] == [
        (MessageState.WITHHELD, str(WhyNot.NOBODY_ON_DUTY))
    ]


def test_many_channels_are_counted_and_not_all_named(frozen: time_machine.Traveller) -> None:
    culture = unit("culture-tourism")
    with unit_of_work():
        for code in ("letters", "media"):
            row = db.session.get_one(EntryChannel, channel_id(code))
            row.owner_unit_id, row.ways_in = culture, ["form"]
    frozen.shift(timedelta(days=8))

    go_round()

    assert "和来函等4个渠道已满一个录入周期" in told()[0].body


def test_who_reads_english_is_told_in_english(frozen: time_machine.Traveller) -> None:
    people.one_person(
        "channel_clerk", unit_id=unit("culture-tourism"), contact_number=OTHER, locale="en"
    )
    frozen.shift(timedelta(days=8))

    go_round()

    body = {each.address: each.body for each in told()}[OTHER]
    assert body.startswith("[12345] ")
    assert "文旅局网站咨询投诉 and 文旅局微信公众号" in body


def test_nobody_is_reminded_sooner_than_the_city_says(frozen: time_machine.Traveller) -> None:
    with unit_of_work():
        rule_register.set_value("limit.entry_cycle", "60d", basis="试行", valid_from=None)
    frozen.shift(timedelta(days=59))
    go_round()

    assert told() == []
    assert entry_turns.cycle_at(clock.now() - timedelta(days=9999)) is None


def test_the_city_may_say_it_in_its_own_words_and_reads_what_was_told(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    with unit_of_work():
        message_texts.set_text(
            "entries_behind_unit", "zh-CN", subject="请录入", body="请录入{channel}",
            valid_from=None,
        )  # fmt: skip
    frozen.shift(timedelta(days=8))
    go_round()
    (only,) = told()

    html = page(sign_in_as("hotline_manager"), f"/messages/{only.id}")

    assert "请录入文旅局网站咨询投诉" in html
    assert "渠道逾期未录入" in html
    assert CLERK not in html


def test_the_switchboard_on_duty_looks_after_it(app: Flask) -> None:
    switchboard = app.extensions[switchboard_listeners.PLACE]

    rounds = {each.name: each for each in switchboard._rounds}

    assert rounds["entries"].find is entry_reminders.find_due
