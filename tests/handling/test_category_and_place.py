"""What a matter is and where it is turns out to be otherwise: put right, and what follows it."""

from typing import Any

import pytest
from sqlalchemy import select

from app.core.database import db
from app.handling import correcting, dispatching, proposing, timing
from app.handling.clock_rules import ClockKind
from app.handling.correcting import CategoryAndPlace
from app.handling.models import Precedent
from app.handling.refusals import AddressIsHidden, TicketChanged, TownHasPart
from app.organisation import service as organisation
from app.organisation.models import LearntPlace, PlaceProposal
from app.privacy.levels import PrivacyLevel
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from app.tickets import stepping
from app.tickets.list_wanted import TicketsWanted
from app.tickets.refusals import NotInRegister
from app.tickets.service import Ticket, get_ticket
from app.tickets.spots import CoordinatesSource
from app.tickets.ticket_list import Reader, page_of_list
from app.tickets.ticket_moves import MoveLacks, MoveNotPossible, MoveNotYours
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

KEPT_FROM_TOWNS = "0601"
WHY = "与来电人核对后更正"
WRONG = "新塘路红星小区"
RIGHT = "东源大道仙塘花园"


def put_right(ticket_id: int, cast: Cast, **changes: Any) -> Ticket:
    ticket = get_ticket(ticket_id)
    doer, seen = changes.pop("doer", cast.dispatcher), changes.pop("seen", None)
    reason = changes.pop("reason", WHY)
    new = CategoryAndPlace(
        **{
            "category_code": ticket.category_code,
            "county_code": ticket.county_code,
            "town_code": ticket.town_code,
            "address": None,
            **changes,
        }
    )
    return saved(
        correcting.correct_category_and_place, ticket_id, new, reason, doer=doer, seen=seen
    )


def learnt() -> dict[tuple[str, str], int]:
    db.session.rollback()
    return {
        (row.county_code, row.address): row.times for row in db.session.scalars(select(LearntPlace))
    }


