"""A supervision is about the ticket, whoever has it."""

import pytest

from app.handling import following, results, returning, unit_parts
from app.handling.clock_rules import ClockKind
from app.handling.models import FollowKind
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]


def test_a_supervision_ends_with_the_ticket_and_not_with_the_unit_that_had_it(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    saved(following.add, ticket_id, FollowKind.SUPERVISE, "请尽快", doer=cast.overseer)
    play.give_back(cast, ticket_id)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    assert clock(ticket_id, ClockKind.SUPERVISE).done_at is None
    play.send(cast, ticket_id, lead=cast.lead)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id)
    assert clock(ticket_id, ClockKind.SUPERVISE).done_at is not None
