"""Around the call: missed callers, messages, own settings, the machine, a colleague's summary."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.call_queue import service as call_queue
from app.core.database import db, unit_of_work
from app.core.facts import SUPERVISORS, Fact, agent_audience
from tests.call_queue import desks
from tests.calls.control_news import Talk
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.control_hands import ask, send_all
from tests.workstation.desk_people import at_a_desk, take_call

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.usefixtures("app", "frozen")]

MISSED = "13900000777"


@pytest.fixture
def agent(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return at_a_desk(sign_in_as("agent"))


@pytest.fixture
def colleague(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return at_a_desk(sign_in_as("agent"))


@pytest.fixture
def leader(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return sign_in_as("shift_leader")


@pytest.fixture
def missed(agent: PageClient) -> Line:  # noqa: ARG001
    """Somebody who hung up before anybody answered."""
    line = Line(call_key="missed", from_number=MISSED)
    tell(line.arrived(100), line.queued(101), line.ended(130))
    return line


def told(browser: PageClient, name: str) -> list[dict[str, Any]]:
    db.session.rollback()
    wanted = db.select(Fact).where(Fact.audience == agent_audience(browser.person.id))
    facts = db.session.execute(wanted.order_by(Fact.number)).scalars()
    return [fact.body for fact in facts if fact.name == name]


def code_of(answer: Any) -> str:
    return str(answer.get_json()["refusal"]["code"])


def the_one(browser: PageClient) -> dict[str, Any]:
    [card] = browser.get("/desk/call-backs").get_json()["calls"]
    return dict(card)


# --- missed callers ---------------------------------------------------------------------------


def test_a_missed_caller_has_a_deadline_and_after_it_is_late(
    agent: PageClient,
    missed: Line,
    frozen: time_machine.Traveller,
    sign_in_as: Callable[..., PageClient],
) -> None:
    card = the_one(agent)
    assert (card["state"], card["owner_name"], card["number_shown"]) == ("open", "", "139****0777")
    assert missed.call().id == card["call_id"]
    assert not card["is_late"]

    frozen.shift(timedelta(hours=3))

    assert the_one(sign_in_as("agent"))["is_late"]


def test_who_takes_a_missed_caller_owns_him_and_a_second_taker_is_told(
    agent: PageClient, colleague: PageClient, missed: Line
) -> None:
    path = f"/desk/call-backs/{missed.call().id}"
    assert agent.post(f"{path}/take", json={}).status_code == 204
    assert agent.post(f"{path}/take", json={}).status_code == 204, "twice is the same"

    answer = colleague.post(f"{path}/take", json={})

    assert code_of(answer) == "call-back-taken"
    card = the_one(colleague)
    assert (card["state"], card["owner_name"]) == ("taken", agent.person.name)
    assert (card["is_mine"], the_one(agent)["is_mine"]) == (False, True)
    assert code_of(colleague.post(f"{path}/release", json={})) == "call-back-taken"
    assert agent.post(f"{path}/release", json={}).status_code == 204
    assert colleague.post(f"{path}/take", json={}).status_code == 204


def test_giving_a_caller_up_needs_a_reason_and_says_who_and_when(
    agent: PageClient, missed: Line
) -> None:
    path = f"/desk/call-backs/{missed.call().id}"
    refused = agent.post(f"{path}/give-up", json={"why": "  "})
    assert "why" in refused.get_json()["refusal"]["fields"]

    assert agent.post(f"{path}/give-up", json={"why": "空号"}).status_code == 204

    card = the_one(agent)
    assert (card["state"], card["by_name"], card["why"]) == ("given_up", agent.person.name, "空号")
    assert card["at"] is not None
    assert code_of(agent.post(f"{path}/take", json={})) == "call-back-done"


def test_calling_back_needs_no_number_counts_the_try_and_ends_with_the_talk(
    agent: PageClient, missed: Line
) -> None:
    call_id = missed.call().id
    answer = agent.post("/desk/calls-out", json={"of_call": call_id})
    assert answer.status_code == 202
    card = the_one(agent)
    assert (card["state"], card["is_mine"], card["tries"]) == ("taken", True, 1)
    assert [order["number"] for order in desks.orders("CallOut")] == ["+8613900000777"]

    again = Line(call_key="later", from_number=MISSED)
    tell(again.arrived(300), again.queued(301), again.answered(agent.person.work_number, 310))

    assert the_one(agent)["state"] == "called_back", "the ledger says so, nobody had to"


def test_a_strangers_call_is_no_way_to_his_number(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    other = sign_in_as("agent")
    line = take_call(other)

    answer = agent.post("/desk/calls-out", json={"of_call": line.call().id})

    assert code_of(answer) == "no-such-call"
    assert desks.orders("CallOut") == []


def test_nobody_is_called_back_about_a_call_that_was_answered(agent: PageClient) -> None:
    line = take_call(agent)

    assert (
        code_of(agent.post(f"/desk/call-backs/{line.call().id}/take", json={}))
        == "no-such-call-back"
    )


def test_an_emergency_number_is_refused_beside_its_field(agent: PageClient) -> None:
    answer = agent.post("/desk/calls-out", json={"number": "0762-110"})

    assert code_of(answer) == "emergency-not-dialled-here"
    assert answer.get_json()["refusal"]["field"] == "number"


# --- messages ---------------------------------------------------------------------------------


def test_a_call_for_help_reaches_every_shift_leader_and_one_answers_it(
    agent: PageClient, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    second = sign_in_as("shift_leader")
    sent = agent.post("/desk/messages", json={"to": "", "text": "来电人情绪激动 13912345678"})
    message_id = sent.get_json()["message_id"]

    for browser in (leader, second):
        [body] = told(browser, "desk.message_told")
        assert body["message"]["is_help"]
        assert body["message"]["text"] == "来电人情绪激动 139****5678"
        assert body["message"] in browser.get("/desk/snapshot").get_json()["messages"]
    facts = db.session.execute(db.select(Fact).where(Fact.audience == SUPERVISORS)).scalars()
    assert [f.body["message_id"] for f in facts if "help" in f.name] == [message_id]

    path = f"/desk/messages/{message_id}/answer"
    assert leader.post(path, json={"text": "我来接"}).status_code == 204
    assert code_of(second.post(path, json={"text": "我也来"})) == "message-answered"

    answered = told(agent, "desk.message_told")[-1]["message"]
    assert (answered["answer"], answered["answered_by"]) == ("我来接", leader.person.name)
    assert told(second, "desk.message_told")[-1]["message"]["answered_by"] == leader.person.name


def test_a_word_to_a_colleague_is_read_by_nobody_else(
    agent: PageClient, colleague: PageClient, leader: PageClient
) -> None:
    body = {"to": colleague.person.work_number, "text": "请看一下 12366 这通"}
    message_id = agent.post("/desk/messages", json=body).get_json()["message_id"]

    assert [each["message"]["is_mine"] for each in told(agent, "desk.message_told")] == [True]
    assert [each["message"]["is_mine"] for each in told(colleague, "desk.message_told")] == [False]
    assert told(leader, "desk.message_told") == []
    refused = leader.post(f"/desk/messages/{message_id}/answer", json={"text": "好"})
    assert code_of(refused) == "no-such-message"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"to": "9999", "text": "在吗"}, "no-such-colleague"),
        ({"to": "", "text": "x" * 501}, "form-refused"),
        ({"to": "", "text": "  "}, "form-refused"),
    ],
)
def test_a_message_that_cannot_arrive_is_refused(
    agent: PageClient, body: dict[str, Any], code: str
) -> None:
    answer = agent.post("/desk/messages", json=body)

    assert answer.status_code in {404, 422}
    assert code_of(answer) == code
    assert told(agent, "desk.message_told") == []


# --- own settings and the machine ----------------------------------------------------------------


def test_keys_are_kept_for_the_person_and_told_to_his_other_pages(agent: PageClient) -> None:
    chosen = {"keys": {"hold": "Ctrl+Alt+KeyH"}, "volume": 30}

    assert agent.put("/desk/settings", json=chosen).status_code == 204

    kept = agent.get("/desk/snapshot").get_json()["settings"]
    assert (kept["keys"], kept["volume"], kept["text_size"]) == (chosen["keys"], 30, "normal")
    assert told(agent, "desk.settings_changed")[-1]["settings"] == kept


def test_two_acts_on_one_key_are_refused_and_nothing_changes(agent: PageClient) -> None:
    keys = {"hold": "Ctrl+Alt+KeyH", "mute": "Ctrl+Alt+KeyH"}

    answer = agent.put("/desk/settings", json={"keys": keys})

    assert code_of(answer) == "choice-not-offered"
    assert agent.get("/desk/snapshot").get_json()["settings"]["keys"] == {}


def test_the_last_machine_has_the_desk_the_first_is_told_and_can_take_it_back(
    agent: PageClient,
) -> None:
    for machine in ("machine-one", "machine-two", "machine-two", "machine-one"):
        assert agent.post("/desk/machine", json={"machine": machine}).status_code == 204

    moves = [body["holder"]["machine"] for body in told(agent, "desk.holder_changed")]
    assert moves == ["machine-one", "machine-two", "machine-one"]
    assert agent.get("/desk/snapshot").get_json()["holder"]["machine"] == "machine-one"


def test_an_offer_answered_by_two_pages_is_answered_once_and_the_second_is_told(
    agent: PageClient,
) -> None:
    with unit_of_work():
        call_queue.become_ready(agent.person.id)
    line = Line(call_key="one", from_number="13900002817")
    tell(line.arrived(0), line.queued(1))
    assert desks.offer_all() == 1
    tell(line.rings(agent.person.work_number, 5))

    assert ask(agent, line, "answer").status_code == 202
    tell(line.answered(agent.person.work_number, 8))
    second = ask(agent, line, "answer")

    assert code_of(second) == "answered-already"
    assert len(desks.orders("AnswerForAgent")) == 1


# --- a colleague, a figure, a reason -------------------------------------------------------------


def test_the_colleague_reads_the_summary_in_his_pop_and_after_the_answer(
    agent: PageClient, colleague: PageClient
) -> None:
    line = take_call(agent)
    with unit_of_work():
        call_queue.become_ready(colleague.person.id)
    phone = colleague.person.work_number
    summary = "预付卡退费，已联系商家 13912345678"
    answer = ask(agent, line, "consult", kind="colleague", to=phone, summary=summary)
    order = answer.get_json()["order_id"]
    send_all()
    talk = Talk(line)
    tell(talk.held(agent.person.work_number, 19, order), talk.rings(phone, 20, order=order))

    offer = told(colleague, "desk.offer_made")[-1]["offer"]
    assert offer["handing"] == {
        "from_name": agent.person.name,
        "from_number": agent.person.work_number,
        "kind": "warm",
        "summary": "预付卡退费，已联系商家 139****5678",
    }
    tell(talk.answers(phone, 25, order=order))
    card = told(colleague, "desk.call_answered")[-1]["call"]
    assert card["handing"] == offer["handing"]
    assert agent.get("/desk/snapshot").get_json()["call"]["handing"] is None


def test_own_figures_are_those_of_the_ledger(
    agent: PageClient, frozen: time_machine.Traveller
) -> None:
    line = take_call(agent)
    frozen.shift(timedelta(minutes=2))
    tell(line.ended(120))
    frozen.shift(timedelta(seconds=30))
    done = {"call_id": line.call().id, "code": None, "next_state": "ready"}
    assert agent.post("/desk/wrap-up/finish", json=done).status_code == 200

    day = agent.get("/desk/own-day").get_json()

    assert (day["answered"], day["handled"], day["offered"], day["missed"]) == (1, 1, 1, 0)
    assert (day["talk"], day["wrap_up"], day["handling_seconds"]) == (112, 30, 142)


def test_why_no_call_comes_is_said_in_a_code_with_its_values(agent: PageClient) -> None:
    assert agent.get("/desk/why-no-call").get_json() == {
        "code": "not_ready",
        "parameters": {"reason": "paperwork"},
    }
    with unit_of_work():
        call_queue.become_ready(agent.person.id)

    assert agent.get("/desk/why-no-call").get_json() == {
        "code": "nobody_waits",
        "parameters": {"ahead": 0},
    }


def test_the_directory_says_who_is_open_and_which_numbers_can_be_shown(agent: PageClient) -> None:
    from app.channels import directory, service  # noqa: PLC0415

    with unit_of_work():
        directory.load_entries()
        service.load_numbers()

    told_now = agent.get("/desk/directory").get_json()

    entries = {each["code"]: each for each in told_now["entries"]}
    assert entries["police-110"]["is_open"] is True
    assert entries["police-110"]["changes_at"] is None
    assert entries["tax-sample"]["is_open"] is True, "a Monday at ten"
    assert entries["tax-sample"]["changes_at"] == "2026-11-23T04:00:00.000Z"
    assert told_now["shown_numbers"][0]["number"] == "12345"
