"""What of a case of misuse goes into the pack for an authority, and what is said to lack. Pure.

Domain rules 1.14 end with such a pack, 1.13 with what stays here: a confidential call's content
goes out only with somebody who may read it, and a call that turned out to be no misuse is a
citizen's own business. Nothing is left out without a word.
"""

from enum import StrEnum

from app.callers.misuse_states import MarkState


class LeftOut(StrEnum):
    """Why the content of a call is not in the pack, though it is kept."""

    DISMISSED = "dismissed"
    CONFIDENTIAL = "confidential"


class Lack(StrEnum):
    """Why there is no sound where one is looked for."""

    DELETED = "deleted"
    FILE_GONE = "file_gone"
    TO_COME = "to_come"  # told by the exchange, not fetched so far
    NEVER_CAME = "never_came"
    NOTHING_SAID = "nothing_said"  # nobody talked, so nothing was recorded


def left_out(state: MarkState, *, may_hear: bool) -> LeftOut | None:
    """Say why a marked call's sound stays here; None: it goes out."""
    if not may_hear:
        return LeftOut.CONFIDENTIAL
    return LeftOut.DISMISSED if state is MarkState.DISMISSED else None


def lack_of_call(*, pieces: int, is_any_to_come: bool, talked_seconds: float) -> Lack | None:
    """Say what is missing of a call besides the pieces that came; None: nothing that is known."""
    if is_any_to_come:
        return Lack.TO_COME
    if pieces:
        return None
    return Lack.NEVER_CAME if talked_seconds > 0 else Lack.NOTHING_SAID


def is_to_be_held(state: MarkState, *, pieces: int, deleted: int) -> bool:
    """Say whether the sound of a marked call is kept from deletion from now on.

    Also what is still to come, and what this taker may not read: somebody else may.
    """
    return state is not MarkState.DISMISSED and (pieces == 0 or deleted < pieces)
