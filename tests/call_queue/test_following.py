"""Queue and ledger never disagree: what the exchange tells moves places, offers and agents."""

from datetime import timedelta

import pytest

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.calls import order_book
from app.core.database import unit_of_work
from telephony import events as news
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import TEN, Line, tell

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]


def offered() -> tuple[User, Line]:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    return agent, line


def talking() -> tuple[User, Line]:
    agent, line = offered()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    assert desks.state(agent) == "talking"
    return agent, line


def refuse_next(code: str) -> None:
    assert desks.answer_next(code)


def test_an_answer_takes_the_caller_out_of_the_line() -> None:
    agent, line = talking()

    assert desks.offers() == [(agent.id, "answered")]
    assert desks.entry(line).state.value == "taken"
    assert call_queue.board().waiting == 0
    assert desks.presence(agent).call_id == line.call().id


def test_an_agent_who_lets_it_ring_is_missed_and_the_caller_waits_in_his_old_place() -> None:
    agent, line = offered()
    tell(line.rings(agent.work_number, 5))

    tell(line.ring_failed(agent.work_number, 25), line.queued(26, counter=2))

    assert (desks.state(agent), desks.presence(agent).reason) == ("missed", "no_answer")
    assert desks.entry(line).state.value == "waiting"
    assert desks.entered_at(line) == TEN + timedelta(seconds=1)


def test_a_caller_is_offered_again_only_once_the_exchange_has_put_him_back_on_music() -> None:
    first, line = offered()
    second = desks.ready_agent()
    tell(line.rings(first.work_number, 5), line.ring_failed(first.work_number, 25))
    assert desks.offer_all() == 0, "an order before that would be refused"

    tell(line.queued(26, counter=2))

    assert desks.offer_all() == 1
    assert desks.state(second) == "offered"
    tell(line.rings(second.work_number, 27, leg=2), line.answered(second.work_number, 29, leg=2))
    assert desks.offers() == [(first.id, "missed"), (second.id, "answered")]


def test_a_caller_who_is_back_on_music_while_a_phone_rang_was_missed_there() -> None:
    agent, line = offered()
    tell(line.rings(agent.work_number, 5))

    tell(line.queued(26, counter=2))  # the word of the failed ring was lost

    assert desks.state(agent) == "missed"
    assert desks.entry(line).state.value == "waiting"


def test_an_offer_taken_back_costs_the_agent_neither_readiness_nor_place() -> None:
    agent, line = offered()
    idle_since = desks.presence(agent).idle_since
    tell(line.rings(agent.work_number, 5))

    tell(line.ring_failed(agent.work_number, 9, reason=news.RingFailure.WITHDRAWN))

    assert (desks.state(agent), desks.presence(agent).idle_since) == ("ready", idle_since)
    assert desks.offers() == [(agent.id, "withdrawn")]


def test_a_caller_who_gives_up_frees_the_agent() -> None:
    agent, line = offered()

    tell(line.ended(9))

    assert desks.state(agent) == "ready"
    assert desks.offers() == [(agent.id, "caller_gone")]
    assert desks.entry(line).state.value == "left"


def test_a_refused_ring_is_taken_back_and_nobody_missed_it() -> None:
    agent, line = offered()

    refuse_next("refused")

    assert desks.state(agent) == "ready"
    assert desks.entry(line).state.value == "waiting"


def test_a_phone_that_cannot_be_reached_rests_its_agent_instead_of_being_rung_again_and_again() -> (
    None
):
    agent, line = offered()

    refuse_next("phone-unreachable")

    assert (desks.state(agent), desks.presence(agent).reason) == ("missed", "unreachable")
    assert desks.entry(line).state.value == "waiting"
    assert desks.offer_all() == 0


def test_a_caller_whom_the_exchange_no_longer_has_is_not_offered_for_ever() -> None:
    agent, line = offered()

    refuse_next("no-such-call")

    assert line.call().state.value == "ended"
    assert desks.state(agent) == "ready"
    assert desks.offer_all() == 0


def test_the_true_end_of_a_call_found_gone_is_kept_when_it_is_told_at_last() -> None:
    _, line = offered()
    refuse_next("no-such-call")

    tell(line.ended(7))

    call = line.call()
    assert (call.ended_by, call.cause) == ("caller", 16)
    assert call.ended_at == TEN + timedelta(seconds=7)


