"""A unit keeps its week: who is on duty, what is wrong beside the place, and nobody else's week."""

from collections.abc import Callable

import pytest

from app.core import clock
from app.core.database import db, unit_of_work
from app.duty_roster import service
from app.duty_roster.models import DutyPerson, DutySpellRow
from app.duty_roster.roster_rules import DutyPart
from app.organisation import service as organisation
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

SignIn = Callable[..., PageClient]
WEEK = "2026-11-23"


@pytest.fixture
def unit() -> int:
    return organisation.find_unit_by_code("urban-management").id


@pytest.fixture
def liaison(sign_in_as: SignIn, unit: int) -> PageClient:
    return sign_in_as("city_liaison", unit_id=unit)


def add_person(
    browser: PageClient, unit: int, name: str = "张三", number: str = "13800001111"
) -> int:
    answer = browser.post(f"/duty-roster/{unit}/people", data={"name": name, "number": number})
    assert answer.status_code == 302, answer.text
    return max(each.id for each in service.persons_of(unit))


def plan(browser: PageClient, unit: int, person: int, **changes: str) -> int:
    form = {
        "person_id": str(person),
        "part": "first",
        "begins_at": "2026-11-23T08:30",
        "ends_at": "2026-11-24T08:30",
        **changes,
    }
    answer = browser.post(f"/duty-roster/{unit}/duty?week={WEEK}", data=form)
    return int(answer.status_code)


def spells() -> list[DutySpellRow]:
    db.session.rollback()
    return list(db.session.scalars(db.select(DutySpellRow).order_by(DutySpellRow.begins_at)))


def test_a_liaison_registers_somebody_and_puts_him_on_duty(liaison: PageClient, unit: int) -> None:
    person = add_person(liaison, unit)
    assert plan(liaison, unit, person) == 302

    page = liaison.get("/duty-roster").text
    assert "张三" in page
    assert "138****1111" in page
    assert "13800001111" not in page
    [now] = service.on_duty(unit, clock.now())
    assert (now.name, now.number, now.part) == ("张三", "+8613800001111", DutyPart.FIRST)


def test_gaps_and_overlaps_stand_in_the_cell_where_they_are(liaison: PageClient, unit: int) -> None:
    first, second = add_person(liaison, unit), add_person(liaison, unit, "李四", "13800002222")
    plan(liaison, unit, first)
    plan(liaison, unit, second, begins_at="2026-11-23T20:00", ends_at="2026-11-25T00:00")

    page = liaison.get(f"/duty-roster?week={WEEK}").text

    assert "缺班 00:00–08:30" in page
    assert "重叠 20:00–24:00" in page
    assert "重叠 00:00–08:30" in page
    # what is over cannot be mended any more
    assert "本周还有 2 处缺班或重叠需要处理" in page


def test_the_week_before_is_copied_once(liaison: PageClient, unit: int) -> None:
    person = add_person(liaison, unit)
    plan(liaison, unit, person)

    address = f"/duty-roster/{unit}/copy-week?week=2026-11-30"
    assert liaison.post(address).status_code == 302
    assert liaison.post(address).status_code == 409

    first, second = spells()
    assert second.begins_at - first.begins_at == service.A_WEEK
    assert second.ends_at - first.ends_at == service.A_WEEK


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": "2026-11-23T08:30"}, "ends_at"),
        ({"ends_at": "2026-12-02T08:30"}, "ends_at"),
        ({"begins_at": "2026-11-20T08:30", "ends_at": "2026-11-21T08:30"}, "ends_at"),
        ({"begins_at": ""}, "begins_at"),
        ({"part": "cook"}, "part"),
        ({"person_id": "9999"}, "person_id"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    liaison: PageClient, unit: int, changes: dict[str, str], field: str
) -> None:
    person = add_person(liaison, unit)
    form = {
        "person_id": str(person),
        "part": "first",
        "begins_at": "2026-11-23T08:30",
        "ends_at": "2026-11-24T08:30",
        **changes,
    }

    answer = liaison.post(f"/duty-roster/{unit}/duty?week={WEEK}", data=form)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert spells() == []


