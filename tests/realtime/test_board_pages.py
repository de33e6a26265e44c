"""Boards connect: who is let in, what they are sent, and how often."""

import json
from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from app.call_queue.models import DeskLink
from app.core.database import db
from app.core.extensions import socketio
from app.realtime import board_pages, connections
from tests.call_queue import desks
from tests.services.processes import wait_until

pytestmark = pytest.mark.postgresql

OpenBoard = Callable[..., SocketIOTestClient]


@pytest.fixture
def open_board(app: Flask) -> Iterator[OpenBoard]:
    """Open a board for a signed-in browser: `open_board(browser, screen="big")`."""
    opened: list[SocketIOTestClient] = []

    def open_one(browser: Any, **wish: Any) -> SocketIOTestClient:
        db.session.rollback()
        with app.app_context():
            page = socketio.test_client(
                app, flask_test_client=browser, auth={"screen": "board", **wish}
            )
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        db.session.rollback()
        if page.is_connected():
            with app.app_context():
                page.disconnect()


def tell_all() -> None:
    db.session.rollback()
    board_pages.tell({board_pages.BOARD, board_pages.BIG_SCREEN})


def heard(page: SocketIOTestClient, name: str = "shift_board") -> list[Any]:
    return [news["args"][0] for news in page.get_received() if news["name"] == name]


def links() -> list[bool]:
    db.session.rollback()
    return list(db.session.scalars(db.select(DeskLink.takes_calls)))


def test_a_leader_gets_the_board_at_once_and_no_desk(
    sign_in_as: Any, open_board: OpenBoard
) -> None:
    desks.link_up()
    desks.caller_in_line()

    [board] = heard(open_board(sign_in_as("shift_leader")))

    assert board["stream"] == board_pages.STREAM
    assert board["version"] >= 1
    assert [row["number_shown"] for row in board["line"]["rows"]] == ["139****2817"]
    assert links() == []


@pytest.mark.parametrize("role", ["agent", "auditor", "leader"])
def test_whoever_may_not_read_the_board_is_refused(
    sign_in_as: Any, open_board: OpenBoard, role: str
) -> None:
    assert not open_board(sign_in_as(role)).is_connected()


def test_a_board_with_a_phone_is_a_page_on_which_nobody_takes_callers(
    sign_in_as: Any, open_board: OpenBoard, app: Flask
) -> None:
    leader = sign_in_as("shift_leader")
    page = open_board(leader, phone=True)

    assert links() == [False]
    assert desks.presence(leader.person).reason == "at_board"
    assert list(board_pages.with_phones().values()) == [leader.person.id]
    db.session.rollback()
    with app.app_context():
        page.disconnect()
    assert links() == []


def test_a_manager_without_a_desk_watches_and_has_no_phone_whatever_his_page_says(
    sign_in_as: Any, open_board: OpenBoard
) -> None:
    page = open_board(sign_in_as("hotline_manager"), phone=True)

    assert page.is_connected()
    assert links() == []


def test_the_wall_hears_no_name_and_no_number(sign_in_as: Any, open_board: OpenBoard) -> None:
    desks.link_up()
    agent = desks.agent_at_desk()
    desks.caller_in_line()

    [board] = heard(open_board(sign_in_as("shift_leader"), screen="big", phone=True))

    assert board["line"]["waiting"] == 1
    assert agent.name not in json.dumps(board, ensure_ascii=False)
    assert "2817" not in json.dumps(board)
    assert links() == [True]  # the agent's own: a wall has no phone


def test_what_did_not_change_is_vouched_for_and_not_sent_again(
    sign_in_as: Any, open_board: OpenBoard
) -> None:
    desks.link_up()
    page = open_board(sign_in_as("shift_leader"))
    [first] = heard(page)

    tell_all()
    received = page.get_received()
    desks.caller_in_line()
    tell_all()
    [second] = heard(page)

    assert [news["name"] for news in received] == ["shift_board_holds"]
    held = received[0]["args"][0]
    assert (held["version"], held["stream"]) == (first["version"], first["stream"])
    assert held["as_of"] >= first["as_of"]
    assert second["version"] == first["version"] + 1


def test_a_page_that_finds_something_new_at_its_door_tells_the_others_too(
    sign_in_as: Any, open_board: OpenBoard
) -> None:
    """Else they would hear that a version holds which they have never seen."""
    desks.link_up()
    page = open_board(sign_in_as("shift_leader"))
    heard(page)
    desks.caller_in_line()

    newcomer = open_board(sign_in_as("shift_leader"))

    [mine], [theirs] = heard(page), heard(newcomer)
    assert mine == theirs


@pytest.mark.usefixtures("app")
def test_a_burst_of_changes_is_a_few_snapshots_and_the_last_one_is_true(
    app: Flask, sign_in_as: Any, open_board: OpenBoard
) -> None:
    desks.link_up()
    page = open_board(sign_in_as("shift_leader"))
    heard(page)
    stopped = Flag()
    loop = Thread(target=board_pages.send_until, args=(stopped, app))
    loop.start()
    try:
        for number in range(12):
            desks.caller_in_line(f"call-{number}", since=number)
        seen: list[Any] = []

        def all_in_line() -> bool:
            seen.extend(heard(page))
            return bool(seen) and seen[-1]["line"]["waiting"] == 12

        wait_until(all_in_line, seconds=10, what="the board has all twelve")
    finally:
        stopped.set()
        loop.join(timeout=5)

    moments = [board["as_of"] for board in seen]
    assert moments == sorted(moments)
    assert len(seen) < 12
    assert [board["version"] for board in seen] == sorted({board["version"] for board in seen})


def test_who_lost_his_sessions_loses_his_board(
    sign_in_as: Any, open_board: OpenBoard, app: Flask
) -> None:
    leader = sign_in_as("shift_leader")
    page = open_board(leader)
    db.session.rollback()

    with app.app_context():
        connections.drop_sockets_of(leader.person.id)

    assert board_pages.of_person(leader.person.id) == []
    assert not page.is_connected() or heard(page, "shift_board_holds") == []
