"""The simulator panel: who may use it, what it does, what it says when it cannot."""

import html
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config
from app.callers import service as callers
from app.calls.events import PhoneThere
from app.channels.registers import load_registers
from app.core.database import unit_of_work
from app.core.events import publish
from app.demo import listeners, service
from app.factory import create_app
from telephony.events import CallArrived, LinkChanged
from telephony.simulator.provider import as_exchange, simulator_of
from telephony.simulator.settings import read_settings
from telephony.simulator.simulator import Simulator
from tests.telephony.exchange_bench import Ear, to_the_queue

pytestmark = pytest.mark.one_database

SignIn = Callable[..., Any]


@pytest.fixture
def simulator(registers: None, app: Flask) -> Simulator:  # noqa: ARG001
    """The app's simulator, with the demonstration's register of numbers to dial."""
    with unit_of_work():
        load_registers()
    found = simulator_of(app.extensions["hotline.exchanges"]["sim"])
    assert found is not None
    return found


@pytest.fixture
def ear(simulator: Simulator) -> Iterator[Ear]:
    """Somebody who listens to it, as the switchboard does."""
    ear = Ear()
    thread = Thread(target=simulator.listen, args=(ear.tell, to_the_queue), daemon=True)
    thread.start()
    ear.wait_for(LinkChanged, is_up=True)
    yield ear
    simulator.stop()
    thread.join(5)


def a_form(**changes: object) -> dict[str, object]:
    return {
        "exchange_id": "sim",
        "dialled": "12315",
        "from_number": "",
        "patience": "60",
        "talk_seconds": "90",
        "count": "1",
        **changes,
    }


