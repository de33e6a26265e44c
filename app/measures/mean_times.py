"""How long things took: the mean, the middle and the slow end of a period. Pure.

Natural time, nights and holidays and all, because that is what a caller waits; whether it was in
time is said by the rates. What is not over yet has no length and is not counted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median
from typing import Any

from app.measures.formulas import Formula, Subject
from app.measures.grouping import ALL, Group, told_apart
from app.measures.pictures import Picture, TicketPicture

SLOW_SHARE = 0.9

OF: Mapping[str, tuple[Subject, Callable[[Any], float | None]]] = {
    "wait": (Subject.CALLS, lambda c: c.wait_seconds),
    "talk": (Subject.CALLS, lambda c: c.talk_seconds),
    "dispatch": (Subject.TICKETS, lambda t: t.dispatch_seconds),
    "sign": (Subject.TICKETS, lambda t: t.sign_seconds),
    "handle": (Subject.TICKETS, lambda t: t.handle_seconds),
    "answer": (Subject.TICKETS, lambda t: t.answer_seconds),
}
"""What is measured: of calls the wait and the talk; of tickets until dispatched, signed, answered
by the unit, and until the citizen had heard."""


@dataclass(frozen=True, kw_only=True)
class MeanTime:
    """The times of one group, in seconds."""

    span: str
    key: str
    count: int
    mean: float
    middle: float
    slow: float


def mean_times(span: str, pictures: Iterable[Picture], group: Group) -> list[MeanTime]:
    """Return the times of each group that has any; calls are not told apart."""
    _subject, seconds_of = OF[span]
    counted = as_formula(span)
    parts: dict[str, list[float]] = {}
    for picture in pictures:
        for key, each in _told_apart(counted, picture, group):
            seconds = seconds_of(each)
            if seconds is not None:
                parts.setdefault(key, []).append(seconds)
    return [_of(span, key, sorted(times)) for key, times in sorted(parts.items())]


def as_formula(span: str) -> Formula:
    """Return what a span counts, so that one can look at what is behind it."""
    subject, _seconds = OF[span]
    return Formula(
        code=f"time_{span}",
        name_zh="",
        name_en="",
        subject=subject,
        denominator=f"{span}_timed",
        numerator=f"{span}_timed",
        exclusions=frozenset(),
        is_tiered=False,
        valid_from=date.min,
    )


def _told_apart(counted: Formula, picture: Picture, group: Group) -> Iterable[tuple[str, Picture]]:
    if group is not Group.NONE and isinstance(picture, TicketPicture):
        return told_apart(counted, picture, group)
    return [(ALL, picture)]


def _of(span: str, key: str, times: Sequence[float]) -> MeanTime:
    slow = times[min(len(times) - 1, int(len(times) * SLOW_SHARE))]
    return MeanTime(
        span=span, key=key, count=len(times), mean=fmean(times), middle=median(times), slow=slow
    )
