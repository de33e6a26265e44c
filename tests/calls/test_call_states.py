import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.call_states import MOVES, CallState, Sign, state_after


@pytest.mark.parametrize("sign", Sign)
def test_a_call_that_has_ended_never_comes_back_to_life(sign: Sign) -> None:
    assert state_after(CallState.ENDED, sign) is CallState.ENDED


@given(st.sampled_from(CallState), st.sampled_from(Sign))
def test_no_sign_ever_asks_for_a_move_the_table_does_not_know(state: CallState, sign: Sign) -> None:
    new = state_after(state, sign)

    assert new is state or new in MOVES[state]


@pytest.mark.parametrize(
    "sign", [Sign.RINGS, Sign.RING_FAILED, Sign.PLACED_IN_QUEUE, Sign.KEPT, Sign.AGENT_LOST]
)
def test_a_caller_kept_for_his_agent_stays_kept_while_the_phone_is_rung_again(sign: Sign) -> None:
    assert state_after(CallState.RECONNECTING, sign) is CallState.RECONNECTING


def test_an_answer_ends_every_kind_of_waiting() -> None:
    for state in (CallState.WAITING, CallState.RINGING, CallState.RECONNECTING, CallState.ALONE):
        assert state_after(state, Sign.ANSWERED) is CallState.TALKING


def test_a_late_ring_does_not_undo_a_talk() -> None:
    assert state_after(CallState.TALKING, Sign.RINGS) is CallState.TALKING
