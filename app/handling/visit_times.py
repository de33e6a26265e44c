"""When a citizen is tried next, and which tries count. Pure.

Three tries within ten minutes are one: he may be at work, or asleep (domain rules 5, R15: at
different times). How far apart tries lie that count, and in which hours anybody is called, are
rules of the city (`limit.visit_apart`, `visit.hours`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.rules.visit_hours import USUAL, VisitHours

Span = tuple[float, float]
"""From an hour of the day until another: 8.5 is half past eight."""
NOON, NAP_ENDS, SUPPER = 12, 14, 18
"""What parts a day; nobody who was missed is tried again at noon, when many sleep."""


class Suits(StrEnum):
    """The part of the day in which he said that he can be called."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


def parts_of_day(day: VisitHours) -> Mapping[Suits, Span]:
    """Return the parts in which somebody may be called; one that the day does not reach is none."""
    begins, ends = _hour(day.begins), _hour(day.ends)
    spans = {
        Suits.MORNING: (begins, min(NOON, ends)),
        Suits.AFTERNOON: (max(NAP_ENDS, begins), min(SUPPER, ends)),
        Suits.EVENING: (max(SUPPER, begins), ends),
    }
    return {part: span for part, span in spans.items() if span[0] < span[1]}


def tries_apart(moments: Iterable[datetime], *, apart: timedelta) -> int:
    """Return how many of these tries lie far enough from the one that counted before."""
    count, last = 0, None
    for moment in sorted(moments):
        if last is None or moment - last >= apart:
            count, last = count + 1, moment
    return count


def next_try(
    since: datetime,
    tries: Sequence[datetime],
    *,
    apart: timedelta,
    day: VisitHours = USUAL,
    best: Span | None = None,
    link_until: datetime | None = None,
) -> datetime:
    """Return from when he is tried next, who may be asked `since` then.

    `day`: the hours in which anybody is called. `best` is the span of hours that he said suits him;
    without it each try falls into another part of the day than the one before, where the day has
    one. `link_until`: until then he may answer by his link first; once a person has tried him,
    nobody waits for that any more.
    """
    first = max(since, link_until) if link_until is not None and not tries else since
    earliest = max([first, *(each + apart for each in tries)])
    if best is not None:
        return _within(earliest, [best])
    whole = _hour(day.begins), _hour(day.ends)
    if not tries:
        return _within(earliest, [whole])
    tried = _hour(max(tries).astimezone(CITY_TIME).time())
    others = [part for part in parts_of_day(day).values() if not part[0] <= tried < part[1]]
    return _within(earliest, others or [whole])


def _hour(moment: time) -> float:
    return moment.hour + moment.minute / 60


def _within(moment: datetime, spans: Sequence[Span]) -> datetime:
    """Return the first moment from this one on that lies in one of these spans of hours."""
    here = moment.astimezone(CITY_TIME)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (midnight, midnight + timedelta(days=1)):
        for begins, ends in sorted(spans):
            since, until = day + timedelta(hours=begins), day + timedelta(hours=ends)
            if here < until:
                return max(here, since)
    raise AssertionError("no span of the day")
