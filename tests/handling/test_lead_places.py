"""A place that was put right leaves its lead, and the dispatcher is told who answers for it now."""

import pytest

from app.handling import correcting, dispatching
from app.handling.correcting import CategoryAndPlace
from app.handling.lead_places import Misplaced, misplaced_lead
from app.organisation import service as organisation
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def unit(code: str) -> int:
    """Return the id of the unit with this code."""
    return organisation.find_unit_by_code(code).id


def led_by(cast: Cast, code: str, town: str | None = "441602001") -> int:
    """Open a ticket in a town of the city's district and send it to a unit."""
    ticket_id = play.open_one(cast, county_code="441602", town_code=town)
    wanted = dispatching.Plan(lead_unit_id=unit(code))
    saved(dispatching.dispatch, ticket_id, wanted, doer=cast.dispatcher)
    return ticket_id


def put_at(cast: Cast, ticket_id: int, county: str, town: str | None) -> None:
    """Correct where it is."""
    ticket = get_ticket(ticket_id)
    new = CategoryAndPlace(
        category_code=ticket.category_code, county_code=county, town_code=town, address=None
    )
    saved(
        correcting.correct_category_and_place, ticket_id, new, "核实后地点不同",
        doer=cast.dispatcher,
    )  # fmt: skip


def test_a_town_that_leads_does_not_answer_for_the_next_town(cast: Cast) -> None:
    ticket_id = led_by(cast, "town-441602001")
    assert misplaced_lead(get_ticket(ticket_id)) is None

    put_at(cast, ticket_id, "441602", "441602002")

    town = Misplaced(lead_unit_id=unit("town-441602001"), fitting_unit_id=unit("town-441602002"))
    assert misplaced_lead(get_ticket(ticket_id)) == town
    assert get_ticket(ticket_id).lead_unit_id == unit("town-441602001")
    put_at(cast, ticket_id, "441602", None)  # of the town nothing is said: it may be his
    assert misplaced_lead(get_ticket(ticket_id)) is None


def test_a_county_that_leads_does_not_answer_for_another(cast: Cast) -> None:
    ticket_id = led_by(cast, "county-441602")
    put_at(cast, ticket_id, "441602", "441602002")
    assert misplaced_lead(get_ticket(ticket_id)) is None

    put_at(cast, ticket_id, "441625", None)

    county = Misplaced(lead_unit_id=unit("county-441602"), fitting_unit_id=unit("county-441625"))
    assert misplaced_lead(get_ticket(ticket_id)) == county


def test_a_bureau_of_the_city_answers_everywhere_and_nobody_leads_what_was_not_sent(
    cast: Cast,
) -> None:
    ticket_id = led_by(cast, "housing")
    put_at(cast, ticket_id, "441625", None)
    unsent = play.open_one(cast)

    assert misplaced_lead(get_ticket(ticket_id)) is None
    assert misplaced_lead(get_ticket(unsent)) is None
