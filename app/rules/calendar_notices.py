"""Reads what the State Council's notice says of single days, as somebody typed or pasted it. Pure.

One day or one span on a line, then the holiday's name, then a word for off or for worked:

    2026-02-15~2026-02-23 Chunjie off
    2026-02-28 Chunjie work
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.core.errors import Invalid
from app.rules.working_time import A_DAY, SATURDAY

PARTS = re.compile(
    r"(?P<since>\d{4}-\d{2}-\d{2})(?:\s*[~～]\s*(?P<until>\d{4}-\d{2}-\d{2}))?"
    r"[\s,，]+(?P<name>[^\s,，]{1,32})[\s,，]+(?P<word>[^\s,，]{1,16})"
)
LONGEST_SPAN = timedelta(days=31)
FEWEST_OFF_DAYS = 11
"""The law has had eleven days of holidays since 2008 and thirteen since 2025."""
EARLIEST_MONTH = 12
"""A notice may speak of days of the December before its year."""


class CalendarLineUnfit(Invalid):
    """A line is a day or a span, a name, and whether it is off or worked."""

    code = "calendar-line-unfit"


class CalendarDayOutside(Invalid):
    """The notice of a year speaks of that year, and of the December before it."""

    code = "calendar-day-outside"


class CalendarDayTwice(Invalid):
    """A day is either off or worked."""

    code = "calendar-day-twice"


class CalendarDayWorkedAnyway(Invalid):
    """Only a Saturday or Sunday is said to be worked: the other days are, unless they are off."""

    code = "calendar-day-worked-anyway"


class CalendarTooFewDays(Invalid):
    """So few days off are not a whole notice: the rest would be taken for working days."""

    code = "calendar-too-few-days"


@dataclass(frozen=True, kw_only=True)
class NoticeDay:
    """One day of a notice."""

    day: date
    name: str
    is_off: bool


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a year's notice says; `where` it stands: an address, or its number."""

    year: int
    where: str
    days: tuple[NoticeDay, ...]


@dataclass(frozen=True, kw_only=True)
class DayWords:
    """The words that people write for days off and for days worked; the first is ours."""

    off: tuple[str, ...]
    worked: tuple[str, ...]


def read_notice(year: int, where: str, written: str, *, words: DayWords, field: str) -> Notice:
    """Read a notice; raises one of the refusals of this file, which names the line."""
    days: dict[date, NoticeDay] = {}
    for number, line in enumerate(written.splitlines(), start=1):
        for day in _days_of(line, number, words, field) if line.strip() else ():
            _check(day, year, number, field)
            if day.day in days:
                raise CalendarDayTwice(field=field, line=number, day=day.day.isoformat())
            days[day.day] = day
    if sum(day.is_off for day in days.values()) < FEWEST_OFF_DAYS:
        raise CalendarTooFewDays(field=field, fewest=FEWEST_OFF_DAYS)
    return Notice(year=year, where=where, days=tuple(days[day] for day in sorted(days)))


def write_days(days: tuple[NoticeDay, ...], *, words: DayWords) -> str:
    """Write the days as they are read, days that follow each other as one span."""
    said = {True: words.off[0], False: words.worked[0]}
    return "\n".join(
        f"{_written(first.day, last.day)} {first.name} {said[first.is_off]}"
        for first, last in _spans(days)
    )


def _spans(days: tuple[NoticeDay, ...]) -> list[tuple[NoticeDay, NoticeDay]]:
    spans: list[tuple[NoticeDay, NoticeDay]] = []
    for day in days:
        if spans and replace(spans[-1][1], day=day.day) == day and _follow(spans[-1][1], day):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return spans


def _follow(one: NoticeDay, other: NoticeDay) -> bool:
    return one.day + A_DAY == other.day


def _written(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}~{last.isoformat()}"


def _days_of(line: str, number: int, words: DayWords, field: str) -> Iterator[NoticeDay]:
    found = PARTS.fullmatch(line.strip())
    since = _date(found["since"]) if found else None
    until = _date(found["until"] or found["since"]) if found else None
    if found is None or since is None or until is None or not _is_span(since, until):
        raise CalendarLineUnfit(field=field, line=number, text=line.strip()[:60])
    if found["word"] not in words.off + words.worked:
        raise CalendarLineUnfit(field=field, line=number, text=line.strip()[:60])
    while since <= until:
        yield NoticeDay(day=since, name=found["name"], is_off=found["word"] in words.off)
        since += A_DAY


def _is_span(since: date, until: date) -> bool:
    return since <= until < since + LONGEST_SPAN


def _check(day: NoticeDay, year: int, number: int, field: str) -> None:
    is_before = day.day.year == year - 1 and day.day.month == EARLIEST_MONTH
    if day.day.year != year and not is_before:
        raise CalendarDayOutside(field=field, line=number, day=day.day.isoformat(), year=year)
    if not day.is_off and day.day.weekday() < SATURDAY:
        raise CalendarDayWorkedAnyway(field=field, line=number, day=day.day.isoformat())


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
