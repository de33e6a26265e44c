"""Calls by the hundred with two per cent of every fault: the ledger ends equal to the truth.

The ten thousand: `python -m tests.rehearsal --calls 10000 --agents 2000`.
"""

import pytest
from flask import Flask

from app.calls.recheck import recheck
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from tests.rehearsal.house import House, a_busy_day, register_numbers
from tests.rehearsal.truth import differences

pytestmark = [pytest.mark.slow]
HABITS = Habits(misses=0.05, rejects=0.03, hangs_up=0.05, loses_phone=0.03)


@pytest.fixture
def registered(app: Flask) -> None:  # noqa: ARG001 - tables of this app
    register_numbers()


@pytest.mark.usefixtures("registered")
def test_a_ledger_full_of_faults_ends_equal_to_the_truth(app: Flask) -> None:
    house = House(app, seed=3, habits=HABITS)
    with house.time():
        house.crowd(30)
        house.simulator.set_faults(FaultRates.all_at(0.02))
        house.simulator.play(a_busy_day(100, seed=3, every=0.7))

        house.play(900, until=lambda: len(house.simulator.chronicle) == 100)
        house.play(30)

        assert len(house.simulator.chronicle) == 100
        assert differences(house.simulator.chronicle) == []
        assert recheck().differences == []
