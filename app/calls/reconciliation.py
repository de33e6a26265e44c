"""What a ledger and an exchange disagree about, after we were away. Pure.

The exchange is right about what is up; the ledger is right about what has been. The difference is
told as ordinary news with the natural keys that the missed news had, so that hearing both changes
nothing twice (A5, decision 4).
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class LedgerCall:
    """A call that the ledger believes to be up."""

    boot_id: str
    call_key: str


@dataclass(frozen=True)
class Difference:
    """Calls to bring in or up to date, and calls that are no more."""

    up: frozenset[str]  # call keys that the exchange carries
    gone: frozenset[LedgerCall]


def compare(
    ledger: Collection[LedgerCall], live_keys: Collection[str], *, boot_id: str
) -> Difference:
    """Return what to mend: every live call is told again; every other believed call has ended."""
    up = frozenset(live_keys)
    gone = frozenset(c for c in ledger if c.boot_id != boot_id or c.call_key not in up)
    return Difference(up=up, gone=gone)
