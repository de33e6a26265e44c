"""A city opens its fast lane for a while: one enterprise is called, another one is not."""

from typing import TYPE_CHECKING

from app.calls import service as calls
from app.core.database import unit_of_work
from app.handling import contacting
from tests.handling import spoken

if TYPE_CHECKING:
    from tests.rehearsal.year_seldom import Seldom

LANE = "enterprise.fast_lane"


def call_an_enterprise(story: "Seldom") -> None:
    """Two tickets turn out to be enterprises'; the platform carries a call to one of them."""
    story.set_rule(LANE, "lane_on")
    for is_called in (True, False):
        ticket_id = story.opened()
        given = {"person_kind": "enterprise", "reason": "核对后为企业"}
        story.at_desk("/person-kind", ticket_id, "person_kind", **given)
        story.send(ticket_id)
        story.at_unit("/sign", ticket_id)
        story.deeds.called[ticket_id] = is_called
        if is_called:
            _talk(story, ticket_id)
    story.set_rule(LANE, "lane_off")


def _talk(story: "Seldom", ticket_id: int) -> None:
    """Write down what the platform writes down by itself once the citizen has answered."""
    clerk = story.unit.who
    call_id = spoken.call(clerk, story.year.opened[ticket_id])
    with unit_of_work():
        contacting.log_call(ticket_id, calls.get_call(call_id), unit_id=clerk.unit_id or 0)
