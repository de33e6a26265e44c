"""One busy day on the real app: so many calls with so many faults, then ledger against truth."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import func

from app.calls.models import ProviderEvent
from app.calls.recheck import recheck
from app.core.database import db
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from tests.rehearsal.house import House, a_busy_day, register_numbers
from tests.rehearsal.open_ends import open_ends
from tests.rehearsal.truth import find_differences
from tests.rehearsal.unheard import knowable

HABITS = Habits(misses=0.03, rejects=0.01, hangs_up=0.03, loses_phone=0.01)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What is played. An exchange without a book remembers nothing of what it told (unheard.py)."""

    calls: int
    agents: int
    faults: float = 0.01
    every: float = 0.05  # seconds between two calls
    seed: int = 1
    has_book: bool = True
    habits: Habits = HABITS


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the ledger stands after it."""

    ended: int
    events: int
    heard_again: int
    mended: int
    played: timedelta
    took: timedelta
    differences: Sequence[str]  # that the ledger could have known better
    unknowable: int
    open_ends: Sequence[str]
    unlike_its_news: Sequence[str]

    @property
    def faults(self) -> list[str]:
        """Everything that is wrong."""
        return [*self.differences, *self.open_ends, *self.unlike_its_news]


def rehearse(app: Flask, day: Day) -> Outcome:
    """Play the day on an empty database of the newest shape, in the app's context."""
    register_numbers()
    house = House(app, seed=day.seed, habits=day.habits, keeps_book=day.has_book)
    began = time.monotonic()
    with house.time():
        house.crowd(day.agents)
        house.simulator.set_faults(FaultRates.all_at(day.faults))
        start = house.clock.now()
        house.simulator.play(a_busy_day(day.calls, seed=day.seed, every=day.every))
        house.play(
            day.calls * day.every + 3600,
            until=lambda: len(house.simulator.chronicle) == day.calls,
        )
        house.play(60)
        played, took = house.clock.now() - start, time.monotonic() - began
        return _compared(house, day, played=played, took=timedelta(seconds=round(took)))


def _compared(house: House, day: Day, *, played: timedelta, took: timedelta) -> Outcome:
    chronicle = house.simulator.chronicle
    lost = {} if day.has_book else house.simulator.lost_news
    found = find_differences(chronicle)
    faults = knowable(found, chronicle, lost)
    told = db.session.execute(db.select(func.count()).select_from(ProviderEvent)).scalar_one()
    return Outcome(
        ended=len(chronicle),
        events=told,
        heard_again=house.heard_again,
        mended=house.mended,
        played=played,
        took=took,
        differences=[str(one) for one in faults],
        unknowable=len(found) - len(faults),
        open_ends=open_ends(),
        # of what is lost for good the ledger knows more than the news that is left
        unlike_its_news=[str(one) for one in recheck().differences if one.call_key not in lost],
    )
