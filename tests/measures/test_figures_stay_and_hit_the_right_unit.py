"""A figure of the past stays when tickets are put away, and a unit's figure counts its own acts."""

from datetime import timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import unit_of_work
from app.handling import sweeping
from app.handling.counted_tickets import tickets_opened
from app.handling.ticket_pictures import TicketPicture
from app.tickets import stepping
from app.tickets.ticket_states import TicketState
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved, state

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")


@pytest.fixture
def cast(frozen: time_machine.Traveller) -> Cast:  # noqa: ARG001 - stops the clock first
    """Give one person of each role."""
    return make_cast()


def counted() -> TicketPicture:
    """Return the newest ticket as figures count it."""
    now = wall.now()
    return tickets_opened(now - timedelta(days=400), now + timedelta(days=1), now=now)[-1]


@pytest.mark.parametrize("ending", [TicketState.WITHDRAWN, TicketState.VOID])
def test_what_was_withdrawn_or_struck_out_is_left_out_after_it_was_put_away_too(
    cast: Cast, frozen: time_machine.Traveller, ending: TicketState
) -> None:
    ticket_id = play.open_one(cast)
    with unit_of_work():
        ticket = stepping.read_for_change(ticket_id)
        stepping.write_step(ticket, "withdraw", at=wall.now(), by=None, new=ending)
    before = counted().exclusions
    assert str(ending) in before

    frozen.shift(timedelta(days=100))
    for do in sweeping.find_due(wall.now()):
        saved(do)
    assert state(ticket_id) == "archived"
    assert counted().exclusions == before


def test_what_was_closed_is_left_out_for_no_ending_when_it_is_put_away(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id)
    frozen.shift(timedelta(days=100))
    for do in sweeping.find_due(wall.now()):
        saved(do)

    assert state(ticket_id) == "archived"
    assert counted().exclusions == frozenset()
