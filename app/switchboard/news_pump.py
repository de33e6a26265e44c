"""From the exchanges' threads into the ledger, in order and in batches (decision 14)."""

import logging
import queue
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event as Flag
from threading import Lock
from typing import TypeVar

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from app.calls import adoption
from app.calls.provider_events import apply_news
from app.core import clock
from app.core.database import unit_of_work
from app.switchboard import duty, news_order
from app.switchboard.first_look import FirstLook, Piece, take_first_look
from app.switchboard.lag_meter import LagMeter
from telephony.events import LinkChanged, News, PhoneChanged, RecordingReady, TelephonyEvent
from telephony.port import Exchange

logger = logging.getLogger(__name__)

N = TypeVar("N", bound=Piece)

BATCH = 200
FOLLOWS_SECONDS = 0.008
# A deadlock's victim, a database that is locked, restarts or cannot be reached: nothing was wrong
# with the news, and it is not told again.
TROUBLE = (OperationalError, InterfaceError, NoConnectionFree)
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
LONGEST_SAVE_SECONDS = 5.0


class OffDuty(Exception):
    """Another process has the duty: what this one heard is late, and not for it to write."""


class NewsPump:
    """Takes news from any thread; one thread writes it, as long as this shift has the duty."""

    def __init__(
        self,
        app: Flask,
        exchanges: Mapping[str, Exchange],
        *,
        token: Callable[[], int],
        do_aside: Callable[[str, Callable[[], None]], None],
        after_link_up: Callable[[str], None],
        meter: LagMeter,
        note_recording: Callable[[RecordingReady], None],
        after_recording: Callable[[], None],
    ) -> None:
        self._app = app
        self._exchanges = exchanges
        self._token = token
        self._do_aside = do_aside  # for what takes its time at an exchange: not in our thread
        self._after_link_up = after_link_up
        self._meter = meter
        self._note_recording = note_recording
        self._after_recording = after_recording
        self._news: queue.SimpleQueue[tuple[float, Piece] | None] = queue.SimpleQueue()
        self._stopped = Flag()
        self._saving_since: float | None = None
        self._oldest: float | None = None  # when the oldest piece was told that is not written
        self._telling = Lock()
        self._links_told: dict[str, LinkChanged] = {}  # the last word on each exchange's link
        self._links_written: dict[str, LinkChanged] = {}
        self._links_looked_through: dict[str, LinkChanged] = {}

    def tell(self, news: Sequence[News]) -> None:
        """Take news from an exchange; returns at once, unless nothing can be saved for seconds.

        Whoever waits here is seen to wait: a link then stops saying that we live, and the
        exchange goes on alone (A12).
        """
        with self._telling:
            for one in news:
                self._put(one)
        while self._cannot_save() and not self._stopped.is_set():
            self._stopped.wait(FIRST_PAUSE)

    def _put(self, one: Piece) -> None:
        self._note_link(one)
        self._news.put((time.monotonic(), one))

    def _note_link(self, one: Piece) -> None:
        if isinstance(one, LinkChanged):
            self._links_told[one.exchange_id] = one

    def tell_link_again(self, exchange_id: str, *, believed: str | None) -> None:
        """Say once more that a link is up, where the ledger believes another thing of it.

        `believed` is the life of the exchange that the ledger takes for linked, None for no link.
        A process that had lost the duty may have written last. Does nothing while a word on this
        link is still to be written, and where our own last word was that it is down.
        """
        with self._telling:
            told = self._links_told.get(exchange_id)
            if told is None or told is not self._links_written.get(exchange_id):
                return
            if told.is_up and told.boot_id != believed:
                there = self._exchanges[exchange_id].clock
                now = there.time_there() if there else None
                self._put(replace(told, why="still linked", happened_at=now or clock.now()))

    def stop(self) -> None:
        """Make `run` return once what came before is written; a database away is not waited for."""
        self._stopped.set()
        self._news.put(None)

    def run(self) -> None:
        """Write news until stopped."""
        pending: list[tuple[float, Piece]] = []
        was_of_new_callers = False
        while True:
            is_last = self._take_in(pending)
            while pending:
                run = self._cut(pending, after_new_callers=was_of_new_callers)
                self._write(run)
                was_of_new_callers = news_order.is_of_new_callers(run)
                if not is_last and pending:
                    is_last = self._take_in(pending)
            self._oldest = None
            if is_last:
                return

    def _cut(self, pending: list[tuple[float, Piece]], *, after_new_callers: bool) -> list[Piece]:
        """Take the next run off the pending news."""
        if news_order.expects_more([one for _told_at, one in pending]):
            self._wait_for_more(pending)
        self._oldest = min(told_at for told_at, _one in pending)
        news = [one for _told_at, one in pending]
        places = news_order.next_run(news, after_new_callers=after_new_callers)
        for place in reversed(places):
            del pending[place]
        return [news[place] for place in places]

    def write(self, batch: Sequence[News]) -> None:
        """Write this news now, in this thread, and first of the rest what it brings about."""
        pending: list[Piece] = list(batch)
        for one in pending:
            self._note_link(one)
        while pending:
            places = news_order.next_run(pending)
            self._write([pending[place] for place in places])
            rest = [one for place, one in enumerate(pending) if place not in set(places)]
            pending = [*self._brought_about(), *rest]

    def _brought_about(self) -> list[Piece]:
        brought: list[tuple[float, Piece]] = []
        while not self._news.empty():
            self._take_in(brought)
        return [one for _told_at, one in brought]

    def age(self, exchange_id: str) -> timedelta:
        """Return how far behind this exchange we are: what was saved of late, and what waits."""
        return max(self._meter.worst(exchange_id), timedelta(seconds=self._oldest_waits()))

    def looked_at(self) -> frozenset[str]:
        """Return the exchanges of which this shift has seen, through the link of now, what is up.

        Before that, who waits and whose phone is there is only what another shift, or another
        link, left behind. An exchange that cannot say what it carries is known by its link.
        """
        return frozenset(
            exchange_id
            for exchange_id, link in list(self._links_written.items())
            if link.is_up and self._links_looked_through.get(exchange_id) is link
        )

    def can_save(self) -> bool:
        """Say whether news is being written: not where one save has taken seconds."""
        return not self._cannot_save()

    def _oldest_waits(self) -> float:
        oldest = self._oldest
        return time.monotonic() - oldest if oldest is not None else 0.0

    def _take_in(self, pending: list[tuple[float, Piece]]) -> bool:
        """Take in what was told; wait for it only where nothing is pending. Say if it was all."""
        while len(pending) < BATCH:
            try:
                told = self._news.get(block=not pending)
            except queue.Empty:
                return False
            if told is None:
                return True
            pending.append(told)
        return False

    def _wait_for_more(self, pending: list[tuple[float, Piece]]) -> None:
        """Wait a moment for what follows at once: one save for both is sooner done than two."""
        try:
            told = self._news.get(timeout=FOLLOWS_SECONDS)
        except queue.Empty:
            return
        if told is None:
            self._news.put(None)
        else:
            pending.append(told)

    def _cannot_save(self) -> bool:
        since = self._saving_since
        return since is not None and time.monotonic() - since > LONGEST_SAVE_SECONDS

    def _write(self, run: list[Piece]) -> None:
        """Write a run of news of one sort in one save; a bad piece must not take others along."""
        self._saving_since = time.monotonic()
        try:
            self._write_through_trouble(run)
        except OffDuty:
            logger.warning("news of a process off duty is left out", extra={"pieces": len(run)})
        except Exception:
            logger.exception("news could not be saved", extra={"pieces": len(run)})
            if len(run) > 1:
                for one in run:
                    self._write([one])
        else:
            self._meter.saved(run)
        finally:
            self._saving_since = None

    def _write_through_trouble(self, run: list[Piece]) -> None:
        """Write; where the database is in trouble, again until it holds or we are stopped."""
        pause = FIRST_PAUSE
        while True:
            try:
                self._write_together(run)
            except TROUBLE as why:
                if self._stopped.is_set():
                    raise
                kind = type(why).__name__
                logger.warning("news is saved again", extra={"pieces": len(run), "why": kind})
                self._stopped.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    def _write_together(self, run: list[Piece]) -> None:
        with self._app.app_context():
            match run[0]:
                case LinkChanged() as change:
                    self._write_link(change)
                case FirstLook() as look:
                    self._write_look(look)
                case PhoneChanged():
                    with self._save():
                        adoption.note_phones(_only(run, PhoneChanged))
                case TelephonyEvent():
                    self._write_events(_only(run, TelephonyEvent))

    @contextmanager
    def _save(self) -> Iterator[None]:
        """Save while the duty is ours; raises OffDuty.

        Else a process that was cut off would write, once it is back, how its own link broke, over
        the link that its successor has.
        """
        with unit_of_work():
            if not duty.holds(self._token()):
                raise OffDuty
            yield

    def _write_events(self, run: Sequence[TelephonyEvent]) -> None:
        """Write events; that a recording is to be fetched is saved with the news of it."""
        recordings = _only(run, RecordingReady)
        with self._save():
            apply_news(run)
            for ready in recordings:
                self._note_recording(ready)
        if recordings:
            self._after_recording()

    def _write_link(self, change: LinkChanged) -> None:
        exchange = self._exchanges[change.exchange_id]
        with self._save():
            adoption.note_link(change, kind=exchange.kind)
            known = adoption.believed_now(change.exchange_id)
        self._links_written[change.exchange_id] = change
        have_looked = partial(self._have_looked_through, change)
        if not change.is_up:
            return
        if exchange.snapshot is None:
            have_looked()
            return
        look = partial(
            take_first_look,
            exchange.snapshot,
            change,
            known=known,
            tell=self._tell_look,
            go_on_without=have_looked,
            is_wanted=lambda: self._links_told.get(change.exchange_id) is change,
            wait=self._stopped.wait,
        )
        self._do_aside(change.exchange_id, look)

    def _have_looked_through(self, link: LinkChanged) -> None:
        self._links_looked_through[link.exchange_id] = link

    def _tell_look(self, look: FirstLook) -> None:
        with self._telling:
            self._put(look)

    def _write_look(self, look: FirstLook) -> None:
        """Bring the ledger to what was seen, unless the link is another one by now."""
        if self._links_written.get(look.exchange_id) is not look.link:
            return
        try:
            with self._save():
                adoption.adopt(
                    look.exchange_id,
                    look.link.boot_id,
                    live=look.live,
                    phones=look.phones,
                    at=look.link.happened_at,
                    known=look.known,
                )
        except (OffDuty, *TROUBLE):
            raise
        except Exception:  # no reason to ring nobody there: the comparisons look again
            self._have_looked_through(look.link)
            raise
        self._have_looked_through(look.link)
        self._after_link_up(look.exchange_id)


def _only(run: Sequence[Piece], kind: type[N]) -> list[N]:
    return [one for one in run if isinstance(one, kind)]
