"""Decides when too many wrong passwords lock an account, and for how long. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Tries:
    """Wrong proofs since the last right one, and until when the account is locked."""

    failed_count: int = 0
    locked_until: datetime | None = None


def is_locked(tries: Tries, *, at: datetime) -> bool:
    """Say whether nobody gets in now, right password or not."""
    return tries.locked_until is not None and at < tries.locked_until


def after_failure(tries: Tries, *, at: datetime) -> Tries:
    """Count a wrong proof. The fifth in a row locks; after a lock the count begins anew.

    Proofs that arrive while the account is locked are not counted: an attacker must not be able
    to keep a person out for ever.
    """
    if is_locked(tries, at=at):
        return tries
    count = 1 if tries.locked_until is not None else tries.failed_count + 1
    return Tries(count, at + LOCKED_FOR if count >= TRIES else None)


def minutes_left(tries: Tries, *, at: datetime) -> int:
    """Say for how many minutes an account stays locked, rounded up; 0 when it is open."""
    if tries.locked_until is None or at >= tries.locked_until:
        return 0
    return -int((at - tries.locked_until) // timedelta(minutes=1))
