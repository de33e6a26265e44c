"""Decides which words of a list that a city keeps hold when, and how dated versions change. Pure.

An entry keeps its code for good, because old records name it. What is said of it is dated: each
version holds from a moment until the next one, or until the entry itself ends. The kinds of matter
not taken up and the categories change in this one way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from app.core.errors import Conflict
from app.rules.refusals import ChangesThePast

W = TypeVar("W")


class NothingPlanned(Conflict):
    """No change of this moment waits, or it holds already."""

    code = "nothing-planned"


class AlreadyEnded(Conflict):
    """It holds no longer at that moment anyway."""

    code = "already-ended"


@dataclass(frozen=True, kw_only=True)
class Version(Generic[W]):
    """Words with the time they hold; `valid_until` None: until somebody changes them."""

    words: W
    valid_from: datetime
    valid_until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Say whether these words hold then."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, kw_only=True)
class Entry(Generic[W]):
    """One entry of a list with all its versions, in the order of time."""

    code: str
    versions: tuple[Version[W], ...]

    def shown(self, at: datetime) -> Version[W]:
        """Return what is to be shown of it at a moment."""
        return shown(self.versions, at=at)

    def planned(self, at: datetime) -> tuple[Version[W], ...]:
        """Return the changes that wait, the next one first."""
        return planned_after(self.versions, at=at)

    def past(self, at: datetime) -> tuple[Version[W], ...]:
        """Return what held and holds no longer."""
        return tuple(each for each in self.versions if each.valid_until and each.valid_until <= at)

    def state(self, at: datetime) -> str:
        """Say `active`, `planned` or `ended`: the words of the screens."""
        if self.shown(at).holds_at(at):
            return "active"
        return "planned" if self.planned(at) else "ended"


def shown(versions: Sequence[Version[W]], *, at: datetime) -> Version[W]:
    """Return the version that holds at `at`; else the next one planned, else the last that held."""
    now = [each for each in versions if each.holds_at(at)]
    planned = [each for each in versions if _is_planned(each, at)]
    return (now or planned or sorted(versions, key=lambda each: each.valid_from)[-1:])[0]


def planned_after(versions: Sequence[Version[W]], *, at: datetime) -> tuple[Version[W], ...]:
    """Return what will hold later, the next one first."""
    return tuple(each for each in versions if _is_planned(each, at))


def _is_planned(version: Version[W], at: datetime) -> bool:
    return version.valid_from > at and _lasts_beyond(version, at)


def with_change(
    versions: Sequence[Version[W]], words: W, *, begins: datetime, now: datetime
) -> tuple[Version[W], ...]:
    """Let these words hold from `begins` until the next version planned, and the earlier end there.

    A change of the very same moment is replaced. An ended entry holds again. Raises ChangesThePast.
    """
    if begins < now:
        raise ChangesThePast(field="valid_from")
    before = [each for each in versions if each.valid_from < begins]
    after = [each for each in versions if each.valid_from > begins and _is_planned(each, now)]
    never_held = [each for each in versions if each.valid_from > begins and each not in after]
    cut = [_until(each, begins) for each in before]
    until = after[0].valid_from if after else None
    made = Version(words=words, valid_from=begins, valid_until=until)
    return _in_order([*cut, made, *after, *never_held])


def with_end(
    versions: Sequence[Version[W]], *, ends: datetime, now: datetime
) -> tuple[Version[W], ...]:
    """Let the entry end at `ends`; what was planned for later never holds.

    Raises ChangesThePast, and AlreadyEnded when nothing would hold then anyway.
    """
    if ends < now:
        raise ChangesThePast(field="ends_at")
    if not any(_lasts_beyond(each, ends) for each in versions):
        raise AlreadyEnded(field="ends_at")
    return _in_order([_until(each, max(ends, each.valid_from)) for each in versions])


def without_change(
    versions: Sequence[Version[W]], *, begins: datetime, now: datetime
) -> tuple[Version[W], ...]:
    """Take a planned change back: the words before it hold on. Raises NothingPlanned."""
    gone = [each for each in versions if each.valid_from == begins and _is_planned(each, now)]
    if not gone or len(versions) == 1:
        raise NothingPlanned
    [change] = gone
    return tuple(
        replace(each, valid_until=change.valid_until) if each.valid_until == begins else each
        for each in versions
        if each is not change
    )


def _lasts_beyond(version: Version[W], ends: datetime) -> bool:
    until = version.valid_until
    return until is None or until > max(ends, version.valid_from)


def _until(version: Version[W], ends: datetime) -> Version[W]:
    if version.valid_until is not None and version.valid_until <= ends:
        return version
    return replace(version, valid_until=ends)


def _in_order(versions: Sequence[Version[W]]) -> tuple[Version[W], ...]:
    return tuple(sorted(versions, key=lambda each: each.valid_from))
