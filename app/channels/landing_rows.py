"""Reading the rows of landings; used by the rooms' own files, not by others."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select

from app.channels.models import Landing
from app.core.database import db


def landings_delivered_as(
    written: Collection[str], at: datetime, *, exchange_id: str = ""
) -> list[Landing]:
    """Return the landings under which this exchange is delivered such a number at `at`.

    Those that name the exchange come first, then those of any exchange. An empty `exchange_id`
    asks for all.
    """
    asked = select(Landing).where(
        Landing.delivered_did.in_(written),
        Landing.live_from <= at,
        or_(Landing.live_until.is_(None), Landing.live_until > at),
    )
    if exchange_id:
        asked = asked.where(Landing.exchange_id.in_(["", exchange_id]))
    return list(db.session.scalars(asked.order_by(Landing.exchange_id.desc(), Landing.id)))


def number_delivered_as(
    written: Collection[str], at: datetime, *, exchange_id: str = ""
) -> int | None:
    """Return the id of the public number that is delivered as this, or None."""
    found = landings_delivered_as(written, at, exchange_id=exchange_id)
    return found[0].number_id if found else None
