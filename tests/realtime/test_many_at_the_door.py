"""After a cut all screens of a hotline come back within seconds; each one is let in, or told."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import db
from tests.bench.raw_sockets import RawSocket, open_socket
from tests.conftest import PageClient
from tests.services.web_door import Door

pytestmark = pytest.mark.one_database

PATH = "/socket.io/?EIO=4&transport=websocket"
BOARD = '42["shift_board",'
AT_ONCE = 12
CONNECTIONS = 50
"""As many as the app's pool gives out; who asks for one more waits."""


class Screen:
    """One page's socket, without the page."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.socket: RawSocket | None = None

    async def knock(self, address: str, browser: PageClient, *, hello: str) -> None:
        cookie = browser.get_cookie("hotline_session")
        assert cookie is not None
        self.socket = await open_socket(
            address, PATH, self.heard.append, cookie=f"hotline_session={cookie.value}"
        )
        self.socket.say(hello)

    @property
    def has_board(self) -> bool:
        return any(each.startswith(BOARD) for each in self.heard)

    @property
    def is_cut_off(self) -> bool:
        assert self.socket is not None
        return self.socket.task is not None and self.socket.task.done()

    async def leave(self) -> None:
        assert self.socket is not None
        self.socket.close()
        with suppress(ConnectionError):
            await self.socket.writer.wait_closed()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    door = Door()
    door.app = app
    yield door.address
    door.close()


async def until(is_so: Any, *, seconds: float) -> bool:
    """Wait for something; say whether it came true."""
    for _ in range(int(seconds * 50)):
        if is_so():
            return True
        await asyncio.sleep(0.02)
    return bool(is_so())


def test_more_screens_than_free_connections_come_at_once_and_each_gets_its_board(
    address: str, sign_in_as: Any
) -> None:
    """The complaint: 500 boards came back together, a third of them never saw a board again."""
    leader = sign_in_as("shift_leader")
    db.session.rollback()

    async def come_back(give_one_back: Callable[[], None]) -> int:
        screens = [Screen() for _ in range(AT_ONCE)]
        knocks = (each.knock(address, leader, hello='40{"screen":"board"}') for each in screens)
        await asyncio.gather(*knocks)
        await asyncio.sleep(0.5)  # all of them want to know who is there
        give_one_back()
        await until(lambda: all(each.has_board for each in screens), seconds=10)
        for each in screens:
            await each.leave()
        return sum(each.has_board for each in screens)

    with ExitStack() as taken:
        for _ in range(CONNECTIONS - 1):
            taken.enter_context(db.engine.connect())
        last = db.engine.connect()
        assert asyncio.run(come_back(last.close)) == AT_ONCE


@pytest.mark.parametrize("hello", ["40", '40{"screen":"board"}'])
def test_a_page_that_could_not_be_let_in_is_cut_off_so_that_it_comes_again(
    address: str, sign_in_as: Any, hello: str
) -> None:
    """A page that is neither let in nor refused would wait at an open line for ever."""
    leader = sign_in_as("shift_leader")
    needed = "presences"
    _rename(needed, "away")

    async def knock() -> tuple[bool, list[str]]:
        screen = Screen()
        await screen.knock(address, leader, hello=hello)
        is_cut_off = await until(lambda: screen.is_cut_off, seconds=5)
        await screen.leave()
        return is_cut_off, screen.heard

    is_cut_off, heard = asyncio.run(knock())
    _rename("away", needed)

    assert is_cut_off, heard
    assert not any(each.startswith("44") for each in heard), "it was not refused"


def _rename(table: str, name: str) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
