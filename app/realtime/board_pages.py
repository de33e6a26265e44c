"""Shift leaders' boards and big screens: who is let in, and the snapshots that they are sent.

Each process reads the board for its own screens, at most four times a second and only when
something moved (decision 5). Nothing of it goes from process to process: a Redis that is away
takes no board with it, and all screens show what stands in the database. Once a second, when
nothing moved, a screen hears that its picture still holds; else it says that its data are late.
"""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Lock
from typing import Any

from flask import Flask
from flask_socketio import join_room

from app.boards import service as board
from app.call_queue import service as call_queue
from app.core import clock
from app.core.database import let_go, steady_picture, unit_of_work
from app.core.extensions import socketio
from app.core.formatting import wire_moment
from app.core.permissions import Permission, may

logger = logging.getLogger(__name__)

AT_MOST_EVERY_SECONDS = 0.25
VOUCH_EVERY_SECONDS = 1.0
"""So often a picture is compared with the database though nothing seemed to move."""

STREAM = secrets.token_hex(8)
"""Names this process: versions of another one are no older or newer than ours."""

BOARD, BIG_SCREEN = "board", "board_big_screen"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a page asks to be: a board or a big screen; a board may have its person's phone."""

    room: str
    has_phone: bool


@dataclass(kw_only=True)
class _Page:
    person_id: int
    room: str
    has_phone: bool


@dataclass(kw_only=True)
class _Shown:
    """What the screens of this process were last sent."""

    lock: Lock = field(default_factory=Lock)
    version: int = 0
    read_at: float = 0.0  # when the last reading of the board began, monotonic
    card: dict[str, Any] = field(default_factory=dict)


_changed = Flag()
_lock = Lock()
_pages: dict[str, _Page] = {}
_shown = _Shown()


def read_wish(auth: object) -> Wish | None:
    """Read what a page says of itself; None for one that is no board."""
    if not isinstance(auth, Mapping) or auth.get("screen") not in {"board", "big"}:
        return None
    is_big = auth["screen"] == "big"
    return Wish(
        room=BIG_SCREEN if is_big else BOARD, has_phone=auth.get("phone") is True and not is_big
    )


def let_in(link_id: str, *, person_id: int, asked: Wish) -> bool:
    """Open the board to whom the table says, and send what it shows; False for anybody else.

    With a phone the page is a desk on which nobody takes callers.
    """
    if not may(Permission.BOARD_READ):
        return False
    has_phone = asked.has_phone and may(Permission.CALLS_SUPERVISE) and may(Permission.DESK_USE)
    if has_phone:
        with unit_of_work():
            call_queue.open_desk(person_id, link_id=link_id, takes_calls=False)
    join_room(asked.room)
    with _lock:
        _pages[link_id] = _Page(person_id=person_id, room=asked.room, has_phone=has_phone)
    came_at = time.monotonic()
    with _in_turn():
        # A hotline's screens all come back at once after a cut: one reading serves all who wait.
        if _shown.read_at < came_at and _renew():
            for room in _rooms():
                _send(room=room, to=room)
        else:
            _send(room=asked.room, to=link_id)
    return True


def forget(link_id: str) -> bool:
    """A page went away; say whether it was a board."""
    with _lock:
        page = _pages.pop(link_id, None)
    if page is not None and page.has_phone:
        with unit_of_work():
            call_queue.close_desk(link_id)
    return page is not None


def turn_away(link_id: str) -> None:
    """Forget a page that was not let in after all; a row it may have ends with its lease."""
    with _lock:
        _pages.pop(link_id, None)


def of_person(person_id: int) -> list[str]:
    """Return the connections of this person's boards in this process."""
    with _lock:
        return [link_id for link_id, page in _pages.items() if page.person_id == person_id]


def with_phones() -> dict[str, int]:
    """Return this process's boards with a phone: connection → person."""
    with _lock:
        return {link: page.person_id for link, page in _pages.items() if page.has_phone}


def mark_changed() -> None:
    """Something moved in this process: look at once."""
    _changed.set()


def send_until(stopped: Flag, app: Flask) -> None:
    """Send snapshots until stopped; the loop of one thread."""
    marked, compared_at = None, 0.0
    while not stopped.is_set():
        was_told = _changed.wait(AT_MOST_EVERY_SECONDS)
        _changed.clear()
        rooms = _rooms()
        if stopped.is_set() or not rooms:
            continue
        began = time.monotonic()
        try:
            with app.app_context():
                now_marked = board.change_mark()
                is_due = began - compared_at >= VOUCH_EVERY_SECONDS
                if was_told or is_due or now_marked != marked:
                    tell(rooms)
                    marked, compared_at = now_marked, began
        except Exception:
            logger.exception("the board could not be sent")
        stopped.wait(max(0.0, AT_MOST_EVERY_SECONDS - (time.monotonic() - began)))


def tell(rooms: set[str]) -> None:
    """Send the board to these screens of this process; or, if it is what they have, that it holds.

    Needs an app context.
    """
    with _in_turn():
        if _renew():
            for room in rooms:
                _send(room=room, to=room)
        else:
            held = {"stream": STREAM, "version": _shown.version, "as_of": wire_moment(clock.now())}
            for room in rooms:
                _emit("shift_board_holds", held, to=room)


@contextmanager
def _in_turn() -> Iterator[None]:
    """Read and send one after another.

    Who waits here holds no connection to the database: the one inside needs one, and fifty screens
    that wait with one each would leave none.
    """
    let_go()
    with _shown.lock:
        yield


def _renew() -> bool:
    """Read the board; say whether it is another one than before."""
    began = time.monotonic()
    with steady_picture():
        card = board.snapshot()
    _shown.read_at = began
    if {**card, "as_of": ""} == {**_shown.card, "as_of": ""}:
        _shown.card = card
        return False
    _shown.version, _shown.card = _shown.version + 1, card
    return True


def _send(*, room: str, to: str) -> None:
    card = board.for_big_screen(_shown.card) if room == BIG_SCREEN else _shown.card
    _emit("shift_board", {"stream": STREAM, "version": _shown.version, **card}, to=to)


def _emit(name: str, body: Mapping[str, Any], *, to: str) -> None:
    """Tell screens of this process; other processes have their own eyes."""
    socketio.emit(name, body, to=to, ignore_queue=True)  # type: ignore[call-arg]  # not in its stubs


def _rooms() -> set[str]:
    with _lock:
        return {page.room for page in _pages.values()}
