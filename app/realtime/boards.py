"""The line as every desk shows it: a versioned snapshot, at most four a second (decision 5)."""

import itertools
import logging
from threading import Event as Flag

from flask import Flask

from app.core.extensions import socketio
from app.workstation import service as workstation

logger = logging.getLogger(__name__)

AT_MOST_EVERY_SECONDS = 0.25
AT_LEAST_EVERY_SECONDS = 10.0
"""A screen that hears nothing for longer says so: old figures must not look new."""


_changed = Flag()
_versions = itertools.count(1)


def mark_changed() -> None:
    """The line changed; the next snapshot goes out within a quarter of a second."""
    _changed.set()


def send_until(stopped: Flag, app: Flask) -> None:
    """Send snapshots until stopped; the loop of one thread."""
    while not stopped.is_set():
        _changed.wait(AT_LEAST_EVERY_SECONDS)
        if stopped.wait(AT_MOST_EVERY_SECONDS):
            return
        _changed.clear()
        try:
            with app.app_context():
                board = workstation.board(version=next(_versions))
            socketio.emit("board", board, to="desks")
        except Exception:
            logger.exception("the board could not be sent")


def wake() -> None:
    """Let the loop look at its stop sign."""
    _changed.set()
