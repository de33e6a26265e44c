"""The register marks whose unit has entered nothing for a cycle; the unit reads when it is due."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.channel_entries import channel_register, entry_turns
from app.channel_entries.channel_states import ChannelMode, ChannelState
from app.core import clock
from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules import rule_register
from tests import people
from tests.administration.keepers import page
from tests.channel_entries.clerks import CASES, channel_id, clerk_of, enter, load_channels
from tests.conftest import PageClient
from tests.plans import questions_put

CHANNELS = "/channels"
BEHIND = "逾期未录入，应录时间"

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

SignIn = Callable[..., PageClient]


def behind() -> set[str]:
    return {each.code for each in entry_turns.channels_behind(at=clock.now())}


def row_of(html: str, name: str) -> str:
    return next(row for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if name in row)


def test_a_channel_newly_loaded_is_not_behind_at_once(sign_in_as: SignIn) -> None:
    """Shipped ones are in use since 2020; before today nobody could enter anything for them."""
    load_channels()

    assert BEHIND not in page(sign_in_as("hotline_manager"), CHANNELS)
    assert behind() == set()


def test_after_a_week_without_an_entry_the_list_marks_whose_unit_is_behind(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    load_channels()
    frozen.shift(timedelta(days=5))
    enter(clerk_of(sign_in_as, "culture-tourism"))
    frozen.shift(timedelta(days=2, minutes=1))

    html = page(sign_in_as("hotline_manager"), CHANNELS)

    assert BEHIND not in row_of(html, "文旅局网站咨询投诉")
    assert "2026-11-28 10:00" in row_of(html, "文旅局网站咨询投诉")
    assert f"{BEHIND} 2026-11-30 10:00" in row_of(html, "文旅局微信公众号")


def test_who_is_behind_is_shown_alone_when_asked_for(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    load_channels()
    manager = sign_in_as("hotline_manager")
    assert "没有符合条件的渠道" in page(manager, f"{CHANNELS}?behind=yes")
    frozen.shift(timedelta(days=6))
    enter(clerk_of(sign_in_as, "culture-tourism"))
    frozen.shift(timedelta(days=2))

    html = page(sign_in_as("hotline_manager"), f"{CHANNELS}?behind=yes&text=文旅")

    assert "文旅局微信公众号" in html
    assert "文旅局网站咨询投诉" not in html
    assert "checked" in html


def test_what_comes_by_an_interface_is_never_behind(frozen: time_machine.Traveller) -> None:
    load_channels()
    frozen.shift(timedelta(days=30))

    late = behind()

    assert {"tourism-site", "letters", "message-board"} <= late
    assert late.isdisjoint({"yuexin", "hotline-site", "hotline-app", "police-110", "digital-city"})


def test_a_channel_that_rests_or_is_closed_owes_nothing_and_later_has_a_whole_cycle(
    frozen: time_machine.Traveller,
) -> None:
    load_channels()
    id_, keeper = channel_id("letters"), people.one_person("hotline_manager").id

    def set_state(state: ChannelState) -> None:
        with unit_of_work():
            channel_register.set_state(id_, state, valid_from=None, basis="", set_by=keeper)

    frozen.shift(timedelta(days=8))
    assert "letters" in behind()
    set_state(ChannelState.SUSPENDED)
    assert "letters" not in behind()
    frozen.shift(timedelta(days=30))
    set_state(ChannelState.ACTIVE)
    frozen.shift(timedelta(days=6))
    assert "letters" not in behind()
    frozen.shift(timedelta(days=2))
    assert "letters" in behind()


def test_the_city_sets_how_long_a_cycle_is(frozen: time_machine.Traveller) -> None:
    load_channels()
    frozen.shift(timedelta(days=2))
    assert behind() == set()

    with unit_of_work():
        rule_register.set_value("limit.entry_cycle", "1d", basis="试行", valid_from=None)

    assert "letters" in behind()


def test_a_draft_is_no_entry(sign_in_as: SignIn, frozen: time_machine.Traveller) -> None:
    load_channels()
    frozen.shift(timedelta(days=6))
    enter(clerk_of(sign_in_as, "culture-tourism"), act="draft")
    frozen.shift(timedelta(days=2))

    assert "tourism-site" in behind()


def test_a_unit_reads_when_its_next_entry_is_due_and_when_it_is_late(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    assert "下一次录入请在 2026-11-30 10:00 前完成。" in page(clerk, CASES)
    frozen.shift(timedelta(days=1))
    clerk = clerk_of(sign_in_as, "culture-tourism")
    enter(clerk)
    assert "下一次录入请在 2026-12-01 10:00 前完成。" in page(clerk, CASES)
    frozen.shift(timedelta(days=8))

    html = page(clerk_of(sign_in_as, "culture-tourism"), CASES)

    late = "录入已逾期：应在 2026-12-01 10:00 前录入。"
    assert f"{late} 最近一次录入：2026-11-24 10:00。" in html
    assert "至今没有录入过。" in html  # of its other channel
    assert "下一次录入" not in html


def test_a_unit_whose_channel_comes_by_itself_reads_of_no_cycle(sign_in_as: SignIn) -> None:
    load_channels()

    html = page(clerk_of(sign_in_as, "traffic-police"), CASES)

    assert "交警 APP 举报" in html
    assert "下一次录入" not in html


@pytest.mark.one_database
def test_all_channels_are_looked_up_in_the_same_few_questions(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    load_channels()
    manager = sign_in_as("hotline_manager")
    manager.get(CHANNELS)
    with questions_put() as before:
        manager.get(CHANNELS)
    owner = organisation.find_unit_by_code("education").id
    like = channel_register.find_channel("letters").words
    with unit_of_work():
        for nth in range(20):
            words = channel_register.ChannelWords(
                **{name: getattr(like, name) for name in channel_register.WORDS}
                | {"owner_unit_id": owner}
            )
            channel_register.add_channel(f"more-{nth}", words, mode=ChannelMode.MERGED)
    frozen.move_to(datetime(2026, 11, 23, 2, 10, tzinfo=UTC))

    with questions_put() as after:
        manager.get(CHANNELS)

    assert len(after) == len(before), after


def test_of_one_unit_only_its_own_channels_are_read(frozen: time_machine.Traveller) -> None:
    load_channels()
    frozen.shift(timedelta(days=8))
    now, culture = clock.now(), organisation.find_unit_by_code("culture-tourism").id
    everybodys = entry_turns.channels_behind(at=now)

    own = entry_turns.channels_behind(at=now, unit_id=culture)
    assert {each.words.owner_unit_id for each in own} == {culture}
    assert len(own) < len(everybodys)
    assert {each.code: due for each, due in everybodys.items() if each in own} == {
        each.code: due for each, due in own.items()
    }
