"""Calls by the hundred with a share of every fault: the ledger ends equal to the truth.

The ten thousand: `python -m tests.rehearsal`, or `make bench ONLY=rehearsal` on PostgreSQL.
"""

from dataclasses import replace

import pytest
from flask import Flask

from tests.rehearsal.busy_day import HABITS, Day, rehearse

pytestmark = [pytest.mark.slow, pytest.mark.rehearsal]
ROUGH = replace(HABITS, misses=0.05, rejects=0.03, hangs_up=0.05, loses_phone=0.03)


def test_a_ledger_full_of_faults_ends_equal_to_the_truth(app: Flask) -> None:
    outcome = rehearse(app, Day(calls=300, agents=120, every=0.3, seed=3))

    assert (outcome.ended, outcome.faults) == (300, [])
    assert outcome.unknowable == 0


def test_an_exchange_that_forgets_leaves_unknown_only_what_nobody_could_know(app: Flask) -> None:
    day = Day(calls=150, agents=60, faults=0.02, every=0.5, seed=4, has_book=False, habits=ROUGH)

    outcome = rehearse(app, day)

    assert (outcome.ended, outcome.faults) == (150, [])
    assert outcome.mended > 0
