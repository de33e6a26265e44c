"""Decides who may hear a call's recording. Pure.

Domain rules 1.13 and 2.7: who works on a matter hears what belongs to it, and no more; only those
who watch over the service hear all; what was said in confidence is for those who may read it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Who asks, and what the role allows."""

    person_id: int
    hears_all: bool = False
    hears_of_tickets: bool = False  # dispatching and return visits: calls that left a ticket
    reads_confidential: bool = False


@dataclass(frozen=True, kw_only=True)
class HeardCall:
    """What the decision needs to know of the call; `agent_id` None: an orphan, or unanswered."""

    agent_id: int | None
    has_ticket: bool = False
    is_confidential: bool = False


def may_hear(call: HeardCall, listener: Listener) -> bool:
    """Say whether this person may hear the recording of this call."""
    if call.agent_id is not None and call.agent_id == listener.person_id:
        return True  # he was there
    if call.is_confidential and not listener.reads_confidential:
        return False
    return listener.hears_all or (listener.hears_of_tickets and call.has_ticket)
