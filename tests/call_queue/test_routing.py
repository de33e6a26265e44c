"""Each rule of routing by an example a supervisor could have told."""

from datetime import timedelta

from app.call_queue.routing import FreeAgent, Match, WaitingCall, match, may_be_offered
from tests.call_queue.pictures import CUSTOMS, NOW, TAX_OFFICE, agent, caller


def pairs(waiting: list[WaitingCall], free: list[FreeAgent]) -> list[Match]:
    return match(waiting, free, now=NOW)


def test_the_longest_wait_meets_the_longest_idle() -> None:
    waiting = [caller(1, minute=2), caller(2, minute=1)]

    assert pairs(waiting, [agent(7, idle=5), agent(8, idle=3)]) == [Match(2, 8), Match(1, 7)]


def test_an_urgent_line_comes_first() -> None:
    waiting = [caller(1, minute=0), caller(2, minute=9, priority=1)]

    assert pairs(waiting, [agent(7)]) == [Match(2, 7)]


def test_an_ordinary_caller_is_not_forgotten_behind_urgent_ones() -> None:
    waiting = [caller(1, minute=0), caller(2, minute=31, priority=1)]

    assert pairs(waiting, [agent(7)]) == [Match(1, 7)]


def test_a_call_nobody_can_take_does_not_block_the_next_one() -> None:
    waiting = [caller(1, needs=frozenset({"tax"})), caller(2, minute=1)]

    assert pairs(waiting, [agent(7)]) == [Match(2, 7)]


def test_a_phone_out_of_reach_of_the_exchange_is_not_rung() -> None:
    assert pairs([caller(1, exchange_id="hy2")], [agent(7)]) == []


def test_a_call_of_an_exchange_that_nobody_has_looked_at_yet_is_offered_to_nobody() -> None:
    call = caller(1, exchange_id="hy2")

    assert not may_be_offered(call, looked_at={"hy1"})
    assert may_be_offered(call, looked_at={"hy1", "hy2"})


def test_a_caller_who_speaks_hakka_about_taxes_gets_somebody_who_knows_both() -> None:
    wanted = frozenset({"tax", "hakka"})
    knows_taxes = agent(7, skills=frozenset({"tax", "mandarin"}))
    knows_both = agent(8, idle=9, skills=frozenset({"tax", "hakka", "mandarin"}))

    assert pairs([caller(1, needs=wanted)], [knows_taxes]) == []
    assert pairs([caller(1, needs=wanted)], [knows_taxes, knows_both]) == [Match(1, 8)]


def test_the_owner_of_the_open_ticket_is_preferred_to_somebody_idle_for_longer() -> None:
    free = [agent(7, idle=0), agent(8, idle=9)]

    assert pairs([caller(1, preferred_agent_id=8)], free) == [Match(1, 8)]


def test_an_owner_who_is_not_free_holds_nobody_up() -> None:
    assert pairs([caller(1, preferred_agent_id=99)], [agent(7)]) == [Match(1, 7)]


def test_an_owner_who_cannot_take_the_call_is_not_rung_for_it() -> None:
    asked = caller(1, preferred_agent_id=8, needs=frozenset({"hakka"}))

    assert pairs([asked], [agent(7, skills=frozenset({"hakka"})), agent(8)]) == [Match(1, 7)]


def test_a_missed_caller_comes_first_and_not_to_the_agent_who_missed_him() -> None:
    waiting = [caller(1, minute=0, missed_by=frozenset({7})), caller(2, minute=1)]

    assert pairs(waiting, [agent(7, idle=0), agent(8, idle=5)]) == [Match(1, 8), Match(2, 7)]


def test_who_missed_a_caller_is_asked_again_when_nobody_else_is_free() -> None:
    assert pairs([caller(1, missed_by=frozenset({7}))], [agent(7)]) == [Match(1, 7)]


def test_an_owner_who_has_just_missed_his_caller_is_not_preferred() -> None:
    asked = caller(1, preferred_agent_id=7, missed_by=frozenset({7}))

    assert pairs([asked], [agent(7, idle=0), agent(8, idle=5)]) == [Match(1, 8)]


def test_a_pair_whose_ring_was_refused_rests_also_when_nobody_else_is_free() -> None:
    assert pairs([caller(1, resting_from=frozenset({7}))], [agent(7)]) == []


def test_a_restricted_caller_stands_behind_the_others() -> None:
    waiting = [caller(1, minute=0, is_restricted=True), caller(2, minute=9)]

    assert pairs(waiting, [agent(7)]) == [Match(2, 7)]
    assert pairs(waiting, [agent(7), agent(8, idle=1)]) == [Match(2, 7), Match(1, 8)]


def test_a_restricted_caller_is_answered_in_the_end() -> None:
    waiting = [caller(1, minute=0, is_restricted=True), caller(2, minute=31)]

    assert pairs(waiting, [agent(7)]) == [Match(1, 7)]


def test_a_sub_centres_call_waits_for_its_own_seats_at_first() -> None:
    later = NOW + timedelta(seconds=1)
    asked = caller(1, sub_centre_id=TAX_OFFICE, city_from=later)

    assert pairs([asked], [agent(7)]) == []
    assert pairs([asked], [agent(7), agent(8, sub_centre_id=CUSTOMS)]) == []
    own = agent(9, idle=9, sub_centre_id=TAX_OFFICE)
    assert pairs([asked], [agent(7), own]) == [Match(1, 9)]


def test_after_its_seconds_a_sub_centres_call_is_the_citys_too_its_own_seats_first() -> None:
    asked = caller(1, sub_centre_id=TAX_OFFICE, city_from=NOW)
    own = agent(9, idle=9, sub_centre_id=TAX_OFFICE)

    assert pairs([asked], [agent(7)]) == [Match(1, 7)]
    assert pairs([asked], [agent(7), own]) == [Match(1, 9)]


def test_a_sub_centre_that_never_overflows_keeps_its_callers() -> None:
    assert pairs([caller(1, sub_centre_id=TAX_OFFICE)], [agent(7)]) == []


def test_a_sub_centres_seat_takes_city_calls_only_where_it_is_allowed_to() -> None:
    asked = caller(1)

    assert pairs([asked], [agent(7, sub_centre_id=TAX_OFFICE)]) == []
    helping = agent(8, sub_centre_id=TAX_OFFICE, helps_city=True)
    assert pairs([asked], [helping]) == [Match(1, 8)]
    assert pairs([asked], [helping, agent(9, idle=9)]) == [Match(1, 9)]


def test_a_sub_centres_seat_never_takes_another_sub_centres_call_unasked() -> None:
    asked = caller(1, sub_centre_id=TAX_OFFICE, city_from=NOW)

    assert pairs([asked], [agent(7, sub_centre_id=CUSTOMS)]) == []
