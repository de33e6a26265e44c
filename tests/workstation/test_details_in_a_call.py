"""What a ticket's form may say besides: who asks, for whom, how far the matter goes."""

from typing import Any

import pytest

from app.core.database import db, unit_of_work
from app.organisation import gazetteer
from app.organisation.place_words import PlaceKind, PlaceWords
from app.rules import code_register
from app.tickets.models import Ticket
from app.tickets.person_details import AgeGroup, Gender, PersonKind, SpecialGroup
from app.tickets.spots import CoordinatesSource
from tests.calls.line_news import Line
from tests.conftest import PageClient
from tests.workstation.desk_people import take_call, ticket

pytestmark = pytest.mark.usefixtures("registers")

DETAILS = {
    "person_kind": "enterprise", "identity_number": "４41602 19900101 018x",
    "organisation_name": "示例物流公司",
    "credit_code": "９1350100 m000100-y43", "special_group": "soldier", "callback_wanted": "no",
    "best_time": "18 点后", "consent_public": "yes", "people_count": "３０", "amount": "12,000 元",
    "gender": "female", "age_group": "from_60", "grid": "源城-上城-07",
    "coordinates": "114.701，23.743", "coordinates_source": "measured",
}  # fmt: skip


@pytest.fixture
def talk(desk: PageClient) -> Line:
    return take_call(desk)


def send(desk: PageClient, talk: Line, **changes: Any) -> Any:
    return desk.post(f"/desk/calls/{talk.call().id}/ticket", json=ticket(**changes))


def opened() -> list[Ticket]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Ticket).order_by(Ticket.id)))


def test_what_was_said_is_kept_as_it_is_meant(desk: PageClient, talk: Line) -> None:
    assert send(desk, talk, **DETAILS).status_code == 201

    [row] = opened()
    assert (row.person_kind, row.special_group) == (PersonKind.ENTERPRISE, SpecialGroup.SOLDIER)
    assert (row.organisation_name, row.credit_code) == ("示例物流公司", "91350100M000100Y43")
    assert row.identity_number == "44160219900101018X"
    assert (row.callback_wanted, row.consent_public) == (False, True)
    assert (row.best_time, row.people_count, row.amount) == ("18 点后", 30, 12000)
    assert (row.gender, row.age_group, row.grid) == (
        Gender.FEMALE,
        AgeGroup.FROM_60,
        "源城-上城-07",
    )
    assert (row.latitude, row.longitude) == (23.743, 114.701)
    assert row.coordinates_source is CoordinatesSource.MEASURED


def test_what_was_not_asked_is_neither_yes_nor_no(desk: PageClient, talk: Line) -> None:
    assert send(desk, talk).status_code == 201

    [row] = opened()
    assert (row.person_kind, row.special_group) == (None, None)
    assert (row.callback_wanted, row.consent_public) == (None, None)
    assert (row.people_count, row.amount, row.credit_code) == (None, None, "")
    assert (row.gender, row.age_group, row.grid) == (None, None, "")
    assert (row.latitude, row.longitude, row.coordinates_source) == (None, None, None)


