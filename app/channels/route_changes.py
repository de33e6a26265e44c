"""Changes of routes: from which minute on landings go elsewhere, and undoing one by one act."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.channels import landing_rows
from app.channels.events import RouteChanged, RouteChangeUndone
from app.channels.landing_routes import (
    NothingToUndo,
    Ours,
    Route,
    RoutePoint,
    check_follows,
    check_undo,
    route_at,
    to_the_minute,
)
from app.channels.landings import get_landing
from app.channels.models import LandingRoute, RouteChange
from app.channels.numbers_here import check_targets, lock_number
from app.channels.route_words import route_of, words_of
from app.core import clock
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish


class NoSuchChange(NotFound):
    """No change of routes has this id, or it belongs to another number."""

    code = "no-such-change"


class MomentHasPassed(Invalid):
    """A change holds from now on or from a later minute, never from an earlier one."""

    code = "moment-has-passed"


@dataclass(frozen=True, kw_only=True)
class ChangeShown:
    """A change of routes with what it changed; `can_be_undone` says whether undoing is possible."""

    id: int
    number_id: int
    effective_at: datetime
    set_at: datetime
    set_by: int | None
    because: str
    undoes_id: int | None
    undone_at: datetime | None
    can_be_undone: bool
    before: Mapping[int, Route]  # by landing
    after: Mapping[int, Route]


def set_routes(
    number_id: int,
    routes: Mapping[int, object],
    *,
    effective_at: datetime | None = None,
    set_by: int | None = None,
    because: str = "",
) -> int:
    """Let these landings of a number go elsewhere, all at one minute; return the change's id.

    `routes` are plain data by landing (route_words). Without `effective_at` it is at once. Raises
    what route_words raises, NoSuchLanding, MomentHasPassed, LaterChangePlanned, ForwardWouldLoop.
    """
    lock_number(number_id)
    moment = _moment(effective_at)
    change = _write_change(
        number_id,
        preview_routes(number_id, routes, effective_at=effective_at),
        effective_at=moment,
        set_by=set_by,
        because=because,
    )
    publish(
        RouteChanged(change_id=change.id, number_id=number_id, effective_at=moment, set_by=set_by)
    )
    return change.id


def preview_routes(
    number_id: int, routes: Mapping[int, object], *, effective_at: datetime | None = None
) -> dict[int, tuple[Route, Route]]:
    """Return what a change would do: landing → (route until then, route from then on).

    Saves nothing. Raises what `set_routes` raises.
    """
    moment = _moment(effective_at)
    wanted = {landing_id: route_of(words) for landing_id, words in routes.items()}
    points = landing_rows.points_of(wanted)
    for landing_id, route in wanted.items():
        get_landing(landing_id, number_id=number_id)
        check_follows(points[landing_id], moment)
        check_targets(route, at=moment)
    return {
        landing_id: (route_at(points[landing_id], moment), route)
        for landing_id, route in wanted.items()
    }


def undo_change(change_id: int, *, number_id: int, undone_by: int | None = None) -> int:
    """Restore the former routes of all landings of a change at once; return the undo's own id.

    A change that has not begun never will. Raises NoSuchChange, ChangeAlreadyUndone,
    ChangeOutdated, NothingToUndo, and ForwardWouldLoop when a former target is ours by now.
    """
    now = clock.now()
    lock_number(number_id)
    change = _change(change_id, number_id=number_id)
    items = _items_of([change.id])[change.id]
    points = landing_rows.points_of([item.landing_id for item in items])
    of_change = RoutePoint(
        change_id=change.id,
        effective_at=change.effective_at,
        route=Ours(),
        undone_at=change.undone_at,
    )
    check_undo(of_change, (point for found in points.values() for point in found))
    if change.undoes_id is not None and all(item.before == item.after for item in items):
        raise NothingToUndo
    change.undone_at = now
    db.session.flush()
    # A change still to come is void from here on; one that has begun is followed by the former.
    restored = {
        item.landing_id: (route_at(points[item.landing_id], now), route_of(item.before))
        for item in items
    }
    for _old, former in restored.values():
        check_targets(former, at=now)
    undo = _write_change(
        number_id, restored, effective_at=now, set_by=undone_by, undoes_id=change.id
    )
    publish(RouteChangeUndone(change_id=change.id, number_id=number_id, undone_by=undone_by))
    return undo.id


def list_changes(number_id: int) -> list[ChangeShown]:
    """Return every change of a number's routes, newest first."""
    asked = select(RouteChange).where(RouteChange.number_id == number_id)
    changes = list(db.session.scalars(asked.order_by(RouteChange.id.desc())))
    items = _items_of([change.id for change in changes])
    points = landing_rows.points_of({i.landing_id for each in items.values() for i in each})
    return [_change_shown(change, items[change.id], points) for change in changes]


def _moment(effective_at: datetime | None) -> datetime:
    """Return the minute from which a change holds; at once when none is named, or the present."""
    now = clock.now()
    moment = now if effective_at is None else to_the_minute(effective_at)
    if moment < to_the_minute(now):
        raise MomentHasPassed(field="effective_at")
    return max(moment, now)


def _write_change(
    number_id: int,
    routes: Mapping[int, tuple[Route, Route]],
    *,
    effective_at: datetime,
    set_by: int | None,
    because: str = "",
    undoes_id: int | None = None,
) -> RouteChange:
    change = RouteChange(
        number_id=number_id,
        effective_at=effective_at,
        set_at=clock.now(),
        set_by=set_by,
        because=because,
        undoes_id=undoes_id,
    )
    db.session.add(change)
    db.session.flush()
    for landing_id, (before, after) in routes.items():
        db.session.add(
            LandingRoute(
                change_id=change.id,
                landing_id=landing_id,
                before=words_of(before),
                after=words_of(after),
            )
        )
    db.session.flush()
    return change


def _change_shown(
    change: RouteChange,
    items: Sequence[LandingRoute],
    points: Mapping[int, Sequence[RoutePoint]],
) -> ChangeShown:
    order = (change.effective_at, change.id)
    is_newest = not any(
        p.order > order and not p.never_held for i in items for p in points[i.landing_id]
    )
    changes_nothing = all(item.before == item.after for item in items)
    return ChangeShown(
        id=change.id,
        number_id=change.number_id,
        effective_at=change.effective_at,
        set_at=change.set_at,
        set_by=change.set_by,
        because=change.because,
        undoes_id=change.undoes_id,
        undone_at=change.undone_at,
        can_be_undone=is_newest
        and change.undone_at is None
        and not (change.undoes_id is not None and changes_nothing),
        before={item.landing_id: route_of(item.before) for item in items},
        after={item.landing_id: route_of(item.after) for item in items},
    )


def _items_of(change_ids: Collection[int]) -> Mapping[int, list[LandingRoute]]:
    found: defaultdict[int, list[LandingRoute]] = defaultdict(list)
    asked = select(LandingRoute).where(LandingRoute.change_id.in_(change_ids))
    for item in db.session.scalars(asked.order_by(LandingRoute.id)):
        found[item.change_id].append(item)
    return found


def _change(change_id: int, *, number_id: int) -> RouteChange:
    row = db.session.get(RouteChange, change_id)
    if row is None or row.number_id != number_id:
        raise NoSuchChange
    return row
