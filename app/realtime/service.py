"""Starts and stops what keeps screens up to date in this process."""

from threading import Event as Flag
from threading import Thread

from flask import Flask

from app.realtime import board_pages, boards, connections


class ScreenService:
    """The small loops of a web process: the line on desks, the boards, the leases of its pages."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = Flag()
        self._threads = [
            Thread(target=boards.send_until, args=(self._stopped, app), name="board", daemon=True),
            Thread(
                target=board_pages.send_until,
                args=(self._stopped, app),
                name="shift-board",
                daemon=True,
            ),
            Thread(
                target=connections.renew_until,
                args=(self._stopped, app),
                name="desk-leases",
                daemon=True,
            ),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop, and return when all loops are done."""
        self._stopped.set()
        boards.wake()
        board_pages.mark_changed()
        for thread in self._threads:
            thread.join(timeout=5)
