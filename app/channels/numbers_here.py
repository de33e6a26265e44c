"""Which numbers bring their calls to us: what a forward must never lead to."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from app.channels import service
from app.channels.door_rules import leads_to
from app.channels.landing_routes import Route, targets_of
from app.channels.models import Landing, LegacyNumber
from app.channels.number_states import NumberState
from app.core.database import db
from app.core.errors import Conflict


class ForwardWouldLoop(Conflict):
    """Calls to the target are delivered to us: they would come back."""

    code = "forward-would-loop"


def leading_to_us(at: datetime) -> frozenset[str]:
    """Return the numbers whose calls are delivered to us at `at`.

    That is what live landings deliver, and the public numbers behind them. A number without any
    landing is delivered as itself from the day it is ours.
    """
    found: set[str] = set()
    live_by_number: defaultdict[int, list[bool]] = defaultdict(list)
    for row in db.session.scalars(select(Landing)):
        is_live = row.live_from <= at and (row.live_until is None or at < row.live_until)
        live_by_number[row.number_id].append(is_live)
        if is_live:
            found.add(row.delivered_did)
    for line in service.list_numbers(at=at):
        landings = live_by_number[line.id]
        if any(landings) if landings else line.state is not NumberState.PLANNED:
            found.add(line.number)
    return frozenset(found)


def check_targets(route: Route, *, at: datetime) -> None:
    """Raise ForwardWouldLoop when a target of the route is a number whose calls come to us."""
    ours = leading_to_us(at)
    for target in sorted(targets_of(route)):
        if leads_to(target, ours):
            raise ForwardWouldLoop(field="forward_to", number=target)


def lock_number(number_id: int) -> None:
    """Let no other save change this number's landings until this one ends."""
    locked = select(LegacyNumber.id).where(LegacyNumber.id == number_id).with_for_update()
    if db.session.execute(locked).scalar_one_or_none() is None:
        raise service.NoSuchNumber


def number_of(number_id: int) -> str:
    """Return the public number of this id, or nothing."""
    row = db.session.get(LegacyNumber, number_id)
    return row.number if row is not None else ""
