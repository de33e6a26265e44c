"""Where a landing's calls go, and from which minute on. Pure.

A route is plain data. It leads each call to exactly one place: into our queue, to the line's old
seats, or to an announcement. Changes are dated points; nothing has to happen at their minute for
them to hold.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from app.core.errors import Conflict

MINUTES_OF_A_DAY = 24 * 60
NO_WINDOWS = 0
"""The day of the week that a day off works like: none."""


@dataclass(frozen=True, kw_only=True)
class Ours:
    """Into our own queue."""


@dataclass(frozen=True, kw_only=True)
class OldSeats:
    """To the seats that took the line before: ring them, and when nobody answers come to us."""

    forward_to: str
    ring_seconds: int


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Play the announcement that says where to call instead, then end."""

    announcement: str


Place = Ours | OldSeats | Moved


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many calls of a hundred go to this place."""

    percent: int
    goes_to: Place


@dataclass(frozen=True, kw_only=True)
class SplitByShare:
    """Calls are spread over places; the shares add up to 100."""

    shares: tuple[Share, ...]


@dataclass(frozen=True, kw_only=True)
class Window:
    """A piece of a weekday (1 Monday … 7 Sunday): minutes since midnight, the last one not in."""

    weekday: int
    begins: int
    ends: int


@dataclass(frozen=True, kw_only=True)
class ByHours:
    """One place inside the windows, another outside.

    `exceptions` says of single dates which weekday's windows hold: a working Saturday is like a
    Monday (1), a day off like none (0).
    """

    windows: tuple[Window, ...]
    inside: Place
    outside: Place
    exceptions: Mapping[date, int] = field(default_factory=dict)


Route = Ours | OldSeats | Moved | SplitByShare | ByHours


@dataclass(frozen=True, kw_only=True)
class RoutePoint:
    """From `effective_at` on a landing has this route.

    A change undone before its moment never held. Points are numbered in the order of writing.
    """

    change_id: int
    effective_at: datetime
    route: Route
    undone_at: datetime | None = None

    @property
    def never_held(self) -> bool:
        """Say whether it was taken back before it began."""
        return self.undone_at is not None and self.undone_at <= self.effective_at

    @property
    def order(self) -> tuple[datetime, int]:
        """Return what points of one landing are sorted by."""
        return self.effective_at, self.change_id


class LaterChangePlanned(Conflict):
    """A change is planned for a later moment: undo it first, then set this one."""

    code = "later-change-planned"


class ChangeOutdated(Conflict):
    """The change is not the newest of all its landings: undoing it would undo others with it."""

    code = "change-outdated"


class ChangeAlreadyUndone(Conflict):
    """A change is undone once."""

    code = "change-already-undone"


class NothingToUndo(Conflict):
    """What was taken back had not begun: the undo itself has changed nothing."""

    code = "nothing-to-undo"


def to_the_minute(moment: datetime) -> datetime:
    """Return the whole minute that `moment` lies in; changes begin at one."""
    return moment.replace(second=0, microsecond=0)


def route_at(points: Iterable[RoutePoint], at: datetime) -> Route:
    """Return the route in force at `at`. Before its first change a landing is ours."""
    begun = [p for p in points if p.effective_at <= at and not p.never_held]
    return max(begun, key=lambda p: p.order).route if begun else Ours()


def place_for(route: Route, *, call: str, at: datetime, zone: tzinfo) -> Place:
    """Return the one place where this call goes. `call` names it; the same name, the same place.

    Windows are read in the site's own `zone`.
    """
    match route:
        case SplitByShare():
            return _by_share(route, draw(call))
        case ByHours():
            return route.inside if is_inside(route, at.astimezone(zone)) else route.outside
        case _:
            return route


def draw(call: str) -> int:
    """Return a number from 0 to 99 that belongs to this call and is spread evenly over calls."""
    return int.from_bytes(hashlib.sha256(call.encode()).digest()[:8], "big") % 100


def is_inside(route: ByHours, local: datetime) -> bool:
    """Say whether this local moment lies in one of the windows."""
    weekday = route.exceptions.get(local.date(), local.isoweekday())
    minute = local.hour * 60 + local.minute
    return any(w.weekday == weekday and w.begins <= minute < w.ends for w in route.windows)


def places_of(route: Route) -> tuple[Place, ...]:
    """Return every place that a route can lead to."""
    match route:
        case SplitByShare():
            return tuple(share.goes_to for share in route.shares)
        case ByHours():
            return (route.inside, route.outside)
        case _:
            return (route,)


def targets_of(route: Route) -> frozenset[str]:
    """Return every number that a route can forward to."""
    return frozenset(p.forward_to for p in places_of(route) if isinstance(p, OldSeats))


def shares_at(route: Route, *, at: datetime, zone: tzinfo) -> tuple[Share, ...]:
    """Return where the calls of this moment go, in shares of a hundred."""
    if isinstance(route, SplitByShare):
        return tuple(share for share in route.shares if share.percent)
    return (Share(percent=100, goes_to=place_for(route, call="", at=at, zone=zone)),)


def check_follows(points: Collection[RoutePoint], effective_at: datetime) -> None:
    """Raise LaterChangePlanned when a point of the landing comes after the new change."""
    if any(p.effective_at > effective_at and not p.never_held for p in points):
        raise LaterChangePlanned(field="effective_at")


def check_undo(change: RoutePoint, others: Iterable[RoutePoint]) -> None:
    """Raise ChangeAlreadyUndone or ChangeOutdated unless the change may be undone.

    `others` are the points of all its landings.
    """
    if change.undone_at is not None:
        raise ChangeAlreadyUndone
    if any(p.order > change.order and not p.never_held for p in others):
        raise ChangeOutdated


def next_minute(moment: datetime) -> datetime:
    """Return the whole minute after `moment`."""
    return to_the_minute(moment) + timedelta(minutes=1)


def _by_share(route: SplitByShare, drawn: int) -> Place:
    upto = 0
    for share in route.shares:
        upto += share.percent
        if drawn < upto:
            return share.goes_to
    return Ours()  # shares that do not add up are refused when they are saved
