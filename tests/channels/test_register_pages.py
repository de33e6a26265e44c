"""The register over the web: what a script asks, and what a person sees and presses."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.channels import landings, service
from app.organisation import service as organisation
from tests.conftest import PageClient

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}


@pytest.fixture
def manager(
    numbers: None,  # noqa: ARG001
    app: Flask,  # noqa: ARG001 - its database
    frozen: time_machine.Traveller,  # noqa: ARG001 - the clock
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the register and sign in who keeps it."""
    return sign_in_as("hotline_manager")


def number_id(number: str = "12315") -> int:
    found = service.find_number(number, AT)
    assert found is not None
    return found.id


def post(browser: PageClient, path: str, **data: Any) -> Any:
    return browser.post(path, data=data, headers=JSON)


def landing(browser: PageClient, delivered: str = "07623330001") -> int:
    answer = post(
        browser, f"/numbers/{number_id()}/landings", carrier="电信", delivered_did=delivered,
        live_from="2026-11-23T09:00",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["landing_id"])


def preview(browser: PageClient, at: str = "2026-11-23T10:00+08:00") -> Any:
    answer = browser.get(
        "/numbers/preview", query_string={"dialled": "07623330001", "at": at}, headers=JSON
    )
    return answer.get_json()


OLD_SEATS = {"kind": "old_seats", "forward_to": "07623339999", "ring_seconds": "25"}


def test_a_change_is_previewed_set_seen_and_undone(manager: PageClient) -> None:
    one = landing(manager)
    routes = f"/numbers/{number_id()}/routes"
    tomorrow = {"landings": one, **OLD_SEATS, "effective_at": "2026-11-24T08:00"}

    seen = post(manager, f"{routes}/preview", **tomorrow).get_json()["landings"][str(one)]
    assert (seen["before"]["kind"], seen["after"]["kind"]) == ("ours", "old_seats")
    assert [share["percent"] for share in seen["shares"]] == [100]
    change_id = post(manager, routes, **tomorrow).get_json()["change_id"]

    assert preview(manager, "2026-11-24T07:59+08:00")["decision"]["action"] == "queue"
    assert preview(manager, "2026-11-24T08:00+08:00")["decision"]["action"] == "forward"
    undo = f"/numbers/{number_id()}/changes/{change_id}/undo"
    assert post(manager, undo).status_code == 200
    assert preview(manager, "2026-11-24T08:00+08:00")["decision"]["action"] == "queue"
    again = post(manager, undo)
    assert (again.status_code, again.get_json()["refusal"]["code"]) == (
        409, "change-already-undone",
    )  # fmt: skip


def test_any_route_may_be_given_as_json(manager: PageClient) -> None:
    one = landing(manager)
    split = (
        '{"kind":"split","shares":[{"percent":25,"goes_to":{"kind":"ours"}},{"percent":75,'
        '"goes_to":{"kind":"moved","announcement":"number-moved"}}]}'
    )

    assert post(
        manager, f"/numbers/{number_id()}/routes", landings=one, route=split
    ).status_code == 200  # fmt: skip
    assert [share["percent"] for share in preview(manager)["shares"]] == [25, 75]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({**OLD_SEATS, "forward_to": "１１０"}, "emergency-number"),
        ({**OLD_SEATS, "forward_to": "12345"}, "forward-would-loop"),
        ({**OLD_SEATS, "forward_to": ""}, "bad-forward-target"),
        ({**OLD_SEATS, "effective_at": "2026-11-23T09:00"}, "moment-has-passed"),
        ({"route": "{{"}, "route-not-understood"),
        ({"kind": "hours", **{k: v for k, v in OLD_SEATS.items() if k != "kind"},
          "begins": "9"}, "route-not-understood"),
        ({**OLD_SEATS, "ring_seconds": "many"}, "form-refused"),
        ({**OLD_SEATS, "effective_at": "soon"}, "form-refused"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    manager: PageClient, data: dict[str, str], code: str
) -> None:
    answer = post(manager, f"/numbers/{number_id()}/routes", landings=landing(manager), **data)

    assert answer.get_json()["refusal"]["code"] == code
    assert manager.get(f"/numbers/{number_id()}", headers=JSON).get_json()["changes"] == []


