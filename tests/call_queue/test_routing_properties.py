"""What routing promises in every picture, and over every day."""

from datetime import timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.call_queue.routing import FreeAgent, WaitingCall, can_take, is_open_to_city, match
from tests.call_queue.pictures import LINES, NOW, ONE_AGENT, ONE_CALLER, SEATS, agent, caller

Line, Seats = list[WaitingCall], list[FreeAgent]


@given(LINES, SEATS)
def test_no_call_is_given_to_two_agents_and_no_agent_two_calls(waiting: Line, free: Seats) -> None:
    matches = match(waiting, free, now=NOW)

    assert len({each.call_id for each in matches}) == len(matches)
    assert len({each.agent_id for each in matches}) == len(matches)


@given(LINES, SEATS)
def test_every_match_is_one_that_the_agent_can_take(waiting: Line, free: Seats) -> None:
    calls = {each.call_id: each for each in waiting}
    agents = {each.agent_id: each for each in free}

    assert all(
        can_take(agents[each.agent_id], calls[each.call_id], now=NOW)
        for each in match(waiting, free, now=NOW)
    )


@given(LINES, SEATS)
def test_nobody_able_stays_idle_while_somebody_waits_whom_he_could_take(
    waiting: Line, free: Seats
) -> None:
    matches = match(waiting, free, now=NOW)

    served = {each.call_id for each in matches}
    busy = {each.agent_id for each in matches}
    assert not any(
        can_take(agent, call, now=NOW)
        for agent in free
        if agent.agent_id not in busy
        for call in waiting
        if call.call_id not in served
    )


@given(LINES, SEATS)
def test_nobody_is_overtaken_by_somebody_whose_agent_could_have_taken_him(
    waiting: Line, free: Seats
) -> None:
    agents = {each.agent_id: each for each in free}
    taker = {each.call_id: each.agent_id for each in match(waiting, free, now=NOW)}
    in_order = sorted(waiting, key=lambda each: (each.stands_since, each.call_id))

    for place, left in enumerate(in_order):
        if left.call_id not in taker:
            behind = [call for call in in_order[place + 1 :] if call.call_id in taker]
            takers = [agents[taker[call.call_id]] for call in behind]
            assert not any(can_take(agent, left, now=NOW) for agent in takers)


@given(LINES, SEATS, st.randoms())
def test_the_same_picture_gives_the_same_decisions_however_it_is_told(
    waiting: Line, free: Seats, chance: Random
) -> None:
    told_anew, seats_anew = list(waiting), list(free)
    chance.shuffle(told_anew)
    chance.shuffle(seats_anew)

    assert match(waiting, free, now=NOW) == match(told_anew, seats_anew, now=NOW)


@given(LINES, SEATS)
def test_a_free_owner_has_his_caller_unless_somebody_nearer_the_front_has_him(
    waiting: Line, free: Seats
) -> None:
    agents = {each.agent_id: each for each in free}
    matches = match(waiting, free, now=NOW)
    taken_before: set[int] = set()
    calls = {each.call_id: each for each in waiting}

    for one in matches:
        call = calls[one.call_id]
        owner = agents.get(call.preferred_agent_id or -1)
        if owner and owner.agent_id not in call.missed_by | taken_before:
            assert one.agent_id == owner.agent_id or not can_take(owner, call, now=NOW)
        taken_before.add(one.agent_id)


@given(LINES, SEATS)
def test_who_missed_a_caller_has_him_again_only_when_nobody_else_could(
    waiting: Line, free: Seats
) -> None:
    calls = {each.call_id: each for each in waiting}
    left = {each.agent_id: each for each in free}

    for one in match(waiting, free, now=NOW):
        call = calls[one.call_id]
        if one.agent_id in call.missed_by:
            others = [each for each in left.values() if each.agent_id not in call.missed_by]
            assert not any(can_take(each, call, now=NOW) for each in others)
        del left[one.agent_id]


@given(ONE_CALLER, ONE_AGENT, st.lists(st.integers(0, 7200), min_size=2, max_size=6))
def test_a_call_once_open_to_the_city_never_closes_again(
    call: WaitingCall, agent: FreeAgent, seconds: list[int]
) -> None:
    moments = [NOW + timedelta(seconds=each) for each in sorted(seconds)]

    for earlier, later in pairwise(moments):
        assert is_open_to_city(call, now=later) >= is_open_to_city(call, now=earlier)
        assert can_take(agent, call, now=later) >= can_take(agent, call, now=earlier)


@given(
    st.integers(0, 5),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=4),
)
def test_nobody_starves_however_many_urgent_callers_keep_coming(
    priority: int, is_restricted: bool, others: list[tuple[int, bool]]
) -> None:
    """One agent, one call a minute; every minute more callers than he can take arrive."""
    patient = caller(0, minute=0, priority=priority, is_restricted=is_restricted)
    waiting = [patient]
    for minute in range(1, 60 * 24):
        waiting += [
            caller(minute * 10 + place, minute=minute, priority=each, is_restricted=restricted)
            for place, (each, restricted) in enumerate(others)
        ]
        [served] = match(waiting, [agent(7)], now=NOW)
        if served.call_id == patient.call_id:
            return
        # Only who stands behind him is left out: that nobody passes him twice is what is shown.
        waiting = [each for each in waiting if each.call_id != served.call_id]
        waiting = [*sorted(waiting, key=lambda each: each.stands_since)[:50], patient]
        waiting = list({each.call_id: each for each in waiting}.values())
    raise AssertionError("the patient caller was never served")
