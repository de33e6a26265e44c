"""At his page of a ticket the dispatcher corrects what it is and where: told, refused in place."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from app.core.database import db
from app.handling import correcting, timing
from app.handling.correcting import CategoryAndPlace
from app.organisation import service as organisation
from app.privacy.levels import PrivacyLevel
from app.rules.type_natures import Nature
from app.tickets.service import Ticket, get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, typed_in, words

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

SignIn = Callable[..., PageClient]
WRONG = "新塘路红星小区"
RIGHT = "东源大道仙塘花园"
KEPT_FROM_TOWNS = "0601"


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return play.make_cast()


@pytest.fixture
def browser(cast: Cast, sign_in_as: SignIn) -> PageClient:
    """Give a dispatcher's browser."""
    return Desks(cast, sign_in_as).at("dispatcher")


def chosen_in(html: str, field: str) -> str:
    select = html[html.index(f'id="{field}"') :].split("</select>")[0]
    found = re.search(r'<option selected value="([^"]*)"', select)
    assert found, select
    return found[1]


def correct(browser: PageClient, ticket_id: int, **typed: str) -> Any:
    """Send the form as the page had it, but for what was typed."""
    html = page(browser, f"/dispatch/{ticket_id}")
    form = {
        "category_code": chosen_in(html, "matter-category_code"),
        "place": chosen_in(html, "matter-place"),
        "reason": "与来电人核对后更正",
        "seen": seen_in(html, "matter"),
        **typed,
    }
    if 'id="matter-address"' in html:
        form.setdefault("address", typed_in(html, "matter-address"))
    return send(
        browser,
        f"/dispatch/{ticket_id}/category-and-place",
        **{f"matter-{name}": value for name, value in form.items()},
    )


def ticket_now(ticket_id: int) -> Ticket:
    db.session.rollback()
    return get_ticket(ticket_id)


