"""A caller is handed on: asked about, transferred, given outside; who is on whose desk then."""

import pytest

from app.calls.models import CallTransfer
from app.channels import directory
from app.core.database import db, unit_of_work
from telephony.control_orders import (
    CallParty,
    TransferCaller,
)
from tests.call_queue import desks
from tests.calls.control_news import OUTSIDE, TAKER, Talk
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.control_hands import ask, last_fact, send_all

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")


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
