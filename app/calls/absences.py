"""What the ledger keeps of absences: how links came and went, and the calls that were up then."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from app.calls.models import (
    Call,
    CallStateChange,
    ExchangeLink,
    ExchangeLinkStep,
    LedgerDifference,
    ProviderEvent,
)
from app.core.database import db
from telephony.events import LinkChanged

LATE = timedelta(seconds=5)
"""News that was written so long after it happened was not heard when it happened."""


def note_link_step(change: LinkChanged) -> None:
    """Keep that a link came or went; told twice, it is kept twice, and reckoned once."""
    db.session.add(
        ExchangeLinkStep(
            exchange_id=change.exchange_id,
            at=change.happened_at,
            is_up=change.is_up,
            boot_id=change.boot_id,
            why=change.why[:120],
        )
    )


def link_steps(*, until: datetime) -> list[ExchangeLinkStep]:
    """Return how links came and went before a moment, oldest first."""
    wanted = select(ExchangeLinkStep).where(ExchangeLinkStep.at <= until)
    return list(db.session.execute(wanted.order_by(ExchangeLinkStep.at)).scalars())


def calls_up_between(
    exchange_id: str, since: datetime, until: datetime
) -> list[tuple[Call, list[CallStateChange]]]:
    """Return the calls that were up at some moment between these, each with its steps.

    Of one exchange, or of all without one.
    """
    wanted = select(Call).where(
        Call.invited_at <= until, or_(Call.ended_at.is_(None), Call.ended_at >= since)
    )
    if exchange_id:
        wanted = wanted.where(Call.exchange_id == exchange_id)
    calls = list(db.session.execute(wanted.order_by(Call.id)).scalars())
    ids = [call.id for call in calls]
    steps: defaultdict[int, list[CallStateChange]] = defaultdict(list)
    rows = select(CallStateChange).where(CallStateChange.call_id.in_(ids))
    for step in db.session.execute(rows.order_by(CallStateChange.id)).scalars():
        steps[step.call_id].append(step)
    return [(call, steps[call.id]) for call in calls]


def lives_now() -> dict[str, str]:
    """Return exchange → its present life, of those that we hear."""
    links = db.session.execute(select(ExchangeLink).where(ExchangeLink.is_up)).scalars()
    return {link.exchange_id: link.boot_id for link in links}


def unheld_between(exchange_id: str, since: datetime, until: datetime) -> list[str]:
    """Return the keys of calls of which something was told that happened then, and no row kept."""
    wanted = (
        select(ProviderEvent.call_key, ProviderEvent.exchange_id, ProviderEvent.boot_id)
        .outerjoin(
            Call,
            and_(
                Call.exchange_id == ProviderEvent.exchange_id,
                Call.boot_id == ProviderEvent.boot_id,
                Call.call_key == ProviderEvent.call_key,
            ),
        )
        .where(
            Call.id.is_(None),
            ProviderEvent.call_key != "",
            ProviderEvent.happened_at >= since,
            ProviderEvent.happened_at <= until,
        )
    )
    if exchange_id:
        wanted = wanted.where(ProviderEvent.exchange_id == exchange_id)
    return sorted(row.call_key for row in db.session.execute(wanted.distinct()))


def mended_between(exchange_id: str, since: datetime, until: datetime) -> dict[str, int]:
    """Return kind of difference → how many were found and mended; of all exchanges without one."""
    wanted = select(LedgerDifference.kind).where(
        LedgerDifference.at >= since, LedgerDifference.at <= until
    )
    if exchange_id:
        wanted = wanted.where(LedgerDifference.exchange_id == exchange_id)
    return dict(Counter(kind.value for kind in db.session.execute(wanted).scalars()))


def heard_late_between(exchange_id: str, since: datetime, until: datetime) -> int:
    """Return how many pieces of news that happened then were written when it was over."""
    wanted = select(ProviderEvent.happened_at, ProviderEvent.received_at).where(
        ProviderEvent.happened_at >= since, ProviderEvent.happened_at <= until
    )
    if exchange_id:
        wanted = wanted.where(ProviderEvent.exchange_id == exchange_id)
    return sum(received - happened > LATE for happened, received in db.session.execute(wanted))
