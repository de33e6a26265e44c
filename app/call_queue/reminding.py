"""Reminds agents of what they left going on: a caller on hold music, a recording that is paused.

A held caller is never taken off hold by us: nobody may hear a room that thinks itself unheard. His
agent is told every so often, and the supervisors with him. A recording that is paused for too long
goes on by itself: what is said after that must be kept (peers P37).
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from app.call_queue.events import LeftGoingTooLong
from app.call_queue.policy import QueuePolicy
from app.calls import left_going, wishes
from app.calls.call_spells import SpellKind
from app.calls.left_going import LeftGoing
from app.core.errors import Conflict
from app.core.events import publish
from app.core.handed_down import given

logger = logging.getLogger(__name__)

AGAIN = timedelta(seconds=10)
"""How soon a recording that did not go on is told to once more."""


class Reminders:
    """Remembers since when it has seen what, by our own clock, and how often it was told.

    A process that takes the duty over begins to count anew: a reminder comes late, none is lost.
    """

    def __init__(self) -> None:
        self._seen: dict[LeftGoing, datetime] = {}
        self._due: dict[LeftGoing, datetime] = {}

    def find_due(self, now: datetime) -> Sequence[Callable[[], None]]:
        """Return what is to be told, or to be ended, now."""
        policy = given(QueuePolicy)
        limits = {
            SpellKind.HOLD: policy.hold_reminder,
            SpellKind.RECORDING_PAUSE: policy.recording_pause,
        }
        going = [one for one in left_going.list_left_going() if limits[one.kind]]
        self._seen = {one: self._seen.get(one, now) for one in going}
        self._due = {one: self._due.get(one, now + limits[one.kind]) for one in going}
        found: list[Callable[[], None]] = []
        for one in going:
            if self._due[one] <= now:
                is_hold = one.kind is SpellKind.HOLD
                self._due[one] = now + (limits[one.kind] if is_hold else AGAIN)
                found.append(partial(_remind, one, lasts=now - self._seen[one]))
        return found


def _remind(one: LeftGoing, *, lasts: timedelta) -> None:
    call = left_going.call_where_it_goes_on(one)
    if call is None or call.agent_id is None:
        return
    if one.kind is SpellKind.RECORDING_PAUSE:
        try:
            wishes.pause_recording(call.id, is_paused=False, wished_by=None)
        except Conflict as why:
            logger.warning("a pause goes on", extra={"call_id": call.id, "why": why.code})
            return
    publish(
        LeftGoingTooLong(
            call_id=call.id,
            agent_id=call.agent_id,
            what=one.kind.value,
            seconds=int(lasts.total_seconds()),
        )
    )
