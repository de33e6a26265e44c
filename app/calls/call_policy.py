"""The numbers that the ledger works by. Handed down by the factory (docs/settings.md). Pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class CallPolicy:
    """What counts as a short call, and how long an exchange may take to show an outcome.

    The word for an ended call is kept with it, so another number changes no past figure.
    `may_call_emergencies`: only a live site may ring 110 and its like.
    """

    short: timedelta = timedelta(seconds=5)
    outcome: timedelta = timedelta(seconds=5)
    may_call_emergencies: bool = False