def test_a_refusal_that_comes_late_takes_back_nobody_elses_offer() -> None:
    first, line = offered()
    order = desks.next_order()
    assert order is not None
    tell(line.ring_failed(first.work_number, 5))
    second = desks.ready_agent()
    assert desks.offer_all() == 1

    with unit_of_work():
        order_book.mark_refused(order.order_id, code="no-answer")

    assert desks.state(second) == "offered"


def test_a_lost_phone_keeps_the_caller_for_its_agent() -> None:
    agent, line = talking()

    tell(line.lost(agent.work_number, 20))

    assert desks.state(agent) == "reconnecting"
    assert len(desks.orders("KeepCaller")) == 1
    assert desks.offer_all() == 0


def test_a_phone_that_is_back_is_rung_to_go_on_and_the_same_agent_has_the_call() -> None:
    agent, line = talking()
    tell(line.lost(agent.work_number, 20), line.placed(news.Place.KEPT, 21, counter=2))
    assert [order for order in desks.orders("RingAgent") if order["resumes"]] == []

    desks.phone(agent, "tab-2")

    resumed = [order for order in desks.orders("RingAgent") if order["resumes"]]
    assert [order["phone"] for order in resumed] == [agent.work_number]
    tell(line.answered(agent.work_number, 25, leg=2))
    assert desks.state(agent) == "talking"
    assert line.call().agent_id == agent.id


def test_a_phone_that_is_back_before_its_caller_is_parted_is_rung_when_he_is() -> None:
    agent, line = talking()
    tell(line.lost(agent.work_number, 20))
    desks.phone(agent, "tab-2")

    tell(line.placed(news.Place.KEPT, 21, counter=2))

    assert len([order for order in desks.orders("RingAgent") if order["resumes"]]) == 1


def test_a_page_loaded_twice_in_a_row_is_rung_at_its_second_registration_too() -> None:
    agent, line = talking()
    tell(line.lost(agent.work_number, 20), line.placed(news.Place.KEPT, 21, counter=2))
    desks.phone(agent, "tab-2")

    desks.phone(agent, "tab-3")

    assert len([order for order in desks.orders("RingAgent") if order["resumes"]]) == 2


def test_a_phone_that_registers_anew_in_mid_call_parts_the_caller_from_the_old_one() -> None:
    agent, line = talking()

    desks.phone(agent, "tab-2")

    assert line.call().state.value == "reconnecting"
    assert len(desks.orders("KeepCaller")) == 1


def test_a_phone_that_goes_in_mid_call_does_not_leave_the_caller_in_dead_air() -> None:
    agent, line = talking()

    desks.phone(agent, is_there=False)

    assert line.call().state.value == "reconnecting"
    assert desks.state(agent) == "reconnecting"


def test_a_caller_who_hangs_up_while_he_is_kept_leads_to_the_work_after_the_call() -> None:
    agent, line = talking()
    tell(line.lost(agent.work_number, 20), line.ended(22))

    assert desks.state(agent) == "wrap_up"


def test_a_caller_queued_by_the_exchange_itself_is_offered_to_nobody() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()

    tell(line.placed(news.Place.ALONE, 5, counter=2))

    assert desks.offer_all() == 0
    assert desks.state(agent) == "ready"


def test_an_agent_rung_and_taken_by_the_exchanges_own_queue_talks() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = Line()
    tell(line.arrived(0), line.placed(news.Place.ALONE, 1))

    tell(line.rings(agent.work_number, 5))
    assert desks.state(agent) == "offered"

    tell(line.answered(agent.work_number, 8))
    assert desks.state(agent) == "talking"
    assert desks.offers() == [(agent.id, "answered")]


def test_an_agent_in_a_rest_whom_the_exchange_rang_by_itself_talks_when_he_answers() -> None:
    agent = desks.agent_at_desk()
    line = Line()
    tell(line.arrived(0), line.placed(news.Place.ALONE, 1))

    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))

    assert desks.state(agent) == "talking"


def test_an_agent_whose_caller_goes_back_to_the_music_without_him_is_not_left_talking() -> None:
    agent, line = talking()

    tell(line.queued(20, counter=2))  # the word of the lost phone was lost itself

    assert desks.state(agent) == "wrap_up"
    assert desks.entry(line).state.value == "waiting"
    tell(line.ended(30))
    assert desks.state(agent) == "wrap_up"


def test_a_person_without_a_desk_who_answers_somewhere_has_no_presence_to_move() -> None:
    person = people.one_person("agent")
    line = desks.caller_in_line()

    tell(line.answered(person.work_number, 8))

    assert line.call().agent_id == person.id
    assert call_queue.presence_of(person.id) is None
