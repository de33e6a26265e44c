"""Who is complained about does not handle the complaint, and does not read it."""

import pytest

from app.handling import proposing, scope, unit_parts
from app.handling.refusals import UnitIsKeptOut
from app.organisation import service as organisation
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from app.tickets.refusals import NoSuchTicket
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast, saved, state

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")


def about(cast: Cast, unit_id: int, **changes: object) -> int:
    name = organisation.get_unit(unit_id).name
    return play.open_one(cast, respondent=f"{name}工作人员", **changes)


def test_a_complaint_is_not_sent_to_the_unit_it_is_about(cast: Cast) -> None:
    ticket_id = about(cast, cast.lead)

    with pytest.raises(UnitIsKeptOut) as refused:
        play.send(cast, ticket_id)

    assert refused.value.field == "lead"
    assert state(ticket_id) == "to_dispatch"
    play.send(cast, ticket_id, lead=cast.second)
    assert state(ticket_id) == "to_sign"


def test_nor_does_it_assist(cast: Cast) -> None:
    ticket_id = about(cast, cast.lead)
    helper = unit_parts.Helper(unit_id=cast.lead, limit=read_limit("1wd"))

    with pytest.raises(UnitIsKeptOut) as refused:
        play.send(cast, ticket_id, lead=cast.second, assistants=(helper,))

    assert refused.value.field == "assistants"
    assert play.parts(ticket_id) == []


def test_it_is_not_even_proposed(cast: Cast) -> None:
    plain, complained = play.open_one(cast), about(cast, cast.lead)

    assert cast.lead in {each.unit_id for each in proposing.proposals(get_ticket(plain))}
    assert cast.lead not in {each.unit_id for each in proposing.proposals(get_ticket(complained))}


def test_a_request_for_help_goes_to_the_unit_that_it_names(cast: Cast) -> None:
    ticket_id = about(cast, cast.lead, request_type=Nature.HELP)

    play.send(cast, ticket_id)

    assert state(ticket_id) == "to_sign"


def test_who_turns_out_to_be_complained_about_reads_it_no_more(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    assert scope.read_as_unit(ticket_id, unit_id=cast.lead).id == ticket_id

    def name_it() -> None:
        get_ticket(ticket_id).respondent_unit_id = cast.lead

    saved(name_it)

    with pytest.raises(NoSuchTicket):
        scope.read_as_unit(ticket_id, unit_id=cast.lead)
