"""When a citizen is tried next, and which tries count. Pure.

Three tries within ten minutes are one: he may be at work, or asleep (domain rules 5, R15: at
different times). How far apart tries lie that count is a rule of the city (`limit.visit_apart`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME

DAY_BEGINS, DAY_ENDS = 9, 21
"""Nobody is called about a finished matter at night."""
MORNING, AFTERNOON, EVENING = (9, 12), (14, 18), (18, 21)
PARTS_OF_DAY = (MORNING, AFTERNOON, EVENING)


class Suits(StrEnum):
    """The part of the day in which he said that he can be called."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


HOURS = {Suits.MORNING: MORNING, Suits.AFTERNOON: AFTERNOON, Suits.EVENING: EVENING}


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
    best: tuple[int, int] | None = None,
    link_until: datetime | None = None,
) -> datetime:
    """Return from when he is tried next, who may be asked `since` then.

    `best` is the span of hours that he said suits him; without it each try falls into another part
    of the day than the one before. `link_until`: until then he may answer by his link first; once
    a person has tried him, nobody waits for that any more.
    """
    first = max(since, link_until) if link_until is not None and not tries else since
    earliest = max([first, *(each + apart for each in tries)])
    if best is not None:
        return _within(earliest, [best])
    if not tries:
        return _within(earliest, [(DAY_BEGINS, DAY_ENDS)])
    tried = max(tries).astimezone(CITY_TIME).hour
    others = [part for part in PARTS_OF_DAY if not part[0] <= tried < part[1]]
    return _within(earliest, others)


def _within(moment: datetime, spans: Sequence[tuple[int, int]]) -> datetime:
    """Return the first moment from this one on that lies in one of these spans of hours."""
    here = moment.astimezone(CITY_TIME)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (midnight, midnight + timedelta(days=1)):
        for begins, ends in sorted(spans):
            since, until = day + timedelta(hours=begins), day + timedelta(hours=ends)
            if here < until:
                return max(here, since)
    raise AssertionError("no span of the day")
