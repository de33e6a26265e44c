"""The numbers that the queue works by. Handed down by the factory (docs/settings.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from app.call_queue.presence_states import NotReadyReason, PresenceState


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
    call_rest: timedelta = timedelta(seconds=1)  # after a refused ring, before anybody is rung
    pair_rest: timedelta = timedelta(seconds=10)  # the same, before this agent is rung for it
    abuse_break: timedelta = timedelta(minutes=5)
    hold_reminder: timedelta = timedelta(seconds=60)  # nothing: nobody is reminded
    recording_pause: timedelta = timedelta(minutes=2)  # nothing: until the agent ends it
    not_ready_limits: Mapping[str, timedelta] = field(default_factory=lambda: NOT_READY_LIMITS)


NOT_READY_LIMITS: Mapping[str, timedelta] = {
    NotReadyReason.RECORD_UNFINISHED: timedelta(minutes=10),
    NotReadyReason.PHONE_LOST: timedelta(minutes=10),
    PresenceState.MISSED: timedelta(minutes=10),
}
"""After how long a supervisor is told that somebody is still not ready for a reason that the system
set. Of a reason that people choose, the city's own list says it (`app.call_queue.reasons`)."""


@dataclass(frozen=True)
class FirstContact:
    """Who first took the open matter that a number calls about: the tickets room knows it.

    `owner_of` takes a normalised number, which may be empty, and returns an agent's id or None.
    """

    owner_of: Callable[[str], int | None]
