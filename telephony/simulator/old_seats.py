"""The old seats of the make-believe city: who takes a call that is sent on, and after how long."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class ForwardWish:
    """Ring this number so long; when nobody answers the caller comes to the queue."""

    number: str
    ring: timedelta


@dataclass
class OldSeats:
    """Numbers that answer, each after its time. All others ring for nobody."""

    answers_after: dict[str, timedelta] = field(default_factory=dict)

    def picks_up(self, wish: ForwardWish) -> timedelta | None:
        """Return after how long somebody answers, or None when nobody does in time."""
        after = self.answers_after.get(wish.number)
        return after if after is not None and after < wish.ring else None
