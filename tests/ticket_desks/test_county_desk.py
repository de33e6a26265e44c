"""The county's desk: its own tickets, signed and sent down, and the register of liaison persons."""

from collections.abc import Callable

import pytest

from app.handling import dispatching, unit_parts
from app.handling.clock_rules import ClockKind
from app.handling.models import Part
from app.organisation import liaisons, unit_search
from app.organisation import service as organisation
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, typed_in, words

COUNTY = "county-441602"
ANNA = {
    "name": "陈联络", "number": "13700001234", "role": "liaison", "valid_from": "2026-11-23",
    "valid_until": "",
}  # fmt: skip


def led(cast: Cast, **changes: object) -> int:
    ticket_id = play.open_one(cast, **changes)
    plan = dispatching.Plan(lead_unit_id=cast.county.unit_id or 0)
    saved(dispatching.dispatch, ticket_id, plan, doer=cast.dispatcher)
    return ticket_id


def test_a_county_signs_and_sends_down_within_an_inner_limit(cast: Cast, desks: Desks) -> None:
    ticket_id = led(cast)
    browser = desks.at("county_dispatcher", COUNTY)
    assert "待签收 1" in words(page(browser, "/county-dispatch"))
    path = f"/county-dispatch/{ticket_id}"

    send(browser, f"{path}/sign", seen=seen_in(page(browser, path), ""))
    assert state(ticket_id) == "handling"
    answer = send(browser, f"{path}/send-down", unit=cast.town.unit_id, limit="3wd",
                  note="请到现场", seen=seen_in(page(browser, path), ""))  # fmt: skip

    assert answer.status_code == 302
    assert play.parts(ticket_id)[-1].part is Part.SENT_DOWN
    assert clock(ticket_id, ClockKind.ASSIST).limit == "3wd"
    pool = words(page(browser, "/county-dispatch?tab=sent_down"))
    assert "源城区上城街道办事处" in pool
    assert "未签收" in pool


def test_what_a_town_owes_is_late_once_its_limit_is_over(
    cast: Cast, desks: Desks, tick: Callable[..., None]
) -> None:
    ticket_id = led(cast)
    browser = desks.at("county_dispatcher", COUNTY)
    path = f"/county-dispatch/{ticket_id}"
    send(browser, f"{path}/send-down", unit=cast.town.unit_id, limit="1wd",
         seen=seen_in(page(browser, path), ""))  # fmt: skip

    tick(days=3)
    late = words(page(desks.at("county_dispatcher", COUNTY), path))
    saved(unit_parts.give_opinion, ticket_id, "已现场处理", doer=cast.town)

    assert "逾期未报" in late
    assert "已报" in words(page(desks.at("county_dispatcher", COUNTY), path))


def test_a_county_that_keeps_a_ticket_too_long_sees_it_at_the_lamp(
    cast: Cast, desks: Desks, tick: Callable[..., None]
) -> None:
    ticket_id = led(cast)
    browser = desks.at("county_dispatcher", COUNTY)
    path = f"/county-dispatch/{ticket_id}"
    send(browser, f"{path}/sign", seen=seen_in(page(browser, path), ""))
    green = page(browser, "/county-dispatch?tab=to_send_down")
    tick(days=1)
    red = page(desks.at("county_dispatcher", COUNTY), "/county-dispatch?tab=to_send_down")

    assert (green.count("bg-red"), red.count("bg-red") > 0) == (0, True)


def test_a_county_sees_nothing_of_another(cast: Cast, desks: Desks) -> None:
    ticket_id = led(cast, title="源城的事")
    others = play.open_one(cast)
    play.send(cast, others)
    browser = desks.at("county_dispatcher", "county-441623")
    own = desks.at("county_dispatcher", COUNTY)

    assert "源城的事" not in page(browser, "/county-dispatch")
    page(browser, f"/county-dispatch/{ticket_id}", status=404)
    for act in ("sign", "send-down"):
        path = f"/county-dispatch/{ticket_id}/{act}"
        assert send(browser, path, seen="2", unit="1", limit="1wd").status_code == 404
    page(own, f"/county-dispatch/{others}", status=404)
    assert state(ticket_id) == "to_sign"


def test_a_unit_with_nobody_below_is_offered_no_sending_down(cast: Cast, desks: Desks) -> None:
    ticket_id = play.handled(cast)
    browser = desks.at("city_liaison", "urban-management")

    html = page(browser, f"/county-dispatch/{ticket_id}")

    assert f'action="/county-dispatch/{ticket_id}/send-down"' not in html