def test_a_dispatcher_says_what_it_is_and_where_and_both_are_kept_with_what_was_written_before(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    put_right(
        ticket_id, cast, category_code="0301", county_code="441625", town_code="441625100",
        address=RIGHT,
    )  # fmt: skip

    ticket = get_ticket(ticket_id)
    assert (ticket.category_code, ticket.county_code) == ("0301", "441625")
    assert (ticket.town_code, ticket.address) == ("441625100", RIGHT)
    carried = stepping.steps_of(ticket_id)[-1].carried
    assert (carried["old_address"], carried["new_address"]) == (WRONG, RIGHT)
    assert carried["codes"] == {
        "old": ["0201", "441602", "441602001"], "new": ["0301", "441625", "441625100"],
    }  # fmt: skip
    assert carried["reason"] == WHY


def test_who_is_proposed_afterwards_follows_the_new_category_and_the_new_place(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    before = {each.unit_id for each in proposing.proposals(get_ticket(ticket_id))}
    put_right(ticket_id, cast, county_code="441625", town_code=None)
    place = {each.unit_id for each in proposing.proposals(get_ticket(ticket_id))}
    put_right(ticket_id, cast, category_code=KEPT_FROM_TOWNS)
    matter = {each.unit_id for each in proposing.proposals(get_ticket(ticket_id))}

    assert before != place != matter
    county = {each.code for each in map(organisation.get_unit, place) if "441625" in each.code}
    assert county
    assert cast.county.unit_id not in place


def test_what_may_not_go_to_a_town_is_refused_while_a_town_leads_and_goes_through_after_it(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=cast.town.unit_id)
    with pytest.raises(TownHasPart) as refused:
        put_right(ticket_id, cast, category_code=KEPT_FROM_TOWNS)
    assert refused.value.field == "category_code"
    assert get_ticket(ticket_id).category_code == "0201"

    saved(play.unit_parts.sign, ticket_id, doer=cast.town)
    play.give_back(cast, ticket_id, by=cast.town)
    saved(play.returning.agree, ticket_id, doer=cast.dispatcher)
    assert put_right(ticket_id, cast, category_code=KEPT_FROM_TOWNS).category_code == "0601"


def test_what_may_not_go_to_a_town_is_refused_while_a_town_helps(cast: Cast) -> None:
    assert cast.town.unit_id is not None
    ticket_id = play.open_one(cast)
    helper = dispatching.Helper(unit_id=cast.town.unit_id, limit=read_limit("2wd"))
    play.send(cast, ticket_id, assistants=(helper,))
    with pytest.raises(TownHasPart):
        put_right(ticket_id, cast, category_code=KEPT_FROM_TOWNS)


def test_a_clock_that_runs_keeps_the_limit_it_began_under_until_a_manager_lets_it_follow(
    cast: Cast,
) -> None:
    play.own_limits("0301", complaint="3wd")
    ticket_id = play.handled(cast)
    kept = {kind: (clock(ticket_id, kind).limit, clock(ticket_id, kind).due_at) for kind in (
        ClockKind.HANDLE, ClockKind.CITIZEN,
    )}  # fmt: skip
    put_right(ticket_id, cast, category_code="0301", county_code="441625", town_code=None)

    for kind, (limit, due_at) in kept.items():
        assert (clock(ticket_id, kind).limit, clock(ticket_id, kind).due_at) == (limit, due_at)
    offered = timing.clocks_under_other_rules(get_ticket(ticket_id))
    assert {str(limit) for row, limit in offered if row.kind is ClockKind.HANDLE} == {"3wd"}


def test_the_wrong_place_is_learnt_no_more_and_the_right_one_is(cast: Cast) -> None:
    play.open_one(cast, address=WRONG)
    ticket_id = play.open_one(cast, address=WRONG)
    assert learnt() == {("441602", WRONG): 2}
    put_right(ticket_id, cast, county_code="441625", town_code="441625100", address=RIGHT)
    assert learnt() == {("441602", WRONG): 1, ("441625", RIGHT): 1}
    put_right(ticket_id, cast, address="")
    assert learnt() == {("441602", WRONG): 1}


def test_the_county_is_offered_only_the_place_that_a_finished_ticket_was_put_right_to(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    put_right(ticket_id, cast, county_code="441625", town_code="441625100", address=RIGHT)
    play.handle(cast, ticket_id)
    play.ask(cast, ticket_id)

    offered = db.session.scalars(select(PlaceProposal))
    assert {(row.county_code, row.address) for row in offered} == {("441625", RIGHT)}


def test_where_the_gazetteer_had_it_follows_the_place_and_what_was_measured_stays(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast, address=WRONG, grid="4416020010102")
    with_spot = play.open_one(cast, address=WRONG)
    for each, source in (
        (ticket_id, CoordinatesSource.GAZETTEER), (with_spot, CoordinatesSource.MEASURED),
    ):  # fmt: skip
        ticket = get_ticket(each)
        ticket.latitude, ticket.longitude, ticket.coordinates_source = 23.7, 114.7, source
        db.session.commit()
        put_right(each, cast, county_code="441625", town_code="441625100", address=RIGHT)

    assert get_ticket(ticket_id).coordinates == ""
    assert get_ticket(ticket_id).grid == ""
    assert stepping.steps_of(ticket_id)[-1].carried["old_grid"] == "4416020010102"
    assert get_ticket(with_spot).latitude == 23.7


def test_lists_find_it_by_what_it_is_now_and_no_more_by_what_it_was(cast: Cast) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    put_right(
        ticket_id, cast, category_code="0301", county_code="441625", town_code=None, address=RIGHT
    )

    def found(**wanted: Any) -> list[int]:
        page = page_of_list(
            TicketsWanted(**wanted), Reader(person_id=cast.manager.user_id, reads_confidential=True)
        )
        return [each.id for each in page.tickets]

    assert found(county="441625", category="0301", text=RIGHT) == [ticket_id]
    assert found(county="441602") == found(category="0201") == found(text=WRONG) == []


def test_what_was_decided_in_a_dispute_is_offered_for_the_matter_that_it_was_decided_about(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast)
    row = Precedent(
        ticket_id=ticket_id, category_code="0201", county_code="441602", unit_id=cast.second,
        basis="市政府清单", decided_at=get_ticket(ticket_id).opened_at,
        decided_by=cast.manager.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    put_right(ticket_id, cast, category_code="0301", county_code="441625", town_code=None)

    db.session.refresh(row)
    assert (row.category_code, row.county_code) == ("0301", "441625")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category_code": "9999"}, "category_code"),
        ({"county_code": "440100"}, "county_code"),
        ({"county_code": "441625", "town_code": "441602001"}, "town_code"),
    ],
)
def test_what_no_register_has_is_refused_beside_its_field_and_nothing_changes(
    cast: Cast, changes: dict[str, str], field: str
) -> None:
    ticket_id = play.open_one(cast)
    with pytest.raises(NotInRegister) as refused:
        put_right(ticket_id, cast, **changes)
    assert refused.value.field == field
    db.session.rollback()
    assert get_ticket(ticket_id).category_code == "0201"
    assert get_ticket(ticket_id).county_code == "441602"


def test_neither_a_unit_nor_who_opened_it_nor_the_county_puts_it_right_nor_anybody_when_it_is_over(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    for doer in (cast.unit, cast.agent, cast.visitor, cast.county, cast.overseer):
        with pytest.raises(MoveNotYours):
            put_right(ticket_id, cast, category_code="0301", doer=doer)
    over = play.audited(cast)
    play.ask(cast, over)
    with pytest.raises(MoveNotPossible):
        put_right(over, cast, category_code="0301")


def test_without_a_reason_or_from_an_older_page_nothing_changes_and_said_again_it_is_no_news(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    with pytest.raises(MoveLacks):
        put_right(ticket_id, cast, category_code="0301", reason="  ")
    with pytest.raises(TicketChanged):
        put_right(ticket_id, cast, category_code="0301", seen=get_ticket(ticket_id).version + 1)
    before = len(stepping.steps_of(ticket_id))
    put_right(ticket_id, cast, address=WRONG)

    assert len(stepping.steps_of(ticket_id)) == before
    assert get_ticket(ticket_id).category_code == "0201"


def test_of_who_is_confidential_the_address_stays_hidden_and_the_reason_is_told_nowhere(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast, address=WRONG, privacy=PrivacyLevel.CONFIDENTIAL)
    with pytest.raises(AddressIsHidden):
        put_right(ticket_id, cast, address=RIGHT)
    put_right(ticket_id, cast, category_code="0301", county_code="441625", town_code=None)

    ticket = get_ticket(ticket_id)
    assert (ticket.category_code, ticket.county_code, ticket.address) == ("0301", "441625", WRONG)
    carried = stepping.steps_of(ticket_id)[-1].carried
    assert "reason" not in carried
    assert carried["untold"]["reason"] == WHY
    assert learnt() == {}


def test_a_report_that_was_put_right_before_is_a_report_without_its_places(cast: Cast) -> None:
    ticket_id = play.open_one(cast, address=WRONG)
    put_right(ticket_id, cast, address=RIGHT)
    saved(timing.retype, ticket_id, Nature.REPORT, "实为举报", doer=cast.dispatcher)

    assert get_ticket(ticket_id).is_confidential
