import pytest

from app.core.state_machine import IllegalMove, check_move
from knowledge_base.review_states import MOVES, ReviewState


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(ReviewState)


def test_no_state_leads_to_itself() -> None:
    assert all(state not in targets for state, targets in MOVES.items())


def test_a_retired_article_is_never_published_without_being_read_again() -> None:
    with pytest.raises(IllegalMove):
        check_move(MOVES, ReviewState.RETIRED, ReviewState.PUBLISHED)
