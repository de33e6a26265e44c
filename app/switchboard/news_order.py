"""Which news is written next: that of new callers first, for somebody is to ring for them. Pure.

The news of one call keeps its order, and nothing passes a change of link or phone.
"""

from collections.abc import Sequence

from app.switchboard.first_look import FirstLook, Piece
from telephony.events import AgentGone, CallArrived, CallerPlaced, LinkChanged, TelephonyEvent

MOST_AT_ONCE = 10
"""How much of the ordinary news one save holds while more waits: a new caller waits no longer."""


def next_run(pending: Sequence[Piece], *, after_new_callers: bool = False) -> list[int]:
    """Return the places in the pending news of what one save writes now.

    A run is of one sort; a change of link stands alone, and so does what was seen through it.
    `after_new_callers`: the run before was theirs, so it is the turn of the others: nobody waits
    for ever.
    """
    same = _leading(pending)
    if not isinstance(same[0], TelephonyEvent):
        return list(range(len(same)))
    new = set() if after_new_callers else _new_callers(same)
    of_new = [place for place, one in enumerate(same) if _key(one) in new]
    return of_new or list(range(min(len(same), MOST_AT_ONCE)))


def is_of_new_callers(run: Sequence[Piece]) -> bool:
    """Say whether this run is the news of new callers."""
    return bool(run) and isinstance(run[0], CallArrived | CallerPlaced)


def expects_more(run: Sequence[Piece]) -> bool:
    """Say whether the rest of this news is a few milliseconds away.

    Who arrived is placed; and where the agent is gone, his caller mostly is as well.
    """
    return all(isinstance(one, CallArrived | AgentGone) for one in run)


def _leading(pending: Sequence[Piece]) -> list[Piece]:
    first = pending[0]
    if isinstance(first, LinkChanged | FirstLook):
        return [first]
    sort = TelephonyEvent if isinstance(first, TelephonyEvent) else type(first)
    same: list[Piece] = []
    for one in pending:
        if not isinstance(one, sort):
            break
        same.append(one)
    return same


def _new_callers(events: Sequence[Piece]) -> set[tuple[str, str]]:
    """Return the calls of which nothing older waits than that they came, or were placed."""
    new: dict[tuple[str, str], bool] = {}
    for one in events:
        new.setdefault(_key(one), isinstance(one, CallArrived | CallerPlaced))
    return {key for key, is_new in new.items() if is_new}


def _key(one: Piece) -> tuple[str, str]:
    return (one.exchange_id, one.call_key if isinstance(one, TelephonyEvent) else "")