@pytest.mark.parametrize("unit", ["not a unit", "1", ""])
def test_a_unit_that_is_not_below_is_refused_beside_its_field(
    cast: Cast, desks: Desks, unit: str
) -> None:
    ticket_id = led(cast)
    browser = desks.at("county_dispatcher", COUNTY)
    path = f"/county-dispatch/{ticket_id}"

    answer = send(browser, f"{path}/send-down", unit=unit, limit="3wd", note="请到现场",
                  seen=seen_in(page(browser, path), ""))  # fmt: skip

    assert answer.status_code == 422
    assert errors_of(answer.text, "unit")
    assert typed_in(answer.text, "note") == "请到现场"
    assert len(play.parts(ticket_id)) == 1


def test_a_unit_keeps_its_liaisons_and_every_change_waits_to_be_filed(
    cast: Cast, desks: Desks
) -> None:
    unit, hotline = desks.at("county_dispatcher", COUNTY), desks.at("dispatcher")
    send(unit, "/liaisons", unit=cast.county.unit_id, **ANNA)
    [anna] = liaisons.list_liaisons()
    html = page(unit, f"/liaisons/{anna.id}")
    assert "13700001234" not in html
    seen = seen_mark(html)
    send(unit, f"/liaisons/{anna.id}", **{**ANNA, "number": "", "name": "陈联系", "seen": seen})

    listed = page(hotline, "/liaisons/all")
    read = words(listed)
    assert "137****1234" in read
    assert "13700001234" not in listed
    assert "姓名 陈联络 → 陈联系" in read
    assert "2026-11-26 17:30" in read  # three working days, by the rule
    change = listed[listed.index("/liaison-changes/") :].split('"')[0]
    assert send(unit, change).status_code == 403
    assert send(hotline, change).status_code == 302
    assert send(hotline, change).status_code == 409
    assert [each.filed_at is not None for each in liaisons.changes()] == [False, True]


def seen_mark(html: str) -> str:
    found = html[html.index('name="seen"') :]
    return found[found.index('value="') + 7 :].split('"')[0]


def test_of_two_who_change_a_liaison_the_second_is_told(cast: Cast, desks: Desks) -> None:
    one, other = (desks.at("county_dispatcher", COUNTY) for _ in range(2))
    send(one, "/liaisons", unit=cast.county.unit_id, **ANNA)
    [anna] = liaisons.list_liaisons()
    seen = seen_mark(page(other, f"/liaisons/{anna.id}"))
    send(one, f"/liaisons/{anna.id}", **{**ANNA, "number": "", "role": "night", "seen": seen})

    answer = send(
        other, f"/liaisons/{anna.id}", **{**ANNA, "number": "", "name": "新名", "seen": seen}
    )

    assert answer.status_code == 409
    assert typed_in(answer.text, "name") == "新名"
    assert "夜间值守" in errors_of(answer.text, "role")


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", ""), ("number", ""), ("number", "没有"), ("role", "king"), ("valid_from", "soon"),
     ("valid_until", "2020-01-01"), ("unit", "1")],
)  # fmt: skip
def test_a_liaison_that_cannot_be_is_said_beside_its_field(
    cast: Cast, desks: Desks, field: str, typed: str
) -> None:
    browser = desks.at("county_dispatcher", COUNTY)

    answer = send(browser, "/liaisons", **{"unit": cast.county.unit_id, **ANNA, field: typed})

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    assert list(liaisons.list_liaisons()) == []


def test_a_unit_neither_sees_nor_changes_anothers_liaisons(cast: Cast, desks: Desks) -> None:
    send(desks.at("county_dispatcher", COUNTY), "/liaisons", unit=cast.county.unit_id, **ANNA)
    [anna] = liaisons.list_liaisons()
    other = desks.at("city_liaison", organisation.get_unit(cast.lead).code)

    assert "陈联络" not in page(other, "/liaisons")
    page(other, f"/liaisons/{anna.id}", status=404)
    assert send(other, f"/liaisons/{anna.id}", **ANNA).status_code == 404
    page(other, "/liaisons/all", status=403)


@pytest.mark.usefixtures("cast")
def test_every_unit_is_found_by_its_own_name_its_pinyin_and_its_initials() -> None:
    for unit in organisation.list_units():
        spelt = unit_search.spelling(unit.name)
        assert spelt.pinyin.isascii(), unit.name
        assert unit_search.find_unit(unit.name).id == unit.id
        for typed in (spelt.pinyin, spelt.initials):
            assert unit.id in {each.id for _, each in unit_search.search_units(typed)}


def test_the_form_for_a_new_liaison_says_that_a_number_is_needed_and_that_of_an_old_one_does_not(
    cast: Cast, desks: Desks
) -> None:
    unit = desks.at("county_dispatcher", "county-441602")
    marked = 'class="form-label required" for="number"'
    assert marked in page(unit, "/liaisons/new")

    send(unit, "/liaisons", unit=cast.county.unit_id, **ANNA)
    [anna] = liaisons.list_liaisons()
    assert marked not in page(unit, f"/liaisons/{anna.id}")
