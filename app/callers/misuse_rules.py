"""How misuse of the hotline is dealt with, step by step (domain rules 1.14). Pure.

An agent marks it, with what was said; the caller was warned; a shift leader who has heard the
recording confirms it, for a time, with one of three levels; whoever is restricted may appeal, and
somebody else decides. None of the levels shuts anybody out: a restricted caller is answered, later
or by somebody chosen for it, and nobody is asked whether it is an emergency before he is answered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.callers.misuse_states import AppealState, MarkState
from app.core.errors import Conflict, Invalid, NotAllowed

LONGEST_DAYS = 365
MOST_CALLS = 20


class RestrictionLevel(StrEnum):
    """What a restriction does."""

    BEHIND = "behind"  # stands behind the others
    DAILY = "daily"  # so many calls a day as everybody; behind the others after that
    SPECIAL = "special"  # goes to one agent first, to any other where he is not free


class NotHeard(Conflict):
    """Nobody confirms misuse without having heard the recording of the call."""

    code = "misuse-not-heard"


class NotWarned(Conflict):
    """Who is restricted has been warned before, in the city's words."""

    code = "misuse-not-warned"


class MarkIsDecided(Conflict):
    """Somebody has decided it before."""

    code = "misuse-is-decided"


class DecidesOwn(NotAllowed):
    """Who confirmed a restriction does not decide the appeal against it."""

    code = "appeal-decides-own"


class UnfitLevel(Invalid):
    """A level with what it needs: so many calls a day, or an agent."""

    code = "restriction-level-unfit"


@dataclass(frozen=True, kw_only=True)
class MarkPicture:
    """A mark, as far as its decision asks."""

    state: MarkState
    is_warned: bool
    heard_by: frozenset[int]  # who played the recording of its call


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is to be done: a level, for how many days, and what the level needs."""

    level: RestrictionLevel
    days: int
    daily_limit: int | None = None
    special_agent_id: int | None = None


def check_may_confirm(mark: MarkPicture, measure: Measure, *, by: int) -> None:
    """Raise what is missing: MarkIsDecided, NotHeard, NotWarned, UnfitLevel."""
    if mark.state is not MarkState.TO_DECIDE:
        raise MarkIsDecided
    if by not in mark.heard_by:
        raise NotHeard
    if not mark.is_warned:
        raise NotWarned
    is_limited = measure.level is RestrictionLevel.DAILY
    if is_limited and not 1 <= (measure.daily_limit or 0) <= MOST_CALLS:
        raise UnfitLevel(field="daily_limit")
    if measure.level is RestrictionLevel.SPECIAL and measure.special_agent_id is None:
        raise UnfitLevel(field="special_agent")
    if not 1 <= measure.days <= LONGEST_DAYS:
        raise UnfitLevel(field="days")


def check_may_decide_appeal(state: AppealState, *, put_by: int | None, by: int) -> None:
    """Raise MarkIsDecided or DecidesOwn."""
    if state is not AppealState.OPEN:
        raise MarkIsDecided
    if by == put_by:
        raise DecidesOwn


def stands_behind(
    levels: Collection[tuple[RestrictionLevel, int | None]], *, calls_today: int
) -> bool:
    """Say whether a caller stands behind the others now, by the restrictions that hold for him.

    `calls_today` are his calls of this day before this one.
    """
    return any(
        level is RestrictionLevel.BEHIND
        or (level is RestrictionLevel.DAILY and limit is not None and calls_today >= limit)
        for level, limit in levels
    )
