"""The register's forms: what is wrong stands beside its field, nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.channels import landings, number_changes, service
from app.core import clock
from app.core.database import unit_of_work
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


@pytest.fixture
def manager(
    numbers: None,  # noqa: ARG001 - in its database
    app: Flask,  # noqa: ARG001 - its database
    frozen: time_machine.Traveller,  # noqa: ARG001 - the clock
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the lists and sign in who keeps them."""
    load_lists()
    return sign_in_as("hotline_manager")


def one() -> int:
    found = service.find_number("12315", clock.now())
    assert found is not None
    return found.id


def words(**changes: Any) -> dict[str, Any]:
    shown = number_changes.words_of_number(one())
    told = {
        "name": shown.name, "owner_unit_id": shown.owner_unit_id, "greeting": shown.greeting,
        "priority": shown.priority, "skill": "", "language": "", "note": shown.note,
    }  # fmt: skip
    return {**told, **({"is_sample": "y"} if shown.is_sample else {}), **changes}


def landing(browser: PageClient) -> None:
    answer = send(
        browser, f"/numbers/{one()}/landings", carrier="电信", delivered_did="07623330001",
        live_from="2026-11-23T09:00",
    )  # fmt: skip
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("path", "field", "data"),
    [
        ("", "words_form-name", words), ("", "words_form-priority", words),
        ("", "words_form-overflow_seconds", words), ("", "words_form-greeting", words),
        ("/mode", "mode_form-valid_from", dict), ("/state", "state_form-valid_from", dict),
        ("/landings", "landing_form-delivered_did", dict),
        ("/landings", "landing_form-live_from", dict),
        ("/routes", "routes-ring_seconds", dict), ("/routes/preview", "routes-effective_at", dict),
    ],
)  # fmt: skip
def test_what_is_wrong_in_any_form_of_a_number_is_said_beside_its_field(
    manager: PageClient, path: str, field: str, data: Callable[..., dict[str, Any]]
) -> None:
    name = field.split("-", 1)[1]
    landing(manager)

    answer = send(manager, f"/numbers/{one()}{path}", **{**data(), name: A_LOT})

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    assert "12315" in answer.text


def test_a_refusal_of_the_register_is_said_in_the_form_it_belongs_to(manager: PageClient) -> None:
    answer = send(
        manager, f"/numbers/{one()}/landings", carrier="电信", delivered_did="没有号码",
        live_from="2026-11-23T09:00",
    )  # fmt: skip

    assert answer.status_code == 422
    assert errors_of(answer.text, "landing_form-delivered_did")
    assert value_of(answer.text, "landing_form-carrier") == "电信"


def test_a_new_number_that_cannot_be_keeps_what_was_typed(manager: PageClient) -> None:
    new = words(number="110", mode="merged", name="急救")
    answer = send(manager, "/numbers", **new)

    assert answer.status_code == 422
    assert errors_of(answer.text, "number")
    assert value_of(answer.text, "name") == "急救"
    assert send(manager, "/numbers", **{**new, "number": "12399"}).status_code == 302
    again = send(manager, "/numbers", **{**new, "number": "12399"})
    assert (again.status_code, bool(errors_of(again.text, "number"))) == (409, True)


def test_two_administrators_at_one_number_lose_nothing(manager: PageClient) -> None:
    path = f"/numbers/{one()}"
    seen = seen_in(page(manager, path))
    assert send(manager, path, **words(name="别人改的"), seen=seen).status_code == 302

    answer = send(manager, path, **words(name="我改的"), seen=seen)

    assert answer.status_code == 409
    assert "别人改的" in errors_of(answer.text, "words_form-name")
    assert value_of(answer.text, "words_form-name") == "我改的"
    assert number_changes.words_of_number(one()).name == "别人改的"
    meant = words(name="我改的", seen=seen_in(answer.text))
    assert send(manager, path, **meant).status_code == 302
    assert number_changes.words_of_number(one()).name == "我改的"


def test_a_script_in_a_name_is_shown_as_text(manager: PageClient) -> None:
    path = f"/numbers/{one()}"
    send(manager, path, **words(name=SCRIPT), seen=seen_in(page(manager, path)))

    assert SCRIPT not in page(manager, path) + page(manager, "/numbers")


@pytest.mark.parametrize(
    ("query", "finds"),
    [("text=12315", True), ("text=市场", True), ("state=live", True), ("state=closed", False),
     ("mode=dual_number", True), ("mode=sub_centre", False), ("text=無", False),
     ("text=%00&state=odd", False)],
)  # fmt: skip
def test_the_register_is_filtered(manager: PageClient, query: str, finds: bool) -> None:
    assert (">12315</a>" in page(manager, f"/numbers?{query}")) is finds


def test_a_landing_has_its_page_and_is_ended_there(manager: PageClient) -> None:
    landing(manager)
    [made] = landings.list_landings(one())
    path = f"/numbers/{one()}/landings/{made.id}"
    assert "07623330001" in page(manager, path)

    for typed in ("", "soon", "2026-11-23T08:00"):
        answer = send(manager, f"{path}/end", at=typed)
        assert errors_of(answer.text, "at") or "alert-danger" in answer.text
    assert send(manager, f"{path}/end", at="2026-11-24T08:00").status_code == 302
    [ended] = landings.list_landings(one())
    assert ended.live_until is not None
    assert manager.get(f"/numbers/{one() + 1}/landings/{made.id}").status_code == 404


def test_an_empty_register_teaches_how_to_begin(sign_in_as: Callable[..., PageClient]) -> None:
    html = page(sign_in_as("hotline_manager"), "/numbers")

    assert 'class="empty"' in html
    assert "/numbers/new" in html


def test_a_skill_of_the_list_can_be_chosen(manager: PageClient) -> None:
    path = f"/numbers/{one()}"
    html = page(manager, path)
    assert '<option value="tax">税务</option>' in html
    with unit_of_work():
        number_changes.edit_number(
            one(), number_changes.NumberWords(**{
                **number_changes.values_of(number_changes.words_of_number(one())), "skill": "old",
            }),
        )  # fmt: skip
    assert '<option selected value="old">old</option>' in page(manager, path)
