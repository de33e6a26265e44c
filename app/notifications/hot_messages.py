"""Tells who leads the hotline's shift of a hot matter: once within the window of the rule.

Found by the one on duty, as the deadlines of tickets are. That nobody could be told is kept as a
row, and counts as told.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from babel.numbers import format_decimal
from sqlalchemy import func, or_, select

from app.core import clock
from app.core.database import db
from app.handling.crowd_rules import Voice
from app.handling.hot_matters import hot_now, threshold_at
from app.handling.hot_rules import HotMatter
from app.notifications import addressees
from app.notifications.addressees import Addressee
from app.notifications.models import Message
from app.notifications.occasions import Occasion, tellings_of
from app.notifications.telling import Cause, write
from app.organisation import service as organisation
from app.tickets import service as tickets
from app.tickets.service import Ticket


def find_due(now: datetime) -> list[Callable[[], None]]:
    """Return what to tell now, one act for each hot matter; each looks again before it acts."""
    return [partial(tell, each.crowd.master.ticket_id) for each in _untold(now)]


def tell(master_id: int) -> None:
    """Tell of a hot matter, unless it is none any more or was told within the window."""
    now = clock.now()
    found = {each.crowd.master.ticket_id: each for each in _untold(now)}
    hot = found.get(master_id)
    if hot is None:
        return
    cause = Cause(
        occasion=Occasion.HOT_MATTER,
        # whoever finds it at the same time names it the same
        key=f"t{master_id}/{_last_told(hot.crowd.voices)}",
        ticket_id=master_id,
        numbers=_numbers(hot),
    )
    ticket = tickets.get_ticket(master_id)
    for telling in tellings_of(Occasion.HOT_MATTER):
        write(telling, cause, ticket, _whom(now), unit_id=None)


def _untold(now: datetime) -> list[HotMatter]:
    hot = hot_now(now)
    since = now - threshold_at(now).window
    return [each for each in hot if not _last_told(each.crowd.voices, since=since)]


def _last_told(voices: Sequence[Voice], *, since: datetime | None = None) -> int:
    """Return the last message about a matter, whoever of it was the master then; 0 for none."""
    ids = [each.ticket_id for each in voices]
    told = (
        select(func.max(Message.id))
        .join(Ticket, Ticket.id == Message.ticket_id)
        .where(
            or_(Ticket.id.in_(ids), Ticket.master_id.in_(ids)),
            Message.occasion == Occasion.HOT_MATTER,
        )
    )
    if since is not None:
        told = told.where(Message.made_at > since)
    return db.session.scalar(told) or 0


def _numbers(hot: HotMatter) -> dict[str, str]:
    place = hot.crowd.master
    return {
        "callers": str(hot.crowd.callers),
        "hours": str(hot.threshold.hours),
        "tickets": str(hot.tickets),
        "usual": format_decimal(hot.usual, format="0.##", locale="en"),
        "place": organisation.region_path(place.matter.town_code or place.county_code),
    }


def _whom(now: datetime) -> list[Addressee]:
    leaders = addressees.of_hotline(at=now)
    return leaders or [addressees.nobody(organisation.find_unit_by_code(addressees.HOTLINE).id)]