def test_a_landing_of_another_number_is_not_changed(manager: PageClient) -> None:
    one = landing(manager)

    answer = post(manager, f"/numbers/{number_id('12333')}/routes", landings=one, **OLD_SEATS)

    assert answer.get_json()["refusal"]["code"] == "form-refused"


def test_a_number_is_registered_and_an_emergency_number_is_not(manager: PageClient) -> None:
    unit = organisation.list_units()[0].id
    words = {"name": "试用", "owner_unit_id": unit, "greeting": "您好", "priority": "1",
             "mode": "merged", "language": "hakka", "skill": "enterprise"}  # fmt: skip

    made = post(manager, "/numbers", number="12399", **words)
    refused = post(manager, "/numbers", number="0762119", **words)

    found = service.get_number(made.get_json()["number_id"])
    assert (found.number, found.state.value, found.language) == ("12399", "planned", "hakka")
    assert refused.get_json()["refusal"]["code"] == "emergency-number"


def test_modes_and_states_are_dated(manager: PageClient) -> None:
    path = f"/numbers/{number_id()}"
    post(manager, f"{path}/mode", mode="merged", valid_from="2026-12-01T00:00")
    post(manager, f"{path}/state", state="closed", valid_from="2027-01-01T00:00", because="并入")
    impossible = post(manager, f"{path}/state", state="planned", valid_from="2026-12-01T00:00")

    shown = manager.get(path, headers=JSON).get_json()
    assert [step["word"] for step in shown["modes"]] == ["dual_number", "merged"]
    assert [step["word"] for step in shown["states"]] == ["live", "closed"]
    assert impossible.get_json()["refusal"]["code"] == "number-state-does-not-follow"
    assert service.get_number(number_id()).mode.value == "dual_number"
    december = service.get_number(number_id(), at=datetime(2026, 12, 1, tzinfo=UTC))
    assert december.mode.value == "merged"


def test_what_is_edited_holds_for_the_next_call(manager: PageClient) -> None:
    words = {"name": "市场监管", "owner_unit_id": organisation.list_units()[0].id,
             "greeting": "您好，{work_number}", "priority": "3", "overflow_seconds": "45",
             "plays_recording_notice": "y", "language": ""}  # fmt: skip

    assert post(manager, f"/numbers/{number_id()}", **words).status_code == 200

    rules = service.rules_for_call("12315", AT)
    assert (rules.priority, rules.overflow_seconds, rules.plays_recording_notice) == (3, 45, True)


def test_a_person_sees_the_register_presses_preview_and_undo(manager: PageClient) -> None:
    one = landing(manager)
    register = manager.get("/numbers", headers=HTML).text
    assert "12315" in register
    assert "07623330001" in register

    seen = manager.post(
        f"/numbers/{number_id()}/routes/preview", data={"landings": one, **OLD_SEATS}, headers=HTML
    )
    assert seen.status_code == 200
    assert "07623339999" in seen.text
    assert landings.list_landings(number_id())[0].route == landings.list_landings(
        number_id(), at=AT
    )[0].route  # fmt: skip

    manager.post(f"/numbers/{number_id()}/routes", data={"landings": one, **OLD_SEATS})
    page = manager.get(f"/numbers/{number_id()}", headers=HTML).text
    [change] = manager.get(f"/numbers/{number_id()}", headers=JSON).get_json()["changes"]
    assert f"/changes/{change['id']}/undo" in page
    answer = manager.post(f"/numbers/{number_id()}/changes/{change['id']}/undo", headers=HTML)
    assert answer.status_code == 302


def test_who_only_reads_has_no_forms(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    landing(manager)
    reader = sign_in_as("shift_leader")

    page = reader.get(f"/numbers/{number_id()}", headers=HTML).text

    assert "/routes" not in page
    assert post(reader, f"/numbers/{number_id()}/mode", mode="merged").status_code == 403


def test_the_keeper_of_the_server_looks_ahead_too(app: Flask, manager: PageClient) -> None:
    one = landing(manager)
    post(
        manager, f"/numbers/{number_id()}/routes", landings=one, **OLD_SEATS,
        effective_at="2026-11-24T08:00",
    )  # fmt: skip

    told = app.test_cli_runner().invoke(
        args=["numbers", "preview", "07623330001", "--at", "2026-11-24T08:00+0800"]
    )

    assert json.loads(told.output)["decision"]["forward_to"] == "07623339999"
