"""Agents' follow-up: one's own, the shift's pool by name, what a caller adds or takes back."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts import service as accounts
from app.call_queue import service as call_queue
from app.core.database import unit_of_work
from app.handling import dispatching, following
from app.handling.acting import Doer
from app.tickets.service import get_ticket
from tests import people
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, make_cast, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

SignIn = Callable[..., PageClient]


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return make_cast()


@pytest.fixture
def agent(app: Flask, cast: Cast) -> PageClient:
    """Give the browser of the agent of the cast."""
    browser = app.test_client()
    assert isinstance(browser, PageClient)
    people.sign_in(browser, accounts.get_person(cast.agent.user_id).work_number)
    return browser


def come_on_shift(doer: Doer) -> None:
    """Open his desk page."""
    with unit_of_work():
        call_queue.open_desk(doer.user_id, link_id=f"link-{doer.user_id}")


def test_what_an_agent_took_first_is_his_and_what_nobody_there_owns_is_the_shifts_by_name(
    cast: Cast, agent: PageClient, sign_in_as: SignIn
) -> None:
    number = get_ticket(play.open_one(cast)).number
    assert number in agent.get("/follow-ups").text

    colleague = sign_in_as("agent")
    listed = colleague.get("/follow-ups").text
    assert number in listed
    assert accounts.get_person(cast.agent.user_id).name in listed
    come_on_shift(cast.agent)
    assert number not in colleague.get("/follow-ups").text


def test_taking_over_puts_another_name_beside_the_first_and_is_reported(
    cast: Cast, sign_in_as: SignIn
) -> None:
    ticket_id = play.open_one(cast)
    colleague = sign_in_as("agent")
    assert colleague.post(f"/follow-ups/{ticket_id}/take").status_code == 302

    assert get_ticket(ticket_id).first_contact_id == cast.agent.user_id
    (over,) = following.hand_overs_of(ticket_id)
    assert (over.from_id, over.reason) == (cast.agent.user_id, "off_shift")
    assert colleague.get("/follow-ups/hand-overs").status_code == 403
    number = get_ticket(ticket_id).number
    assert number in sign_in_as("shift_leader").get("/follow-ups/hand-overs").text


def test_nothing_is_taken_from_a_colleague_who_is_there(cast: Cast, sign_in_as: SignIn) -> None:
    ticket_id = play.open_one(cast)
    come_on_shift(cast.agent)
    answer = sign_in_as("agent").post(f"/follow-ups/{ticket_id}/take")
    assert answer.status_code == 409
    assert following.hand_overs_of(ticket_id) == []


def test_one_hands_over_to_a_colleague_on_shift_with_a_reason(
    cast: Cast, agent: PageClient
) -> None:
    ticket_id = play.open_one(cast)
    come_on_shift(cast.outsourced)
    address = f"/follow-ups/{ticket_id}/hand-over"
    to = str(cast.outsourced.user_id)
    assert agent.post(address, data={"to": to, "reason": ""}).status_code == 422
    assert agent.post(address, data={"to": "999", "reason": "调班"}).status_code == 422
    agent.post(address, data={"to": to, "reason": "调班"})
    assert [each.to_id for each in following.hand_overs_of(ticket_id)] == [cast.outsourced.user_id]


def test_a_caller_urges_and_adds_in_a_call_that_is_named(cast: Cast, agent: PageClient) -> None:
    ticket_id = play.handled(cast)
    call_id = spoken.call(cast.agent, direction=spoken.Direction.IN)
    data = {"kind": "urge", "text": "都一周了", "call": str(call_id)}
    assert agent.post(f"/follow-ups/{ticket_id}/add", data=data).status_code == 302
    (added,) = following.follow_ups_of(ticket_id)
    assert (str(added.kind), added.text, added.call_id) == ("urge", "都一周了", call_id)

    empty = agent.post(f"/follow-ups/{ticket_id}/add", data={"kind": "supplement", "call": "0"})
    assert empty.status_code == 422
    alien = spoken.call(cast.other, "13900009999")
    data = {"kind": "urge", "text": "催", "call": str(alien)}
    assert agent.post(f"/follow-ups/{ticket_id}/add", data=data).status_code == 422


def test_a_caller_takes_it_back_in_a_call_of_his_own_and_not_otherwise(
    cast: Cast, agent: PageClient
) -> None:
    ticket_id = play.handled(cast)
    address = f"/follow-ups/{ticket_id}/withdraw"
    assert agent.post(address, data={"call": "0"}).status_code == 422
    call_id = spoken.call(cast.agent, direction=spoken.Direction.IN)
    assert agent.post(address, data={"call": str(call_id)}).status_code == 302
    assert state(ticket_id) == "withdrawn"
    page = agent.get(f"/follow-ups/{ticket_id}").text
    assert "withdraw-call" not in page


def test_the_ticket_page_leads_there_only_whoever_follows_up(
    cast: Cast, agent: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.handled(cast)
    link = f"/follow-ups/{ticket_id}"
    assert link in agent.get(f"/tickets/{ticket_id}").text
    dispatcher = sign_in_as("dispatcher")
    assert link not in dispatcher.get(f"/tickets/{ticket_id}").text
    assert dispatcher.get(link).status_code == 403


def test_what_the_dispatcher_asks_is_answered_on_the_agents_page_and_it_waits_for_dispatch_again(
    cast: Cast, agent: PageClient
) -> None:
    ticket_id = play.open_one(cast)
    path = f"/follow-ups/{ticket_id}"
    assert 'name="give_info-text"' not in agent.get(path).text
    play.saved(dispatching.ask_info, ticket_id, "哪一个路口？", doer=cast.dispatcher)

    page = agent.get(path).text
    assert "哪一个路口？" in page
    seen = str(get_ticket(ticket_id).version)
    empty = agent.post(f"{path}/give-info", data={"give_info-seen": seen, "give_info-text": ""})
    stale = agent.post(f"{path}/give-info", data={"give_info-seen": "1", "give_info-text": "东口"})
    assert (empty.status_code, stale.status_code) == (422, 409)
    assert "东口" in stale.text
    assert state(ticket_id) == "need_info"
    answered = {"give_info-seen": seen, "give_info-text": "建设路与兴源路东口"}
    assert agent.post(f"{path}/give-info", data=answered).status_code == 302

    assert state(ticket_id) == "to_dispatch"
