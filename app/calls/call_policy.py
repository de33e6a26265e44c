"""The numbers that the ledger works by. Handed down by the factory (docs/settings.md). Pure."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class CallPolicy:
    """What counts as a short call, and how long an exchange may take to show an outcome.

    The word for an ended call is kept with it, so another number changes no past figure.
    `may_call_emergencies`: only a live site may ring 110 and its like.
    `answer`: after so long nobody is left who waits for an exchange's answer to an order. Each is
    waited for by the second; a process that stood still may have left one behind.
    `call_back`: by when a caller nobody answered is to be called (66号文 wants it done and names no
    time: ours to begin with).
    """

    short: timedelta = timedelta(seconds=5)
    outcome: timedelta = timedelta(seconds=5)
    answer: timedelta = timedelta(seconds=60)
    may_call_emergencies: bool = False
    call_back: timedelta = timedelta(hours=2)