def test_a_second_demand_is_of_the_same_person_and_has_an_extent_of_its_own(
    desk: PageClient, talk: Line
) -> None:
    whole = ticket()
    second = {name: whole[name] for name in ("request_type", "category_code", "content", "demand")}
    more = {**second, "title": "另一件"}
    assert send(desk, talk, **DETAILS, further=[more]).status_code == 201

    [first, other] = opened()
    assert other.organisation_name == first.organisation_name
    assert (first.people_count, other.people_count, other.amount) == (30, None, None)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("credit_code", "91350100M000100Y44"), ("credit_code", "9135"), ("credit_code", "长" * 41),
        ("person_kind", "moon"), ("special_group", "moon"), ("callback_wanted", "perhaps"),
        ("consent_public", "True"), ("people_count", "many"), ("people_count", "0"),
        ("amount", "一万"), ("amount", "-1"), ("organisation_name", "长" * 101),
        ("best_time", "长" * 61), ("identity_number", "441602199001010180"),
        ("identity_number", "44160219900101018"), ("identity_number", "441602199013011235"),
        ("gender", "moon"), ("age_group", "42"), ("grid", "长" * 41),
        ("coordinates", "23.743"), ("coordinates", "39.9, 116.4"), ("coordinates_source", "moon"),
        ("coordinates_source", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_no_ticket_is_opened(
    desk: PageClient, talk: Line, field: str, typed: str
) -> None:
    answer = send(desk, talk, **{**DETAILS, field: typed})

    assert answer.status_code == 422
    assert set(answer.get_json()["refusal"]["fields"]) == {field}
    assert opened() == []


def test_a_person_has_no_code_of_an_organisation(desk: PageClient, talk: Line) -> None:
    answer = send(desk, talk, **{**DETAILS, "person_kind": "individual"})

    assert set(answer.get_json()["refusal"]["fields"]) == {"credit_code"}


def test_the_draft_keeps_the_details(desk: PageClient, talk: Line) -> None:
    body = {"tab": "ticket", "ticket": {**DETAILS, "content": "路面塌陷"}}
    address = f"/desk/calls/{talk.call().id}/draft"
    assert desk.put(address, json={"version": 0, "body": body}).status_code == 200

    kept = desk.get("/desk/snapshot").get_json()["call"]["draft"]["body"]["ticket"]
    assert {name: kept[name] for name in DETAILS} == DETAILS


def test_an_offered_place_says_what_it_is(desk: PageClient) -> None:
    found = desk.post("/desk/known-places", json={"text": "临江"}).get_json()["places"]

    [town] = [each for each in found if each["town_code"] == "441621109"]
    assert (town["path"], town["run_by"], town["kind"]) == ("紫金县 临江镇", "江东新区", "")


def test_flags_and_tags_are_given_in_the_call_and_a_second_demand_has_none(
    desk: PageClient, talk: Line
) -> None:
    with unit_of_work():
        code_register.load_codes()
    whole = ticket()
    second = {name: whole[name] for name in ("request_type", "category_code", "content", "demand")}
    given = {"flags": "group risk", "tags": "wage_arrears", "further": [{**second, "title": "二"}]}
    assert send(desk, talk, **given).status_code == 201

    first, other = opened()
    assert (first.flags, first.tags) == (["risk", "group"], ["wage_arrears"])
    assert (other.flags, other.tags) == ([], [])


@pytest.mark.parametrize(("field", "typed"), [("flags", "moon"), ("tags", "moon")])
def test_a_flag_or_a_tag_that_nobody_offers_is_refused_beside_its_field(
    desk: PageClient, talk: Line, field: str, typed: str
) -> None:
    answer = send(desk, talk, **{field: typed})

    refusal = answer.get_json()["refusal"]
    assert answer.status_code in (409, 422)
    assert field in {refusal.get("field"), *refusal.get("fields", {})}
    assert opened() == []


def test_the_desk_is_told_which_flags_and_tags_there_are(desk: PageClient) -> None:
    with unit_of_work():
        code_register.load_codes()
    rules = desk.get("/desk/snapshot").get_json()["form_rules"]

    assert rules["flags"] == ["risk", "sensitive", "group", "complex"]
    assert {"code": "wage_arrears", "name_zh": "欠薪", "name_en": "Unpaid wages"} in rules["tags"]


def test_whose_name_is_not_kept_his_telephone_is_not_placed_nor_his_card_kept(
    desk: PageClient, talk: Line
) -> None:
    told = {**DETAILS, "coordinates_source": "caller", "is_anonymous": True}
    assert send(desk, talk, **told).status_code == 201

    [row] = opened()
    assert (row.latitude, row.longitude, row.coordinates_source) == (None, None, None)
    assert row.identity_number == ""


def test_a_place_of_the_gazetteer_brings_its_coordinates(desk: PageClient, talk: Line) -> None:
    with unit_of_work():
        for town, latitude in (("441623101", 24.2), ("441622112", 24.1)):
            words = PlaceWords(
                kind=PlaceKind.VILLAGE, name="下洞村", other_names=("老屋下",),
                county_code=town[:6], town_code=town, latitude=latitude, longitude=114.9,
            )  # fmt: skip
            gazetteer.add_place(words, keeper=None)
    lies = {"county_code": "441623", "town_code": "441623101", "address": "老屋下"}
    assert send(desk, talk, **lies).status_code == 201

    [row] = opened()
    assert (row.latitude, row.longitude) == (24.2, 114.9)
    assert row.coordinates_source is CoordinatesSource.GAZETTEER


def test_the_place_that_was_taken_goes_with_the_ticket_and_an_offered_one_names_itself(
    desk: PageClient, talk: Line
) -> None:
    with unit_of_work():
        words = PlaceWords(
            kind=PlaceKind.VILLAGE, name="下洞村", other_names=(), county_code="441623",
            town_code="441623101", latitude=None, longitude=None,
        )  # fmt: skip
        place_id = gazetteer.add_place(words, keeper=None).id
    found = desk.post("/desk/known-places", json={"text": "下洞村"}).get_json()["places"]
    assert [each["place_id"] for each in found if each["address"] == "下洞村"] == [place_id]

    lies = {"county_code": "441623", "town_code": "441623101", "address": "下洞村三组 8 号"}
    assert send(desk, talk, **lies, place_id=str(place_id)).status_code == 201
    assert send(desk, talk, **lies, place_id="", title="二").status_code == 201
    assert send(desk, talk, **lies, place_id="x", title="三").status_code == 422
    assert [row.place_id for row in opened()] == [place_id, None]


def test_what_was_said_counts_for_more_than_the_gazetteer_and_doubt_for_nothing(
    desk: PageClient, talk: Line
) -> None:
    with unit_of_work():
        for town in ("441623101", "441623102"):
            words = PlaceWords(
                kind=PlaceKind.VILLAGE, name="下洞村", other_names=(), county_code="441623",
                town_code=town, latitude=24.2 + int(town[-1]) / 10, longitude=114.9,
            )  # fmt: skip
            gazetteer.add_place(words, keeper=None)
    lies = {"county_code": "441623", "town_code": "", "address": "下洞村", "title": "一"}
    assert send(desk, talk, **lies).status_code == 201
    said = {"coordinates": "24.15, 114.8", "coordinates_source": "measured"}
    assert send(desk, talk, **{**lies, "title": "二", **said}).status_code == 201

    unsure, sure = opened()
    assert unsure.coordinates == ""
    assert sure.coordinates == "24.150000, 114.800000"
