"""A running site keeps its calendar, and every clock stands by it, when versions come."""

from datetime import date

import flask_migrate
import pytest
from sqlalchemy import text

from app.core.database import db
from app.rules import working_calendar
from app.rules.working_time import DayKind
from tests.migrations.test_both_ways import DIRECTORY, empty_url, standing_app
from tests.migrations.test_numbers_move_along import say

__all__ = ["empty_url", "standing_app"]

pytestmark = pytest.mark.postgresql

BEFORE = "0060_first_contact"


def is_sqlite() -> bool:
    """Say which of the two databases it is."""
    return db.engine.dialect.name == "sqlite"


def fill_as_before() -> None:
    """Put in a year with one holiday, other hours, and a clock of a ticket that is not there."""
    say(
        "INSERT INTO calendar_years (year, notice, loaded_at)"
        " VALUES (2026, '国办发明电', '2025-11-05 02:00:00')"
    )
    say(
        "INSERT INTO calendar_days (day, name, is_off, notice_year)"
        " VALUES ('2026-10-01', '国庆节', :yes, 2026)",
        yes=True,
    )
    say("INSERT INTO office_hours_rules (since, sessions) VALUES ('2026-01-01', '09:00-17:00')")
    if is_sqlite():
        return  # it lets nobody put in a clock without its ticket
    with db.engine.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(
            text(
                'INSERT INTO ticket_clocks (id, ticket_id, kind, nth, round, "limit", basis,'
                " is_urgent, first_day, last_day_ends, after_hours, warns_before, rules_version,"
                " started_at, is_running, extensions) VALUES (1, 1, 'citizen', 1, 1, '10wd', '',"
                " :no, 'next', 'office', 'next_opening', '1wd', 'v', '2026-11-23 02:00:00',"
                " :yes, 0)"
            ),
            {"no": False, "yes": True},
        )
        connection.commit()
        connection.invalidate()  # the next one trusts nobody


@pytest.mark.usefixtures("standing_app")
def test_what_is_known_is_the_first_version_and_what_every_clock_stands_by() -> None:
    flask_migrate.upgrade(directory=DIRECTORY, revision=BEFORE)
    fill_as_before()

    flask_migrate.upgrade(directory=DIRECTORY)

    first = working_calendar.newest_version()
    clocks = say("SELECT calendar_version, calendar_region FROM ticket_clocks")
    assert is_sqlite() or clocks == [(first, "")]
    known = working_calendar.working_time(version=first)
    holiday = date(2026, 10, 1)
    assert (known.kind_of(holiday), known.special[holiday].name) == (DayKind.HOLIDAY, "国庆节")
    assert known.sessions_on(holiday)[0][0].hour == 9
    db.session.remove()
    flask_migrate.downgrade(directory=DIRECTORY, revision=BEFORE)
    assert say("SELECT year FROM calendar_years") == [(2026,)]
    assert is_sqlite() or say("SELECT id FROM ticket_clocks") == [(1,)]
