"""The sweep that sends: it claims what is due, asks the providers outside any save, and notes.

A thread for each way, so that a slow gateway for one holds up no other. All of it may be cut short
at any moment and goes on where it was.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Event as Flag

from flask import Flask, current_app

from app.core import clock
from app.core.database import db, unit_of_work
from app.core.handed_down import given
from app.notifications import escalating, outbox, rules_of_telling
from app.notifications.occasions import Way
from app.notifications.outbox import Claimed
from app.notifications.provider import MessageProvider, MessageProviders, NotTaken

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
ALONE_SECONDS = 10.0
"""So often a way looks though nobody told it to: who tells it has a thread that may be broken."""
WATCH_SECONDS = 5.0
AT_ONCE = 4
"""How many messages of a way are under way at the same time."""

GRACE = timedelta(seconds=30)
"""How much longer a lease lasts than the call that it is for."""


def loops(app: Flask) -> dict[str, Callable[[Flag], None]]:
    """Return what is to run while this process is on duty, by the names of the threads."""
    with app.app_context():
        ways = given(MessageProviders).by_way
    bells = {way: Flag() for way in ways}
    found: dict[str, Callable[[Flag], None]] = {
        f"messages-{way}": partial(send_until, app=app, way=way, bell=bells[way]) for way in ways
    }
    return {**found, "messages-watch": partial(watch_until, app=app, bells=bells)}


def send_until(stopped: Flag, *, app: Flask, way: Way, bell: Flag | None = None) -> None:
    """Send what is due of a way until stopped; what is full goes on without a pause.

    `bell` is set when something is due, and at the end; without one it is looked for.
    """
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"message-{way}") as pool:
        while not stopped.is_set():
            handed = 0
            try:
                with app.app_context():
                    handed = send_due(way, pool=pool)
            except Exception:
                logger.exception("a round of sending failed", extra={"way": str(way)})
            if handed == AT_ONCE:
                continue
            if bell is None:
                stopped.wait(LOOK_SECONDS)
            else:
                bell.wait(ALONE_SECONDS)
                bell.clear()


def send_due(way: Way, *, pool: Executor) -> int:
    """Send up to AT_ONCE messages of a way; return how many were handed to its provider."""
    provider = given(MessageProviders).by_way[way]
    lease = timedelta(seconds=provider.patience) + GRACE
    now = clock.now()
    rules = None
    if outbox.has_due(way, now=now, lease=lease):
        rules = rules_of_telling.at(now)
        if rules.is_quiet(now) and not outbox.has_due(way, now=now, lease=lease, only_urgent=True):
            rules = None
    db.session.rollback()
    if rules is None:
        return 0
    with unit_of_work():
        outbox.bury_lost(now=now, lease=lease, most=rules.most_tries)
        claimed = outbox.claim(
            way, now=now, lease=lease, most=AT_ONCE, only_urgent=rules.is_quiet(now)
        )
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    answers = list(pool.map(partial(_hand_over, app, provider), claimed))
    _note(claimed, answers, provider=provider, rules=rules)
    return len(claimed)


def _hand_over(app: Flask, provider: MessageProvider, claimed: Claimed) -> NotTaken | None:
    try:
        with app.app_context():
            provider.send(claimed.outgoing)
    except NotTaken as why:
        return why
    except Exception as fault:  # noqa: BLE001 - one bad message must not stop the others
        # Neither its words nor its trace: they may hold the text or the number.
        logger.error(
            "a provider failed",
            extra={"provider": provider.name, "fault": type(fault).__name__},
        )
        return NotTaken("provider-fault", detail=type(fault).__name__[:16])
    return None


def _note(
    claimed: Sequence[Claimed],
    answers: Sequence[NotTaken | None],
    *,
    provider: MessageProvider,
    rules: rules_of_telling.TellingRules,
) -> None:
    at = clock.now()
    with unit_of_work():
        for each, why in zip(claimed, answers, strict=True):
            if why is None:
                outbox.note_sent(each, provider=provider.name, at=at)
            else:
                outbox.note_refused(
                    each,
                    why,
                    provider=provider.name,
                    at=at,
                    most=rules.most_tries,
                    quiet=rules.quiet,
                )
    refused: Mapping[int, str] = {
        each.message_id: why.code for each, why in zip(claimed, answers, strict=True) if why
    }
    if refused:
        logger.warning(
            "messages were not taken", extra={"provider": provider.name, **_told(refused)}
        )


def _told(refused: Mapping[int, str]) -> dict[str, object]:
    return {"messages": sorted(refused), "why": sorted(set(refused.values()))}


def watch_until(stopped: Flag, *, app: Flask, bells: Mapping[Way, Flag]) -> None:
    """Tell each way what is due, escalate what nobody signs, withhold what is too late."""
    watched_at = time.monotonic()
    while not stopped.wait(LOOK_SECONDS):
        try:
            with app.app_context():
                tell_what_is_due(bells)
                if time.monotonic() - watched_at >= WATCH_SECONDS:
                    watched_at = time.monotonic()
                    watch_once()
        except Exception:
            logger.exception("a watch over the messages failed")
    for bell in bells.values():
        bell.set()


def tell_what_is_due(bells: Mapping[Way, Flag]) -> None:
    """Ring the bell of each way that has something to send."""
    by_way = given(MessageProviders).by_way
    shortest = min((each.patience for each in by_way.values()), default=0.0)
    due = outbox.ways_due(now=clock.now(), lease=timedelta(seconds=shortest) + GRACE)
    db.session.rollback()
    for way in due:
        if way in bells:
            bells[way].set()


def watch_once() -> None:
    """Look once; a save is opened only where something is to be done."""
    now = clock.now()
    is_any_late = outbox.has_late(now=now)
    steps = escalating.steps_now(now=now)
    db.session.rollback()
    if is_any_late:
        with unit_of_work():
            outbox.withhold_late(now=now)
    for step in steps:
        with unit_of_work():
            escalating.take(step)
