"""The register of a running site survives the step to dated modes and states, and the way back."""

import flask_migrate
import pytest
from sqlalchemy import text

from app.core.database import db
from tests.migrations.test_both_ways import DIRECTORY, empty_url, standing_app

__all__ = ["empty_url", "standing_app"]

pytestmark = pytest.mark.postgresql

FROM, UNTIL = "2025-05-27 16:00:00", "2026-05-01 00:00:00"


def say(sql: str, **values: object) -> list[tuple[object, ...]]:
    """Run one sentence and keep what it does."""
    with db.engine.connect() as connection:
        found = connection.execute(text(sql), values)
        rows = [tuple(row) for row in found] if found.returns_rows else []
        connection.commit()
    return rows


def fill_as_before() -> None:
    """Put in a unit, two numbers, and a call that refers to one of them."""
    say("INSERT INTO units (id, code, name, kind) VALUES (7, 'hotline', '热线', 'hotline')")
    for number_id, number, mode, until in [
        (1, "12315", "dual_number", None),
        (2, "12358", "merged", UNTIL),
    ]:
        say(
            "INSERT INTO legacy_numbers (id, number, name, owner_unit_id, mode, is_sample,"
            " greeting, priority, skill, note, valid_from, valid_until)"
            " VALUES (:id, :number, '线', 7, :mode, :no, '您好', 0, NULL, '', :begins, :until)",
            id=number_id, number=number, mode=mode, no=False, begins=FROM, until=until,
        )  # fmt: skip
    say(
        "INSERT INTO calls (id, exchange_id, boot_id, call_key, dialled_number, from_number,"
        " from_name, legacy_number_id, state, state_since, last_news_at, invited_at, is_kept,"
        " resume_tries) VALUES (1, 'a', 'b', 'c', '12358', '', '', 2, 'ended', :at, :at, :at,"
        " :no, 0)",
        at=FROM, no=False,
    )  # fmt: skip


@pytest.mark.usefixtures("standing_app")
def test_modes_and_dates_become_dated_rows_and_calls_keep_their_number() -> None:
    flask_migrate.upgrade(directory=DIRECTORY, revision="0006_tickets")
    fill_as_before()

    flask_migrate.upgrade(directory=DIRECTORY, revision="0007_numbers_and_landings")

    assert say("SELECT number_id, mode FROM number_modes ORDER BY id") == [
        (1, "dual_number"),
        (2, "merged"),
    ]
    assert say("SELECT number_id, state FROM number_states ORDER BY id") == [
        (1, "live"),
        (2, "live"),
        (2, "closed"),
    ]
    assert say("SELECT legacy_number_id FROM calls") == [(2,)]

    flask_migrate.downgrade(directory=DIRECTORY, revision="0006_tickets")

    rows = say("SELECT id, mode, valid_from, valid_until FROM legacy_numbers ORDER BY id")
    assert [(row[0], row[1], str(row[2])[:10], str(row[3])[:10]) for row in rows] == [
        (1, "dual_number", "2025-05-27", "None"),
        (2, "merged", "2025-05-27", "2026-05-01"),
    ]
