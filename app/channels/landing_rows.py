"""Reading the rows of landings and their routes; used by the room's own files, not by others."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from app.channels.landing_routes import RoutePoint, route_at, targets_of
from app.channels.models import Landing, LandingRoute, RouteChange
from app.channels.route_words import route_of
from app.core.database import db

# Each call asks it at the door, and it is built once: building costs more than asking.
_DELIVERED = (
    select(Landing)
    .where(
        Landing.delivered_did.in_(bindparam("written", expanding=True)),
        Landing.live_from <= bindparam("at"),
        or_(Landing.live_until.is_(None), Landing.live_until > bindparam("at")),
    )
    .order_by(Landing.exchange_id.desc(), Landing.id)
)
_DELIVERED_THERE = _DELIVERED.where(
    Landing.exchange_id.in_(bindparam("exchange_ids", expanding=True))
)


def landings_delivered_as(
    written: Collection[str], at: datetime, *, exchange_id: str = ""
) -> list[Landing]:
    """Return the landings under which this exchange is delivered such a number at `at`.

    Those that name the exchange come first, then those of any exchange. An empty `exchange_id`
    asks for all.
    """
    said: dict[str, object] = {"written": list(written), "at": at}
    if not exchange_id:
        return list(db.session.scalars(_DELIVERED, said))
    return list(db.session.scalars(_DELIVERED_THERE, {**said, "exchange_ids": ["", exchange_id]}))


def number_delivered_as(
    written: Collection[str], at: datetime, *, exchange_id: str = ""
) -> int | None:
    """Return the id of the public number that is delivered as this, or None."""
    found = landings_delivered_as(written, at, exchange_id=exchange_id)
    return found[0].number_id if found else None


def points_of(landing_ids: Collection[int]) -> Mapping[int, list[RoutePoint]]:
    """Return the dated routes of these landings, in the order of writing."""
    found: defaultdict[int, list[RoutePoint]] = defaultdict(list)
    asked = (
        select(LandingRoute, RouteChange)
        .join(RouteChange, RouteChange.id == LandingRoute.change_id)
        .where(LandingRoute.landing_id.in_(landing_ids))
        .order_by(RouteChange.id)
    )
    for item, change in db.session.execute(asked):
        found[item.landing_id].append(
            RoutePoint(
                change_id=change.id,
                effective_at=change.effective_at,
                route=route_of(item.after),
                undone_at=change.undone_at,
            )
        )
    return found


def targets_from(at: datetime) -> Mapping[int, frozenset[str]]:
    """Return number → every number that its landings forward to at `at` or later."""
    landings = {row.id: row.number_id for row in db.session.scalars(select(Landing))}
    found: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    for landing_id, points in points_of(landings).items():
        coming = [p.route for p in points if p.effective_at > at and not p.never_held]
        for route in [route_at(points, at), *coming]:
            found[landings[landing_id]] |= targets_of(route)
    return found
