"""Decides which words of an exclusion hold when, and how its dated versions change. Pure.

A kind of matter keeps its code for good, because old records name it. What is said of it is dated:
each version holds from a moment until the next one, or until the kind itself ends.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.errors import Conflict, Invalid
from app.rules.refusals import ChangesThePast

CODE = re.compile(r"[A-Z][0-9A-Z]{0,7}")


class Treatment(StrEnum):
    """What is done with a matter that is not taken up (domain rules 1.3)."""

    TRANSFER = "transfer"
    TELL = "tell"
    EXPLAIN = "explain"
    POLICE = "police"
    REFER = "refer"
    ASK = "ask"


class UnfitExclusionCode(Invalid):
    """The code of an exclusion is a capital letter with digits or capitals, eight at most."""

    code = "exclusion-code-unfit"


class NothingPlanned(Conflict):
    """No change of this moment waits, or it holds already."""

    code = "nothing-planned"


class AlreadyEnded(Conflict):
    """Such matters are taken up again already at that moment."""

    code = "exclusion-ended"


@dataclass(frozen=True, kw_only=True)
class ExclusionWords:
    """What is said of a kind of excluded matter; `told_words` are those told to the citizen."""

    name_zh: str
    name_en: str
    treatment: str
    told_where: str
    told_words: str
    basis: str
    position: int


@dataclass(frozen=True, kw_only=True)
class Version:
    """Words with the time they hold; `valid_until` None: until somebody changes them."""

    words: ExclusionWords
    valid_from: datetime
    valid_until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Say whether these words hold then."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


Versions = tuple[Version, ...]


def check_code(code: str) -> None:
    """Raise UnfitExclusionCode unless this can name a kind of matter for good."""
    if not CODE.fullmatch(code):
        raise UnfitExclusionCode(field="code")


def shown(versions: Sequence[Version], *, at: datetime) -> Version:
    """Return the version that holds at `at`; else the next one planned, else the last that held."""
    now = [each for each in versions if each.holds_at(at)]
    planned = [each for each in versions if _is_planned(each, at)]
    return (now or planned or sorted(versions, key=lambda each: each.valid_from)[-1:])[0]


def planned_after(versions: Sequence[Version], *, at: datetime) -> Versions:
    """Return what will hold later, the next one first."""
    return tuple(each for each in versions if _is_planned(each, at))


def _is_planned(version: Version, at: datetime) -> bool:
    return version.valid_from > at and _lasts_beyond(version, at)


def with_change(
    versions: Sequence[Version], words: ExclusionWords, *, begins: datetime, now: datetime
) -> Versions:
    """Let these words hold from `begins` until the next version planned, and the earlier end there.

    A change of the very same moment is replaced. An ended kind holds again. Raises ChangesThePast.
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


def with_end(versions: Sequence[Version], *, ends: datetime, now: datetime) -> Versions:
    """Let the kind end at `ends`; what was planned for later never holds.

    Raises ChangesThePast, and AlreadyEnded when nothing would hold then anyway.
    """
    if ends < now:
        raise ChangesThePast(field="ends_at")
    if not any(_lasts_beyond(each, ends) for each in versions):
        raise AlreadyEnded(field="ends_at")
    return _in_order([_until(each, max(ends, each.valid_from)) for each in versions])


def without_change(versions: Sequence[Version], *, begins: datetime, now: datetime) -> Versions:
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


def _lasts_beyond(version: Version, ends: datetime) -> bool:
    until = version.valid_until
    return until is None or until > max(ends, version.valid_from)


def _until(version: Version, ends: datetime) -> Version:
    if version.valid_until is not None and version.valid_until <= ends:
        return version
    return replace(version, valid_until=ends)


def _in_order(versions: Sequence[Version]) -> Versions:
    return tuple(sorted(versions, key=lambda each: each.valid_from))
