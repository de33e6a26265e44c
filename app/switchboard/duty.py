"""Who is on duty: one process at a time holds the lease; its token fences off late ones."""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.core.database import db
from app.switchboard.models import DutyLease, DutyStep

DUTY = "switchboard"
LASTS = timedelta(seconds=6)
_TOKEN = select(DutyLease.token).where(DutyLease.duty == DUTY)


def take(holder: str, *, at: datetime) -> int | None:
    """Take or renew the lease; return its token, or None while somebody else holds it."""
    lease = db.session.get(DutyLease, DUTY, with_for_update=True)
    if lease is None:
        lease = DutyLease(duty=DUTY, holder="", token=0, until=at)
        db.session.add(lease)
    seen_before = _last_sign_of(lease)
    if lease.holder != holder:
        if lease.holder and lease.until > at:
            return None
        lease.holder, lease.token = holder, lease.token + 1
        _note_step(lease, at=at, seen_before=seen_before)
    elif lease.until < at:
        _note_step(lease, at=at, seen_before=seen_before)  # he was away, and nobody took it
    lease.until = at + LASTS
    return lease.token


def _last_sign_of(lease: DutyLease) -> datetime | None:
    """Return when whoever had the duty was last seen: a lease given back ended just then."""
    if lease.token == 0:
        return None
    return lease.until - LASTS if lease.holder else lease.until


def _note_step(lease: DutyLease, *, at: datetime, seen_before: datetime | None) -> None:
    db.session.add(
        DutyStep(duty=DUTY, token=lease.token, holder=lease.holder, at=at, seen_before=seen_before)
    )


def steps(*, until: datetime) -> list[DutyStep]:
    """Return who took the duty before a moment, oldest first."""
    wanted = select(DutyStep).where(DutyStep.duty == DUTY, DutyStep.at <= until)
    return list(db.session.execute(wanted.order_by(DutyStep.id)).scalars())


def give_back(holder: str, *, at: datetime) -> None:
    """Leave the duty to whoever comes next, at once."""
    lease = db.session.get(DutyLease, DUTY, with_for_update=True)
    if lease is not None and lease.holder == holder:
        lease.holder, lease.until = "", at


def holds(token: int) -> bool:
    """Say whether this token is still the newest: an older one may not write."""
    return db.session.execute(_TOKEN).scalar_one_or_none() == token
