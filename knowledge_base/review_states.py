"""The life of an article: which state may follow which. Pure."""

from enum import StrEnum
from typing import Final


class ReviewState(StrEnum):
    """Only a published article is ever shown to an agent."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


MOVES: Final[dict[ReviewState, frozenset[ReviewState]]] = {
    ReviewState.DRAFT: frozenset({ReviewState.PUBLISHED, ReviewState.RETIRED}),
    # Back to draft takes an answer off the desks at once while its unit corrects it.
    ReviewState.PUBLISHED: frozenset({ReviewState.DRAFT, ReviewState.RETIRED}),
    ReviewState.RETIRED: frozenset({ReviewState.DRAFT}),
}
