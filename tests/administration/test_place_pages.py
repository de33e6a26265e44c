"""The gazetteer, as counties and the hotline work in it."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core import clock
from app.core.database import db, unit_of_work
from app.organisation import gazetteer, place_proposals, service
from app.organisation.gazetteer import PlacesWanted
from tests.administration.keepers import A_LOT, SCRIPT, errors_of, page, seen_in, send, value_of
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app")

PLACES, PROPOSALS = "/administration/places", "/administration/place-proposals"
LIANPING_TOWN, LONGCHUAN_TOWN = "441623101", "441622127"
NEW = {
    "name": "新镇村", "kind": "village", "region": LIANPING_TOWN, "other_names": "新镇、老新镇",
    "address": "", "latitude": "24.37", "longitude": "114.49",
}  # fmt: skip


def dispatcher(sign_in_as: Callable[..., PageClient], unit: str) -> PageClient:
    unit_id = service.find_unit_by_code(unit).id
    return sign_in_as("county_dispatcher", unit_id=unit_id)


@pytest.fixture
def lianping(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign in who dispatches for 连平县."""
    return dispatcher(sign_in_as, "county-441623")


def places() -> list[Any]:
    db.session.rollback()
    return list(gazetteer.all_places(PlacesWanted(), keeper=None))


def test_a_county_adds_a_place_and_agents_are_offered_it(
    lianping: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    assert send(lianping, PLACES, **NEW).status_code == 302

    html = page(lianping, PLACES)
    assert "新镇村" in html
    assert "连平县 上坪镇" in html
    offered = (
        sign_in_as("agent").post("/desk/known-places", json={"text": "老新镇"}).get_json()["places"]
    )
    assert [(each["path"], each["address"], each["kind"]) for each in offered] == [
        ("连平县 上坪镇", "新镇村", "village")
    ]


def test_a_county_sees_chooses_and_changes_nothing_of_another_county(
    lianping: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    longchuan = dispatcher(sign_in_as, "county-441622")
    send(longchuan, PLACES, **{**NEW, "region": LONGCHUAN_TOWN})
    [theirs] = places()

    assert "新镇村" not in page(lianping, PLACES)
    assert f'value="{LONGCHUAN_TOWN}"' not in page(lianping, "/administration/new-place")
    path = f"{PLACES}/{theirs.id}"
    for address in (path, f"{path}/retire", f"{path}/restore"):
        assert send(lianping, address, **NEW).status_code == 404
    refused = send(lianping, PLACES, **{**NEW, "region": LONGCHUAN_TOWN})
    assert refused.status_code == 422
    assert errors_of(refused.text, "region")
    assert len(places()) == 1


def test_the_hotline_keeps_the_places_of_every_county(
    lianping: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    manager = sign_in_as("hotline_manager")
    send(lianping, PLACES, **NEW)
    send(manager, PLACES, **{**NEW, "region": LONGCHUAN_TOWN})

    html = page(manager, f"{PLACES}?county=441622")
    assert "龙川县 上坪镇" in html
    assert "连平县 上坪镇" not in html
    assert page(manager, f"{PLACES}?text=新镇").count("新镇村</a>") == 2


def test_who_belongs_to_no_county_is_told_so(sign_in_as: Callable[..., PageClient]) -> None:
    nobody = sign_in_as("county_dispatcher")

    assert "您的账号不属于任何县区" in page(nobody, PLACES)
    assert send(nobody, PLACES, **NEW).status_code == 422
    assert places() == []


def test_a_functional_area_keeps_the_towns_that_it_runs(
    sign_in_as: Callable[..., PageClient],
) -> None:
    area, zijin = (dispatcher(sign_in_as, unit) for unit in ("fa-jd", "county-441621"))

    assert send(area, PLACES, **{**NEW, "region": "441621109"}).status_code == 302
    assert "江东新区代管" in page(area, PLACES)
    assert "新镇村" not in page(zijin, PLACES)
    assert 'value="441621109"' not in page(zijin, "/administration/new-place")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""), ("name", "村"), ("name", A_LOT), ("kind", "moon"), ("region", "000000"),
        ("region", ""), ("other_names", "、".join("甲乙丙丁戊己庚辛壬癸子丑")),
        ("other_names", A_LOT), ("address", A_LOT), ("latitude", "north"), ("latitude", "114.49"),
        ("longitude", ""), ("latitude", "nan"), ("latitude", "1e999"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_place_is_said_beside_its_field(
    lianping: PageClient, field: str, typed: str
) -> None:
    answer = send(lianping, PLACES, **{**NEW, field: typed})

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    assert places() == []


def test_a_place_is_changed_retired_and_used_again(lianping: PageClient) -> None:
    send(lianping, PLACES, **{**NEW, "name": SCRIPT[:30]})
    path = f"{PLACES}/{places()[0].id}"
    html = page(lianping, path)
    assert SCRIPT[:30] not in html

    changed = {**NEW, "seen": seen_in(html), "name": "新镇社区"}
    assert send(lianping, path, **changed).status_code == 302
    stale = send(lianping, path, **{**changed, "name": "别的名字"})
    assert stale.status_code == 409
    assert "新镇社区" in errors_of(stale.text, "name")
    assert send(lianping, f"{path}/retire").status_code == 302
    assert "新镇社区" not in page(lianping, PLACES)
    assert "新镇社区" in page(lianping, f"{PLACES}?state=retired")
    assert send(lianping, f"{path}/restore").status_code == 302
    assert "新镇社区" in page(lianping, PLACES)


def test_a_name_that_the_town_has_is_refused_and_says_where_it_is(lianping: PageClient) -> None:
    send(lianping, PLACES, **NEW)
    answer = send(lianping, PLACES, **{**NEW, "name": "老新镇", "other_names": ""})

    assert answer.status_code == 409
    assert "连平县 上坪镇 新镇村" in errors_of(answer.text, "name")


# --- what finished tickets propose -------------------------------------------------------


def test_a_county_confirms_one_proposal_and_rejects_another(
    lianping: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    with unit_of_work():
        for address in ("新镇村文化室旁", "半路上"):
            place_proposals.learn_from_finished("441623", LIANPING_TOWN, address, clock.now())
    html = page(lianping, PROPOSALS)
    assert "新镇村文化室旁" in html
    assert "新镇村文化室旁" not in page(dispatcher(sign_in_as, "county-441622"), PROPOSALS)
    ids = {each.address: each.id for each in place_proposals.open_proposals(keeper=None).items}
    first, second = (f"{PROPOSALS}/{ids[name]}" for name in ("新镇村文化室旁", "半路上"))

    assert value_of(page(lianping, first), "name") == "新镇村文化室旁"
    wrong = send(lianping, f"{first}/confirm", **{**NEW, "name": ""})
    assert errors_of(wrong.text, "name")
    done = send(lianping, f"{first}/confirm", **{**NEW, "name": "新镇文化室"})
    assert done.status_code == 302
    assert send(lianping, f"{second}/reject").status_code == 302
    assert send(lianping, f"{second}/reject").status_code == 409
    assert [each.name for each in places()] == ["新镇文化室"]
    assert "没有待确认的地址" in page(lianping, PROPOSALS)
