"""Routes as plain data: for the database, for requests and for pages. Pure.

{"kind": "ours"}
{"kind": "old_seats", "forward_to": "07623331234", "ring_seconds": 25}
{"kind": "moved", "announcement": "number-moved"}
{"kind": "split", "shares": [{"percent": 30, "goes_to": {…}}, …]}
{"kind": "hours", "windows": [{"weekday": 1, "begins": "08:30", "ends": "12:00"}, …],
"inside": {…}, "outside": {…}, "exceptions": {"2027-02-08": 0}}
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeGuard

from app.channels.landing_routes import (
    MINUTES_OF_A_DAY,
    NO_WINDOWS,
    ByHours,
    Moved,
    OldSeats,
    Ours,
    Place,
    Route,
    Share,
    SplitByShare,
    Window,
)
from app.channels.registrable_numbers import plain_number
from app.core.emergency_numbers import check_no_emergency
from app.core.errors import Invalid

SHORTEST_RING, LONGEST_RING = 5, 120
LONGEST_TARGET = 20
MOST_PARTS = 50

_SOUND = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_TARGET = re.compile(r"\+?\d{3,20}")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")

Words = Mapping[str, Any]


class RouteNotUnderstood(Invalid):
    """A route has a part that is missing or cannot be."""

    code = "route-not-understood"


class SharesDoNotAddUp(Invalid):
    """The shares of a split add up to 100, and none is negative."""

    code = "shares-do-not-add-up"


class BadTarget(Invalid):
    """A forward needs a telephone number: digits, perhaps with + in front."""

    code = "bad-forward-target"


def route_of(words: object) -> Route:
    """Read a route. Raises RouteNotUnderstood, SharesDoNotAddUp, BadTarget, EmergencyNumber."""
    said = _mapping(words)
    match said.get("kind"):
        case "split":
            return _split(said)
        case "hours":
            return _hours(said)
        case _:
            return place_of(said)


def place_of(words: object) -> Place:
    """Read the end of a way. Raises as `route_of` does."""
    said = _mapping(words)
    read = _PLACES.get(str(said.get("kind")))
    if read is None:
        raise _unclear("kind")
    return read(said)


def words_of(route: Route) -> dict[str, Any]:
    """Write a route as plain data."""
    match route:
        case OldSeats():
            return {
                "kind": "old_seats",
                "forward_to": route.forward_to,
                "ring_seconds": route.ring_seconds,
            }
        case Moved():
            return {"kind": "moved", "announcement": route.announcement}
        case SplitByShare():
            shares = [
                {"percent": share.percent, "goes_to": words_of(share.goes_to)}
                for share in route.shares
            ]
            return {"kind": "split", "shares": shares}
        case ByHours():
            return {
                "kind": "hours",
                "windows": [_window_words(window) for window in route.windows],
                "inside": words_of(route.inside),
                "outside": words_of(route.outside),
                "exceptions": {day.isoformat(): like for day, like in route.exceptions.items()},
            }
        case _:
            return {"kind": "ours"}


def clock_of(minutes: int) -> str:
    """Write minutes since midnight as HH:MM; the end of the day is 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def minutes_of(clock: object) -> int:
    """Read HH:MM. Raises RouteNotUnderstood."""
    if not isinstance(clock, str) or not _CLOCK.fullmatch(clock):
        raise _unclear("windows")
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _old_seats(said: Words) -> OldSeats:
    written, seconds = said.get("forward_to"), said.get("ring_seconds")
    if not isinstance(written, str):
        raise BadTarget(field="forward_to", number="")
    check_no_emergency(written, field="forward_to")
    if len(written) > 2 * LONGEST_TARGET or not _TARGET.fullmatch(plain_number(written)):
        raise BadTarget(field="forward_to", number=written[:LONGEST_TARGET])
    if not _is_whole(seconds) or not SHORTEST_RING <= seconds <= LONGEST_RING:
        raise _unclear("ring_seconds")
    return OldSeats(forward_to=plain_number(written), ring_seconds=seconds)


def _moved(said: Words) -> Moved:
    sound = said.get("announcement")
    if not isinstance(sound, str) or not _SOUND.fullmatch(sound):
        raise _unclear("announcement")
    return Moved(announcement=sound)


_PLACES: Mapping[str, Callable[[Words], Place]] = {
    "ours": lambda _said: Ours(),
    "old_seats": _old_seats,
    "moved": _moved,
}


def _split(said: Words) -> SplitByShare:
    shares = []
    for each in _list(said, "shares"):
        part = _mapping(each)
        if not _is_whole(part.get("percent")) or not 0 <= part["percent"] <= 100:
            raise SharesDoNotAddUp(field="shares")
        shares.append(Share(percent=part["percent"], goes_to=place_of(part.get("goes_to"))))
    if sum(share.percent for share in shares) != 100:
        raise SharesDoNotAddUp(field="shares")
    return SplitByShare(shares=tuple(shares))


def _hours(said: Words) -> ByHours:
    exceptions = _mapping(said.get("exceptions", {}), "exceptions")
    if len(exceptions) > MOST_PARTS:
        raise _unclear("exceptions")
    return ByHours(
        windows=tuple(_window(each) for each in _list(said, "windows")),
        inside=place_of(said.get("inside")),
        outside=place_of(said.get("outside")),
        exceptions={_day(day): _weekday(like, "exceptions") for day, like in exceptions.items()},
    )


def _window(words: object) -> Window:
    said = _mapping(words, "windows")
    window = Window(
        weekday=_weekday(said.get("weekday"), "windows"),
        begins=minutes_of(said.get("begins")),
        ends=minutes_of(said.get("ends")),
    )
    if window.weekday == NO_WINDOWS or not window.begins < window.ends <= MINUTES_OF_A_DAY:
        raise _unclear("windows")
    return window


def _window_words(window: Window) -> dict[str, Any]:
    return {
        "weekday": window.weekday,
        "begins": clock_of(window.begins),
        "ends": clock_of(window.ends),
    }


def _weekday(value: object, name: str) -> int:
    if not _is_whole(value) or not NO_WINDOWS <= value <= 7:
        raise _unclear(name)
    return value


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise _unclear("exceptions") from None


def _list(said: Words, name: str) -> list[object]:
    value = said.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PARTS:
        raise _unclear(name)
    return value


def _mapping(words: object, name: str = "kind") -> Words:
    if not isinstance(words, Mapping):
        raise _unclear(name)
    return words


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _unclear(name: str) -> RouteNotUnderstood:
    return RouteNotUnderstood(field="route", part=name)