def test_an_agent_opens_the_panel_and_finds_the_registered_numbers(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    page = sign_in_as("agent").get("/simulator")

    assert page.status_code == 200
    assert 'value="12315"' in page.text
    assert 'value="12345"' in page.text
    assert simulator.exchange_id == "sim"


@pytest.mark.parametrize("role", ["leader", "town_clerk", "auditor"])
def test_who_has_no_desk_has_no_panel(sign_in_as: SignIn, role: str) -> None:
    assert sign_in_as(role).get("/simulator").status_code == 403


@pytest.mark.usefixtures("simulator")
def test_nobody_opens_it_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/simulator").status_code == 302


def test_a_live_site_has_no_panel(environment: dict[str, str]) -> None:
    live = create_app(config.read_settings({**environment, "SITE_MODE": "live", "EXCHANGES": ""}))

    rules = [str(rule) for rule in live.url_map.iter_rules()]
    assert not [rule for rule in rules if rule.startswith("/simulator")]


def test_a_placed_call_arrives_as_it_was_described(
    sign_in_as: SignIn, simulator: Simulator, ear: Ear
) -> None:
    browser = sign_in_as("agent")

    answer = browser.post("/simulator/calls", data=a_form(from_number="15407620042"))

    assert answer.status_code == 302
    arrived = ear.wait_for(CallArrived)
    assert (arrived.dialled_number, arrived.from_number) == ("12315", "15407620042")
    [call] = simulator.recent()
    assert call.gives_up_at is not None
    assert (call.gives_up_at - call.invited_at).total_seconds() == 60
    page = browser.get("/simulator").text
    assert "154****0042" in page
    assert "15407620042" not in page.split("simulated-calls")[1]


def test_several_callers_may_come_at_once_and_hide_their_numbers(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    sign_in_as("agent").post("/simulator/calls", data=a_form(count="3", is_withheld="y"))

    assert [call.from_number for call in simulator.recent()] == ["", "", ""]


def test_callers_without_a_given_number_have_numbers_of_their_own(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    sign_in_as("agent").post("/simulator/calls", data=a_form(count="5"))

    assert len(simulator.recent()) == 5
    assert all(call.from_number or call.from_number == "" for call in simulator.recent())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dialled", "110"),
        ("dialled", ""),
        ("from_number", "not a number"),
        ("from_number", "12"),
        ("patience", "4"),
        ("patience", "soon"),
        ("patience", ""),
        ("talk_seconds", "301"),
        ("count", "0"),
        ("count", "21"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nobody_calls(
    sign_in_as: SignIn, simulator: Simulator, field: str, value: str
) -> None:
    answer = sign_in_as("agent").post("/simulator/calls", data=a_form(**{field: value}))

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert simulator.recent() == []


@pytest.mark.usefixtures("simulator")
def test_what_was_typed_is_kept_when_it_is_refused(sign_in_as: SignIn) -> None:
    answer = sign_in_as("agent").post(
        "/simulator/calls", data=a_form(from_number="15407620042", patience="4")
    )

    assert 'value="15407620042"' in answer.text
    assert 'value="4"' in answer.text


def test_a_caller_can_be_made_to_hang_up_once(sign_in_as: SignIn, simulator: Simulator) -> None:
    browser = sign_in_as("agent")
    call_key = simulator.place_call("12315")
    form = {"exchange_id": "sim", "call_key": call_key}

    first = browser.post("/simulator/calls/hang-up", data=form)
    second = browser.post("/simulator/calls/hang-up", data=form)

    assert (first.status_code, second.status_code) == (302, 302)
    assert [call.is_up for call in simulator.recent()] == [False]
    assert "alert-warning" in browser.get("/simulator").text


def test_calls_by_themselves_can_be_switched_on_slowed_down_and_off(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    browser = sign_in_as("agent")

    browser.post("/simulator/traffic", data={"exchange_id": "sim", "is_on": "y", "every": "45"})
    assert (simulator.traffic_plan.is_on, simulator.traffic_plan.every) == (True, 45)

    browser.post("/simulator/traffic", data={"exchange_id": "sim", "every": "45"})
    assert not simulator.traffic_plan.is_on


def test_a_rate_that_cannot_be_is_said_beside_its_field(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    answer = sign_in_as("agent").post(
        "/simulator/traffic", data={"exchange_id": "sim", "is_on": "y", "every": "0"}
    )

    assert answer.status_code == 422
    assert 'id="every-error"' in answer.text
    assert not simulator.traffic_plan.is_on


@pytest.mark.usefixtures("simulator")
def test_a_simulator_that_is_not_there_is_not_found(sign_in_as: SignIn) -> None:
    browser = sign_in_as("agent")

    assert browser.get("/simulator?exchange=hy9").status_code == 404
    assert browser.post("/simulator/calls", data=a_form(exchange_id="hy9")).status_code == 404


def test_the_panel_says_that_nobody_listens_or_that_no_desk_is_open(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    browser = sign_in_as("agent")
    assert "alert-warning" in browser.get("/simulator").text

    ear = Ear()
    thread = Thread(target=simulator.listen, args=(ear.tell, to_the_queue), daemon=True)
    thread.start()
    ear.wait_for(LinkChanged, is_up=True)
    assert "alert-info" in browser.get("/simulator").text
    simulator.stop()
    thread.join(5)


def test_the_part_that_changes_by_itself_is_fetched_alone(
    sign_in_as: SignIn, simulator: Simulator
) -> None:
    simulator.place_call("12315", from_number="15407620042")

    part = sign_in_as("agent").get("/simulator/calls?exchange=sim")

    assert "154****0042" in part.text
    assert "<html" not in part.text


def test_two_simulators_stand_side_by_side(
    app: Flask, sign_in_as: SignIn, simulator: Simulator
) -> None:
    second = Simulator("sim2", read_settings("quiet", {}))
    app.extensions["hotline.exchanges"]["sim2"] = as_exchange(second)
    browser = sign_in_as("agent")

    browser.post("/simulator/calls", data=a_form(exchange_id="sim2"))

    assert (len(simulator.recent()), len(second.recent())) == (0, 1)
    assert "exchange=sim2" in html.unescape(browser.get("/simulator").text)


def test_a_phone_that_comes_teaches_the_simulator_whom_to_call_and_who_calls(
    app: Flask, simulator: Simulator
) -> None:
    listeners.register()
    with unit_of_work():
        callers.get_or_open_caller("15407620042", "刘女士")
    with unit_of_work():
        publish(PhoneThere(exchange_id="sim", phone="1006"))

    simulator.place_call("12315")
    numbers = {line.number for line in service.list_lines()}
    placed = [simulator._traffic.make_caller() for _ in range(200)]
    assert {caller.dialled_number for caller in placed} == numbers
    assert "+8615407620042" in {caller.from_number for caller in placed}
    assert app.extensions["hotline.exchanges"]["sim"].kind == "simulator"


def test_a_real_exchange_is_left_alone() -> None:
    service.name_numbers({}, "hy1")