@pytest.mark.parametrize("number", ["", "110", "12345"])
def test_who_is_called_at_night_needs_a_number_that_rings(
    liaison: PageClient, unit: int, number: str
) -> None:
    answer = liaison.post(f"/duty-roster/{unit}/people", data={"name": "张三", "number": number})

    assert answer.status_code == 422
    assert 'id="number-error"' in answer.text


def test_a_number_that_is_left_empty_stays(liaison: PageClient, unit: int) -> None:
    person = add_person(liaison, unit)

    liaison.post(f"/duty-roster/{unit}/people/{person}", data={"name": "张叁", "number": ""})

    db.session.rollback()
    row = db.session.get_one(DutyPerson, person)
    assert (row.name, row.number) == ("张叁", "+8613800001111")


def test_nobody_sees_or_changes_another_units_roster(
    liaison: PageClient, unit: int, sign_in_as: SignIn
) -> None:
    other = organisation.find_unit_by_code("housing").id
    mine = add_person(liaison, unit)
    plan(liaison, unit, mine)
    [spell] = spells()
    stranger = sign_in_as("city_liaison", unit_id=other)

    assert stranger.get(f"/duty-roster?unit={unit}").status_code == 404
    assert plan(stranger, unit, mine) == 404
    assert stranger.post(f"/duty-roster/{unit}/duty/{spell.id}/take-out").status_code == 404
    # not by naming another's person or spell under one's own unit either
    assert plan(stranger, other, mine) == 422
    assert stranger.post(f"/duty-roster/{other}/duty/{spell.id}/take-out").status_code == 404
    assert stranger.post(f"/duty-roster/{other}/people/{mine}/remove").status_code == 404
    assert len(spells()) == 1


def test_a_county_keeps_its_towns_rosters_and_the_manager_everybodys(
    sign_in_as: SignIn, unit: int
) -> None:
    county = organisation.find_unit_by_code("county-441602").id
    town = organisation.find_unit_by_code("town-441602001").id
    dispatcher = sign_in_as("county_dispatcher", unit_id=county)

    assert dispatcher.get(f"/duty-roster?unit={town}").status_code == 200
    assert dispatcher.get(f"/duty-roster?unit={unit}").status_code == 404
    assert sign_in_as("hotline_manager").get(f"/duty-roster?unit={unit}").status_code == 200


def test_who_belongs_to_no_unit_is_told_so(sign_in_as: SignIn) -> None:
    assert "您不属于任何单位" in sign_in_as("city_liaison").get("/duty-roster").text


def test_a_spell_that_runs_ends_now_and_one_to_come_does_not_take_place(
    liaison: PageClient, unit: int, sign_in_as: SignIn
) -> None:
    person = add_person(liaison, unit)
    plan(liaison, unit, person)
    plan(liaison, unit, person, begins_at="2026-11-24T08:30", ends_at="2026-11-25T08:30")
    runs, comes = spells()

    liaison.post(f"/duty-roster/{unit}/duty/{runs.id}/take-out")
    liaison.post(f"/duty-roster/{unit}/duty/{comes.id}/take-out")

    [left] = spells()
    assert (left.id, left.ends_at) == (runs.id, clock.now())
    assert service.on_duty(unit, clock.now()) == []
    said = sign_in_as("auditor").get("/audit").text
    assert "撤下了河源市城市管理和综合执法局" in said
    assert "13800001111" not in said


def test_somebody_still_on_the_roster_cannot_be_removed(liaison: PageClient, unit: int) -> None:
    person = add_person(liaison, unit)
    plan(liaison, unit, person)

    assert liaison.post(f"/duty-roster/{unit}/people/{person}/remove").status_code == 409
    [spell_id] = [each.id for each in spells()]
    with unit_of_work():
        service.take_out(unit, spell_id, by=liaison.person.id)
    assert liaison.post(f"/duty-roster/{unit}/people/{person}/remove").status_code == 302
    assert service.persons_of(unit) == []
