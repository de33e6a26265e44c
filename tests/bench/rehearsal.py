"""Ten thousand calls with one in a hundred of every fault: does the ledger end equal to the truth?

Once at an exchange that keeps a book of its news, once at one that forgets it, as Asterisk does.
"""

from pathlib import Path

from app.core.database import db
from app.factory import create_app
from config import read_settings
from tests.bench import postgres
from tests.bench.rows import Row, at_most
from tests.rehearsal.busy_day import Day, Outcome, rehearse

CALLS, AGENTS = 10_000, 2_000


def run(size: float, work: Path) -> list[Row]:
    """Play both days, each on a PostgreSQL database of its own."""
    calls, agents = max(round(CALLS * size), 20), max(round(AGENTS * size), 20)
    folder = work / "rehearsal"
    folder.mkdir()
    with postgres.running(folder) as template:
        return [
            row
            for has_book, name in ((True, "book kept"), (False, "no book"))
            for row in _rows(
                _play(
                    template.copy(folder),
                    folder,
                    Day(calls=calls, agents=agents, has_book=has_book),
                ),
                calls=calls,
                name=name,
            )
        ]


def _play(url: str, folder: Path, day: Day) -> Outcome:
    environment = {
        **postgres.ENVIRONMENT,
        "LOG_LEVEL": "ERROR",
        "DATABASE_URL": url,
        "INSTANCE_DIR": str(folder),
    }
    app = create_app(read_settings(environment))
    with app.app_context():
        outcome = rehearse(app, day)
        db.session.remove()
        db.engine.dispose()
    return outcome


def _rows(outcome: Outcome, *, calls: int, name: str) -> list[Row]:
    peer = f"heard again {outcome.heard_again}, mended {outcome.mended}, {outcome.took} taken"
    return [
        at_most(f"{calls} faulty calls, {name}: differences", len(outcome.faults), "", goal=0),
        Row(
            name=f"{calls} faulty calls, {name}: nobody could know",
            value=outcome.unknowable,
            unit="",
            peer=peer,
        ),
        at_most(f"{calls} faulty calls, {name}: lost", calls - outcome.ended, "", goal=0),
    ]
