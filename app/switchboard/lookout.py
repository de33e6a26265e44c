"""One look for all who wait for what the database holds: what became due, and for whom.

Whatever this process does rings its own bells. For what another process saved, and for what a
moment brings, nobody rings: it is looked for, a few times a second, in one question for all of
them. A loop with a question of its own each costs an idle house most of its processor time.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag

from flask import Flask
from sqlalchemy import ColumnElement, select

from app.core import clock
from app.core.database import db

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2


def _now(now: datetime) -> dict[str, datetime]:
    return {"now": now}


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A question whether there is something to do, and who is told if there is.

    `moments` gives the question its moments by the names of its parameters; `now` is the usual one.
    """

    is_there: ColumnElement[bool]
    tell: Callable[[], None]
    moments: Callable[[datetime], Mapping[str, datetime]] = _now


class Lookout:
    """Asks for all signs together and tells whose sign is there."""

    def __init__(self, app: Flask, signs: Sequence[Sign]) -> None:
        self._app = app
        self._signs = signs
        self._question = select(
            *(sign.is_there.label(f"sign_{place}") for place, sign in enumerate(signs))
        )

    def look_until(self, stopped: Flag) -> None:
        """Look again and again; who is told looks for himself what there is."""
        while not stopped.wait(LOOK_SECONDS):
            try:
                with self._app.app_context():
                    self.look(clock.now())
            except Exception:
                logger.exception("a look for what is due failed")

    def look(self, now: datetime) -> None:
        """Look once. Needs an app context."""
        moments: dict[str, datetime] = {}
        for sign in self._signs:
            moments.update(sign.moments(now))
        with db.engine.connect() as connection:
            seen = connection.execute(self._question, moments).one()
        for sign, is_there in zip(self._signs, seen, strict=True):
            if is_there:
                sign.tell()
