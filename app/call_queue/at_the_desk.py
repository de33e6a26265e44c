"""What an agent asks about himself: his figures of the day, and why no call comes to him now."""

from datetime import datetime

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.call_queue import line_picture, presences
from app.call_queue.models import Offer, Presence, PresenceChange
from app.call_queue.no_call_verdict import Looking, Verdict, why_no_call
from app.call_queue.own_day import DayFigures, Step, figures_of
from app.call_queue.presence_states import OfferState, PresenceState
from app.call_queue.routing import FreeAgent
from app.calls import service as calls
from app.core import clock
from app.core.database import db


def own_day(agent_id: int, *, since: datetime) -> DayFigures:
    """Return the agent's figures since that moment."""
    mine = select(PresenceChange).where(PresenceChange.agent_id == agent_id)
    before = mine.where(PresenceChange.at < since).order_by(PresenceChange.id.desc()).limit(1)
    after = mine.where(PresenceChange.at >= since).order_by(PresenceChange.id)
    rows = [*db.session.execute(before).scalars(), *db.session.execute(after).scalars()]
    steps = [Step(at=row.at, state=row.new, reason=row.reason, call_id=row.call_id) for row in rows]
    return figures_of(
        steps,
        since=since,
        now=clock.now(),
        offered=_offers(agent_id, since),
        missed=_offers(agent_id, since, OfferState.MISSED),
    )


def _offers(agent_id: int, since: datetime, state: OfferState | None = None) -> int:
    wanted = select(func.count()).select_from(Offer)
    wanted = wanted.where(Offer.agent_id == agent_id, Offer.made_at >= since)
    if state is not None:
        wanted = wanted.where(Offer.state == state)
    return int(db.session.execute(wanted).scalar_one())


def why_no_call_comes(agent_id: int) -> Verdict:
    """Say why no call comes to this agent now."""
    now = clock.now()
    presence = db.session.get(Presence, agent_id)
    if presence is None:
        return Verdict(code="signed_out")
    return why_no_call(
        Looking(
            state=PresenceState(presence.state),
            reason=presence.reason,
            has_desk=presences.has_desk(agent_id),
            registered_at=calls.phones_there().get(presence.phone, frozenset()),
            me=_as_routing_sees(presence),
            waiting=line_picture.sorts_waiting(now),
            free=line_picture.read_free(),
        ),
        now=now,
    )


def _as_routing_sees(presence: Presence) -> FreeAgent:
    seat = accounts.seats([presence.agent_id])[presence.agent_id]
    return FreeAgent(
        agent_id=presence.agent_id,
        skills=seat.skills,
        exchange_ids=calls.phones_on_links_up().get(presence.phone, frozenset()),
        idle_since=presence.idle_since,
        sub_centre_id=seat.sub_centre_id,
        helps_city=line_picture.CITY_SKILL in seat.skills,
    )
