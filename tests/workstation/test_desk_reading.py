"""What a desk only reads: places, suggestions, lists; whatever is asked for."""

import pytest

from tests.conftest import PageClient

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("registers")]


def test_a_desk_looks_up_places_and_suggestions(desk: PageClient) -> None:
    counties = desk.get("/desk/snapshot").get_json()["counties"]
    towns = desk.get(f"/desk/places?county={counties[0]['code']}").get_json()["towns"]

    assert towns
    assert set(towns[0]) == {"code", "name"}
    assert desk.get("/desk/places?county=nowhere").get_json() == {"towns": []}
    for text in ("\0<b>", "社保" * 3000, None, 7, []):
        asked = {"text": text, "line": "x"}
        assert desk.post("/desk/suggestions", json=asked).status_code == 200
    assert desk.get("/desk/pulse").status_code == 204


@pytest.mark.parametrize("after", ["abc", "", "-1", "99999999999999999999999", "1.5", "%00"])
def test_facts_asked_for_after_nonsense_never_break(desk: PageClient, after: str) -> None:
    assert desk.get(f"/desk/facts?after={after}").status_code in {200, 409, 422}


@pytest.mark.parametrize("page", ["abc", "-1", "0", "9999999999999999999999999"])
def test_lists_asked_for_a_page_that_is_none_never_break(desk: PageClient, page: str) -> None:
    for path in ("/calls", "/tickets"):
        answer = desk.get(f"{path}?page={page}", headers={"Accept": "text/html"})
        assert answer.status_code == 200, path


@pytest.mark.parametrize("name", ["calls", "tickets"])
def test_a_page_of_something_that_cannot_exist_is_not_found(desk: PageClient, name: str) -> None:
    for number in ("4711", "99999999999999999999999"):
        answer = desk.get(f"/{name}/{number}", headers={"Accept": "text/html"})
        assert answer.status_code == 404


def test_the_phone_of_a_desk_outside_the_page_has_no_secret(desk: PageClient) -> None:
    phone = desk.get("/desk/phone").get_json()

    assert (phone["mode"], phone["secret"]) == ("http", "")
    assert phone["phone"] == desk.person.work_number
