"""Desk pages connect here: who are you, which facts do you hear; and are you still there?

Membership is decided once, at connect. A page that stops answering is dropped by engine.io's own
ping, timers in sleeping tabs play no part (decision 20). Each page is a row with a lease, so that
pages of a process that died are forgotten in time.
"""

import logging
from collections.abc import Mapping
from threading import Event as Flag
from threading import Lock
from typing import Any

from flask import Flask, request
from flask_socketio import disconnect, emit, join_room

from app.call_queue import service as call_queue
from app.core import clock
from app.core.database import unit_of_work
from app.core.extensions import socketio
from app.core.facts import agent_audience, last_number
from app.core.formatting import wire_moment
from app.core.permissions import Permission, may
from app.core.sign_in import signed_in_person
from app.realtime import board_pages
from app.realtime.newest import NewestNumbers

logger = logging.getLogger(__name__)

RENEW_SECONDS = 5.0

_lock = Lock()
_pages: dict[str, int] = {}
"""This process's own open desk pages: connection → agent."""


def register() -> None:
    """Answer connects and disconnects."""
    socketio.on_event("connect", _connect)
    socketio.on_event("disconnect", _disconnect)


def _connect(auth: object = None) -> bool:
    try:
        return _let_in(auth)
    except Exception:
        logger.exception("a page could not be let in")
        _cut_off(_connection_id())
        return False


def _let_in(auth: object) -> bool:
    person = signed_in_person()
    if person is None or person.must_change_password:
        return False
    link_id = _connection_id()
    asked = board_pages.read_wish(auth)
    if asked is not None:
        return board_pages.let_in(link_id, person_id=person.id, asked=asked)
    if not may(Permission.DESK_USE):
        return False
    join_room(agent_audience(person.id))
    join_room("desks")
    with unit_of_work():
        call_queue.open_desk(person.id, link_id=link_id)
    with _lock:
        _pages[link_id] = person.id
    emit(
        "hello", {"number": last_number(agent_audience(person.id)), "now": wire_moment(clock.now())}
    )
    return True


def _disconnect(_reason: object = None) -> None:
    link_id = _connection_id()
    with _lock:
        _pages.pop(link_id, None)
    if board_pages.forget(link_id):
        return
    with unit_of_work():
        call_queue.close_desk(link_id)


def _cut_off(link_id: str) -> None:
    """End the connection of a page that is neither let in nor refused: it comes again by itself.

    Without any answer it would wait at an open line for ever; a refused one does not knock again.
    """
    with _lock:
        _pages.pop(link_id, None)  # its row, if there is one, ends with its lease
    board_pages.turn_away(link_id)
    server: Any = socketio.server  # type: ignore[attr-defined]  # not in its stubs
    server.eio.disconnect(server.manager.eio_sid_from_sid(link_id, "/"))


def drop_sockets_of(agent_id: int) -> None:
    """End the person's open pages at once: his sessions were revoked (decision 11)."""
    socketio.emit("goodbye", {"reason": "sessions_revoked"}, to=agent_audience(agent_id))
    with _lock:
        mine = [link_id for link_id, owner in _pages.items() if owner == agent_id]
    mine += board_pages.of_person(agent_id)
    for link_id in mine:
        disconnect(sid=link_id, namespace="/")


def renew_until(stopped: Flag, app: Flask) -> None:
    """Renew the leases of this process's pages, and say how far their facts have come.

    The loop of one thread.
    """
    newest = NewestNumbers()
    while not stopped.wait(RENEW_SECONDS):
        with _lock:
            mine = dict(_pages)
        boards = board_pages.with_phones()
        if not mine and not boards:
            continue
        try:
            with app.app_context():
                renew(mine, boards)
                newest.tell(mine)
        except Exception:
            logger.exception("desk leases could not be renewed")


def renew(desks: Mapping[str, int], boards: Mapping[str, int]) -> None:
    """Renew the leases of these pages (connection → person); who closed meanwhile stays closed."""
    with unit_of_work():
        opened = call_queue.renew_links(desks, is_there=_is_open)
        opened += call_queue.renew_links(boards, is_there=_is_open, takes_calls=False)
    for link_id in opened:
        if not _is_open(link_id):
            with unit_of_work():
                call_queue.close_desk(link_id)


def _is_open(link_id: str) -> bool:
    with _lock:
        is_desk = link_id in _pages
    return is_desk or link_id in board_pages.with_phones()


def _connection_id() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
