"""How moments, lengths and numbers are written for people: always in the city's own time."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.phone_numbers import mask, mask_in_text


def moment(value: datetime | None) -> str:
    """Write a moment to the minute, `2026-11-23 08:05`; nothing for None."""
    return value.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M") if value else ""


def moment_to_second(value: datetime | None) -> str:
    """Write a moment to the second, `2026-11-23 08:05:09`; nothing for None."""
    return value.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S") if value else ""


def clock_minute(value: datetime | None) -> str:
    """Write a time of day to the minute, `08:05`; nothing for None."""
    return value.astimezone(CITY_TIME).strftime("%H:%M") if value else ""


def clock_time(value: datetime | None) -> str:
    """Write a time of day to the hundredth, `08:05:09.13`; nothing for None."""
    return value.astimezone(CITY_TIME).strftime("%H:%M:%S.%f")[:-4] if value else ""


def wire_moment(value: datetime) -> str:
    """Write a moment for JSON: ISO 8601, UTC, milliseconds, `Z`."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def length(value: timedelta | float | None) -> str:
    """Write a length of time, `4:07` or `1:04:07`; nothing for None. A number means seconds."""
    if value is None:
        return ""
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def init_app(app: Flask) -> None:
    """Give templates the filters for moments, lengths and numbers, and `this_moment()`."""
    app.jinja_env.filters.update(
        moment=moment,
        moment_to_second=moment_to_second,
        clock_minute=clock_minute,
        clock_time=clock_time,
        duration=length,
        masked=mask,
    )
    app.jinja_env.filters["masked_text"] = mask_in_text
    app.jinja_env.globals["this_moment"] = clock.now
