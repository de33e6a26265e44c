"""The gazetteer as a file: written, looked at, taken over whole or not at all."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import db
from app.core.sheets import read_sheet
from app.organisation import gazetteer, service
from app.organisation.gazetteer import PlacesWanted
from tests.administration.keepers import page, send
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app")

FILE = "/administration/places-file"
HEAD = "种类,名称,别名,县区,镇街,地址,纬度,经度\n"
RIGHT = (
    HEAD
    + "村,新镇村,新镇、老新镇,连平县,上坪镇,,24.37,114.49\n"
    + "小区,锦绣花园,,连平县,忠信镇,府前路 1 号,,\n"
)


@pytest.fixture
def lianping(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign in who dispatches for 连平县."""
    unit_id = service.find_unit_by_code("county-441623").id
    return sign_in_as("county_dispatcher", unit_id=unit_id)


def look(browser: PageClient, text: str | bytes) -> Any:
    content = text.encode("utf-8-sig") if isinstance(text, str) else text
    sheet = (io.BytesIO(content), "places.csv")
    return browser.post(
        FILE, data={"sheet": sheet}, content_type="multipart/form-data",
        headers={"Accept": "text/html"},
    )  # fmt: skip


def places() -> list[str]:
    db.session.rollback()
    return [gazetteer.path_of(each) for each in gazetteer.all_places(PlacesWanted(), keeper=None)]


def test_a_file_is_looked_at_first_and_then_taken_over_and_twice_adds_nothing(
    lianping: PageClient,
) -> None:
    assert "新增 2 处" in look(lianping, RIGHT).text
    assert places() == []
    assert send(lianping, f"{FILE}/save", text=RIGHT).status_code == 302

    assert places() == ["连平县 上坪镇 新镇村", "连平县 忠信镇 锦绣花园"]
    assert "2 处不变" in look(lianping, RIGHT).text
    send(lianping, f"{FILE}/save", text=RIGHT)
    assert len(places()) == 2
    changed = RIGHT.replace("府前路 1 号", "府前路 2 号")
    assert "修改 1 处" in look(lianping, changed).text
    send(lianping, f"{FILE}/save", text=changed)
    assert len(places()) == 2


def test_what_is_given_away_is_understood_again_and_holds_no_formula(
    lianping: PageClient,
) -> None:
    send(lianping, f"{FILE}/save", text=RIGHT.replace("锦绣花园", "'=1+1 花园"))
    given = send(lianping, f"{FILE}/export").data

    cells = [cell for _, row in read_sheet(given) for cell in row]
    assert "=1+1 花园" in cells
    assert b",=1+1" not in given
    assert "2 处不变" in look(lianping, given).text


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("村,,,连平县,上坪镇,,,", "必填"), ("村,村,,连平县,上坪镇,,,", "至少两个字"),
        ("星球,新镇村,,连平县,上坪镇,,,", "没有这个种类"),
        ("村,新镇村,,火星县,上坪镇,,,", "没有这个县区"),
        ("村,新镇村,,,上坪镇,,,", "必填"), ("村,新镇村,,连平县,老隆镇,,,", "没有这个镇街"),
        ("村,新镇村,,龙川县,上坪镇,,,", "不归您维护"),
        ("村,新镇村,,连平县,上坪镇,,24.37,", "坐标"),
        ("村,新镇村,,连平县,上坪镇,,114.4,24.3", "坐标"),
        ("村,新镇村,,连平县,上坪镇,,north,", "坐标"),
        ("村,新镇村,,连平县,上坪镇,,,,多", "格子比列名多"),
        (f"村,{'长' * 65},,连平县,上坪镇,,,", "太长"),
        ("村,新镇村,,连平县,上坪镇,,,\n村,甲村,新镇村,连平县,上坪镇,,,", "文件中重复"),
    ],
)  # fmt: skip
def test_one_wrong_cell_is_named_and_nothing_is_taken_over(
    lianping: PageClient, row: str, told: str
) -> None:
    text = RIGHT.split("\n", 1)[0] + "\n村,好村,,连平县,上坪镇,,,\n" + row + "\n"
    answer = look(lianping, text)

    assert answer.status_code == 422
    assert told in answer.text
    saved = send(lianping, f"{FILE}/save", text=text)
    assert saved.status_code == 409
    assert places() == []


def test_a_name_of_another_place_and_a_retired_place_are_named(lianping: PageClient) -> None:
    send(lianping, f"{FILE}/save", text=RIGHT)
    other = HEAD + "村,别村,老新镇,连平县,上坪镇,,,\n"
    assert "另一处地名已用此名" in look(lianping, other).text

    [first, _] = gazetteer.all_places(PlacesWanted(), keeper=None)
    send(lianping, f"/administration/places/{first.id}/retire")
    assert "已停用，请在页面上恢复" in look(lianping, RIGHT).text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x89PNG\x00\x01", "不是 CSV"), (HEAD, "没有内容"),
        ("名称,县区\n甲,连平县\n", "第一行缺少"),
        (HEAD + "村,某村,,连平县,,,,\n" * 2001, "最多 2000 行"),
        ("x" * 400_000, "超过 300 KB"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_of_places_is_refused_in_plain_words(
    lianping: PageClient, content: str | bytes, told: str
) -> None:
    answer = look(lianping, content)

    assert answer.status_code == 422
    assert told in answer.text


def test_a_file_in_the_spelling_of_old_offices_and_in_english_is_read(
    lianping: PageClient,
) -> None:
    assert "新增 2 处" in look(lianping, RIGHT.encode("gb18030")).text
    english = "Kind;Name;County;Town\nEstate;锦绣花园;441623;忠信镇\n"
    assert "新增 1 处" in look(lianping, english).text


def test_the_example_can_be_taken_over_as_it_is(lianping: PageClient) -> None:
    example = lianping.get(f"{FILE}/example.csv").data
    assert "新增 1 处" in look(lianping, example).text
    assert "怎样导入" in page(lianping, FILE)
