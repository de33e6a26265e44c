"""Whatever is counted of an urgent demand is counted on any day: not only its clocks."""

from datetime import datetime, timedelta

import pytest
import time_machine

from app.core.clock import CITY_TIME
from app.handling import acting, unit_leads
from app.handling.clock_rules import ClockKind
from app.tickets.ticket_states import Urgency
from tests.handling import cast as play
from tests.handling.cast import Cast, clock

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

SATURDAY = datetime(2026, 11, 28, 9, 0, tzinfo=CITY_TIME)


def led_by_county(cast: Cast, frozen: time_machine.Traveller, urgency: Urgency) -> int:
    frozen.move_to(SATURDAY)
    ticket_id = play.open_one(cast, urgency=urgency, urgency_reason="现场核实")
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    return ticket_id


def send_down_due(cast: Cast) -> datetime:
    [led] = unit_leads.led_by(cast.county.unit_id or 0)
    assert led.send_down_due is not None
    return led.send_down_due


def test_a_county_sends_an_urgent_ticket_down_before_its_result_is_due(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = led_by_county(cast, frozen, Urgency.URGENT)

    assert clock(ticket_id, ClockKind.HANDLE).due_at == SATURDAY + timedelta(hours=2)
    assert send_down_due(cast) == SATURDAY + timedelta(hours=2)


def test_an_ordinary_ticket_waits_for_the_countys_office_hours(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    led_by_county(cast, frozen, Urgency.NORMAL)

    assert send_down_due(cast) == datetime(2026, 11, 30, 15, 0, tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("urgency", "until"),
    [
        (Urgency.URGENT, SATURDAY + timedelta(days=1, hours=8.5)),
        (Urgency.NORMAL, SATURDAY + timedelta(days=3, hours=8.5)),
    ],
)
def test_the_window_for_a_return_is_counted_on_the_days_on_which_its_clocks_run(
    cast: Cast, frozen: time_machine.Traveller, urgency: Urgency, until: datetime
) -> None:
    lead = acting.lead_of(led_by_county(cast, frozen, urgency))

    assert lead is not None
    assert lead.return_until == until
