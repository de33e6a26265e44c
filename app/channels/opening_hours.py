"""When somebody answers at an entry of the transfer directory. Pure.

Written as `1-5 08:30-12:00 14:30-17:30; 6 09:00-12:00`: days of the week from Monday (1) to Sunday
(7), then hours of the city's day. Nothing written means day and night. Public holidays stand in no
register of ours yet: on one, an entry may say open while nobody is there.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CITY_TIME: Final = ZoneInfo("Asia/Shanghai")
_PART = re.compile(
    r"(?P<first>[1-7])(?:-(?P<last>[1-7]))?(?P<spans>(?: \d\d:\d\d-\d\d:\d\d)+)", re.ASCII
)


class UnreadableHours(ValueError):
    """The text is not written as opening hours are."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Open or closed, and the moment at which that changes; None: never."""

    is_open: bool
    changes_at: datetime | None


def opening_at(hours: str, at: datetime) -> Opening:
    """Say whether somebody answers at `at`. Raises UnreadableHours."""
    if not hours.strip():
        return Opening(is_open=True, changes_at=None)
    week = _week(hours)
    local = at.astimezone(CITY_TIME)
    spans = [
        (_moment(local, ahead, begins), _moment(local, ahead, ends))
        for ahead in range(8)
        for begins, ends in week.get((local + timedelta(days=ahead)).isoweekday(), ())
    ]
    for begins, ends in sorted(spans):
        if begins <= local < ends:
            return Opening(is_open=True, changes_at=ends)
        if local < begins:
            return Opening(is_open=False, changes_at=begins)
    return Opening(is_open=False, changes_at=None)


def _week(hours: str) -> dict[int, list[tuple[time, time]]]:
    week: dict[int, list[tuple[time, time]]] = {}
    for part in hours.split(";"):
        read = _PART.fullmatch(part.strip())
        if read is None:
            raise UnreadableHours(hours)
        spans = [_span(each) for each in read["spans"].split()]
        for day in range(int(read["first"]), int(read["last"] or read["first"]) + 1):
            week.setdefault(day, []).extend(spans)
    return week


def _span(written: str) -> tuple[time, time]:
    try:
        begins, ends = (time.fromisoformat(each) for each in written.split("-"))
    except ValueError as why:
        raise UnreadableHours(written) from why
    if ends <= begins:
        raise UnreadableHours(written)
    return begins, ends


def _moment(local: datetime, ahead: int, clock: time) -> datetime:
    return datetime.combine(local.date() + timedelta(days=ahead), clock, tzinfo=CITY_TIME)
