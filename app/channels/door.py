"""What the register says about a call at the door: asked by the switchboard, and to look ahead."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from app.channels import landing_rows, numbers_here, service
from app.channels.door_rules import (
    LOOPS,
    OURS,
    CallAtDoor,
    DoorAction,
    DoorDecision,
    DoorPicture,
    Forwarded,
    Sign,
    decide,
)
from app.channels.events import IntakeAlarmRaised
from app.channels.landing_routes import Route, Share, route_at, shares_at, targets_of
from app.channels.models import IntakeAlarm, IntakeAlarmKind, Landing
from app.channels.registrable_numbers import spellings_of
from app.channels.service import PublicNumber
from app.core.clock import CITY_TIME
from app.core.database import db
from app.core.events import publish

__all__ = ["CallAtDoor", "DoorAction", "DoorDecision", "Forwarded", "Sign"]
LONGEST_DELIVERY = 32


@dataclass(frozen=True, kw_only=True)
class DoorAnswer:
    """Where a call goes, and the number it was meant for, if the register knows it."""

    decision: DoorDecision
    line: PublicNumber | None
    landing_id: int | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would happen to a call at a moment: to this one, and to all of that moment."""

    at: datetime
    line: PublicNumber | None
    landing_id: int | None
    route: Route
    decision: DoorDecision
    shares: tuple[Share, ...]


def answer_at_door(
    call: CallAtDoor,
    *,
    at: datetime,
    before: Collection[Forwarded] = (),
    is_up: Callable[[str], bool] = lambda _call_key: True,
) -> DoorAnswer:
    """Return where a call that comes in at `at` goes (door_rules)."""
    line, landing = _look_up(call, at)
    picture = _picture(line, landing, at)
    decision = decide(call, picture, at=at, zone=CITY_TIME, before=before, is_up=is_up)
    return DoorAnswer(decision=decision, line=line, landing_id=picture.landing_id)


def preview_call(call: CallAtDoor, *, at: datetime) -> Preview:
    """Return what would happen to such a call at `at`, past or to come; changes nothing."""
    line, landing = _look_up(call, at)
    picture = _picture(line, landing, at)
    return Preview(
        at=at,
        line=line,
        landing_id=picture.landing_id,
        route=picture.route,
        decision=decide(call, picture, at=at, zone=CITY_TIME),
        shares=shares_of(picture.route, at=at),
    )


def shares_of(route: Route, *, at: datetime) -> tuple[Share, ...]:
    """Return where calls of this moment go under a route, in shares of a hundred."""
    return shares_at(route, at=at, zone=CITY_TIME)


def raise_alarm(call: CallAtDoor, answer: DoorAnswer, *, at: datetime) -> None:
    """Keep that a call was given to a human instead of where its route leads."""
    sign = answer.decision.sign
    if sign is None:
        return
    kind = IntakeAlarmKind.LOOP if sign in LOOPS else IntakeAlarmKind.FORWARD_REFUSED
    row = IntakeAlarm(
        at=at,
        kind=kind,
        sign=sign.value,
        exchange_id=call.exchange_id,
        call_key=call.call_key,
        number_id=answer.line.id if answer.line else None,
        delivered=call.delivered[:LONGEST_DELIVERY],
    )
    db.session.add(row)
    db.session.flush()
    publish(
        IntakeAlarmRaised(
            alarm_id=row.id,
            kind=kind.value,
            sign=sign.value,
            exchange_id=call.exchange_id,
            call_key=call.call_key,
        )
    )


def list_alarms(*, limit: int = 50) -> list[IntakeAlarm]:
    """Return the newest alarms, newest first."""
    asked = db.select(IntakeAlarm).order_by(IntakeAlarm.id.desc()).limit(limit)
    return list(db.session.scalars(asked))


def _look_up(call: CallAtDoor, at: datetime) -> tuple[PublicNumber | None, Landing | None]:
    found = landing_rows.landings_delivered_as(
        spellings_of(call.delivered), at, exchange_id=call.exchange_id
    )
    fitting = [row for row in found if row.trunk in ("", call.trunk)]
    if fitting:
        landing = max(fitting, key=lambda row: (bool(row.exchange_id), bool(row.trunk)))
        return service.get_number(landing.number_id, at=at), landing
    return service.find_number(call.delivered, at, exchange_id=call.exchange_id), None


def _picture(line: PublicNumber | None, landing: Landing | None, at: datetime) -> DoorPicture:
    if line is None:
        return DoorPicture()
    route: Route = OURS
    if landing is not None:
        route = route_at(landing_rows.points_of([landing.id])[landing.id], at)
    return DoorPicture(
        number_id=line.id,
        state=line.state,
        landing_id=landing.id if landing is not None else None,
        route=route,
        leads_to_us=numbers_here.leading_to_us(at) if targets_of(route) else frozenset(),
    )
