"""The switchboard's own rounds: who gets whom, and what becomes of waiting states in time."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag

from flask import Flask

from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.core import clock
from app.core.database import unit_of_work
from app.core.handed_down import given
from app.switchboard import duty
from app.switchboard.bell import Bell
from app.workstation.pops import PopMaker

logger = logging.getLogger(__name__)

ALONE_SECONDS = 2.0
"""So often a loop looks though nobody told it to: the lookout has a thread that may be broken."""
AT_ONCE = 100
"""How many offers one save makes: the first phones of a long round ring before it is over."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """What another room wants looked after by the one on duty, every so many seconds.

    `find` returns what is due at a moment: each is done in a save of its own and looks again
    before it acts.
    """

    name: str
    every: float
    find: Callable[[datetime], Sequence[Callable[[], None]]]


def go_round_until(stopped: Flag, app: Flask, each: Round, *, token: Callable[[], int]) -> None:
    """Do what is due in another room, again and again."""
    while not stopped.wait(each.every):
        try:
            with app.app_context():
                for do in each.find(clock.now()):
                    if stopped.is_set():
                        return
                    _run_alone(do, token())
        except Exception:
            logger.exception("the round of %s failed", each.name)


def route_until(
    stopped: Flag,
    app: Flask,
    bell: Bell,
    *,
    token: Callable[[], int],
    looked_at: Callable[[], Collection[str]],
) -> None:
    """Offer callers to agents whenever the bell rings."""
    while not stopped.is_set():
        bell.wait(ALONE_SECONDS)
        try:
            with app.app_context():
                if route_once(token(), looked_at=looked_at()):
                    bell.ring()
        except Exception:
            logger.exception("a routing round failed")


def route_once(token: int, *, looked_at: Collection[str] | None = None) -> bool:
    """Decide by reading; only decisions open a save, and many of them several, one by one.

    `looked_at`: the exchanges whose callers may be offered; None means all of them. Say whether to
    look again at once: others held some of those who were matched just then.
    """
    matches = call_queue.plan_offers(looked_at=looked_at)
    made = 0
    with given(PopMaker).ringing_first():
        for begin in range(0, len(matches), AT_ONCE):
            with unit_of_work():
                if duty.holds(token):
                    made += call_queue.claim_offers(matches[begin : begin + AT_ONCE])
    return 0 < made < len(matches)


def keep_deadlines_until(
    stopped: Flag,
    app: Flask,
    bell: Bell,
    *,
    token: Callable[[], int],
    has_outcome: deadlines.HasOutcome,
) -> None:
    """Give overdue states their exits whenever the bell rings."""
    while not stopped.is_set():
        bell.wait(ALONE_SECONDS)
        try:
            with app.app_context():
                keep_deadlines_once(token(), has_outcome=has_outcome)
        except Exception:
            logger.exception("a deadline round failed")


def keep_deadlines_once(token: int, *, has_outcome: deadlines.HasOutcome) -> None:
    """Give each overdue state its exit, in a save of its own."""
    now = clock.now()
    if not deadlines.has_due(now):
        return
    for leave in deadlines.find_due(now, has_outcome=has_outcome):
        _run_alone(leave, token)


def _run_alone(leave: Callable[[], None], token: int) -> None:
    try:
        with unit_of_work():
            if duty.holds(token):
                leave()
    except Exception:
        logger.exception("an overdue state could not leave")
