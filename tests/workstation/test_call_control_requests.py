"""Wishes about the call on the desk: who may, what is refused, and what the desks are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.call_queue import service as call_queue
from app.calls import order_book
from app.calls.exchange_controls import ExchangeControls
from app.calls.models import CallOrder, CallTransfer
from app.channels import directory
from app.core.database import db, unit_of_work
from app.core.facts import SUPERVISORS, Fact, agent_audience
from app.core.handed_down import hand_down
from telephony.control_orders import (
    CONTROL_OF,
    CallParty,
    Control,
    SendDigits,
    SupervisionMode,
    TransferCaller,
)
from tests.call_queue import desks
from tests.calls.control_news import OUTSIDE, TAKER, Talk
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import take_call

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")


@pytest.fixture
def agent(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return sign_in_as("agent")


@pytest.fixture
def line(agent: PageClient) -> Line:
    return take_call(agent)


@pytest.fixture
def colleague(sign_in_as: Callable[..., PageClient], line: Line) -> PageClient:  # noqa: ARG001
    """Another agent, ready at his desk, once the call is the first one's."""
    other = sign_in_as("agent")
    desks.open_desk(other.person)
    desks.phone(other.person)
    with unit_of_work():
        call_queue.become_ready(other.person.id)
    return other


def ask(browser: PageClient, line: Line, what: str, **body: Any) -> Any:
    return browser.post(f"/desk/calls/{line.call().id}/{what}", json=body)


def facts_of(audience: str) -> list[tuple[str, dict[str, Any]]]:
    db.session.rollback()
    wanted = db.select(Fact).where(Fact.audience == audience).order_by(Fact.number)
    return [(fact.name, fact.body) for fact in db.session.execute(wanted).scalars()]


def last_fact(browser: PageClient, name: str) -> dict[str, Any]:
    return [body for n, body in facts_of(agent_audience(browser.person.id)) if n == name][-1]


def send_all(*, refuse: str = "") -> list[Any]:
    """Let the switchboard send what was wished."""
    sent = []
    while True:
        with unit_of_work():
            order = order_book.take_next("sim")
        if order is None:
            return sent
        sent.append(order)
        with unit_of_work():
            if refuse:
                order_book.mark_refused(order.order_id, code=refuse)
            else:
                order_book.mark_taken(order.order_id)


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


def test_a_consulted_colleague_is_out_of_routing_at_once_and_sees_the_call_when_it_rings(
    agent: PageClient, colleague: PageClient, line: Line
) -> None:
    phone = colleague.person.work_number
    order = ask(agent, line, "consult", kind="colleague", to=phone).get_json()["order_id"]
    assert (desks.state(colleague.person), desks.presence(colleague.person).reason) == (
        "offered",
        "consult",
    )

    talk = Talk(line)
    tell(talk.rings(phone, 20, order=order))
    offer = last_fact(colleague, "desk.offer_made")["offer"]
    assert (offer["call_id"], offer["why"]) == (line.call().id, "consulted")
    assert colleague.get("/desk/snapshot").get_json()["offer"]["offer_id"] == offer["offer_id"]

    tell(talk.answers(phone, 24, order=order))
    assert (desks.state(colleague.person), desks.presence(colleague.person).reason) == (
        "talking",
        "consulted",
    )
    [party] = last_fact(agent, "desk.call_changed")["control"]["parties"]
    assert (party["name"], party["is_answered"]) == (colleague.person.name, True)

    tell(talk.leaves(phone, 30, order=order))
    assert desks.state(colleague.person) == "ready"
    assert desks.state(agent.person) == "talking"


def test_an_attended_transfer_puts_one_agent_in_wrap_up_and_the_call_on_the_others_desk(
    agent: PageClient, colleague: PageClient, line: Line
) -> None:
    phone = colleague.person.work_number
    order = ask(agent, line, "consult", kind="colleague", to=phone).get_json()["order_id"]
    send_all()
    talk = Talk(line)
    tell(talk.rings(phone, 20, order=order), talk.answers(phone, 24, order=order))
    assert ask(agent, line, "leave").status_code == 202
    send_all()

    tell(talk.transferred(agent.person.work_number, 30))

    assert (desks.state(agent.person), desks.state(colleague.person)) == ("wrap_up", "talking")
    assert desks.presence(colleague.person).reason is None
    assert last_fact(agent, "desk.call_ended")["ended_by"] == "transferred"
    assert agent.get("/desk/snapshot").get_json()["call"]["state"] == "ended"
    assert colleague.get("/desk/snapshot").get_json()["call"]["state"] == "talking"
    tell(line.ended(60))
    assert desks.state(colleague.person) == "wrap_up"


def test_a_blind_transfer_that_fails_brings_the_caller_back_in_front_with_his_waiting_time(
    agent: PageClient, colleague: PageClient, line: Line
) -> None:
    stood_since = desks.entered_at(line)
    phone = colleague.person.work_number
    order = ask(agent, line, "transfer", kind="colleague", to=phone).get_json()["order_id"]
    send_all()
    talk, who = Talk(line), {"order": order, "role": TAKER}
    tell(talk.transferred(agent.person.work_number, 20), talk.rings(phone, 20, **who))
    assert desks.state(agent.person) == "wrap_up"
    desks.caller_in_line("behind", since=15)

    tell(talk.fails(phone, 40, **who), line.queued(40, counter=2))

    assert desks.state(colleague.person) == "missed"
    assert desks.entered_at(line) == stood_since
    db.session.rollback()
    assert db.session.get_one(CallTransfer, order).state.value == "not_answered"
    third = desks.ready_agent()
    assert desks.offer_all() == 1
    assert desks.presence(third).call_id == line.call().id, "he stands before who came later"


