"""How a call ended, in one word: what reports count. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CallResult(StrEnum):
    """What became of a call."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"  # the caller left before anybody answered
    SHORT = "short"  # the same, sooner than the policy counts (domain rules 1.10)
    REFUSED = "refused"  # at the door, with a cause
    ANNOUNCED = "announced"  # heard an announcement at the door, and was done
    DROPPED = "dropped"  # the exchange or we ended it before anybody answered
    NOT_REACHED = "not_reached"  # we called, and the citizen did not answer


@dataclass(frozen=True, kw_only=True)
class CountedCall:
    """What figures know of a call; nothing that tells who called.

    `queued_at`: first on the hold music of the human queue, None where he never came so far.
    """

    call_id: int
    dialled_number: str
    line_id: int | None
    is_out: bool
    invited_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    result: CallResult | None
    was_turned_away: bool  # by the register, with an announcement or a cause


CALL_REJECTED = 21
"""Q.850: what an exchange says of a call that was refused at the door."""


@dataclass(frozen=True, kw_only=True)
class EndedCall:
    """What the word depends on. `was_at_the_door`: it never reached the queue."""

    invited_at: datetime
    ended_at: datetime
    ended_by: str
    cause: int
    is_out: bool
    was_answered: bool
    was_at_the_door: bool


def result_of(call: EndedCall, *, short: timedelta) -> CallResult:
    """Return the word; `short` is how long an unanswered call must last to count as abandoned."""
    if call.was_answered:
        return CallResult.ANSWERED
    if call.is_out:
        return CallResult.NOT_REACHED
    if call.ended_by == "caller":
        is_short = call.ended_at - call.invited_at < short
        return CallResult.SHORT if is_short else CallResult.ABANDONED
    if call.was_at_the_door and call.ended_by == "exchange" and call.cause:
        is_refused = call.cause == CALL_REJECTED
        return CallResult.REFUSED if is_refused else CallResult.ANNOUNCED
    return CallResult.DROPPED
