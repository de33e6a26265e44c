"""Wishes about the call on the desk: who may, what is refused, and what the desks are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.call_queue import service as call_queue
from app.calls.exchange_controls import ExchangeControls
from app.calls.models import CallOrder
from app.channels import directory
from app.core.database import db, unit_of_work
from app.core.facts import SUPERVISORS, agent_audience
from app.core.handed_down import hand_down
from telephony.control_orders import (
    CONTROL_OF,
    Control,
    SendDigits,
    SupervisionMode,
)
from tests.call_queue import desks
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient
from tests.workstation.control_hands import ask, facts_of, last_fact, send_all

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

WISHES: dict[str, dict[str, Any]] = {
    "hold": {}, "mute": {"is_on": True}, "digits": {"digits": "1"},
    "recording-pause": {"is_on": True}, "consult": {"kind": "number", "to": "15907620009"},
    "transfer": {"kind": "number", "to": "15907620009"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("what", "body", "kind"),
    [
        ("hold", {}, "HoldCaller"),
        ("mute", {"is_on": True}, "MuteAgent"),
        ("recording-pause", {"is_on": True}, "PauseRecording"),
        ("digits", {"digits": "12#"}, "SendDigits"),
    ],
)
def test_a_wish_is_taken_with_its_orders_id_and_saved(
    agent: PageClient, line: Line, what: str, body: dict[str, Any], kind: str
) -> None:
    answer = ask(agent, line, what, **body)

    assert answer.status_code == 202
    db.session.rollback()
    row = db.session.get_one(CallOrder, answer.get_json()["order_id"])
    assert (row.kind, row.wished_by) == (kind, agent.person.id)


def test_the_desk_shows_the_hold_once_it_is_told_and_not_when_it_is_wished(
    agent: PageClient, line: Line
) -> None:
    order_id = ask(agent, line, "hold").get_json()["order_id"]
    send_all()
    assert "desk.call_changed" not in dict(facts_of(agent_audience(agent.person.id)))

    tell(Talk(line).held(agent.person.work_number, 20, order_id))

    body = last_fact(agent, "desk.call_changed")
    assert (body["state"], body["order_id"]) == ("held", order_id)
    assert agent.get("/desk/snapshot").get_json()["call"]["state"] == "held"
    assert desks.state(agent.person) == "talking"


def test_a_second_click_wishes_nothing_new_and_a_wish_for_what_is_so_is_refused(
    agent: PageClient, line: Line
) -> None:
    first, second = ask(agent, line, "hold"), ask(agent, line, "hold")
    assert first.get_json() == second.get_json()
    send_all()
    tell(Talk(line).held(agent.person.work_number, 20))

    answer = ask(agent, line, "hold")

    assert (answer.status_code, answer.get_json()["refusal"]["code"]) == (409, "already-so")


def test_nobody_but_the_calls_agent_may_wish(
    colleague: PageClient, line: Line, sign_in_as: Callable[..., PageClient]
) -> None:
    answer = ask(colleague, line, "hold")
    assert (answer.status_code, answer.get_json()["refusal"]["code"]) == (409, "not-your-call")

    leader = sign_in_as("leader")
    assert ask(leader, line, "hold").status_code == 403


def test_pressed_keys_are_forgotten_once_they_are_sent(agent: PageClient, line: Line) -> None:
    order_id = ask(agent, line, "digits", digits="4711").get_json()["order_id"]

    [order] = [each for each in send_all() if isinstance(each, SendDigits)]

    assert order.digits == "4711"
    db.session.rollback()
    assert db.session.get_one(CallOrder, order_id).body["digits"] == "****"


@pytest.mark.parametrize("wished", WISHES)
def test_what_the_calls_exchange_cannot_do_is_refused_and_never_wished(
    app: Flask, agent: PageClient, line: Line, wished: str
) -> None:
    hand_down(app, ExchangeControls(by_exchange={line.exchange_id: frozenset()}))

    answer = ask(agent, line, wished, **WISHES[wished])

    assert answer.status_code == 409
    assert answer.get_json()["refusal"]["code"] == "not-on-this-exchange"
    assert not any(type(sent) in CONTROL_OF for sent in send_all())


def test_the_desk_shows_what_the_calls_exchange_can_do(
    app: Flask, agent: PageClient, line: Line
) -> None:
    able = {line.exchange_id: frozenset({Control.TRANSFER, Control.HOLD})}
    hand_down(app, ExchangeControls(by_exchange=able))

    desk = agent.get("/desk/snapshot").get_json()

    assert desk["call"]["control"]["can"] == ["hold", "transfer"]
    [of_line] = [one for one in desk["exchanges"] if one["exchange_id"] == line.exchange_id]
    assert of_line["controls"] == ["hold", "transfer"]


def test_a_wish_of_which_nothing_comes_is_an_alarm_and_one_that_is_so_anyway_is_not(
    agent: PageClient, line: Line, frozen: time_machine.Traveller
) -> None:
    held = ask(agent, line, "hold").get_json()["order_id"]
    muted = ask(agent, line, "mute", is_on=True).get_json()["order_id"]
    send_all()
    tell(Talk(line).held(agent.person.work_number, 9))
    frozen.shift(timedelta(seconds=6))

    desks.run_deadlines()
    desks.run_deadlines()

    missing = [b for n, b in facts_of(agent_audience(agent.person.id)) if "missing" in n]
    assert [body["order_id"] for body in missing] == [muted]
    assert [b["order_id"] for n, b in facts_of(SUPERVISORS) if "missing" in n] == [muted]
    db.session.rollback()
    assert not db.session.get_one(CallOrder, held).is_alarmed


def test_a_supervisor_may_listen_unseen_and_an_agent_may_not_supervise(
    agent: PageClient, line: Line, sign_in_as: Callable[..., PageClient]
) -> None:
    leader = sign_in_as("shift_leader")
    desks.open_desk(leader.person)
    desks.phone(leader.person)
    with unit_of_work():
        call_queue.become_not_ready(leader.person.id, reason="coaching")
    call_id = line.call().id
    assert agent.post(f"/supervision/calls/{call_id}", json={"mode": "listen"}).status_code == 403

    answer = leader.post(f"/supervision/calls/{call_id}", json={"mode": "listen"})
    assert answer.status_code == 202
    talk, phone = Talk(line), leader.person.work_number
    tell(talk.supervised(phone, 20, SupervisionMode.LISTEN))

    assert last_fact(agent, "desk.call_changed")["control"]["supervision"] == []
    seen = [body for name, body in facts_of(SUPERVISORS) if name == "supervision.call_changed"][-1]
    assert seen["supervision"] == [{"phone": phone, "mode": "listen"}]

    tell(talk.supervised(phone, 25, SupervisionMode.WHISPER))
    assert last_fact(agent, "desk.call_changed")["control"]["supervision"] != []


def test_calling_out_takes_the_agent_out_of_routing_and_ends_where_he_was(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")
    desks.link_up()
    desks.open_desk(browser.person)
    desks.phone(browser.person)
    with unit_of_work():
        call_queue.become_not_ready(browser.person.id, reason="paperwork")

    answer = browser.post(
        "/desk/calls-out", json={"number": "139 0000 2817", "shown_number": "12315"}
    )
    assert answer.status_code == 202
    assert (desks.state(browser.person), desks.presence(browser.person).reason) == (
        "talking",
        "calling",
    )
    card = browser.get("/desk/snapshot").get_json()["call"]
    assert (card["state"], card["caller"]["number_shown"]) == ("calling", "139****2817")

    send_all(refuse="phone-unreachable")

    assert desks.presence(browser.person).call_id is None
    assert (desks.state(browser.person), desks.presence(browser.person).reason) == (
        "not_ready",
        "paperwork",
    )


def test_the_directory_and_the_call_backs_show_no_citizens_number_whole(
    agent: PageClient, colleague: PageClient, line: Line
) -> None:
    with unit_of_work():
        directory.load_entries()
    missed = Line(call_key="missed", from_number="13900000777")
    tell(missed.arrived(100), missed.queued(101), missed.ended(130))
    assert TEN

    told = agent.get("/desk/directory").get_json()
    backs = agent.get("/desk/call-backs").get_json()["calls"]

    assert [each["work_number"] for each in told["colleagues"]] == [colleague.person.work_number]
    assert told["colleagues"][0]["can_be_rung"] is True
    assert {"police-110", "power-95598"} <= {each["code"] for each in told["entries"]}
    assert [each["number_shown"] for each in backs] == ["139****0777"]
    assert line.call() is not None
