import re
from collections import deque
from pathlib import Path

import pytest

from app.call_queue.presence_states import MOVES, WAITING_EXITS, PresenceState


@pytest.mark.parametrize("state", PresenceState)
def test_every_state_has_its_row_in_the_table(state: PresenceState) -> None:
    assert state in MOVES


@pytest.mark.parametrize("state", PresenceState)
def test_from_every_state_a_way_leads_back_to_ready(state: PresenceState) -> None:
    seen, ahead = {state}, deque([state])
    while ahead:
        for following in MOVES[ahead.popleft()] - seen:
            seen.add(following)
            ahead.append(following)

    assert PresenceState.READY in seen


@pytest.mark.parametrize(("state", "exit_to"), WAITING_EXITS.items())
def test_the_exit_of_every_waiting_state_is_a_move_the_table_knows(
    state: PresenceState, exit_to: PresenceState
) -> None:
    assert exit_to in MOVES[state]


def test_an_agent_in_a_call_cannot_be_offered_another_one() -> None:
    for state in (PresenceState.TALKING, PresenceState.RECONNECTING, PresenceState.WRAP_UP):
        assert PresenceState.OFFERED not in MOVES[state]


def test_only_one_file_moves_an_agent() -> None:
    room = Path("app/call_queue")
    moves = re.compile(r"presence\.(state|reason|since|until)(, presence\.\w+)* = ")

    writers = {path.name for path in room.glob("*.py") if moves.search(path.read_text("utf-8"))}

    assert writers <= {"presences.py", "deadlines.py"}  # which ends a deadline that has been kept
