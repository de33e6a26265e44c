"""How a caller whom nobody answered stands: waiting, taken, called back, given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CallBackStanding(StrEnum):
    """How far the calling back of a missed caller has come."""

    OPEN = "open"
    TAKEN = "taken"
    CALLED_BACK = "called_back"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, kw_only=True)
class CallBackPicture:
    """What is known of one missed caller.

    `spoken_at` and `spoken_by` come from the ledger: the first talk with this number since he was
    missed, whoever called whom. They weigh more than anything that people clicked.
    """

    missed_at: datetime
    owner_id: int | None = None
    taken_at: datetime | None = None
    given_up_at: datetime | None = None
    given_up_by: int | None = None
    spoken_at: datetime | None = None
    spoken_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class CallBackVerdict:
    """The state, who brought it about and when, and whether it is late."""

    state: CallBackStanding
    by: int | None
    at: datetime | None
    due_at: datetime
    is_late: bool


def judge(picture: CallBackPicture, *, within: timedelta, now: datetime) -> CallBackVerdict:
    """Say how a missed caller stands; he is late when his moment passed and nobody spoke to him."""
    due_at = picture.missed_at + within
    state, by, at = _state(picture)
    is_late = state in {CallBackStanding.OPEN, CallBackStanding.TAKEN} and now > due_at
    return CallBackVerdict(state=state, by=by, at=at, due_at=due_at, is_late=is_late)


def _state(picture: CallBackPicture) -> tuple[CallBackStanding, int | None, datetime | None]:
    if picture.spoken_at is not None:
        return CallBackStanding.CALLED_BACK, picture.spoken_by, picture.spoken_at
    if picture.given_up_at is not None:
        return CallBackStanding.GIVEN_UP, picture.given_up_by, picture.given_up_at
    if picture.owner_id is not None:
        return CallBackStanding.TAKEN, picture.owner_id, picture.taken_at
    return CallBackStanding.OPEN, None, None
