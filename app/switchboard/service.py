"""Starts and stops the switchboard: the threads that hear exchanges, route, send, keep time."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from threading import Event as Flag
from threading import Thread

from flask import Flask

from app.accounts import service as accounts
from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.core import clock
from app.core.database import unit_of_work
from app.switchboard import duty
from app.switchboard.bell import Bell
from app.switchboard.exchange_worker import ExchangeWorker
from app.switchboard.intake import make_ask
from app.switchboard.loops import keep_deadlines_until, route_until
from app.switchboard.news_pump import NewsPump
from telephony.events import RecordingReady
from telephony.port import Exchange, FallbackSeat, PhoneSecret

logger = logging.getLogger(__name__)

RENEW_SECONDS = 2.0
MIRROR_SECONDS = 1.0

OnRecording = Callable[[Exchange, RecordingReady], None]


class Switchboard:
    """One per app. Only the process that holds the duty lease runs the loops (decision 2)."""

    def __init__(
        self,
        app: Flask,
        exchanges: Mapping[str, Exchange],
        *,
        has_outcome: deadlines.HasOutcome,
        on_recording: OnRecording,
    ) -> None:
        self._app = app
        self._has_outcome = has_outcome
        self._on_recording = on_recording
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._token = 0
        self._stopped = Flag()
        self._threads: list[Thread] = []
        self._mirrored: dict[str, list[FallbackSeat]] = {}
        self.route_bell = Bell()
        self.workers = {
            exchange_id: ExchangeWorker(app, exchange, token=self._current_token)
            for exchange_id, exchange in exchanges.items()
        }
        self._pump = NewsPump(
            app,
            exchanges,
            after_link_up=self._introduce_ourselves,
            on_recording=self._collect_recording,
        )

    def start(self) -> None:
        """Begin to wait for the duty, in a thread; the loops start when it is ours."""
        self._run(self._serve, name="switchboard-duty")

    def stop(self) -> None:
        """Stop every loop, give the duty back, and return when all threads are done."""
        self._stopped.set()
        self.route_bell.ring()
        for worker in self.workers.values():
            worker.stop()
            if worker.exchange.stream is not None:
                worker.exchange.stream.stop()
        self._pump.stop()
        for thread in self._threads:
            thread.join(timeout=8)
        with self._app.app_context(), unit_of_work():
            duty.give_back(self._holder, at=clock.now())

    def is_on_duty(self) -> bool:
        """Say whether this process holds the duty."""
        return self._token > 0

    def admit_phone(self, agent_id: int) -> None:
        """Tell every exchange the agent's present phone secret."""
        person = accounts.get_person(agent_id)
        if person.phone_secret:
            secret = PhoneSecret(
                phone=person.work_number,
                secret=person.phone_secret,
                display_name=person.work_number,
            )
            for worker in self.workers.values():
                self._admit(worker, secret)

    def dismiss_phone(self, phone: str) -> None:
        """Let nobody register this phone any more."""
        for worker in self.workers.values():
            phones = worker.exchange.phones
            if phones is not None:
                worker.ask(lambda phones=phones: phones.dismiss(phone))  # type: ignore[misc]

    def desk_opened(self, phone: str) -> None:
        """Tell exchanges without phones of their own that this desk can take calls."""
        for worker in self.workers.values():
            desks = worker.exchange.desk_phones
            if desks is not None:
                worker.ask(lambda desks=desks: desks.desk_opened(phone))  # type: ignore[misc]

    def desk_closed(self, phone: str) -> None:
        """Tell exchanges without phones of their own that this desk is gone."""
        for worker in self.workers.values():
            desks = worker.exchange.desk_phones
            if desks is not None:
                worker.ask(lambda desks=desks: desks.desk_closed(phone))  # type: ignore[misc]

    def _serve(self) -> None:
        while not self._stopped.is_set():
            if self._take_duty() and self._token and len(self._threads) == 1:
                logger.info("on duty", extra={"token": self._token})
                self._start_loops()
            self._stopped.wait(RENEW_SECONDS)

    def _take_duty(self) -> bool:
        try:
            with self._app.app_context(), unit_of_work():
                token = duty.take(self._holder, at=clock.now())
        except Exception:
            logger.exception("the duty lease could not be renewed")
            return False
        if token is None:
            return False
        self._token = token
        return True

    def _start_loops(self) -> None:
        ask = make_ask(self._app)
        self._run(self._pump.run, name="switchboard-news")
        for exchange_id, worker in self.workers.items():
            self._run(worker.run, name=f"switchboard-orders-{exchange_id}")
            if worker.exchange.stream is not None:
                listen = worker.exchange.stream.listen
                self._run(listen, self._pump.tell, ask, name=f"exchange-{exchange_id}")
        self._run(
            route_until,
            self._stopped,
            self._app,
            self.route_bell,
            name="switchboard-router",
            token=self._current_token,
        )
        self._run(
            keep_deadlines_until,
            self._stopped,
            self._app,
            name="switchboard-deadlines",
            token=self._current_token,
            has_outcome=self._has_outcome,
        )
        self._run(self._mirror_until_stopped, name="switchboard-mirror")

    def _run(self, what: Callable[..., None], *args: object, name: str, **given: object) -> None:
        thread = Thread(target=what, args=args, kwargs=given, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _current_token(self) -> int:
        return self._token

    def _introduce_ourselves(self, exchange_id: str) -> None:
        """A link came up: the exchange learns our phones and seats anew."""
        worker = self.workers[exchange_id]
        self._mirrored.pop(exchange_id, None)
        if worker.exchange.phones is None:
            return
        for person in accounts.people_with_phones():
            secret = PhoneSecret(
                phone=person.work_number,
                secret=person.phone_secret or "",
                display_name=person.work_number,
            )
            self._admit(worker, secret)

    def _admit(self, worker: ExchangeWorker, secret: PhoneSecret) -> None:
        phones = worker.exchange.phones
        if phones is not None:
            worker.ask(lambda: phones.admit(secret))

    def _collect_recording(self, ready: RecordingReady) -> None:
        worker = self.workers[ready.exchange_id]
        worker.ask(lambda: self._on_recording(worker.exchange, ready))

    def _mirror_until_stopped(self) -> None:
        """Keep the seats that exchanges may ring alone the same as ours (A12)."""
        while not self._stopped.wait(MIRROR_SECONDS):
            try:
                with self._app.app_context():
                    seats = [
                        FallbackSeat(phone=seat.phone, is_paused=seat.is_paused)
                        for seat in call_queue.seats()
                    ]
                for exchange_id, worker in self.workers.items():
                    fallback = worker.exchange.fallback
                    if fallback is not None and self._mirrored.get(exchange_id) != seats:
                        self._mirrored[exchange_id] = seats
                        worker.ask(lambda f=fallback, s=seats: f.mirror(s))  # type: ignore[misc]
            except Exception:
                logger.exception("a mirror round failed")
