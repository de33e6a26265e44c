"""Decides what a list of codes may hold, and which of them hold when. Pure.

A code that was used once stays for ever, because old records name it; it is ended, not deleted
(architecture A7).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import Conflict, Invalid

CODE = re.compile(r"[a-z][a-z0-9_]{1,31}")


class CodeList(StrEnum):
    """The lists that a city keeps for its agents, and for those who work on tickets."""

    WRAP_UP = "wrap_up"
    BREAK = "break"
    FORCED = "forced"
    FREED = "freed"
    SKILL = "skill"
    DEFECT = "defect"
    VISIT_EXCLUSION = "visit_exclusion"
    RETURN_REASON = "return_reason"
    TIME_REASON = "time_reason"
    TAG = "tag"
    PROCEDURE = "procedure"  # 行政调解、执法办案: a matter goes its way by law


MUST_NOT_BE_EMPTY = frozenset({CodeList.WRAP_UP, CodeList.BREAK, CodeList.FORCED, CodeList.FREED})
"""Without these nobody could close a call, leave the desk, set another's state or free a call."""


class Validity(StrEnum):
    """Whether a code may be chosen today."""

    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"


class UnfitCode(Invalid):
    """A code is small letters, digits and underscores: programs and old records name it."""

    code = "code-unfit"


class CodeTaken(Conflict):
    """The list has this code already, perhaps an ended one."""

    code = "code-taken"


class EndsBeforeItBegins(Invalid):
    """A code must hold for some time."""

    code = "ends-before-it-begins"


class LastOfItsList(Conflict):
    """Without a code in it such a list would stop the work."""

    code = "last-of-its-list"


@dataclass(frozen=True, kw_only=True)
class CodeWords:
    """What may be changed of a code.

    `minutes` says of a break how long is agreed, `marks_abuse` of a wrap-up code that the caller
    abused the agent.
    """

    name_zh: str
    name_en: str
    position: int
    valid_from: datetime
    valid_until: datetime | None = None
    minutes: int | None = None
    marks_abuse: bool = False


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code of one list."""

    code_list: CodeList
    code: str
    words: CodeWords

    def holds_at(self, at: datetime) -> bool:
        """Say whether it may be chosen then."""
        return state_of(self.words, at=at) is Validity.ACTIVE


def state_of(words: CodeWords, *, at: datetime) -> Validity:
    """Say whether a code is planned, holds or has ended at a moment."""
    if at < words.valid_from:
        return Validity.PLANNED
    if words.valid_until is not None and words.valid_until <= at:
        return Validity.ENDED
    return Validity.ACTIVE


def check_code(code: str) -> None:
    """Raise UnfitCode unless this can name something for good."""
    if not CODE.fullmatch(code):
        raise UnfitCode(field="code")


def check_list(codes: list[Code], *, changed: Code) -> None:
    """Raise when the list may not be like this: `codes` is all of it, `changed` the newest of it.

    Raises EndsBeforeItBegins, and LastOfItsList when nothing would follow the changed one.
    """
    ends_at = changed.words.valid_until
    if ends_at is None:
        return
    if ends_at <= changed.words.valid_from:
        raise EndsBeforeItBegins(field="valid_until")
    if changed.code_list in MUST_NOT_BE_EMPTY and not any(each.holds_at(ends_at) for each in codes):
        raise LastOfItsList(field="valid_until")
