"""Play many calls with faults on the real app, and print how the ledger stands to the truth.

    python -m tests.rehearsal --calls 10000 --agents 2000 [--faults 0.01] [--no-book]
        [--database URL]

With --no-book the exchange remembers nothing of what it told, as Asterisk does: then those
differences are left out that nobody could know better (unheard.py), and counted.
Without --database it makes a SQLite file of its own in a temporary folder. A given database must be
empty: it gets the newest shape. Ends with 1 where anything differs.
"""

import argparse
import logging
import resource
import sys
import tempfile
from pathlib import Path

from app.core.database import db
from app.factory import create_app
from config import read_settings
from tests.database import build_schema
from tests.rehearsal.busy_day import Day, Outcome, rehearse

MOST_SHOWN = 20


def main() -> int:
    """Play, compare, print."""
    given = _read_arguments()
    day = Day(
        calls=given.calls,
        agents=given.agents,
        faults=given.faults,
        every=given.every,
        seed=given.seed,
        has_book=not given.no_book,
    )
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
            outcome = rehearse(app, day)
            sys.stdout.write("\n".join(_report(day, outcome)) + "\n")
            db.session.remove()
            db.engine.dispose()
    return 1 if outcome.faults or outcome.ended != day.calls else 0


def _report(day: Day, outcome: Outcome) -> list[str]:
    unknowable = f", and {outcome.unknowable} that nobody could know"
    return [
        f"database       {db.engine.dialect.name}",
        f"calls          {outcome.ended} of {day.calls} with {day.agents} agents",
        f"faults         {day.faults:.1%} of each kind",
        f"events         {outcome.events}, of which heard again {outcome.heard_again}",
        f"mended         {outcome.mended} by snapshot",
        f"time           {outcome.played} played in {outcome.took}",
        f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
        f"against truth  {len(outcome.differences)} differences{unknowable}",
        f"open ends      {len(outcome.open_ends)}",
        f"recheck        {len(outcome.unlike_its_news)} differences",
        *(f"  {line}" for line in outcome.faults[:MOST_SHOWN]),
    ]


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal")
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--agents", type=int, default=2_000)
    parser.add_argument("--faults", type=float, default=0.01)
    parser.add_argument("--every", type=float, default=0.05, help="seconds between two calls")
    parser.add_argument("--no-book", action="store_true", help="an exchange that forgets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
