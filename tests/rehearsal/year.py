"""Play a year of tickets through the pages by all roles, and count its figures again.

    python -m tests.rehearsal.year --orders 3000 [--seed 1] [--sittings 400]

Deterministic by the seed; time is moved by the project's clock. Ends with 1 where anything differs:
a ticket that ends where the table of moves has no end, a step that it does not allow, a caller
nobody answered, a figure that a plain count of the export or of what people did gives otherwise,
an answer of 500, a caller's name or number in the log.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask

from app.core.database import db, unit_of_work
from app.factory import create_app
from app.rules import code_register
from config import read_settings
from tests.conftest import PageClient
from tests.database import SqliteTemplate
from tests.rehearsal import year_truth
from tests.rehearsal.year_desks import open_house
from tests.rehearsal.year_play import Deeds, Year

BEGINS = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
"""A Monday morning; the calendar of the year after is not known yet."""


@dataclass(kw_only=True)
class Outcome:
    """What a year came to. `faults` is empty where everything held."""

    tickets: int
    requests: int
    deeds: Deeds
    faults: list[str] = field(default_factory=list)


def play_year(app: Flask, *, orders: int, seed: int = 1, sittings: int = 0) -> Outcome:
    """Play it inside the app's context; the registers are in the database."""
    with (
        time_machine.travel(BEGINS, tick=False) as traveller,
        year_truth.listening() as said,
    ):
        with unit_of_work():
            code_register.load_codes()
        house = open_house(app)
        year = Year(
            house=house,
            orders=orders,
            sittings=sittings or max(40, orders // 8),
            seed=seed,
            begins=BEGINS,
            traveller=traveller,
        )
        year.play()
        faults = [
            *house.faults,
            *year_truth.open_ends(year),
            *year_truth.steps_unlike_the_table(),
            *year_truth.never_done(),
            *year_truth.unanswered(),
            *year_truth.figures_unlike(year),
            *year_truth.never_sent(year),
            *year_truth.personal_data_in(said, year),
        ]
    return Outcome(
        tickets=len(year.opened),
        requests=sum(house.answers.values()),
        deeds=year.deeds,
        faults=faults,
    )


def main() -> int:
    """Play, count, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal.year")
    parser.add_argument("--orders", type=int, default=3000)
    parser.add_argument("--sittings", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "SITE_MODE": "demo",
            "SECRET_KEY": "only-for-rehearsals-only-for-rehearsals-x",
            "EXCHANGES": "sim=simulator://quiet",
            "RUN_SWITCHBOARD": "false",
            "LOG_LEVEL": "WARNING",
            "INSTANCE_DIR": folder,
        }
        template = SqliteTemplate(Path(folder), environment=environment)
        environment["DATABASE_URL"] = template.copy(Path(folder), content="registers")
        app = create_app(read_settings(environment))
        app.test_client_class = PageClient
        began = time.monotonic()
        with app.app_context():
            outcome = play_year(app, orders=given.orders, seed=given.seed, sittings=given.sittings)
            db.session.remove()
            db.engine.dispose()
    lines = [
        f"tickets   {outcome.tickets} in {time.monotonic() - began:.0f} s",
        f"requests  {outcome.requests}",
        f"refused   {dict(outcome.deeds.refused)}",
        f"faults    {len(outcome.faults)}",
        *(f"  {each}" for each in outcome.faults[:40]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
