"""What may not go down to a town, whom the catalogue names, what a finished ticket teaches."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db, unit_of_work
from app.handling import dispatching, proposing, refusals, unit_parts
from app.handling.models import BasisKind
from app.organisation import place_proposals
from app.organisation import service as organisation
from app.rules import service as rules
from app.rules.time_limits import read_limit
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

KEPT_FROM_TOWNS = "0601"


def unit(code: str) -> int:
    return organisation.find_unit_by_code(code).id


def town_of(cast: Cast) -> int:
    assert cast.town.unit_id is not None
    return cast.town.unit_id


def test_a_matter_kept_from_towns_is_not_dispatched_to_one_in_any_part(cast: Cast) -> None:
    ticket_id = play.open_one(cast, category_code=KEPT_FROM_TOWNS)
    helper = dispatching.Helper(unit_id=town_of(cast), limit=read_limit("2wd"))
    plans: list[dict[str, Any]] = [{"lead": town_of(cast)}, {"assistants": (helper,)}]
    for plan in plans:
        with pytest.raises(refusals.NotToTownLevel):
            play.send(cast, ticket_id, **plan)

    assert str(get_ticket(ticket_id).state) == "to_dispatch"
    assert play.parts(ticket_id) == []


def test_a_county_does_not_send_such_a_matter_down_either(cast: Cast) -> None:
    assert cast.county.unit_id is not None
    ticket_id = play.open_one(cast, category_code=KEPT_FROM_TOWNS)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    with pytest.raises(refusals.NotToTownLevel):
        saved(unit_parts.send_down, ticket_id, town_of(cast), doer=cast.county)


def test_another_matter_may_go_to_a_town(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=town_of(cast))

    assert get_ticket(ticket_id).lead_unit_id == town_of(cast)


def test_the_guard_of_the_day_on_which_a_ticket_was_opened_counts(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast)
    frozen.shift(timedelta(hours=1))
    with unit_of_work():
        before = rules.get_category("0201")
        before.valid_until = wall.now()
        names = [each.name for each in before.__table__.columns if each.name != "id"]
        words = {name: getattr(before, name) for name in names}
        now = {"valid_from": wall.now(), "valid_until": None, "not_to_town": True}
        db.session.add(type(before)(**{**words, **now}))

    play.send(cast, ticket_id, lead=town_of(cast))
    later = play.open_one(cast)
    with pytest.raises(refusals.NotToTownLevel):
        play.send(cast, later, lead=town_of(cast))


def test_the_catalogue_names_the_leads_of_city_county_and_town_for_whoever_runs_the_place(
    cast: Cast,
) -> None:
    places = {
        ("441602", "441602001"): ["urban-management", "county-441602", "town-441602001"],
        ("441621", "441621109"): ["urban-management", "fa-jd", "town-441621109"],
        ("441602", None): ["urban-management", "county-441602"],
    }
    for (county, town), leads in places.items():
        ticket_id = play.open_one(cast, county_code=county, town_code=town)
        named = proposing.proposals(get_ticket(ticket_id))

        assert [each.unit_id for each in named] == [unit(each) for each in leads]
        assert {each.kind for each in named} == {BasisKind.CATALOGUE}


def test_a_town_is_not_proposed_for_what_the_catalogue_leaves_to_its_county_or_keeps_from_towns(
    cast: Cast,
) -> None:
    for code in ("0202", KEPT_FROM_TOWNS):
        ticket = get_ticket(play.open_one(cast, category_code=code))

        assert town_of(cast) not in {each.unit_id for each in proposing.proposals(ticket)}


@pytest.mark.parametrize(("is_confidential", "waiting"), [(False, 1), (True, 0)])
def test_a_finished_ticket_teaches_its_county_where_it_was_and_a_confidential_one_nothing(
    cast: Cast, is_confidential: bool, waiting: int
) -> None:
    ticket_id = play.audited(
        cast, address="石街口 3 号 2 栋 501 室", is_confidential=is_confidential
    )
    assert place_proposals.count_open(keeper=None) == 0
    play.ask(cast, ticket_id)

    assert str(get_ticket(ticket_id).state) == "closed"
    assert place_proposals.count_open(keeper="441602") == waiting
    if waiting:
        [proposal] = place_proposals.open_proposals(keeper="441602").items
        assert "501" not in proposal.address
