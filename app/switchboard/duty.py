"""Who is on duty: one process at a time holds the lease; its token fences off late ones."""

from datetime import datetime, timedelta

from app.core.database import db
from app.switchboard.models import DutyLease

DUTY = "switchboard"
LASTS = timedelta(seconds=6)


def take(holder: str, *, at: datetime) -> int | None:
    """Take or renew the lease; return its token, or None while somebody else holds it."""
    lease = db.session.get(DutyLease, DUTY, with_for_update=True)
    if lease is None:
        lease = DutyLease(duty=DUTY, holder="", token=0, until=at)
        db.session.add(lease)
    if lease.holder != holder:
        if lease.holder and lease.until > at:
            return None
        lease.holder, lease.token = holder, lease.token + 1
    lease.until = at + LASTS
    return lease.token


def give_back(holder: str, *, at: datetime) -> None:
    """Leave the duty to whoever comes next, at once."""
    lease = db.session.get(DutyLease, DUTY, with_for_update=True)
    if lease is not None and lease.holder == holder:
        lease.holder, lease.until = "", at


def holds(token: int) -> bool:
    """Say whether this token is still the newest: an older one may not write."""
    lease = db.session.get(DutyLease, DUTY)
    return lease is not None and lease.token == token