def test_a_wrong_category_of_a_call_is_corrected_and_who_is_proposed_follows(
    cast: Cast, browser: PageClient
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    assert "已开始的计时不变" in words(page(browser, f"/dispatch/{ticket_id}"))
    assert correct(browser, ticket_id, category_code="0301").status_code == 302

    ticket = ticket_now(ticket_id)
    assert (ticket.category_code, ticket.county_code, ticket.address) == ("0301", "441602", WRONG)
    told = words(page(browser, f"/dispatch/{ticket_id}"))
    assert "河源市交通运输局" in told
    assert "诉求分类：由“城市管理 / 市容环卫”改为" in told


def test_a_wrong_place_is_corrected_and_the_timeline_says_what_was_before_and_after(
    cast: Cast, browser: PageClient
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    assert correct(browser, ticket_id, place="441625/441625100", address=RIGHT).status_code == 302

    ticket = ticket_now(ticket_id)
    assert (ticket.county_code, ticket.town_code) == ("441625", "441625100")
    life = words(page(browser, f"/tickets/{ticket_id}"))
    for said in (
        "更正分类和地点", "原区域 源城区 上城街道", "现区域 东源县 仙塘镇", f"原地址 {WRONG}",
        f"现地址 {RIGHT}", "与来电人核对后更正",
    ):  # fmt: skip
        assert said in life, life
    here = words(page(browser, f"/dispatch/{ticket_id}"))
    assert "所在区域：由“源城区 上城街道”改为“东源县 仙塘镇”" in here


def test_without_a_reason_nothing_changes_and_nothing_typed_is_lost(
    cast: Cast, browser: PageClient
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    given = {"category_code": "0301", "place": "441625/441625100", "address": RIGHT}
    lacking = correct(browser, ticket_id, reason="", **given)

    assert lacking.status_code == 422
    assert errors_of(lacking.text, "matter-reason")
    assert chosen_in(lacking.text, "matter-category_code") == "0301"
    assert chosen_in(lacking.text, "matter-place") == "441625/441625100"
    assert typed_in(lacking.text, "matter-address") == RIGHT
    assert ticket_now(ticket_id).category_code == "0201"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"category_code": "9999"}, "category_code"),
        ({"place": "441625/441602001"}, "place"),
        ({"place": "440100"}, "place"),
        ({"place": ""}, "place"),
        ({"address": "长" * 201}, "address"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    cast: Cast, browser: PageClient, typed: dict[str, str], field: str
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    refused = correct(browser, ticket_id, **typed)

    assert refused.status_code == 422
    assert errors_of(refused.text, f"matter-{field}")
    assert "与来电人核对后更正" in refused.text
    ticket = ticket_now(ticket_id)
    assert (ticket.category_code, ticket.county_code, ticket.address) == ("0201", "441602", WRONG)


def test_while_a_town_leads_what_may_not_go_to_a_town_is_refused_and_the_town_is_named(
    cast: Cast, browser: PageClient
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=cast.town.unit_id)
    refused = correct(browser, ticket_id, category_code=KEPT_FROM_TOWNS)

    assert refused.status_code == 409
    assert "上城街道" in errors_of(refused.text, "matter-category_code")
    assert chosen_in(refused.text, "matter-category_code") == KEPT_FROM_TOWNS
    assert ticket_now(ticket_id).category_code == "0201"


def test_who_had_an_older_page_before_him_is_told_and_changes_nothing(
    cast: Cast, browser: PageClient
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "matter")
    new = CategoryAndPlace(category_code="0301", county_code="441602", town_code=None, address=None)
    saved(correcting.correct_category_and_place, ticket_id, new, "核对", doer=cast.dispatcher)
    late = correct(browser, ticket_id, category_code="0601", seen=seen)

    assert late.status_code == 409
    assert ticket_now(ticket_id).category_code == "0301"


def test_an_address_that_is_not_shown_whole_is_in_no_form_and_stays_when_left_empty(
    cast: Cast, browser: PageClient
) -> None:
    address = f"{WRONG}，联系 13800138000"
    ticket_id = play.open_one(cast, address=address)
    html = page(browser, f"/dispatch/{ticket_id}")
    assert typed_in(html, "matter-address") == ""
    assert "不填则保持不变" in words(html)
    assert correct(browser, ticket_id, category_code="0301").status_code == 302
    assert ticket_now(ticket_id).address == address

    assert correct(browser, ticket_id, address=RIGHT).status_code == 302
    assert ticket_now(ticket_id).address == RIGHT
    for path in (f"/dispatch/{ticket_id}", f"/tickets/{ticket_id}"):
        assert "13800138000" not in page(browser, path)


def test_an_address_that_is_shown_can_be_taken_away(cast: Cast, browser: PageClient) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    assert correct(browser, ticket_id, address="").status_code == 302
    assert ticket_now(ticket_id).address == ""
    assert f"详细地址：由“{WRONG}”改为“未说明”" in words(page(browser, f"/dispatch/{ticket_id}"))


def test_of_who_is_confidential_category_and_region_are_corrected_and_no_address_is_shown(
    cast: Cast, browser: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast, address=WRONG, privacy=PrivacyLevel.CONFIDENTIAL)
    html = page(browser, f"/dispatch/{ticket_id}")
    assert 'id="matter-address"' not in html
    assert WRONG not in html
    assert "保密工单" in words(html)
    sent = correct(browser, ticket_id, category_code="0301", reason="来电显示为某厂 13900002817")
    assert sent.status_code == 302

    ticket = ticket_now(ticket_id)
    assert (ticket.category_code, ticket.address) == ("0301", WRONG)
    unit = sign_in_as("city_liaison", unit_id=cast.lead)
    for each in (browser, unit):
        for path in (
            f"/dispatch/{ticket_id}",
            f"/unit/tickets/{ticket_id}",
            f"/tickets/{ticket_id}",
        ):
            answer = each.get(path, headers={"Accept": "text/html"})
            assert WRONG not in answer.text
            assert "某厂" not in answer.text


def test_a_report_tells_no_place_that_it_was_put_right_to_before_it_was_a_report(
    cast: Cast, browser: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast, address=WRONG, grid="4416020010102")
    sent = correct(browser, ticket_id, place="441625", address=RIGHT)
    assert sent.status_code == 302
    unit = sign_in_as("city_liaison", unit_id=cast.lead)
    assert RIGHT in unescape(page(unit, f"/unit/tickets/{ticket_id}"))
    saved(timing.retype, ticket_id, Nature.REPORT, "实为举报", doer=cast.dispatcher)

    for each in (browser, unit):
        for path in (
            f"/dispatch/{ticket_id}",
            f"/unit/tickets/{ticket_id}",
            f"/tickets/{ticket_id}",
        ):
            answer = each.get(path, headers={"Accept": "text/html"})
            for secret in (WRONG, RIGHT, "4416020010102"):
                assert secret not in answer.text, path


def test_the_unit_that_handles_it_reads_what_was_corrected(
    cast: Cast, browser: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast, address=WRONG)
    assert correct(browser, ticket_id, address=RIGHT).status_code == 302
    unit = sign_in_as("city_liaison", unit_id=cast.lead)
    told = words(page(unit, f"/unit/tickets/{ticket_id}"))

    assert "更正分类和地点" in told
    assert f"详细地址：由“{WRONG}”改为“{RIGHT}”" in told


def test_a_county_dispatcher_has_no_such_form(cast: Cast, sign_in_as: SignIn) -> None:
    county = sign_in_as("county_dispatcher", unit_id=cast.county.unit_id)
    ticket_id = play.open_one(cast)
    sent = send(county, f"/dispatch/{ticket_id}/category-and-place")
    assert sent.status_code == 403


def test_the_dispatcher_reads_that_the_lead_answers_for_another_place_and_who_would(
    cast: Cast, browser: PageClient
) -> None:
    ticket_id = play.open_one(cast, county_code="441602", town_code="441602001")
    play.send(cast, ticket_id, lead=organisation.find_unit_by_code("town-441602001").id)
    assert "不管辖" not in words(page(browser, f"/dispatch/{ticket_id}"))
    new = CategoryAndPlace(
        category_code=get_ticket(ticket_id).category_code,
        county_code="441602",
        town_code="441602002",
        address=None,
    )
    saved(correcting.correct_category_and_place, ticket_id, new, "地点不同", doer=cast.dispatcher)

    told = words(page(browser, f"/dispatch/{ticket_id}"))

    fitting = organisation.find_unit_by_code("town-441602002").name
    assert f"按地点建议由{fitting}承办" in told
