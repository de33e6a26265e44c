"""Decides when a matter is hot: many speak of it, and of its like more than usual (rule R22). Pure.

A matter is what a crowd is: one category and place, alike words. Who was merged has spoken all the
same, so that a crowd does not cool because somebody worked on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.handling.crowd_rules import Crowd, Place, Voice, crowd_of, groups_of, place_of


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """From when on a matter is hot: so many callers within so many hours, and so many times as

    many tickets of its category at its place as such a stretch of hours had in the weeks before.
    """

    callers: int
    hours: int
    factor: float
    weeks: int

    @property
    def window(self) -> timedelta:
        """How long back callers are counted."""
        return timedelta(hours=self.hours)

    @property
    def before(self) -> timedelta:
        """How long before the window is looked for what is usual."""
        return timedelta(weeks=self.weeks)

    def usual(self, tickets_before: int) -> float:
        """Return how many tickets the weeks before had in a stretch as long as the window."""
        return tickets_before * (self.window / self.before)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Tickets of one category at one place: in the window, and in all the weeks before it."""

    now: int
    before: int


@dataclass(frozen=True, kw_only=True)
class HotMatter:
    """A crowd that is hot, with the numbers that say so."""

    crowd: Crowd
    tickets: int
    usual: float
    threshold: Threshold

    @property
    def times(self) -> float | None:
        """How many times the usual number it is; None where nothing is usual."""
        return self.tickets / self.usual if self.usual else None


def is_above_usual(compared: Compared, threshold: Threshold) -> bool:
    """Say whether a place has enough more of a category than it used to.

    Where the weeks before hold nothing there is nothing to compare: the callers alone decide.
    """
    return compared.now >= threshold.factor * threshold.usual(compared.before)


def hot_matters(
    voices: Sequence[Voice], compared: Mapping[Place, Compared], threshold: Threshold
) -> list[HotMatter]:
    """Return the hot matters among these voices, those with the most callers first.

    A voice's callers are those who spoke within the window. A place of which nothing is compared
    is not looked at.
    """
    found = []
    for group in groups_of(voices):
        crowd, here = crowd_of(group), compared.get(place_of(group[0]))
        if here is None or crowd.callers < threshold.callers:
            continue
        if is_above_usual(here, threshold):
            usual = threshold.usual(here.before)
            found.append(HotMatter(crowd=crowd, tickets=here.now, usual=usual, threshold=threshold))
    return sorted(found, key=lambda each: (-each.crowd.callers, each.crowd.voices[0].ticket_id))
