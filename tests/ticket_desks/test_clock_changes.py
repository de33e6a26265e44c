"""A unit reads what moved its clock, beside how the first due date was come by."""

from collections.abc import Callable
from datetime import date

from app.handling import calendar_following
from app.rules import working_calendar
from app.rules.office_hours import read_sessions
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, page, words


def test_a_unit_reads_what_moved_its_clock(
    cast: Cast, desks: Desks, tick: Callable[..., None]
) -> None:
    ticket_id = play.handled(cast)
    hours = read_sessions("09:00-12:00 14:00-16:00")
    saved(working_calendar.set_office_hours, date(2026, 12, 1), hours)
    tick(minutes=1)
    saved(calendar_following.let_follow, "冬令时作息", by=cast.manager.user_id)

    read = words(page(desks.at("city_liaison", "urban-management"), f"/unit/tickets/{ticket_id}"))

    assert "重算：原 2026-12-14 17:30，改为 2026-12-14 16:00 · 冬令时作息" in read
