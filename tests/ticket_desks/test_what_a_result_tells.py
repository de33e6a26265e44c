"""A result tells measures and legal basis, a visit how quickly it went, a page what is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock as wall
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.handling import results, visit_links, visiting
from app.handling.reply_checks import ResultTellsTooLittle
from app.organisation import gazetteer
from app.organisation.place_words import PlaceKind, PlaceWords
from app.rules import rule_register
from app.rules import service as rules
from app.rules.models import RetentionRule, RuleValueRow
from app.rules.type_natures import Nature
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, words

TOLD = {"measures": "更换灯泡三只，检修线路", "legal_basis": "《城市道路照明设施管理规定》第十五条"}
UNIT = "urban-management"
MARKS = {"is_solved": "yes", "result_mark": "5", "attitude_mark": "4", "words": "", "call": "0"}


def must(name: str, value: str) -> None:
    saved(rule_register.set_value, f"result.{name}", value, basis="试行", valid_from=None)


def spoken_with(cast: Cast, **changes: Any) -> int:
    ticket_id = play.handled(cast, **changes)
    play.reach(cast, ticket_id)
    return ticket_id


# --- measures and legal basis ------------------------------------------------------------


def test_what_was_done_and_by_which_law_is_read_by_unit_auditor_and_hotline(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = spoken_with(cast)
    browser = desks.at("city_liaison", UNIT)
    seen = seen_in(page(browser, f"/unit/tickets/{ticket_id}"), "result")
    typed = {"public_reply": play.REPLY, "solved": "yes", "once_key": "one", "seen": seen, **TOLD}
    sent = {f"result-{name}": value for name, value in typed.items()}
    assert browser.post(f"/unit/tickets/{ticket_id}/result", data=sent).status_code == 302

    dispatcher = desks.at("dispatcher")
    for each, address in (
        (browser, f"/unit/tickets/{ticket_id}"),
        (dispatcher, f"/audit-results/{ticket_id}"),
        (dispatcher, f"/tickets/{ticket_id}"),
    ):
        read = words(page(each, address))
        assert TOLD["measures"] in read, address
        assert TOLD["legal_basis"] in read, address


def test_without_a_rule_of_the_city_neither_is_needed(cast: Cast) -> None:
    ticket_id = spoken_with(cast)
    with unit_of_work():
        of_results = RuleValueRow.key.startswith("result.", autoescape=True)
        db.session.execute(db.delete(RuleValueRow).where(of_results))
    play.hand_in(cast, ticket_id)

    assert results.results_of(ticket_id)[0].measures == ""


@pytest.mark.parametrize(
    ("rule", "kind", "is_needed"),
    [
        ("result_optional", Nature.COMPLAINT, False),
        ("result_complaints", Nature.COMPLAINT, True),
        ("result_complaints", Nature.HELP, False),
        ("result_all", Nature.HELP, True),
    ],
)
@pytest.mark.parametrize("name", ["measures", "legal_basis"])
def test_a_dated_rule_says_of_which_tickets_a_result_must_tell_it(
    cast: Cast, rule: str, kind: Nature, is_needed: bool, name: str
) -> None:
    must(name, rule)
    ticket_id = spoken_with(cast, request_type=kind)
    if is_needed:
        with pytest.raises(ResultTellsTooLittle) as refused:
            play.hand_in(cast, ticket_id)
        assert refused.value.field == name
        play.hand_in(cast, ticket_id, **{name: TOLD[name]})
    else:
        play.hand_in(cast, ticket_id)

    assert len(results.results_of(ticket_id)) == 1


def test_a_rule_that_begins_tomorrow_asks_nobody_today(cast: Cast) -> None:
    tomorrow = wall.now() + timedelta(days=1)
    saved(
        rule_register.set_value, "result.measures", "result_all", basis="试行", valid_from=tomorrow
    )
    ticket_id = spoken_with(cast)
    play.hand_in(cast, ticket_id)

    assert len(results.results_of(ticket_id)) == 1


def test_what_a_rule_needs_stands_open_and_its_lack_is_said_beside_it(
    cast: Cast, desks: Desks
) -> None:
    must("measures", "result_all")
    ticket_id = spoken_with(cast)
    browser = desks.at("city_liaison", UNIT)
    html = page(browser, f"/unit/tickets/{ticket_id}")
    assert html.index('id="result-measures"') < html.index("内部办理情况")
    typed = {"public_reply": play.REPLY, "solved": "yes", "seen": seen_in(html, "result")}
    sent = {f"result-{name}": value for name, value in typed.items()}

    refused = browser.post(
        f"/unit/tickets/{ticket_id}/result", data=sent, headers={"Accept": "text/html"}
    )
    assert refused.status_code == 422
    assert "须写明此项" in errors_of(refused.text, "result-measures")
    assert play.REPLY in refused.text


# --- how quickly it went -----------------------------------------------------------------


@pytest.mark.parametrize(("typed", "kept"), [("2", 2), ("", None), (None, None)])
def test_the_citizen_may_say_how_quickly_it_went_and_need_not(
    cast: Cast, client: PageClient, typed: str | None, kept: int | None
) -> None:
    ticket_id = play.audited(cast)
    address = visit_links.link_for(ticket_id)
    client.learn_token(client.get(address).text)
    said = MARKS if typed is None else {**MARKS, "efficiency_mark": typed}
    assert "感谢您的评价" in client.post(address, data=said).text

    [visit] = visiting.visits_of(ticket_id)
    assert (visit.result_mark, visit.attitude_mark, visit.efficiency_mark) == (5, 4, kept)


def test_a_mark_that_is_none_is_refused(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(visiting.MarkUnfit):
        play.ask(cast, ticket_id, efficiency_mark=6)

    assert visiting.visits_of(ticket_id) == []


# --- how long it is kept -----------------------------------------------------------------


def test_a_closed_ticket_says_until_when_it_is_kept_by_the_rule_of_its_class(
    cast: Cast, desks: Desks
) -> None:
    with unit_of_work():
        rules.load_retention_rules()
    browser = desks.at("dispatcher")
    ticket_id = play.audited(cast)
    assert "保存期限" not in page(browser, f"/tickets/{ticket_id}")
    play.ask(cast, ticket_id)
    closed_at = get_ticket(ticket_id).closed_at
    assert closed_at is not None
    until = (closed_at + timedelta(days=3650)).astimezone(CITY_TIME).date()

    read = words(page(browser, f"/tickets/{ticket_id}"))
    assert f"保存期限 至 {until.isoformat()}（自办结起 3650 天）" in read
    with unit_of_work():
        db.session.execute(db.delete(RetentionRule).where(RetentionRule.record_class == "ticket"))
    assert "保存期限" not in page(browser, f"/tickets/{ticket_id}")


# --- which place of the gazetteer it is --------------------------------------------------


@pytest.fixture
def add_place(cast: Cast) -> Callable[..., int]:  # noqa: ARG001 - its regions
    def add(name: str, kind: PlaceKind = PlaceKind.VILLAGE, **changes: Any) -> int:
        given = {
            "other_names": (), "county_code": "441602", "town_code": "441602001", "latitude": None,
            "longitude": None, **changes,
        }  # fmt: skip
        with unit_of_work():
            return gazetteer.add_place(PlaceWords(kind=kind, name=name, **given), keeper=None).id

    return add


def test_a_ticket_is_joined_to_the_place_that_was_chosen_and_its_page_names_it(
    cast: Cast, desks: Desks, add_place: Callable[..., int]
) -> None:
    village = add_place("梧峰村")
    estate = add_place("碧水花园", PlaceKind.ESTATE)
    at_village = play.open_one(cast, address="梧峰村 12 号", place_id=village)
    at_estate = play.open_one(cast, address="碧水花园")
    browser = desks.at("dispatcher")

    assert (get_ticket(at_village).place_id, get_ticket(at_estate).place_id) == (village, estate)
    assert "村（社区） 梧峰村" in words(page(browser, f"/tickets/{at_village}"))
    assert "小区、点位 碧水花园" in words(page(browser, f"/tickets/{at_estate}"))


def test_a_chosen_place_that_the_address_does_not_name_or_that_lies_elsewhere_is_none(
    cast: Cast, add_place: Callable[..., int]
) -> None:
    here = add_place("梧峰村")
    elsewhere = add_place("梧桐村", county_code="441623", town_code="441623101")
    stale = play.open_one(cast, address="建设大道 18 号", place_id=here)
    far = play.open_one(cast, address="梧桐村", place_id=elsewhere)
    unknown = play.open_one(cast, address="某处", place_id=987654)

    assert [get_ticket(each).place_id for each in (stale, far, unknown)] == [None, None, None]


def test_two_places_of_one_name_are_nobodys_until_one_is_chosen(
    cast: Cast, add_place: Callable[..., int]
) -> None:
    add_place("新村")
    other = add_place("新村", town_code="441602002")
    unsaid = play.open_one(cast, address="新村", town_code=None)
    chosen = play.open_one(cast, address="新村 3 组", town_code=None, place_id=other)

    assert get_ticket(unsaid).place_id is None
    assert get_ticket(chosen).place_id == other


def test_of_a_confidential_ticket_the_place_is_hidden_with_the_address(
    cast: Cast, desks: Desks, add_place: Callable[..., int]
) -> None:
    village = add_place("梧峰村")
    ticket_id = play.open_one(cast, address="梧峰村", place_id=village, is_confidential=True)

    assert get_ticket(ticket_id).place_id == village
    assert "梧峰村" not in page(desks.at("dispatcher"), f"/tickets/{ticket_id}")
