"""One time on duty: the threads that hear exchanges, route, send and keep deadlines."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag
from threading import Thread

from flask import Flask

from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.calls import kept_news, order_book
from app.calls.link_lag import LagPolicy, LinkLag
from app.core.database_limits import in_a_hurry
from app.switchboard.bell import Bell
from app.switchboard.exchange_worker import ExchangeWorker
from app.switchboard.intake import make_ask
from app.switchboard.lag_meter import LagMeter
from app.switchboard.link_watch import LinkWatch
from app.switchboard.lookout import Lookout, Sign
from app.switchboard.loops import Round, go_round_until, keep_deadlines_until, route_until
from app.switchboard.news_pump import NewsPump
from app.switchboard.past_news import PastNews
from telephony.events import RecordingReady
from telephony.port import Exchange, IsWell, NewsStream

logger = logging.getLogger(__name__)

STOP_SECONDS = 8


@dataclass(frozen=True, kw_only=True)
class RecordingCare:
    """What others do about recordings: `note` within the save of the news, `keep` until stopped."""

    note: Callable[[RecordingReady], None]
    keep: Callable[[Bell, Flag], None]


class Shift:
    """Everything that runs while this process holds the duty; `stop` ends all of it."""

    def __init__(
        self,
        app: Flask,
        exchanges: Mapping[str, Exchange],
        *,
        token: Callable[[], int],
        has_outcome: deadlines.HasOutcome,
        is_well: IsWell,
        compare_seconds: float,
        recordings: RecordingCare,
        also: Mapping[str, Callable[[Flag], None]],
        rounds: Sequence[Round],
    ) -> None:
        self._app = app
        self._token = token
        self._is_well = is_well
        lag_policy = LagPolicy()
        self._has_outcome = has_outcome
        self._recordings = recordings
        self._also = also
        self._rounds = rounds
        self._recording_bell = Bell()
        self._deadline_bell = Bell()
        self._stopped = Flag()
        self._threads: list[Thread] = []
        self._listeners: list[tuple[NewsStream, Thread]] = []
        self.route_bell = Bell()
        self.workers = {
            exchange_id: ExchangeWorker(app, exchange, token=token)
            for exchange_id, exchange in exchanges.items()
        }
        self._pump = NewsPump(
            app,
            exchanges,
            token=token,
            do_aside=self._do_aside,
            after_link_up=self._after_link_up,
            meter=LagMeter(exchanges, remembered=lag_policy.remembered),
            note_recording=recordings.note,
            after_recording=self._recording_bell.ring,
        )
        self._watches = {
            exchange_id: LinkWatch(
                app,
                exchange,
                age=partial(self._pump.age, exchange_id),
                token=token,
                tell_link_again=self._pump.tell_link_again,
                lag_policy=lag_policy,
                compare_seconds=compare_seconds,
                hear_again=PastNews(
                    app, exchange, token=token, note_recording=recordings.note
                ).hear_again,
            )
            for exchange_id, exchange in exchanges.items()
        }

    def start(self) -> None:
        """Begin."""
        ask = make_ask(self._app, tell=self._pump.tell)
        self._run(in_a_hurry(self._pump.run), name="switchboard-news")
        self._run(
            self._recordings.keep,
            self._recording_bell,
            self._stopped,
            name="switchboard-recordings",
        )
        for exchange_id, worker in self.workers.items():
            self._run(in_a_hurry(worker.run), name=f"switchboard-orders-{exchange_id}")
            stream = worker.exchange.stream
            if stream is not None:
                self._remind(worker.exchange)
                how = (self._pump.tell, ask, self._can_work)
                listener = self._run(stream.listen, *how, name=f"exchange-{exchange_id}")
                self._listeners.append((stream, listener))
        for exchange_id, watch in self._watches.items():
            show_lag, compare = in_a_hurry(watch.show_lag_until), in_a_hurry(watch.compare_until)
            self._run(show_lag, self._stopped, name=f"lag-{exchange_id}")
            self._run(compare, self._stopped, name=f"compare-{exchange_id}")
        self._run(
            in_a_hurry(route_until),
            self._stopped,
            self._app,
            self.route_bell,
            name="switchboard-router",
            token=self._token,
            looked_at=self._pump.looked_at,
        )
        self._run(
            in_a_hurry(keep_deadlines_until),
            self._stopped,
            self._app,
            self._deadline_bell,
            name="switchboard-deadlines",
            token=self._token,
            has_outcome=self._has_outcome,
        )
        lookout = Lookout(self._app, self._signs())
        self._run(in_a_hurry(lookout.look_until), self._stopped, name="switchboard-lookout")
        for name, run_until in self._also.items():
            self._run(run_until, self._stopped, name=name)

        for each in self._rounds:
            self._run(
                go_round_until,
                self._stopped,
                self._app,
                each,
                name=f"round-{each.name}",
                token=self._token,
            )

    def _signs(self) -> list[Sign]:
        """Return what each loop waits for, beside what this process tells it."""
        return [
            Sign(is_there=call_queue.IS_ANYBODY_WAITING, tell=self.route_bell.ring),
            Sign(
                is_there=deadlines.IS_ANY_DUE,
                moments=deadlines.moments_of,
                tell=self._deadline_bell.ring,
            ),
            *(
                Sign(is_there=order_book.is_any_wished(exchange_id), tell=worker.look)
                for exchange_id, worker in self.workers.items()
            ),
        ]

    def _remind(self, exchange: Exchange) -> None:
        """Let an exchange's clock go on from what the process before this one was told of it."""
        if exchange.clock is None:
            return
        try:
            with self._app.app_context():
                last = kept_news.last_told(exchange.exchange_id)
        except Exception:  # whoever waits at the exchange waits for more than a clock
            logger.exception("what was told last is unknown", extra={"of": exchange.exchange_id})
            return
        if last is not None:
            exchange.clock.go_on_after(last)

    def stop(self) -> None:
        """Leave the exchanges and stop every loop; returns when all threads are done.

        Or after eight seconds: then `is_gone` says whether somebody still listens.
        """
        self._stopped.set()
        self.route_bell.ring()
        self._deadline_bell.ring()
        self._recording_bell.ring()
        for worker in self.workers.values():
            worker.stop()
        self._stop_listening()
        for watch in self._watches.values():
            watch.stop()
        self._pump.stop()
        for thread in self._threads:
            thread.join(timeout=STOP_SECONDS)

    def is_gone(self) -> bool:
        """Say whether nobody listens to an exchange for this shift any more; whoever does is told.

        What else may be left of it writes nothing: its token is worth nothing.
        """
        self._stop_listening()
        return not any(thread.is_alive() for _stream, thread in self._listeners)

    def _stop_listening(self) -> None:
        for stream, thread in self._listeners:
            if thread.is_alive():
                stream.stop()

    def lags(self) -> list[LinkLag]:
        """Return the lamp of each exchange's link, as this process has it."""
        return [watch.lag for watch in self._watches.values()]

    def _can_work(self) -> bool:
        return self._is_well() and self._pump.can_save()

    def _after_link_up(self, exchange_id: str) -> None:
        self.workers[exchange_id].introduce_soon(anew=True)
        self._watches[exchange_id].compare_soon()
        self.route_bell.ring()

    def _do_aside(self, exchange_id: str, what: Callable[[], None]) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._run(what, name=f"first-look-{exchange_id}")

    def _run(self, what: Callable[..., None], *args: object, name: str, **given: object) -> Thread:
        thread = Thread(target=what, args=args, kwargs=given, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread
