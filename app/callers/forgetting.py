"""Forget a person: name, language, numbers. That there was somebody stays known.

On his request (`forget`), or because all that he ever asked for has come to its end (`forget_old`).
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from app.callers import person_changes
from app.callers.events import CallerForgotten
from app.callers.models import Caller, CallerForgetting, CallerRestriction, MisuseMark
from app.callers.refusals import IsRestricted
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import ERASED


def names_of(caller_id: int) -> frozenset[str]:
    """Return every name that is noted of a person, those merged into him included."""
    family = person_changes.family_of(caller_id)
    found = db.session.scalars(select(Caller.name).where(Caller.id.in_(family)))
    return frozenset(name for name in found if name)


def check_not_restricted(numbers: frozenset[str]) -> None:
    """Raise IsRestricted while a mark against misuse holds for one of these numbers."""
    if any(mark.lifted_at is None and mark.valid_until > clock.now() for mark in _marks(numbers)):
        raise IsRestricted


def forget(
    caller_id: int, *, numbers: frozenset[str], reason: str, figures: Mapping[str, int], by: int
) -> None:
    """Erase what is noted of this person; `numbers` are those that nobody else has.

    `figures` says how many calls, tickets and recordings were erased elsewhere in this save.
    """
    now = clock.now()
    for mark in _marks(numbers):
        mark.number, mark.why = ERASED, ""
    for said in db.session.scalars(select(MisuseMark).where(MisuseMark.number.in_(numbers))):
        said.number, said.words, said.decision = ERASED, "", ""
    _erase(caller_id, at=now)
    db.session.add(
        CallerForgetting(
            caller_id=caller_id,
            reason=reason.strip(),
            done_by=by,
            done_at=now,
            details=dict(figures),
        )
    )
    publish(
        CallerForgotten(
            caller_id=caller_id,
            reason=reason.strip(),
            calls=figures["calls"],
            tickets=figures["tickets"],
            recordings=figures["recordings"],
            forgotten_by=by,
        )
    )


def forget_old(caller_id: int, *, numbers: frozenset[str], before: datetime) -> bool:
    """Erase what is noted of somebody of whom nothing else is kept; say whether that was so.

    He stays while he called from one of his numbers since, while he is marked for misuse by one of
    them (`numbers`: those that nobody else has), and who is erased already is left alone.
    """
    links = person_changes.links_of(caller_id)
    has_called = any(link.last_called_at and link.last_called_at >= before for link in links)
    said = select(MisuseMark.id).where(MisuseMark.number.in_(numbers)).limit(1)
    is_marked = bool(_marks(numbers)) or db.session.scalar(said) is not None
    person = db.session.get_one(Caller, caller_id)
    is_new = person.created_at >= before
    if has_called or is_marked or is_new or person.forgotten_at is not None:
        return False
    _erase(caller_id, at=clock.now())
    return True


def _erase(caller_id: int, *, at: datetime) -> None:
    for link in person_changes.links_of(caller_id):
        db.session.delete(link)
    for change in person_changes.changes_of(caller_id):
        change.reason = ""
    family = person_changes.family_of(caller_id)
    for person in db.session.scalars(select(Caller).where(Caller.id.in_(family))):
        person.name = person.language = None
        person.forgotten_at = at
        person.version += 1


def _marks(numbers: frozenset[str]) -> list[CallerRestriction]:
    wanted = select(CallerRestriction).where(CallerRestriction.number.in_(numbers))
    return list(db.session.scalars(wanted))
