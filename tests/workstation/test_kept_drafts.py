"""What was typed about a call and never filed stays readable to its agent, to be gone on with."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.call_queue import service as call_queue
from app.call_queue.models import WrapUp
from app.core import clock
from app.core.database import db, unit_of_work
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, enquiry, take_call

PAGE = {"Accept": "text/html"}
TYPED = {
    "tab": "ticket",
    "record": {"note": f"回电 {CALLER}", "caller_name": "张小明", "result": "answered"},
    "ticket": {"content": "沿江路路灯不亮\n一周了", "caller_name": "张小明"},
    "further": [{"content": "<b>井盖</b>"}, "strange"],
}

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.postgresql]


@pytest.fixture
def left(desk: PageClient) -> Line:
    """A call whose agent typed, filed nothing and became ready for the next one."""
    line = take_call(desk)
    path = f"/desk/calls/{line.call().id}/draft"
    assert desk.put(path, json={"version": 0, "body": TYPED}).status_code == 200
    tell(line.ended(20))
    finish = {"call_id": line.call().id, "code": None, "next_state": "ready"}
    assert desk.post("/desk/wrap-up/finish", json=finish).status_code == 200
    return line


def page_of(browser: PageClient, line: Line) -> str:
    answer = browser.get(f"/calls/{line.call().id}", headers=PAGE)
    assert answer.status_code == 200
    return str(answer.text)


def take_up(browser: PageClient, line: Line) -> Any:
    return browser.post(f"/calls/{line.call().id}/take-up", headers=PAGE)


def test_a_draft_that_was_never_filed_stands_on_the_page_of_its_call_masked(
    desk: PageClient, left: Line
) -> None:
    page = page_of(desk, left)

    assert "沿江路路灯不亮\n一周了" in page
    assert "回电 139****2817" in page
    assert CALLER not in page
    assert "张*" in page
    assert "张小明" not in page
    assert "&lt;b&gt;井盖" in page


def test_the_page_of_a_call_is_named_by_what_is_known_of_it_and_not_by_our_count(
    desk: PageClient, left: Line, sign_in_as: Any
) -> None:
    story = sign_in_as("shift_leader").get(f"/calls/{left.call().id}/story", headers=PAGE).text

    for page in (page_of(desk, left), story):
        (title,) = re.findall("<h1[^>]*>(.*?)</h1>", page, flags=re.S)
        assert "139****2817" in title
        assert re.search(r"，\d{4}-\d\d-\d\d \d\d:\d\d", title)


def test_a_draft_is_shown_to_nobody_but_its_agent(left: Line, sign_in_as: Any) -> None:
    assert "路灯不亮" not in page_of(sign_in_as("shift_leader"), left)
    other = sign_in_as("agent")
    assert other.get(f"/calls/{left.call().id}", headers=PAGE).status_code == 404


def test_a_call_is_taken_up_again_filed_and_finished(desk: PageClient, left: Line) -> None:
    assert take_up(desk, left).location.endswith("/desk")

    on_desk = desk.get("/desk/snapshot").get_json()
    assert on_desk["presence"]["state"] == "not_ready"
    assert on_desk["presence"]["reason"] == "record_unfinished"
    assert on_desk["call"]["state"] == "ended"
    assert on_desk["call"]["draft"]["body"] == TYPED
    filed = desk.post(f"/desk/calls/{left.call().id}/enquiry-record", json=enquiry())
    assert filed.status_code == 201
    finish = {"call_id": left.call().id, "code": "answered", "next_state": "ready"}
    assert desk.post("/desk/wrap-up/finish", json=finish).status_code == 200
    assert desks.state(desk.person) == "ready"
    page = page_of(desk, left)
    assert "take-up" not in page
    assert "路灯不亮" in page


def test_a_wrap_up_code_can_be_given_after_the_wrap_up_time_ran_out(
    tick: Callable[..., None], desk: PageClient
) -> None:
    line = take_call(desk)
    tell(line.ended(20))
    tick(minutes=3)
    desks.open_desk(desk.person)
    desks.run_deadlines()
    assert desks.presence(desk.person).reason == "record_unfinished"

    finish = {"call_id": line.call().id, "code": "answered", "next_state": "ready"}
    assert desk.post("/desk/wrap-up/finish", json=finish).status_code == 200

    assert desks.state(desk.person) == "ready"
    assert db.session.scalars(db.select(WrapUp.code)).all() == ["answered"]


def test_a_call_taken_up_later_was_still_finished_when_it_was(
    tick: Callable[..., None], desk: PageClient, left: Line
) -> None:
    finished = db.session.scalars(db.select(WrapUp.finished_at)).one()
    tick(minutes=3)
    desks.open_desk(desk.person)
    take_up(desk, left)
    finish = {"call_id": left.call().id, "code": "answered", "next_state": "ready"}
    assert desk.post("/desk/wrap-up/finish", json=finish).status_code == 200

    db.session.rollback()
    done = db.session.scalars(db.select(WrapUp)).one()
    assert (done.code, done.finished_at) == ("answered", finished)
    assert finished is not None
    assert clock.now() - finished > timedelta(minutes=2)


@pytest.mark.parametrize("is_signed_out", [True, False])
def test_a_call_taken_up_from_another_page_waits_for_the_desk_that_opens(
    desk: PageClient, left: Line, *, is_signed_out: bool
) -> None:
    if is_signed_out:
        with unit_of_work():
            call_queue.sign_out(desk.person.id)
    desks.close_desk(desk.person)
    assert desks.state(desk.person) == ("signed_out" if is_signed_out else "link_lost")
    assert take_up(desk, left).status_code == 302

    desks.open_desk(desk.person)

    presence = desks.presence(desk.person)
    assert (presence.state.value, presence.reason) == ("not_ready", "record_unfinished")
    assert presence.call_id == left.call().id


def test_only_an_ended_call_of_ones_own_is_taken_up_and_only_beside_no_other(
    desk: PageClient, left: Line, sign_in_as: Any
) -> None:
    other = sign_in_as("agent")
    desks.open_desk(other.person)
    assert take_up(other, left).status_code == 409

    talk = take_call(desk, "call-2", since=100)
    assert take_up(desk, talk).status_code == 409
    assert take_up(desk, left).status_code == 409
    tell(talk.ended(200))
    assert take_up(desk, left).status_code == 409
    assert desks.presence(desk.person).call_id == talk.call().id