def test_for_the_agent_who_gave_the_caller_away_the_call_stays_over_whatever_follows(
    agent: PageClient, line: Line
) -> None:
    """The complaint: news of whom the caller was given to took the wrap-up off the desk."""
    outside = "15907620009"
    order = ask(agent, line, "transfer", kind="number", to=outside).get_json()["order_id"]
    send_all()
    talk, who = Talk(line), {"order": order, "role": TAKER, "kind": OUTSIDE}
    tell(talk.transferred(agent.person.work_number, 20))
    left = agent.get("/desk/snapshot").get_json()

    tell(talk.rings(outside, 21, **who), talk.answers(outside, 24, **who))

    told = agent.get(f"/desk/facts?after={left['number']}").get_json()["facts"]
    assert [fact["name"] for fact in told if fact["body"].get("call_id")] == []
    assert left["call"]["state"] == "ended"
    tell(line.ended(60))
    told = agent.get(f"/desk/facts?after={left['number']}").get_json()["facts"]
    assert [fact["name"] for fact in told if fact["body"].get("call_id")] == []
    now = agent.get("/desk/snapshot").get_json()["call"]
    for part in ("state", "state_since", "ended_at", "ended_by"):
        assert now[part] == left["call"][part]


def test_a_refused_consultation_frees_the_colleague_and_says_why(
    agent: PageClient, colleague: PageClient, line: Line
) -> None:
    ask(agent, line, "consult", kind="colleague", to=colleague.person.work_number)

    send_all(refuse="not-here")

    assert desks.state(colleague.person) == "ready"
    assert last_fact(agent, "desk.order_refused")["code"] == "not-here"


@pytest.mark.parametrize(
    ("kind", "to", "code"),
    [
        ("colleague", "9999", "no-such-colleague"),
        ("entry", "nobody", "no-such-entry"),
        ("number", "12", "number-not-allowed"),
        ("number", "110", "emergency-not-dialled-here"),
        ("number", "0762-110", "emergency-not-dialled-here"),
        ("entry", "police-110", "emergency-not-dialled-here"),
    ],
)
def test_whom_nobody_can_be_handed_to_is_refused_by_name(
    agent: PageClient, line: Line, kind: str, to: str, code: str
) -> None:
    with unit_of_work():
        directory.load_entries()

    answer = ask(agent, line, "transfer", kind=kind, to=to)

    assert answer.get_json()["refusal"]["code"] == code
    assert desks.orders("TransferCaller") == []


def test_a_colleague_who_talks_is_not_rung(
    agent: PageClient, colleague: PageClient, line: Line
) -> None:
    other = desks.caller_in_line("other", since=12)
    assert desks.offer_all() == 1
    tell(other.answered(colleague.person.work_number, 15))

    answer = ask(agent, line, "consult", kind="colleague", to=colleague.person.work_number)

    assert answer.get_json()["refusal"]["code"] == "colleague-is-busy"


def test_one_consults_one_at_a_time(agent: PageClient, colleague: PageClient, line: Line) -> None:
    phone = colleague.person.work_number
    order = ask(agent, line, "consult", kind="colleague", to=phone).get_json()["order_id"]
    send_all()
    tell(Talk(line).rings(phone, 20, order=order))

    answer = ask(agent, line, "consult", kind="number", to="15907620009")

    assert answer.get_json()["refusal"]["code"] == "already-consulting"


def test_a_caller_handed_outside_leaves_no_agent_on_the_line_and_a_result(
    agent: PageClient, line: Line
) -> None:
    with unit_of_work():
        directory.load_entries()
    answer = ask(agent, line, "transfer", kind="entry", to="power-95598")
    order = answer.get_json()["order_id"]
    [sent] = [each for each in send_all() if isinstance(each, TransferCaller)]
    assert (sent.target.address, sent.target.shown_number) == ("95598", "12315")
    talk, who = Talk(line), {"order": order, "role": TAKER, "kind": OUTSIDE}

    tell(talk.transferred(agent.person.work_number, 20), talk.answers("95598", 25, **who))

    db.session.rollback()
    row = db.session.get_one(CallTransfer, order)
    assert (row.state.value, row.to_entry, row.kind.value) == ("taken", "power-95598", "cold")
    assert desks.state(agent.person) == "wrap_up"


WISHES: dict[str, dict[str, Any]] = {
    "hold": {}, "mute": {"is_on": True}, "digits": {"digits": "1"},
    "recording-pause": {"is_on": True}, "consult": {"kind": "number", "to": "15907620009"},
    "transfer": {"kind": "number", "to": "15907620009"},
}  # fmt: skip


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


def test_a_unit_with_a_second_number_is_handed_over_with_both(
    agent: PageClient, line: Line
) -> None:
    with unit_of_work():
        directory.load_entries()

    ask(agent, line, "consult", kind="entry", to="gas-sample")

    [sent] = [each for each in send_all() if isinstance(each, CallParty)]
    numbers = (sent.target.address, sent.target.fallback_number)
    assert numbers == ("+867621234003", "+867621234004")


def test_a_second_number_that_this_site_may_not_dial_is_left_out(
    agent: PageClient, line: Line
) -> None:
    with unit_of_work():
        directory.load_entries()
        directory.get_entry("gas-sample").fallback_number = "120"

    ask(agent, line, "consult", kind="entry", to="gas-sample")

    [sent] = [each for each in send_all() if isinstance(each, CallParty)]
    assert sent.target.fallback_number == ""


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
