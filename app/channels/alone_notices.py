"""After which deliveries an exchange that is alone tells of the recording (ADR 0048)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select

from app.channels.models import Landing, LegacyNumber
from app.channels.registrable_numbers import spellings_of
from app.core.database import db


def delivered_with_notice(exchange_id: str, at: datetime) -> list[str]:
    """Return the digits of every number, as it may be delivered, whose callers are told.

    As at the door: a landing of this exchange goes before one of any exchange, and both before the
    public number itself. Where trunks of one rank disagree, callers are told: a node alone does not
    know which of them it is.
    """
    numbers = select(LegacyNumber.number, LegacyNumber.plays_recording_notice)
    landings = (
        select(Landing.delivered_did, LegacyNumber.plays_recording_notice, Landing.exchange_id)
        .join(LegacyNumber, LegacyNumber.id == Landing.number_id)
        .where(
            Landing.live_from <= at,
            or_(Landing.live_until.is_(None), Landing.live_until > at),
            Landing.exchange_id.in_(["", exchange_id]),
        )
    )
    landed = db.session.execute(landings).all()
    tells: dict[str, bool] = {}
    for ranked in (
        [(number, plays) for number, plays in db.session.execute(numbers)],
        [(did, plays) for did, plays, of in landed if not of],
        [(did, plays) for did, plays, of in landed if of],
    ):
        tells |= _by_digits(ranked)
    return sorted(digits for digits, plays in tells.items() if plays)


def _by_digits(numbers: Iterable[tuple[str, bool]]) -> dict[str, bool]:
    found: defaultdict[str, bool] = defaultdict(bool)
    for number, plays in numbers:
        for written in spellings_of(number):
            found[written.removeprefix("+")] |= plays
    return found
