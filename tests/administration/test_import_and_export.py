"""People in and out as files: looked at first, all or nothing, repeatable, masked."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from app.accounts import service
from app.audit import service as audit
from app.core.sheets import read_sheet
from tests import people
from tests.administration.keepers import HTML, SCRIPT, errors_of, load_lists, page, send
from tests.conftest import PageClient

PEOPLE = "/administration/people"
IMPORT = f"{PEOPLE}/import"
GOOD = """工号,姓名,角色,单位,语言,技能,联系电话
2001,邱海峰,话务员,hotline,普通话、客家话,税务,13912342817
2002,陈启航,agent,,普通话,,
"""


@pytest.fixture
def manager(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Load the lists and sign in who keeps them."""
    load_lists()
    return sign_in_as("hotline_manager")


def look(browser: PageClient, content: bytes | str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    data = {"sheet": (io.BytesIO(raw), "people.csv")}
    return browser.post(IMPORT, data=data, headers=HTML, content_type="multipart/form-data")


def take(browser: PageClient, text: str) -> Any:
    return browser.post(
        f"{IMPORT}/save", data={"text": text}, headers=HTML, content_type="multipart/form-data"
    )


def is_there(*numbers: str) -> list[bool]:
    return [service.find_by_work_number(number) is not None for number in numbers]


@pytest.mark.parametrize("spelling", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_looked_at_and_saves_nothing(manager: PageClient, spelling: str) -> None:
    answer = look(manager, GOOD.encode(spelling))

    assert answer.status_code == 200
    assert "邱海峰" in answer.text
    assert "13912342817" not in answer.text.replace(GOOD, "").split("</textarea>")[1]
    assert is_there("2001", "2002") == [False, False]


def test_what_was_looked_at_is_taken_over_and_each_newcomer_has_a_password(
    manager: PageClient, client: PageClient
) -> None:
    answer = take(manager, GOOD)

    assert is_there("2001", "2002") == [True, True]
    password = answer.text.split("<td>2001</td><td><code>")[1].split("</code>")[0]
    people.sign_in(client, "2001", password=password)
    added = service.find_by_work_number("2001")
    assert added is not None
    assert (sorted(added.languages), added.skills) == (["hakka", "mandarin"], ["tax"])


def test_the_same_file_again_changes_nobody(manager: PageClient) -> None:
    take(manager, GOOD)
    looked, again = look(manager, GOOD), take(manager, GOOD)

    assert "2001" in looked.text
    assert again.status_code == 200
    kinds = [line.kind for line in audit.list_lines().items]
    assert kinds.count("account.people_imported") == 1
    assert kinds.count("account.person_edited") == 0


def test_one_wrong_cell_and_nobody_is_taken_over(manager: PageClient) -> None:
    bad = GOOD.replace("陈启航,agent", "陈启航,皇帝")

    looked, taken = look(manager, bad), take(manager, bad)

    assert (looked.status_code, taken.status_code) == (422, 409)
    assert "sheet-fault" in looked.text
    assert 'class="btn btn-primary">全部导入' not in looked.text
    assert is_there("2001", "2002") == [False, False]


def test_somebody_added_between_look_and_save_does_not_lose_his_password(
    manager: PageClient,
) -> None:
    look(manager, GOOD)
    first = people.one_person("agent", work_number="2001", name="先来的")

    take(manager, GOOD)

    found = service.get_person(first.id)
    assert found.name == "邱海峰"
    assert service.prove_password("2001", password=people.PASSWORD).is_right


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\x00\x01", b"PK\x03\x04", b"a,b\n1,2\n", b"x" * 400_000,
     "工号,姓名,角色\n".encode()],
)  # fmt: skip
def test_what_is_no_list_of_people_is_said_at_the_field(
    manager: PageClient, content: bytes
) -> None:
    answer = look(manager, content)

    assert answer.status_code == 422
    assert errors_of(answer.text, "sheet")


def test_no_file_is_said_at_the_field(manager: PageClient) -> None:
    assert errors_of(send(manager, IMPORT).text, "sheet")


def test_a_script_in_a_cell_is_shown_as_text(manager: PageClient) -> None:
    answer = look(manager, f"工号,姓名,角色\n2001,{SCRIPT},皇帝\n")

    assert SCRIPT not in answer.text


def test_an_export_is_masked_and_read_back_without_a_change(manager: PageClient) -> None:
    take(manager, GOOD)
    sheet = manager.post(f"{PEOPLE}/export?text=200", headers=HTML)

    assert sheet.headers["Content-Disposition"].startswith("attachment")
    assert "139****2817" in sheet.text
    assert "13912342817" not in sheet.text
    assert take(manager, sheet.text).status_code == 200
    added = service.find_by_work_number("2001")
    assert added is not None
    assert added.contact_number == "13912342817"


def test_whole_numbers_leave_only_with_the_right_and_a_line_in_the_audit(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    take(manager, GOOD)
    refused = sign_in_as("system_admin").post(f"{PEOPLE}/export-whole", headers=HTML)
    whole = manager.post(f"{PEOPLE}/export-whole?text=2001", headers=HTML)

    assert refused.status_code == 403
    assert "13912342817" in whole.text
    line = audit.list_lines().items[0]
    assert (line.kind, line.actor_id) == ("account.people_exported", manager.person.id)
    assert line.data == {"count": 1, "is_masked": False}


def test_a_name_that_looks_like_a_formula_runs_in_no_spreadsheet(manager: PageClient) -> None:
    people.one_person("agent", work_number="2003", name="=cmd|'/c calc'!A1")

    sheet = manager.post(f"{PEOPLE}/export?text=2003", headers=HTML)

    assert ",=cmd" not in sheet.text
    assert read_sheet(sheet.data)[1][1][1] == "=cmd|'/c calc'!A1"


def test_the_example_is_a_file_that_can_be_taken_over(manager: PageClient) -> None:
    example = manager.get(f"{IMPORT}/example.csv")

    assert look(manager, example.data).status_code == 200
    assert page(manager, IMPORT)
