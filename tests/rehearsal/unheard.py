"""What nobody can know of calls whose news was lost, where the exchange keeps no book of it.

An Asterisk forgets what it has told. Of a lost piece the ledger still learns by the next snapshot,
or by what is told later; its moment is then the snapshot's. So a difference is excused only where
the lost piece alone told it, and moments are asked to be near: two comparisons, and what was late.
Anything else, and any difference in a call of which nothing was lost, is a fault.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from telephony.simulator.sim_call import SimCall
from tests.rehearsal.house import COMPARE
from tests.rehearsal.truth import UNKNOWN, Difference

NEAR = COMPARE * 2 + timedelta(seconds=5)

TOLD_BY: Mapping[str, frozenset[str]] = {
    UNKNOWN: frozenset({"call_arrived"}),
    "queued": frozenset({"caller_placed"}),
    "answered": frozenset({"agent_answered"}),
    "agent": frozenset({"agent_answered"}),
    "ended": frozenset({"call_ended"}),
    "ended by": frozenset({"call_ended"}),
    "cause": frozenset({"call_ended"}),
    "talk": frozenset({"agent_answered", "agent_gone", "call_ended", "caller_placed"}),
    "legs": frozenset({"agent_ringing", "agent_answered", "ring_failed"}),
    "leg rang": frozenset({"agent_ringing"}),
    "leg answered": frozenset({"agent_answered"}),
    "leg ended": frozenset({"ring_failed", "agent_gone", "call_ended"}),
    "leg reason": frozenset({"ring_failed", "agent_gone", "call_ended"}),
}
"""What of a call → the kinds of news of which one must be lost for it to be unknown."""

NEAR_MOMENTS = frozenset({"queued", "ended", "answered", "leg answered"})


def knowable(
    found: Sequence[Difference],
    chronicle: Sequence[SimCall],
    lost: Mapping[str, Collection[str]],
) -> list[Difference]:
    """Return those of these differences that the ledger could have known better."""
    calls = {call.call_key: call for call in chronicle}
    return [one for one in found if not _is_excused(one, calls, lost)]


def _is_excused(
    one: Difference, calls: Mapping[str, SimCall], lost: Mapping[str, Collection[str]]
) -> bool:
    what = _of_any_leg(one.what)
    if not TOLD_BY.get(what, frozenset()).intersection(lost.get(one.call_key, ())):
        return False
    if what == UNKNOWN:
        return _was_short(calls[one.call_key])
    if what in NEAR_MOMENTS and isinstance(one.said, datetime) and isinstance(one.was, datetime):
        return abs(one.said - one.was) <= NEAR
    return True


def _of_any_leg(what: str) -> str:
    """Leave out which leg it is about."""
    leg, blank, rest = what.partition(" ")
    return f"leg {rest}" if blank and "-a" in leg else what


def _was_short(call: SimCall) -> bool:
    """Say whether the call was over before two comparisons could have found it."""
    return call.ended_at is not None and call.ended_at - call.invited_at <= NEAR
