"""The numbers that the queue works by. Handed down by the factory (docs/settings.md)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class QueuePolicy:
    """How long things may take, and what a sign-in leads to."""

    ring: timedelta = timedelta(seconds=20)
    ring_grace: timedelta = timedelta(seconds=3)  # the exchange's own word comes first
    resume_ring: timedelta = timedelta(seconds=8)
    wrap_up: timedelta = timedelta(seconds=60)
    wrap_up_extension: timedelta = timedelta(seconds=30)
    reconnect: timedelta = timedelta(seconds=60)
    link_grace: timedelta = timedelta(seconds=30)
    link_lease: timedelta = timedelta(seconds=20)
    is_ready_at_sign_in: bool = False
