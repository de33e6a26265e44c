"""The switchboard of this process: it waits for the duty, works while it holds it, steps down."""

import logging
import os
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from threading import Thread

from flask import Flask

from app.call_queue import deadlines
from app.core import clock
from app.core.database import unit_of_work
from app.core.database_limits import in_a_hurry
from app.switchboard import duty
from app.switchboard.loops import Round
from app.switchboard.pulse import Pulse
from app.switchboard.shift import RecordingCare, Shift
from telephony.events import RecordingReady
from telephony.port import Exchange

logger = logging.getLogger(__name__)

RENEW_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Health:
    """`lags`: word of LinkLag → how many exchanges' lamps say so."""

    can_save: bool
    is_on_duty: bool
    lags: dict[str, int]


class Switchboard:
    """One per app. Only the process that holds the duty lease runs a shift (decision 2).

    `also`: loops of other rooms that one process at a time runs, by the names of their threads.
    """

    def __init__(
        self,
        app: Flask,
        exchanges: Mapping[str, Exchange],
        *,
        has_outcome: deadlines.HasOutcome,
        compare_seconds: float,
        recordings: RecordingCare,
        also: Mapping[str, Callable[[Flag], None]],
        rounds: Sequence[Round] = (),
    ) -> None:
        self._app = app
        self._exchanges = exchanges
        self._has_outcome = has_outcome
        self._compare_seconds = compare_seconds
        self._pulse = Pulse()
        self._recordings = recordings
        self._also = also
        self._rounds = rounds
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._token = 0
        self._stopped = Flag()
        self._thread = Thread(target=in_a_hurry(self._serve), name="switchboard-duty", daemon=True)
        self.shift: Shift | None = None
        self._last_shift: Shift | None = None

    def start(self) -> None:
        """Begin to wait for the duty, in a thread; a shift starts when it is ours."""
        self._thread.start()

    def stop(self) -> None:
        """End the shift and give the duty back; returns when all threads are done."""
        self._stopped.set()
        self._thread.join()
        with self._app.app_context(), unit_of_work():
            duty.give_back(self._holder, at=clock.now())

    def note_recording(self, ready: RecordingReady) -> None:
        """Keep, within the save of a web request's news, that a recording is to be fetched.

        Whoever is on duty fetches it, in this process or another.
        """
        self._recordings.note(ready)

    def health(self) -> Health | None:
        """Return how this process's switchboard does, for those who watch it; None: it has none."""
        if not self._thread.is_alive():
            return None
        shift = self.shift
        lags = Counter(lag.value for lag in shift.lags()) if shift else Counter()
        return Health(can_save=self._pulse.is_well(), is_on_duty=shift is not None, lags=dict(lags))

    def _serve(self) -> None:
        while not self._stopped.is_set():
            self._look_at_duty()
            self._stopped.wait(RENEW_SECONDS)
        self._step_down()

    def _look_at_duty(self) -> None:
        """Renew the lease; begin a shift when it became ours, end it when it went to another."""
        try:
            with self._app.app_context(), unit_of_work():
                token = duty.take(self._holder, at=clock.now())
        except Exception:
            # Without the database nobody else can take the duty either. The exchanges are told,
            # and go on alone meanwhile.
            self._pulse.miss()
            logger.exception("the duty lease could not be renewed")
            return
        self._pulse.beat()
        if token is None or token != self._token:
            self._step_down()
        if token is not None and self.shift is None:
            if self._last_shift is None or self._last_shift.is_gone():
                self._begin_shift(token)
            else:
                self._leave_to_others()

    def _leave_to_others(self) -> None:
        """Give back the duty: a listener of our last shift has not let go of its exchange yet."""
        logger.warning("not on duty: the last shift has not ended")
        try:
            with self._app.app_context(), unit_of_work():
                duty.give_back(self._holder, at=clock.now())
        except Exception:
            logger.exception("the duty could not be given back; it ends by itself")

    def _begin_shift(self, token: int) -> None:
        self._token = token
        logger.info("on duty", extra={"token": token})
        shift = Shift(
            self._app,
            self._exchanges,
            token=lambda: token,  # this shift's own: what is left of it has no part in the next
            has_outcome=self._has_outcome,
            is_well=self._pulse.is_well,
            compare_seconds=self._compare_seconds,
            recordings=self._recordings,
            also=self._also,
            rounds=self._rounds,
        )
        shift.start()
        self.shift = shift

    def _step_down(self) -> None:
        shift, self.shift, self._token = self.shift, None, 0
        if shift is not None:
            self._last_shift = shift
            shift.stop()
            logger.info("off duty")
