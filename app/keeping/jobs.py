"""The daily rounds that delete what the dated lengths no longer keep.

Small saves, one after another: nobody waits for a long one, and a round that is killed goes on
where the records themselves say (ADR 0054). One process at a time runs them, the one on duty.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from threading import Event as Flag

from flask import Flask

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.core.errors import OutsideSystemDown
from app.handling import erasing as handling_erasing
from app.keeping import look_ends, rounds, ticket_ends
from app.keeping.rounds import Work

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
ROUND_FROM_HOUR = 3
"""Of the city's day, as the sweeps of recordings: when few call."""
PAUSE_SECONDS = 0.05
"""Between two saves, so that desks get their turn with the database."""

WORKS = (
    Work(record_class=ticket_ends.RECORD_CLASS, step=ticket_ends.erase_due),
    Work(record_class=look_ends.RECORD_CLASS, step=look_ends.delete_due),
)


def loops(app: Flask, more: Sequence[Work] = ()) -> Mapping[str, Callable[[Flag], None]]:
    """Return what is to run while this process is on duty; `more`: the works of rooms above."""
    return {"records-end": partial(keep_until, app=app, works=(*WORKS, *more))}


def keep_until(stopped: Flag, *, app: Flask, works: Sequence[Work]) -> None:
    """Look every minute whether a round is due, until stopped."""
    while not stopped.wait(LOOK_SECONDS):
        try:
            with app.app_context():
                run_due(works, now=clock.now(), stopped=stopped)
        except Exception:
            logger.exception("a round over old records failed")


def run_due(works: Sequence[Work], *, now: datetime, stopped: Flag) -> None:
    """Do each class's round of this day, from three in the morning on."""
    if now.astimezone(CITY_TIME).hour < ROUND_FROM_HOUR:
        return
    for work in works:
        if stopped.is_set():
            return
        run_round(work, stopped=stopped)
    take_files_away(stopped=stopped)


def run_round(work: Work, *, stopped: Flag) -> None:
    """Do one class's round, a small save at a time; stopped in between it is gone on with later."""
    with unit_of_work():
        due = rounds.begin(work.record_class)
    if due is None:
        return
    last: rounds.Place | None = None
    while True:
        with unit_of_work():
            batch = work.step(due, last)
            rounds.note(due.round_id, batch)
        last = batch.last
        if last is None:
            break
        if stopped.wait(PAUSE_SECONDS):
            return
    with unit_of_work():
        rounds.finish(due.round_id)


def take_files_away(*, stopped: Flag) -> None:
    """Delete the files of erased tickets; one that cannot be deleted now is tried the next time."""
    while not stopped.is_set():
        wished = rounds.files_to_delete()
        db.session.rollback()
        gone = [deletion_id for deletion_id, path in wished if _is_gone(path)]
        if gone:
            with unit_of_work():
                rounds.note_taken_away(gone)
        if len(gone) < rounds.MOST_FILES:
            return


def _is_gone(path: str) -> bool:
    try:
        handling_erasing.take_away(path)
    except OutsideSystemDown:
        logger.warning("a file of an erased ticket could not be deleted", exc_info=True)
        return False
    return True
