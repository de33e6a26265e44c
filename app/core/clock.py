"""The only place that reads the wall clock, and the time zone in which a city lives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

TIME_ZONE = "Asia/Shanghai"
CITY_TIME = ZoneInfo(TIME_ZONE)
"""Days and office hours are those of the city; it knows no summer time."""


def _on_the_wall() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _on_the_wall


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _read()


@contextmanager
def lived_by(read: Callable[[], datetime]) -> Iterator[None]:
    """Let the whole process live by another clock meanwhile, as a rehearsal does."""
    global _read
    _read = read
    try:
        yield
    finally:
        _read = _on_the_wall
