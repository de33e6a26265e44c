"""Decides in one sentence what became of a call, from everything that is known of it. Pure.

The sentence is a key (`story.verdict_…`) with its parameters. The first that fits is said, from the
surest to the vaguest: what a person did comes before what a network reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

NORMAL_CAUSES = frozenset({0, 16, 31})
PHONE_AWAY = frozenset({"unreachable", "phone-unreachable"})
NOT_CARRIED = frozenset({"link-down", "no-answer", "refused", "not-here"})
NOBODY_ANSWERED = NORMAL_CAUSES | {18, 19}
IN_LINE = frozenset({"waiting", "ringing", "alone"})

KNOWN_CAUSES = frozenset(
    {1, 3, 16, 17, 18, 19, 20, 21, 22, 26, 27, 28, 31, 34, 38, 41, 42, 44, 47, 50, 57, 58, 63,
     65, 69, 79, 88, 96, 102, 111, 127}
)  # fmt: skip
"""Causes of ITU-T Q.850 that the catalogues explain, with the SIP answers that stand for them."""


class Verdict(StrEnum):
    """What became of a call."""

    STILL_ON = "still_on"
    TALKED = "talked"
    PHONE_LOST = "phone_lost"  # the agent's phone was lost and nobody came back to the caller
    NOT_TAKEN_UP_AGAIN = "not_taken_up_again"  # back in the line after a talk, and nobody took him
    TRANSFER_NOT_TAKEN = "transfer_not_taken"  # he left while somebody was rung to take him over
    ENDED_ON_HOLD = "ended_on_hold"  # nobody came back to him
    PHONE_AWAY = "phone_away"  # the agent's phone was not registered
    GAVE_UP_RINGING = "gave_up_ringing"
    GAVE_UP_WAITING = "gave_up_waiting"
    ALONE = "alone"  # ended in the exchange's own queue
    REFUSED_AT_DOOR = "refused_at_door"
    SENT_ON = "sent_on"  # to the old seats, and taken there
    OLD_SEATS_NOT_TAKEN = "old_seats_not_taken"  # he left while the old seats were rung
    ORDERS_NOT_CARRIED = "orders_not_carried"  # the exchange would not ring whom we wanted rung
    OWN_PHONE_NOT_TAKEN = "own_phone_not_taken"  # we called, our own side did not pick up
    GIVEN_UP_BY_US = "given_up_by_us"  # we called and hung up before anybody answered
    NOT_TAKEN_OUTSIDE = "not_taken_outside"  # we called, nobody answered
    NOT_CONNECTED_OUTSIDE = "not_connected_outside"  # we called; busy, no such number, no line …
    GAVE_UP_AT_DOOR = "gave_up_at_door"
    NETWORK = "network"  # carrier or node ended it, with this cause
    FOUND_GONE = "found_gone"  # nobody told us how it ended
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class CallPicture:
    """What the decision needs; states and reasons are the ledger's own words."""

    is_ended: bool
    is_outgoing: bool
    states: Sequence[str]  # in order, the last before the end is states[-1] when not ended
    waited_seconds: float
    talked_seconds: float
    ended_by: str | None
    cause: int | None
    ring_failures: Sequence[str] = ()  # why rings failed and orders to ring were refused
    sent_on: str | None = None  # what came of sending it to the old seats; None: it was not sent
    was_refused: bool = False  # the exchange refused to call out
    was_own_phone_taken: bool = False  # of a call out: our own side picked up


def verdict_of(call: CallPicture) -> Verdict:
    """Say what became of a call."""
    if not call.is_ended:
        return Verdict.STILL_ON
    last = call.states[-1] if call.states else "intake"
    if call.sent_on is not None and last == "intake":
        return Verdict.SENT_ON if call.sent_on == "answered" else Verdict.OLD_SEATS_NOT_TAKEN
    if call.talked_seconds > 0:
        return _of_one_answered(last)
    return _of_one_out(call) if call.is_outgoing else _of_one_never_answered(call, last)


def _of_one_answered(last: str) -> Verdict:
    """The talk was the end of it, or he was left alone after it."""
    if last in IN_LINE:
        return Verdict.NOT_TAKEN_UP_AGAIN
    return {
        "reconnecting": Verdict.PHONE_LOST,
        "transferring": Verdict.TRANSFER_NOT_TAKEN,
        "held": Verdict.ENDED_ON_HOLD,
    }.get(last, Verdict.TALKED)


def _of_one_out(call: CallPicture) -> Verdict:
    """We called: whose side it was, before what a network reported."""
    if call.was_refused:
        return Verdict.ORDERS_NOT_CARRIED
    if call.ended_by == "exchange" and call.cause in {0, None}:
        return Verdict.FOUND_GONE
    if not call.was_own_phone_taken:
        return Verdict.OWN_PHONE_NOT_TAKEN
    if call.ended_by in {"agent", "app"}:
        return Verdict.GIVEN_UP_BY_US
    if call.cause in NOBODY_ANSWERED | {None}:
        return Verdict.NOT_TAKEN_OUTSIDE
    return Verdict.NOT_CONNECTED_OUTSIDE


def _of_one_never_answered(call: CallPicture, last: str) -> Verdict:
    if call.ended_by == "caller" and call.cause in NORMAL_CAUSES | {None}:
        return _gave_up(call, last)
    if last == "intake" and call.ended_by in {"exchange", "app"}:
        return Verdict.REFUSED_AT_DOOR
    if call.cause not in NORMAL_CAUSES | {None}:
        return Verdict.NETWORK
    if last == "alone":
        return Verdict.ALONE
    return Verdict.FOUND_GONE if call.cause in {0, None} else Verdict.ENDED


def _gave_up(call: CallPicture, last: str) -> Verdict:
    """The caller hung up: where he was, and whether a phone of ours was the reason he waited."""
    if last == "intake":
        return Verdict.GAVE_UP_AT_DOOR
    if last == "alone":
        return Verdict.ALONE
    if call.ring_failures and set(call.ring_failures) <= PHONE_AWAY:
        return Verdict.PHONE_AWAY
    if call.ring_failures and set(call.ring_failures) <= NOT_CARRIED:
        return Verdict.ORDERS_NOT_CARRIED
    return Verdict.GAVE_UP_RINGING if last == "ringing" else Verdict.GAVE_UP_WAITING


def cause_key(cause: int | None) -> str:
    """Return the key of the words for a Q.850 cause, or nothing when none was told."""
    if not cause:
        return ""
    return f"cause.{cause}" if cause in KNOWN_CAUSES else "cause.other"
