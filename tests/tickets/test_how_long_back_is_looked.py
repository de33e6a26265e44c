"""How long back a ticket of the same matter is looked for is the city's to say (R21)."""

from collections.abc import Callable

import pytest

from app.core.database import unit_of_work
from app.rules import rule_register
from app.tickets import duplicates
from app.tickets.likeness import Matter
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

Tick = Callable[..., None]


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    return make_cast()


def found(cast: Cast, number: str) -> list[int]:
    matter = Matter(text="路灯不亮", category_code="0201", town_code="441602001")
    asked = duplicates.Asked(
        number=number,
        county_code="441602",
        matter=matter,
        reader_id=cast.agent.user_id,
        reads_confidential=False,
    )
    return [each.ticket_id for each in duplicates.alike_tickets(asked)]


def test_a_ticket_is_alike_for_as_long_as_the_rule_of_the_day_says(cast: Cast, tick: Tick) -> None:
    ticket_id = play.open_one(cast, title="路灯不亮")
    tick(days=2)
    assert found(cast, "+8613900002817") == [ticket_id]
    assert found(cast, "") == [ticket_id]
    with unit_of_work():
        rule_register.set_value("limit.same_caller", "1d", basis="试行", valid_from=None)
        rule_register.set_value("limit.same_place", "24h", basis="试行", valid_from=None)
    tick(minutes=1)

    assert found(cast, "+8613900002817") == []
    assert found(cast, "") == []
