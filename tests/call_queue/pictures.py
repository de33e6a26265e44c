"""Pictures of lines and seats for the rules of routing: by hand, and at random."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.call_queue.routing import FreeAgent, WaitingCall, stands_since

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NOW = NINE + timedelta(minutes=20)
TAX_OFFICE, CUSTOMS = 61, 62
ANYBODY: frozenset[str] = frozenset()


def caller(
    call_id: int,
    *,
    minute: float = 0,
    priority: int = 0,
    is_restricted: bool = False,
    exchange_id: str = "hy1",
    **changes: Any,
) -> WaitingCall:
    """Somebody who waits since so many minutes past nine."""
    since = NINE + timedelta(minutes=minute)
    standing = stands_since(since, priority=priority, is_restricted=is_restricted)
    return WaitingCall(call_id=call_id, exchange_id=exchange_id, stands_since=standing, **changes)


def agent(
    agent_id: int,
    *,
    idle: float = 0,
    skills: frozenset[str] = ANYBODY,
    exchange_ids: frozenset[str] = frozenset({"hy1"}),
    **changes: Any,
) -> FreeAgent:
    """Somebody who is free since so many minutes past nine."""
    return FreeAgent(
        agent_id=agent_id,
        skills=skills,
        exchange_ids=exchange_ids,
        idle_since=NINE + timedelta(minutes=idle),
        **changes,
    )


AGENT_IDS = st.integers(0, 30)
KNOWN = st.frozensets(st.sampled_from(["tax", "hakka", "english"]), max_size=2)
UNITS = st.sampled_from([None, None, TAX_OFFICE, CUSTOMS])
SOME_AGENTS = st.frozensets(AGENT_IDS, max_size=3)

ONE_CALLER = st.builds(
    caller,
    st.integers(0, 30),
    minute=st.integers(0, 10),
    priority=st.integers(0, 2),
    is_restricted=st.booleans(),
    exchange_id=st.sampled_from(["hy1", "hy2"]),
    needs=KNOWN,
    sub_centre_id=UNITS,
    city_from=st.sampled_from([None, NINE, NOW + timedelta(seconds=1)]),
    preferred_agent_id=st.none() | AGENT_IDS,
    missed_by=SOME_AGENTS,
    resting_from=SOME_AGENTS,
)
ONE_AGENT = st.builds(
    agent,
    AGENT_IDS,
    idle=st.integers(0, 10),
    skills=KNOWN,
    exchange_ids=st.frozensets(st.sampled_from(["hy1", "hy2"]), min_size=1),
    sub_centre_id=UNITS,
    helps_city=st.booleans(),
)
LINES = st.lists(ONE_CALLER, unique_by=lambda each: each.call_id, max_size=20)
SEATS = st.lists(ONE_AGENT, unique_by=lambda each: each.agent_id, max_size=20)
