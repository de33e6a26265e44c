"""The words that make a demand urgent: listed, added from a moment on, and ended here.

What was opened under a word keeps it: the class of urgency is read of the day of its opening.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from app.core import clock, this_save
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.rules.code_lists import Validity
from app.rules.events import UrgencyWordAdded, UrgencyWordEnded
from app.rules.models import UrgencyWord
from app.rules.refusals import ChangesThePast
from app.rules.service import HELD_WORDS

SHORTEST_WORD = 2
"""One character stands in every second sentence."""


class UrgencyKind(StrEnum):
    """Why a word calls for haste; `supply` has limits of its own, all others those of danger."""

    THREAT = "threat"  # 扬言
    LIFE = "life"  # 急难
    DANGER = "danger"  # 安全隐患
    SUPPLY = "supply"  # 水电气
    CROWD = "crowd"  # 群体性


class UnknownUrgencyWord(NotFound):
    """There is no such word."""

    code = "urgency-word-not-found"


class UnfitUrgencyWord(Invalid):
    """A word has two characters or more and no gap: it is looked for as it stands."""

    code = "urgency-word-unfit"


class UrgencyWordThere(Conflict):
    """The word calls for haste already, or is planned."""

    code = "urgency-word-there"


@dataclass(frozen=True, kw_only=True)
class HurryingWord:
    """A word with its time, and whether it holds now."""

    word_id: int
    word: str
    kind: UrgencyKind
    valid_from: datetime
    valid_until: datetime | None
    state: Validity


def all_words() -> Sequence[HurryingWord]:
    """Return every word, ended ones too, in the order in which they came."""
    now = clock.now()
    return [
        HurryingWord(
            word_id=row.id,
            word=row.word,
            kind=UrgencyKind(row.kind),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            state=_state(row, now),
        )
        for row in db.session.scalars(select(UrgencyWord).order_by(UrgencyWord.id))
    ]


def add_word(
    word: str, kind: UrgencyKind, *, begins: datetime | None, added_by: int | None = None
) -> None:
    """Let a word call for haste from `begins` on (None: now).

    Raises UnfitUrgencyWord, UrgencyWordThere, ChangesThePast.
    """
    now = clock.now()
    begins = begins or now
    if len(word) < SHORTEST_WORD or word.split() != [word]:
        raise UnfitUrgencyWord(field="word", shortest=SHORTEST_WORD)
    if begins < now:
        raise ChangesThePast(field="valid_from")
    known = db.session.scalars(select(UrgencyWord).where(UrgencyWord.word == word)).all()
    if any(_holds_on(each, begins) for each in known):
        raise UrgencyWordThere(field="word", word=word)
    # what was planned for the same moment and taken back is planned anew
    taken_back = [each for each in known if each.valid_from == begins]
    row = taken_back[0] if taken_back else UrgencyWord(word=word, valid_from=begins)
    row.kind, row.valid_until = kind.value, None
    db.session.add(row)
    db.session.flush()
    this_save.forget(HELD_WORDS)
    publish(UrgencyWordAdded(word=word, valid_from=begins, added_by=added_by))


def end_word(word_id: int, *, ended_by: int | None = None) -> None:
    """Let a word call for haste no more, from now on; ended already stays as it is.

    One that is only planned never begins. Raises UnknownUrgencyWord.
    """
    row = db.session.get(UrgencyWord, word_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownUrgencyWord
    now = clock.now()
    if row.valid_until is not None and row.valid_until <= now:
        return
    row.valid_until = max(now, row.valid_from)
    db.session.flush()
    this_save.forget(HELD_WORDS)
    publish(UrgencyWordEnded(word=row.word, at=row.valid_until, ended_by=ended_by))


def _holds_on(row: UrgencyWord, moment: datetime) -> bool:
    """Say whether a word holds at a moment or later; one that was taken back never does."""
    return row.valid_until is None or row.valid_until > max(moment, row.valid_from)


def _state(row: UrgencyWord, now: datetime) -> Validity:
    if not _holds_on(row, now):
        return Validity.ENDED
    return Validity.PLANNED if now < row.valid_from else Validity.ACTIVE
