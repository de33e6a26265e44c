"""Play many calls with faults on the real app, and print how the ledger stands to the truth.

    python -m tests.rehearsal --calls 10000 --agents 2000 [--faults 0.01] [--database URL]

Without --database it makes a SQLite file of its own in a temporary folder. A given database must be
empty: it gets the newest shape. Ends with 1 where anything differs.
"""

import argparse
import logging
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func

from app.calls.models import ProviderEvent
from app.calls.recheck import recheck
from app.core.database import db
from app.factory import create_app
from config import read_settings
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from tests.database import build_schema
from tests.rehearsal.house import House, a_busy_day, register_numbers
from tests.rehearsal.truth import differences

HABITS = Habits(misses=0.03, rejects=0.01, hangs_up=0.03, loses_phone=0.01)
MOST_SHOWN = 20


def main() -> int:
    """Play, compare, print."""
    given = _read_arguments()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "SITE_MODE": "demo",
            "SECRET_KEY": "only-for-rehearsals-only-for-rehearsals-x",
            "EXCHANGES": "sim=simulator://quiet",
            "RUN_SWITCHBOARD": "false",
            "LOG_LEVEL": "ERROR",
            "INSTANCE_DIR": folder,
            "DATABASE_URL": given.database or f"sqlite:///{Path(folder) / 'hotline.db'}",
        }
        build_schema(environment)
        app = create_app(read_settings(environment))
        logging.disable(logging.WARNING)
        with app.app_context():
            found = _play(given, House(app, seed=given.seed, habits=HABITS))
            db.session.remove()
            db.engine.dispose()
    return 1 if found else 0


def _play(given: argparse.Namespace, house: House) -> int:
    register_numbers()
    began = time.monotonic()
    with house.time():
        house.crowd(given.agents)
        house.simulator.set_faults(FaultRates.all_at(given.faults))
        start = house.clock.now()
        house.simulator.play(a_busy_day(given.calls, seed=given.seed, every=given.every))
        house.play(
            given.calls * given.every + 3600,
            until=lambda: len(house.simulator.chronicle) == given.calls,
        )
        house.play(60)
        played = house.clock.now() - start
        took = time.monotonic() - began
        true = differences(house.simulator.chronicle)
        again = recheck()
    told = db.session.execute(db.select(func.count()).select_from(ProviderEvent)).scalar_one()
    report = [
        f"database       {db.engine.dialect.name}",
        f"calls          {len(house.simulator.chronicle)} with {given.agents} agents",
        f"faults         {given.faults:.1%} of each kind",
        f"events         {told}, of which heard again {house.heard_again}",
        f"mended         {house.mended} by snapshot",
        f"time           {played} played in {timedelta(seconds=round(took))}",
        f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
        f"against truth  {len(true)} differences",
        f"recheck        {again.looked_at} calls, {len(again.differences)} differences",
        *(f"  {line}" for line in true[:MOST_SHOWN]),
    ]
    sys.stdout.write("\n".join(report) + "\n")
    return len(true) + len(again.differences)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal")
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--agents", type=int, default=2_000)
    parser.add_argument("--faults", type=float, default=0.01)
    parser.add_argument("--every", type=float, default=0.05, help="seconds between two calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
