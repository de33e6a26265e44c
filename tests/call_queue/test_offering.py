"""Offers in batches: what nobody can take hides nothing, refusals pause, claims are conditional."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from app.call_queue import offering
from app.call_queue import service as call_queue
from app.call_queue.models import Offer, QueueEntry
from app.call_queue.presence_states import ENTRY_MOVES, OFFER_MOVES, OfferState
from app.call_queue.routing import Match
from app.core.database import db, unit_of_work
from app.core.state_machine import IllegalMove
from app.switchboard import loops
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]


def refuse_next(code: str = "refused") -> None:
    assert desks.answer_next(code)


def needs(line: Line, skill: str) -> None:
    entry_id = desks.entry(line).id
    with unit_of_work():
        db.session.get_one(QueueEntry, entry_id).needs = skill


def test_a_refused_ring_is_not_offered_again_at_once(tick: Callable[..., None]) -> None:
    desks.link_up()
    desks.ready_agent()
    desks.caller_in_line()
    desks.offer_all()

    refuse_next()

    assert desks.offer_all() == 0
    tick(seconds=5)
    assert desks.offer_all() == 0, "this agent's phone rests from this caller"
    tick(seconds=6)
    assert desks.offer_all() == 1


def test_a_refused_caller_goes_to_another_agent_after_a_short_pause(
    tick: Callable[..., None],
) -> None:
    desks.link_up()
    desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    refuse_next()
    other = desks.ready_agent()
    assert desks.offer_all() == 0

    tick(seconds=1)

    assert desks.offer_all() == 1
    assert desks.presence(other).call_id == line.call().id


def test_a_refused_caller_holds_up_nobody_behind_him() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    desks.caller_in_line("refused")
    desks.offer_all()
    refuse_next()
    behind = desks.caller_in_line("behind", since=9)

    assert desks.offer_all() == 1
    assert desks.presence(agent).call_id == behind.call().id


def test_two_hundred_callers_whom_nobody_can_take_hide_nobody_behind_them() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    for number in range(205):
        needs(desks.caller_in_line(f"about-taxes-{number}", since=number), "tax")
    behind = desks.caller_in_line("anybody", since=300)

    assert desks.offer_all() == 1
    assert desks.presence(agent).call_id == behind.call().id


def test_a_caller_who_was_missed_goes_to_somebody_else_first() -> None:
    desks.link_up()
    first = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    phone = first.work_number
    tell(line.rings(phone, 5), line.ring_failed(phone, 25), line.queued(26, counter=2))
    with unit_of_work():
        call_queue.become_ready(first.id)  # idle for longer than who comes now
    second = desks.ready_agent()

    assert desks.offer_all() == 1
    assert desks.presence(second).call_id == line.call().id


def test_a_line_that_nobody_can_help_is_looked_at_without_a_save() -> None:
    desks.link_up()
    desks.ready_agent()
    needs(desks.caller_in_line(), "tax")
    db.session.rollback()
    begun: list[str] = []

    def note(_connection: object, *told: object) -> None:
        begun.append(str(told[1]).split()[0].upper())

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        loops.route_once(1)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()

    assert set(begun) <= {"SELECT", "BEGIN"}


def test_a_match_that_no_longer_holds_makes_no_offer() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    decided = Match(line.call().id, agent.id)
    tell(line.ended(9))

    with unit_of_work():
        assert call_queue.claim_offers([decided]) == 0
    assert desks.state(agent) == "ready"


def test_an_agent_taken_meanwhile_is_not_offered_a_second_caller() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    first, second = desks.caller_in_line("first"), desks.caller_in_line("second", since=5)
    late = Match(second.call().id, agent.id)
    assert desks.offer_all() == 1

    with unit_of_work():
        assert call_queue.claim_offers([late]) == 0
    assert desks.presence(agent).call_id == first.call().id
    assert desks.entry(second).state.value == "waiting"


def test_many_callers_and_many_agents_are_matched_in_one_round() -> None:
    desks.link_up()
    agents = [desks.ready_agent() for _ in range(5)]
    lines = [desks.caller_in_line(f"call-{number}", since=number) for number in range(7)]

    assert desks.offer_all() == 5

    assert {desks.state(agent) for agent in agents} == {"offered"}
    assert [desks.entry(line).state.value for line in lines] == ["offered"] * 5 + ["waiting"] * 2
    assert len({order["call_key"] for order in desks.orders("RingAgent")}) == 5


def test_an_offer_that_is_over_is_not_ended_twice() -> None:
    desks.link_up()
    desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.ended(9))
    [offer] = db.session.execute(db.select(Offer)).scalars()

    with unit_of_work(), pytest.raises(IllegalMove):
        offering.end_offer(offer, OfferState.MISSED)


def test_the_tables_of_places_and_offers_know_every_state() -> None:
    assert all(moves for moves in ENTRY_MOVES.values())
    assert OfferState.OPEN not in set().union(*OFFER_MOVES.values())
