"""Whom no text reaches is told the result by a call, and answers by the keys of his telephone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from app.core.database import db, unit_of_work
from app.core.handed_down import hand_down
from app.handling import results, visiting
from app.handling.models import VisitWay
from app.notifications import jobs
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Way
from app.notifications.simulated_provider import SimulatedProvider
from app.notifications.visit_invitation import CitizenSite
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved, state
from tests.notifications.links_sent import listed
from tests.notifications.stage import carried_by, messages
from tests.notifications.test_reports import SECRET, report

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

AT_HOME = {"contact_number": "0762-3333333"}
SignIn = Callable[..., PageClient]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "REPORT_SECRETS": f"voice={SECRET}"}


@pytest.fixture(autouse=True)
def carriers(app: Flask) -> None:  # noqa: ARG001 - its context
    carried_by(sms=SimulatedProvider(), voice=SimulatedProvider())


def spoken(ticket_id: int) -> Message | None:
    """The call by which the caller of a ticket was told its result last."""
    found = [
        each
        for each in messages()
        if (each.ticket_id, each.occasion, each.way)
        == (ticket_id, Occasion.RESULT_APPROVED, Way.VOICE)
    ]
    return found[-1] if found else None


def called(ticket_id: int) -> Message:
    """The same, once it was handed to its carrier."""
    with ThreadPoolExecutor(1) as pool:
        while jobs.send_due(Way.VOICE, pool=pool):
            pass
    message = spoken(ticket_id)
    assert message is not None
    return message


def press(client: Any, message: Message, keys: Any, *, ago: int = 0) -> Any:
    said = {"key": message.key, "state": "delivered", "keys": keys}
    return report(client, said, way="voice", ago=ago)


def test_who_has_no_mobile_hears_the_result_and_is_asked_by_keys(cast: Cast) -> None:
    ticket_id = play.audited(cast, **AT_HOME)

    message = spoken(ticket_id)
    assert message is not None
    assert message.asks_visit
    assert play.REPLY in message.body
    assert "已解决请按1" in message.body
    assert "/visit/" not in message.body
    assert message.address == "+867623333333"


def test_his_keys_answer_the_questions_and_close_the_ticket(cast: Cast, client: PageClient) -> None:
    ticket_id = play.audited(cast, **AT_HOME)

    assert press(client, called(ticket_id), "154").status_code == 200

    db.session.rollback()
    [visit] = visiting.visits_of(ticket_id)
    assert (visit.way, visit.is_reached, visit.by) == (VisitWay.KEYPAD, True, None)
    assert (visit.is_solved, visit.result_mark, visit.attitude_mark) == (True, 5, 4)
    assert state(ticket_id) == "closed"


def test_a_report_that_comes_twice_answers_once(cast: Cast, client: PageClient) -> None:
    ticket_id = play.audited(cast, **AT_HOME)
    message = called(ticket_id)

    assert press(client, message, "154").status_code == 200
    assert press(client, message, "211", ago=1).status_code == 200

    db.session.rollback()
    assert len(visiting.visits_of(ticket_id)) == 1


def test_who_wants_it_handled_again_says_so_by_a_key(cast: Cast, client: PageClient) -> None:
    ticket_id = play.audited(cast, **AT_HOME)

    press(client, called(ticket_id), "2111")

    db.session.rollback()
    assert visiting.wants_redo(get_ticket(ticket_id))
    assert state(ticket_id) == "to_visit"


def test_who_presses_nought_is_asked_by_a_person_at_once(cast: Cast, client: PageClient) -> None:
    ticket_id = play.audited(cast, **AT_HOME)
    message = called(ticket_id)
    assert listed()[ticket_id].link_until is not None  # the call first, a person for the rest

    press(client, message, "0")

    [visit] = visiting.visits_of(ticket_id)
    assert (visit.way, visit.is_reached, visit.words) == (VisitWay.KEYPAD, False, "wants_person")
    assert listed()[ticket_id].link_until is None


@pytest.mark.parametrize("keys", ["", "1", "15", None, 7, ["1"], "x" * 99])
def test_who_hangs_up_half_way_or_a_carrier_that_sends_nonsense_has_answered_nothing(
    cast: Cast, client: PageClient, keys: Any
) -> None:
    ticket_id = play.audited(cast, **AT_HOME)

    assert press(client, called(ticket_id), keys).status_code == 200

    db.session.rollback()
    assert visiting.visits_of(ticket_id) == []


def test_keys_to_a_round_that_is_over_answer_nothing(
    cast: Cast, client: PageClient, tick: Callable[..., None]
) -> None:
    ticket_id = play.audited(cast, **AT_HOME)
    first = called(ticket_id)
    press(client, first, "2111")
    saved(visiting.send_again, ticket_id, "市民仍不满意", doer=cast.manager)
    tick(hours=1)
    saved(play.unit_parts.sign, ticket_id, doer=cast.unit)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id, public_reply="再次现场检修，更换线路一段，路灯已全部恢复照明。")
    saved(results.approve, ticket_id, doer=cast.auditor)

    press(client, first, "155", ago=2)

    db.session.rollback()
    assert not visiting.has_answered(get_ticket(ticket_id))


@pytest.mark.parametrize(
    "changes",
    [{}, {**AT_HOME, "is_confidential": True}, {**AT_HOME, "caller_name": ""}],
    ids=["a mobile", "confidential", "anonymous"],
)
def test_nobody_else_is_called_by_a_machine(cast: Cast, changes: dict[str, Any]) -> None:
    assert spoken(play.audited(cast, **changes)) is None


def test_without_a_carrier_for_calls_nobody_is_called(cast: Cast) -> None:
    carried_by(sms=SimulatedProvider())

    assert spoken(play.audited(cast, **AT_HOME)) is None


def test_made_up_citizens_press_their_keys_on_the_simulators_page(
    app: Flask, cast: Cast, sign_in_as: SignIn
) -> None:
    hand_down(app, CitizenSite(address="https://12345.example.cn", is_made_up=True))
    ticket_id = play.audited(cast, **AT_HOME)
    message = called(ticket_id)
    manager = sign_in_as("hotline_manager")
    page = manager.get("/messages/simulated").text
    assert f'value="{message.key}"' in page

    pressed = manager.post("/messages/simulated/keys", data={"key": message.key, "keys": "155"})

    assert pressed.status_code == 302
    db.session.rollback()
    assert visiting.has_answered(get_ticket(ticket_id))


def test_on_a_real_site_nobody_presses_keys_for_a_citizen(
    app: Flask, cast: Cast, sign_in_as: SignIn
) -> None:
    hand_down(app, CitizenSite(address="https://12345.example.cn"))
    ticket_id = play.audited(cast, **AT_HOME)
    message = called(ticket_id)
    manager = sign_in_as("hotline_manager")

    assert message.key not in manager.get("/messages/simulated").text
    refused = manager.post("/messages/simulated/keys", data={"key": message.key, "keys": "155"})

    assert refused.status_code == 404
    assert visiting.visits_of(ticket_id) == []
    with unit_of_work():
        assert not visiting.has_answered(get_ticket(ticket_id))
