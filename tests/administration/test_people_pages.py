"""The register of people as an administrator works in it."""

from collections.abc import Callable

import pytest

from app.accounts import people_register, service
from app.core.database import unit_of_work
from app.core.events import Event
from app.core.permissions import Role
from tests import people
from tests.administration.keepers import (
    A_LOT,
    SCRIPT,
    errors_of,
    load_lists,
    page,
    seen_in,
    send,
    value_of,
)
from tests.conftest import PageClient
from tests.workstation.desk_people import take_call

PEOPLE = "/administration/people"
NEW = {"work_number": "2001", "name": "邱海峰", "role": "agent", "unit_id": "0",
       "languages": ["mandarin", "hakka"], "skills": ["tax"],
       "contact_number": "13912342817"}  # fmt: skip


@pytest.fixture
def manager(
    numbers: None,  # noqa: ARG001 - in its database
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the lists and sign in who keeps them."""
    load_lists()
    return sign_in_as("hotline_manager")


def person(work_number: str = "2001") -> "service.User":
    found = service.find_by_work_number(work_number)
    assert found is not None
    return found


def shown(user_id: int, browser: PageClient) -> dict[str, object]:
    """What the form of a person would send if nothing were touched."""
    words = people_register.words_of(service.get_person(user_id))
    return {
        "seen": seen_in(page(browser, f"{PEOPLE}/{user_id}")),
        "name": words.name,
        "role": str(words.role),
        "unit_id": words.unit_id or 0,
        "languages": list(words.languages),
        "skills": list(words.skills),
    }


def test_a_person_is_added_and_signs_in_with_the_password_shown_once(
    manager: PageClient, client: PageClient
) -> None:
    answer = send(manager, PEOPLE, **NEW)

    assert answer.status_code == 200
    added = person()
    assert (added.role, added.languages, added.skills) == (
        Role.AGENT, ["hakka", "mandarin"], ["tax"],
    )  # fmt: skip
    assert added.must_change_password
    password = answer.text.split("<code>")[1].split("</code>")[0]
    people.sign_in(client, "2001", password=password)
    again = page(manager, f"{PEOPLE}/{added.id}")
    assert password not in again
    assert "139****2817" in again
    assert "13912342817" not in again + page(manager, PEOPLE)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("work_number", ""), ("work_number", "12"), ("work_number", "７００１"),
        ("work_number", A_LOT), ("name", ""), ("name", "  "), ("name", A_LOT),
        ("contact_number", "打我"), ("contact_number", A_LOT), ("role", "emperor"),
        ("unit_id", "99999"), ("unit_id", "many"), ("languages", "martian"), ("skills", "dragons"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    manager: PageClient, field: str, typed: str
) -> None:
    answer = send(manager, PEOPLE, **{**NEW, field: typed})

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    other = "name" if field != "name" else "work_number"
    assert value_of(answer.text, other) == NEW[other]
    assert service.find_by_work_number("2001") is None


def test_a_form_that_is_sent_twice_adds_one_person_and_says_so(manager: PageClient) -> None:
    send(manager, PEOPLE, **NEW)
    again = send(manager, PEOPLE, **NEW)

    assert again.status_code == 409
    assert "2001" in errors_of(again.text, "work_number")
    wanted = people_register.PeopleWanted(text="2001")
    assert people_register.list_people(wanted).total == 1


def test_a_script_in_a_name_is_shown_as_text(manager: PageClient) -> None:
    send(manager, PEOPLE, **{**NEW, "name": SCRIPT})

    for path in (PEOPLE, f"{PEOPLE}/{person().id}", "/administration/skills/tax"):
        html = page(manager, path)
        assert SCRIPT not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_change_is_saved_and_an_empty_telephone_stays(manager: PageClient) -> None:
    send(manager, PEOPLE, **NEW)
    user_id = person().id
    changed = {**shown(user_id, manager), "name": "邱海", "skills": ["tax", "enterprise"]}

    assert send(manager, f"{PEOPLE}/{user_id}", **changed).status_code == 302

    words = people_register.words_of(service.get_person(user_id))
    assert (words.name, words.skills) == ("邱海", ("enterprise", "tax"))
    assert words.contact_number == "13912342817"
    send(manager, f"{PEOPLE}/{user_id}", **shown(user_id, manager), drops_contact="y")
    assert service.get_person(user_id).contact_number == ""


def test_two_administrators_at_one_person_lose_nothing(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    send(manager, PEOPLE, **NEW)
    user_id = person().id
    other = sign_in_as("system_admin")
    mine, theirs = shown(user_id, manager), shown(user_id, other)
    send(other, f"{PEOPLE}/{user_id}", **{**theirs, "name": "邱海山", "skills": []})

    answer = send(manager, f"{PEOPLE}/{user_id}", **{**mine, "name": "邱海风"})

    assert answer.status_code == 409
    assert value_of(answer.text, "name") == "邱海风"
    assert "邱海山" in errors_of(answer.text, "name")
    assert errors_of(answer.text, "skills")
    assert errors_of(answer.text, "role") == ""
    assert service.get_person(user_id).name == "邱海山"
    meant = {**mine, "name": "邱海风", "seen": seen_in(answer.text)}
    assert send(manager, f"{PEOPLE}/{user_id}", **meant).status_code == 302
    assert service.get_person(user_id).name == "邱海风"


def test_the_same_change_sent_twice_is_one_change(manager: PageClient, heard: list[Event]) -> None:
    send(manager, PEOPLE, **NEW)
    changed = {**shown(person().id, manager), "name": "邱海"}
    answers = [send(manager, f"{PEOPLE}/{person().id}", **changed) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [each.name for each in heard].count("account.person_edited") == 1


def test_who_leaves_is_out_at_once_and_comes_back_with_a_new_password(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    agent = sign_in_as("agent")
    path = f"{PEOPLE}/{agent.person.id}"
    assert send(manager, f"{path}/leave").status_code == 302

    assert agent.get("/account").status_code == 302
    assert agent.person.work_number not in page(manager, PEOPLE)
    assert agent.person.work_number in page(manager, f"{PEOPLE}?state=left")
    answer = send(manager, f"{path}/return")
    password = answer.text.split("<code>")[1].split("</code>")[0]
    agent.learn_token(agent.get("/sign-in").text)
    people.sign_in(agent, agent.person.work_number, password=password)


@pytest.mark.usefixtures("frozen")
def test_nobody_is_let_go_in_the_middle_of_a_call(
    sign_in_as: Callable[..., PageClient],
) -> None:
    manager, agent = sign_in_as("hotline_manager"), sign_in_as("agent")
    take_call(agent)

    answer = send(manager, f"{PEOPLE}/{agent.person.id}/leave")

    assert answer.status_code == 409
    assert service.get_person(agent.person.id).is_active


def test_nobody_locks_himself_out(manager: PageClient) -> None:
    own = manager.person.id

    assert send(manager, f"{PEOPLE}/{own}/leave").status_code == 409
    answer = send(manager, f"{PEOPLE}/{own}", **{**shown(own, manager), "role": "agent"})
    assert answer.status_code == 409
    assert errors_of(answer.text, "role")
    assert service.get_person(own).role is Role.HOTLINE_MANAGER


@pytest.mark.parametrize("act", ["password", "sessions"])
def test_an_act_on_an_account_ends_its_sessions(
    manager: PageClient, sign_in_as: Callable[..., PageClient], act: str
) -> None:
    agent = sign_in_as("agent")
    send(manager, f"{PEOPLE}/{agent.person.id}/{act}")

    assert agent.get("/account").status_code == 302


def test_a_lost_second_step_is_taken_away(manager: PageClient) -> None:
    agent = people.one_person("agent")
    with unit_of_work():
        service.get_person(agent.id).totp_on = True

    send(manager, f"{PEOPLE}/{agent.id}/second-step")

    assert not service.get_person(agent.id).totp_on


def test_the_list_is_filtered(manager: PageClient) -> None:
    send(manager, PEOPLE, **NEW)
    people.one_person("auditor", work_number="2002", name="审计甲")

    for query, finds in (
        ("text=200", "2001 2002"), ("text=审计甲", "2002"), ("role=agent", "2001"),
        ("knows=tax", "2001"), ("knows=hakka", "2001"), ("unit=99999999999999", ""),
        ("text=%25", ""), ("text=%00&role=nobody&state=odd", "2001 2002"),
    ):  # fmt: skip
        html = page(manager, f"{PEOPLE}?{query}")
        assert [n for n in ("2001", "2002") if f">{n}</a>" in html] == finds.split(), query


def test_several_people_get_a_skill_at_once(manager: PageClient) -> None:
    ids = [people.one_person("agent").id for _ in range(3)]

    send(manager, f"{PEOPLE}/skills", ids=ids[:2], act="give", skill="enterprise")
    assert [service.get_person(each).skills for each in ids] == [["enterprise"]] * 2 + [[]]
    send(manager, f"{PEOPLE}/skills", ids=ids, act="take", skill="enterprise")
    assert [service.get_person(each).skills for each in ids] == [[]] * 3


def test_pasted_work_numbers_get_a_language_all_or_nobody(manager: PageClient) -> None:
    first, second = people.one_person("agent"), people.one_person("agent")
    path = "/administration/skills/hakka"
    pasted = f"{first.work_number}，{second.work_number}\n"

    wrong = send(manager, path, work_numbers=f"{pasted} 999999")
    assert wrong.status_code == 422
    assert "999999" in errors_of(wrong.text, "work_numbers")
    assert service.get_person(first.id).languages == ["mandarin"]
    assert send(manager, path, work_numbers=A_LOT).status_code == 422
    assert send(manager, path, work_numbers=pasted).status_code == 302
    assert service.get_person(second.id).languages == ["hakka", "mandarin"]
    send(manager, f"{path}/people/{second.id}/take")
    assert service.get_person(second.id).languages == ["mandarin"]
