"""A unit at its desk: what waits for it, what it reads, what it does with one ticket."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

from app.core import clock
from app.core.clock import CITY_TIME
from app.handling import (
    acting,
    following,
    results,
    returning,
    timing,
    unit_parts,
)
from app.handling.models import FollowKind
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList, CodeWords
from app.rules.time_limits import read_limit
from tests import people
from tests.conftest import PageClient
from tests.database import LOADED_AT
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved, state
from tests.ticket_desks.browsers import seen_in
from tests.ticket_desks.unit_page import do, page_of, result, version

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

Tick = Callable[..., None]
SignIn = Callable[..., PageClient]


@pytest.fixture
def cast() -> Cast:
    """Give one person of each role."""
    return make_cast()


@pytest.fixture
def unit(cast: Cast, sign_in_as: SignIn) -> PageClient:
    """Give the browser of a person of the unit that leads."""
    return sign_in_as("city_liaison", unit_id=cast.lead)


@pytest.fixture(autouse=True)
def reasons(app: object) -> None:  # noqa: ARG001 - tables of this app
    """Give the lists of reasons what these tests choose, where a city has not filled them."""
    for code_list, code in (
        (CodeList.RETURN_REASON, "not_ours"),
        (CodeList.TIME_REASON, "test_needed"),
        (CodeList.TIME_REASON, "works_under_way"),
    ):
        if code not in {each.code for each in code_register.codes_now(code_list, at=LOADED_AT)}:
            words = CodeWords(name_zh=code, name_en=code, position=1, valid_from=LOADED_AT)
            saved(code_register.add_code, code_list, code, words)


def test_a_ticket_walks_over_the_tabs_of_its_unit(
    cast: Cast, unit: PageClient, frozen: Any
) -> None:
    ticket_id = play.open_one(cast)
    assert "没有待签收的工单" in unit.get("/unit?tab=to_sign").get_data(as_text=True)
    play.send(cast, ticket_id)
    number = play.get_ticket(ticket_id).number
    assert number in unit.get("/unit?tab=to_sign").get_data(as_text=True)

    assert do(unit, ticket_id, "sign").status_code == 302

    assert state(ticket_id) == "handling"
    assert number not in unit.get("/unit?tab=to_sign").get_data(as_text=True)
    assert number in unit.get("/unit?tab=handling").get_data(as_text=True)
    due = play.clock(ticket_id, play.ClockKind.HANDLE).due_at
    assert due is not None
    frozen.move_to(due.replace(hour=1))
    unit = _again(unit)
    assert number in unit.get("/unit?tab=due_today").get_data(as_text=True)
    assert number not in unit.get("/unit?tab=overdue").get_data(as_text=True)
    frozen.move_to(due)
    frozen.shift(60)
    unit = _again(unit)
    assert number in unit.get("/unit?tab=overdue").get_data(as_text=True)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    assert number in unit.get("/unit?tab=done").get_data(as_text=True)
    saved(results.send_back, ticket_id, "empty_words", "没有答复诉求", doer=cast.auditor)
    shown = unit.get("/unit?tab=returned").get_data(as_text=True)
    assert number in shown
    assert "没有答复诉求" in page_of(unit, ticket_id)


def _again(browser: PageClient) -> PageClient:
    """Sign the same person in once more: days have passed."""
    people.sign_in(browser, browser.person.work_number)
    return browser


def test_a_return_that_was_refused_stands_on_its_tab(cast: Cast, unit: PageClient) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    proposed = organisation.get_unit(cast.second).name
    asked = {"reason": "not_ours", "basis": "权责清单第三条", "proposed": proposed}

    refused = do(unit, ticket_id, "return", "return", has_part="yes", **asked)
    assert refused.status_code == 422
    assert "权责清单第三条" in refused.get_data(as_text=True)
    assert do(unit, ticket_id, "return", "return", has_part="no", **asked).status_code == 302
    assert state(ticket_id) == "return_review"
    wish = returning.open_return(ticket_id)
    assert wish is not None
    assert wish.proposed_unit_id == cast.second
    saved(returning.refuse, ticket_id, "由你单位负责", doer=cast.dispatcher)

    shown = unit.get("/unit?tab=returned").get_data(as_text=True)
    assert play.get_ticket(ticket_id).number in shown


def test_another_units_ticket_is_not_found_by_guessing(
    cast: Cast, sign_in_as: SignIn, unit: PageClient
) -> None:
    ticket_id = play.handled(cast)
    stranger = sign_in_as("city_liaison", unit_id=cast.second)
    unit.get("/unit")
    stranger.get("/unit")

    assert stranger.get(f"/unit/tickets/{ticket_id}").status_code == 404
    for act in ("sign", "seen", "resume", "contacts", "result", "assistants", "send-down",
                "opinion", "return", "time"):  # fmt: skip
        assert stranger.post(f"/unit/tickets/{ticket_id}/{act}", data={}).status_code == 404
    assert stranger.get(f"/unit/tickets/{ticket_id}/files/1").status_code == 404
    assert stranger.get("/unit/tickets/999999").status_code == 404


def test_a_unit_reads_no_whole_number_and_of_a_confidential_ticket_no_name_and_no_address(
    cast: Cast, unit: PageClient
) -> None:
    plain = play.handled(cast, content="请回电13900002817，黄女士", address="兴源路8号")
    hidden = play.handled(
        cast, is_confidential=True, content="请回电13900002817，黄女士", address="兴源路8号"
    )

    shown, masked = page_of(unit, plain), page_of(unit, hidden)
    assert "13900002817" not in shown + masked
    assert "兴源路8号" in shown
    assert "黄女士" in shown
    assert "兴源路8号" not in masked
    assert "黄女士" not in masked


def test_why_it_is_due_is_told_day_by_day(cast: Cast, unit: PageClient) -> None:
    ticket_id = play.handled(cast)

    shown = page_of(unit, ticket_id)

    assert "计入 15 天" in shown
    assert "11-24" in shown
    assert "跳过 6 天" in shown


def test_what_still_runs_stands_above_the_clocks_of_an_earlier_round(
    cast: Cast, unit: PageClient
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.send_back, ticket_id, "empty_words", doer=cast.auditor)

    html = page_of(unit, ticket_id)
    lamps = re.findall("· (已完成|正常|即将到期|暂停计时|已超期)</span><strong", html)

    assert {"正常", "已完成"} <= set(lamps)
    assert "已完成" not in lamps[: -lamps.count("已完成")]


def test_a_stale_page_is_told_what_happened_and_keeps_what_was_typed(
    cast: Cast, unit: PageClient
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    seen = version(page_of(unit, ticket_id))
    saved(following.add, ticket_id, FollowKind.SUPPLEMENT, "还有一盏", doer=cast.agent)

    typed = {f"result-{name}": value for name, value in result().items()}
    stale = unit.post(f"/unit/tickets/{ticket_id}/result", data={**typed, "result-seen": seen})

    assert stale.status_code == 409
    assert play.REPLY in stale.get_data(as_text=True)
    assert "还有一盏" in stale.get_data(as_text=True)
    assert state(ticket_id) == "handling"


def test_urges_are_marked_as_read_by_the_unit(cast: Cast, unit: PageClient) -> None:
    ticket_id = play.handled(cast)
    saved(following.add, ticket_id, FollowKind.URGE, "请尽快", doer=cast.agent)
    assert "未阅" in page_of(unit, ticket_id)

    assert do(unit, ticket_id, "seen").status_code == 302

    assert following.follow_ups_of(ticket_id)[0].seen_by_unit_at is not None
    assert "未阅" not in page_of(unit, ticket_id)


def test_an_assistant_is_called_in_and_gives_its_part(
    cast: Cast, unit: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast)
    name = organisation.get_unit(cast.second).name
    typed = {"unit": name, "limit": "2wd", "note": "请核对档案"}
    assert do(unit, ticket_id, "assistants", "call_in", **typed).status_code == 302

    other = sign_in_as("city_liaison", unit_id=cast.second)
    assert play.get_ticket(ticket_id).number in other.get("/unit?tab=assisting").get_data(
        as_text=True
    )
    assert do(other, ticket_id, "opinion", "opinion", text="已核对，无记录").status_code == 302

    parts = acting.parts_of(ticket_id)
    assert [each.opinion for each in parts] == ["", "已核对，无记录"]
    assert "已核对，无记录" in page_of(unit, ticket_id)
    unknown = do(unit, ticket_id, "assistants", "call_in", **{**typed, "unit": "没有的单位"})
    assert unknown.status_code == 422


def test_a_county_sends_down_to_its_town_and_nowhere_else(cast: Cast, sign_in_as: SignIn) -> None:
    ticket_id = play.open_one(cast)
    county_id = cast.county.unit_id
    assert county_id is not None
    play.send(cast, ticket_id, lead=county_id)
    county = sign_in_as("county_dispatcher", unit_id=county_id)
    town_id = cast.town.unit_id
    assert do(county, ticket_id, "sign").status_code == 302

    elsewhere = do(county, ticket_id, "send-down", "send_down", unit=str(cast.second))
    assert elsewhere.status_code == 422
    sent = do(county, ticket_id, "send-down", "send_down", unit=str(town_id), limit="1wd")
    assert sent.status_code == 302
    town = sign_in_as("town_clerk", unit_id=town_id)
    assert do(town, ticket_id, "sign").status_code == 302
    assert unit_parts.own_part(ticket_id, cast.town).signed_at is not None
    assert town.post(f"/unit/tickets/{ticket_id}/send-down", data={}).status_code == 403


def test_a_contact_that_can_be_chosen_is_told_by_the_citys_clock_and_gives_no_number_away(
    cast: Cast, unit: PageClient
) -> None:
    ticket_id = play.handled(cast)
    contact_id = play.reach(cast, ticket_id, note="改打13912345678找他，或 139 1234 5678")

    html = unit.get(f"/unit/tickets/{ticket_id}").text
    [shown] = re.findall(rf'<option value="{contact_id}">([^<]*)', html)

    here = clock.now().astimezone(CITY_TIME)
    assert shown.startswith(f"{here:%m-%d %H:%M} 改打139****5678")
    assert "13912345678" not in html


def test_time_is_asked_with_the_contact_in_which_the_citizen_was_told(
    cast: Cast, unit: PageClient
) -> None:
    ticket_id = play.handled(cast)
    contact_id = play.reach(cast, ticket_id)
    typed = {"kind": "extension", "reason": "works_under_way", "basis": "配件在途"}

    lacks = do(unit, ticket_id, "time", "time", **typed)
    assert lacks.status_code == 422
    asked = do(unit, ticket_id, "time", "time", more="5wd",
               told_in_contact=str(contact_id), **typed)  # fmt: skip
    assert asked.status_code == 302
    wish = timing.open_wish(ticket_id)
    assert wish is not None
    assert (wish.by_limit, wish.told_in_contact_id) == ("5wd", contact_id)
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)
    assert play.clock(ticket_id, play.ClockKind.HANDLE).extensions == 1
    # a contact by one's own telephone proves nothing: what the citizen was promised stays
    assert play.clock(ticket_id, play.ClockKind.CITIZEN).extensions == 0
    assert read_limit(wish.by_limit).amount == 5


def test_a_suspended_ticket_goes_on_by_one_tap(cast: Cast, unit: PageClient) -> None:
    ticket_id = play.handled(cast)
    typed = {"kind": "suspension", "reason": "test_needed", "basis": "等待鉴定"}
    assert do(unit, ticket_id, "time", "time", **typed).status_code == 302
    saved(timing.decide, ticket_id, agrees=True, words="同意", doer=cast.dispatcher)
    assert state(ticket_id) == "suspended"

    assert do(unit, ticket_id, "resume").status_code == 302

    assert state(ticket_id) == "handling"


def test_pages_are_small_enough_for_a_bad_line(cast: Cast, unit: PageClient) -> None:
    for _ in range(25):
        ticket_id = play.handled(cast)

    for address in ("/unit?tab=handling", f"/unit/tickets/{ticket_id}"):
        html = unit.get(address).data
        assert len(gzip.compress(html)) < 30 * 1024
    assert "page=2" in unit.get("/unit?tab=handling").get_data(as_text=True)


def test_why_a_unit_was_chosen_is_told_in_the_readers_language_whoever_chose_it(
    cast: Cast, sign_in_as: SignIn
) -> None:
    """A dispatcher reading English left English words in the life of the ticket."""
    ticket_id = play.open_one(cast)
    dispatcher = sign_in_as("dispatcher")
    address, english = f"/dispatch/{ticket_id}", {"Accept-Language": "en"}
    html = dispatcher.get(address, headers=english).text
    sent = {
        "dispatch-lead": organisation.get_unit(cast.second).name,
        "dispatch-seen": seen_in(html),
    }
    assert dispatcher.post(address, data=sent, headers=english).status_code == 302

    for browser, read in (
        (sign_in_as("city_liaison", unit_id=cast.second), f"/unit/tickets/{ticket_id}"),
        (sign_in_as("hotline_manager"), f"/tickets/{ticket_id}"),
        (dispatcher, address),
    ):
        told = browser.get(read, headers={"Accept-Language": "zh-CN", "Accept": "text/html"}).text
        assert "人工选择" in told, read
        assert "by_hand" not in told
        assert "Chosen by hand" not in told
