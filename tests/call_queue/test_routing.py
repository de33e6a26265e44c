from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.call_queue.routing import FreeAgent, Match, WaitingCall, can_take, match

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def caller(call_id: int, *, minute: int = 0, priority: int = 0, skill: str | None = None,
           exchange_id: str = "hy1") -> WaitingCall:  # fmt: skip
    return WaitingCall(
        call_id=call_id,
        exchange_id=exchange_id,
        priority=priority,
        waiting_since=NINE + timedelta(minutes=minute),
        skill=skill,
    )


def agent(agent_id: int, *, idle: int = 0, skills: frozenset[str] = frozenset(),
          exchange_ids: frozenset[str] = frozenset({"hy1"})) -> FreeAgent:  # fmt: skip
    return FreeAgent(
        agent_id=agent_id,
        skills=skills,
        exchange_ids=exchange_ids,
        idle_since=NINE + timedelta(minutes=idle),
    )


def test_the_longest_wait_meets_the_longest_idle() -> None:
    waiting = [caller(1, minute=2), caller(2, minute=1)]

    assert match(waiting, [agent(7, idle=5), agent(8, idle=3)]) == [Match(2, 8), Match(1, 7)]


def test_an_urgent_line_comes_first() -> None:
    waiting = [caller(1, minute=0), caller(2, minute=9, priority=1)]

    assert match(waiting, [agent(7)]) == [Match(2, 7)]


def test_a_call_nobody_can_take_does_not_block_the_next_one() -> None:
    waiting = [caller(1, skill="tax"), caller(2, minute=1)]

    assert match(waiting, [agent(7)]) == [Match(2, 7)]


def test_a_phone_out_of_reach_of_the_exchange_is_not_rung() -> None:
    assert match([caller(1, exchange_id="hy2")], [agent(7)]) == []


callers_in_line = st.lists(
    st.builds(
        caller,
        st.integers(0, 30),
        minute=st.integers(0, 10),
        priority=st.integers(0, 2),
        skill=st.sampled_from([None, "tax", "customs"]),
        exchange_id=st.sampled_from(["hy1", "hy2"]),
    ),
    unique_by=lambda c: c.call_id,
    max_size=20,
)
free_agents = st.lists(
    st.builds(
        agent,
        st.integers(0, 30),
        idle=st.integers(0, 10),
        skills=st.frozensets(st.sampled_from(["tax", "customs"])),
        exchange_ids=st.frozensets(st.sampled_from(["hy1", "hy2"]), min_size=1),
    ),
    unique_by=lambda a: a.agent_id,
    max_size=20,
)


@given(callers_in_line, free_agents)
def test_nobody_is_given_away_twice_and_nobody_able_stays_idle(
    waiting: list[WaitingCall], free: list[FreeAgent]
) -> None:
    matches = match(waiting, free)

    taken = {m.call_id for m in matches}
    busy = {m.agent_id for m in matches}
    assert len(taken) == len(busy) == len(matches)
    still_waiting = [c for c in waiting if c.call_id not in taken]
    still_free = [a for a in free if a.agent_id not in busy]
    assert not any(can_take(a, c) for a in still_free for c in still_waiting)


@given(callers_in_line, free_agents)
def test_the_same_picture_gives_the_same_decision_in_any_order(
    waiting: list[WaitingCall], free: list[FreeAgent]
) -> None:
    assert match(waiting, free) == match(waiting[::-1], free[::-1])
