"""Landings: how each carrier delivers a number, with what holds now and what is planned."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.channels import landing_rows
from app.channels.door_rules import leads_to
from app.channels.events import LandingAdded, LandingEnded
from app.channels.landing_routes import Route, RoutePoint, route_at
from app.channels.models import Landing
from app.channels.numbers_here import ForwardWouldLoop, lock_number, number_of
from app.channels.registrable_numbers import plain_number, spellings_of
from app.channels.route_words import BadTarget
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish


class NoSuchLanding(NotFound):
    """No landing has this id, or it belongs to another number."""

    code = "no-such-landing"


class LandingOverlaps(Conflict):
    """A landing for the same delivery is live at the same time: a call would have two answers."""

    code = "landing-overlaps"


class DeliveryMeansAnotherNumber(Conflict):
    """What is delivered on an exchange means one public number, whatever the trunk."""

    code = "delivery-means-another-number"


class EndsBeforeItBegins(Invalid):
    """A landing ends after it has begun."""

    code = "landing-ends-before-it-begins"


@dataclass(frozen=True, kw_only=True)
class NewLanding:
    """How a carrier delivers a number. Empty `exchange_id` or `trunk`: any."""

    number_id: int
    carrier: str
    delivered_did: str
    live_from: datetime
    live_until: datetime | None = None
    exchange_id: str = ""
    trunk: str = ""


@dataclass(frozen=True, kw_only=True)
class LandingShown:
    """A landing with the route in force and the next one planned."""

    id: int
    number_id: int
    exchange_id: str
    trunk: str
    carrier: str
    delivered_did: str
    live_from: datetime
    live_until: datetime | None
    is_live: bool
    route: Route
    next_route: Route | None
    next_at: datetime | None


def add_landing(new: NewLanding, *, added_by: int | None = None) -> int:
    """Add a landing; its calls are ours until a route says otherwise. Return its id.

    Raises BadTarget for a delivery without digits, EndsBeforeItBegins, LandingOverlaps,
    DeliveryMeansAnotherNumber, and ForwardWouldLoop when some route forwards to what is delivered.
    """
    delivered = plain_number(new.delivered_did)
    if not delivered.strip("+"):
        raise BadTarget(field="delivered_did", number=new.delivered_did)
    if new.live_until is not None and new.live_until <= new.live_from:
        raise EndsBeforeItBegins(field="live_until")
    lock_number(new.number_id)
    _check_delivery(new)
    _check_nobody_forwards_to({delivered, number_of(new.number_id)}, since=new.live_from)
    row = Landing(
        number_id=new.number_id,
        exchange_id=new.exchange_id,
        trunk=new.trunk,
        carrier=new.carrier,
        delivered_did=delivered,
        live_from=new.live_from,
        live_until=new.live_until,
        added_at=clock.now(),
        added_by=added_by,
    )
    db.session.add(row)
    db.session.flush()
    publish(LandingAdded(landing_id=row.id, number_id=row.number_id, added_by=added_by))
    return row.id


def end_landing(landing_id: int, *, number_id: int, at: datetime, ended_by: int | None) -> None:
    """Let a landing be live no longer from `at` on. Raises NoSuchLanding, EndsBeforeItBegins."""
    lock_number(number_id)
    row = get_landing(landing_id, number_id=number_id)
    if at <= row.live_from:
        raise EndsBeforeItBegins(field="live_until")
    row.live_until = at
    publish(LandingEnded(landing_id=row.id, number_id=number_id, at=at, ended_by=ended_by))


def list_landings(number_id: int, *, at: datetime | None = None) -> list[LandingShown]:
    """Return a number's landings, live or not, with what holds at `at` (default: now)."""
    moment = at or clock.now()
    asked = select(Landing).where(Landing.number_id == number_id).order_by(Landing.id)
    rows = list(db.session.scalars(asked))
    points = landing_rows.points_of([row.id for row in rows])
    return [_shown(row, points[row.id], moment) for row in rows]


def get_landing(landing_id: int, *, number_id: int) -> Landing:
    """Return a landing of this number. Raises NoSuchLanding."""
    row = db.session.get(Landing, landing_id)
    if row is None or row.number_id != number_id:
        raise NoSuchLanding
    return row


def _check_delivery(new: NewLanding) -> None:
    asked = select(Landing).where(
        Landing.delivered_did.in_(spellings_of(new.delivered_did)),
        or_(Landing.live_until.is_(None), Landing.live_until > new.live_from),
    )
    if new.live_until is not None:
        asked = asked.where(Landing.live_from < new.live_until)
    if new.exchange_id:
        asked = asked.where(Landing.exchange_id.in_(["", new.exchange_id]))
    for other in db.session.scalars(asked):
        if other.number_id != new.number_id:
            raise DeliveryMeansAnotherNumber(
                field="delivered_did", number=number_of(other.number_id)
            )
        if (other.exchange_id, other.trunk) == (new.exchange_id, new.trunk):
            raise LandingOverlaps(field="delivered_did")


def _check_nobody_forwards_to(delivered: Collection[str], *, since: datetime) -> None:
    for number_id, targets in landing_rows.targets_from(max(since, clock.now())).items():
        if any(leads_to(target, delivered) for target in targets):
            raise ForwardWouldLoop(field="delivered_did", number=number_of(number_id))


def _shown(row: Landing, points: Sequence[RoutePoint], at: datetime) -> LandingShown:
    coming = [p for p in points if p.effective_at > at and not p.never_held]
    following = min(coming, key=lambda p: p.order, default=None)
    return LandingShown(
        id=row.id,
        number_id=row.number_id,
        exchange_id=row.exchange_id,
        trunk=row.trunk,
        carrier=row.carrier,
        delivered_did=row.delivered_did,
        live_from=row.live_from,
        live_until=row.live_until,
        is_live=row.live_from <= at and (row.live_until is None or at < row.live_until),
        route=route_at(points, at),
        next_route=following.route if following else None,
        next_at=following.effective_at if following else None,
    )
