"""What was done in a time is found by its moment, however many years of steps there are."""

from datetime import timedelta

import pytest

from app.core import clock
from app.tickets import stepping
from tests.handling import cast as play
from tests.handling.cast import make_cast
from tests.plans import indexes_used, tables_read_whole

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def test_what_was_done_in_a_time_is_told_without_reading_what_was_done_before() -> None:
    cast = make_cast()
    ticket_id = play.audited(cast)
    now = clock.now()

    with indexes_used() as used, tables_read_whole() as whole:
        done = stepping.acts_between(now, now + timedelta(seconds=1))
        earlier = stepping.acts_between(now - timedelta(days=9), now - timedelta(days=8))

    assert "ix_ticket_steps_at" in used
    assert "ticket_steps" not in whole
    assert "approve_result" in done[ticket_id, cast.auditor.user_id]
    assert earlier == {}
