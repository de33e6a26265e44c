"""The register of liaison persons: whom the hotline reaches at a unit, kept by the unit itself.

Every change is a row that says who changed what; the hotline files it. Numbers are shown with stars
and are kept so in the history too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.phone_numbers import mask, normalise
from app.core.seen import check_seen
from app.organisation.events import LiaisonNoted
from app.organisation.models import Liaison, LiaisonChange, LiaisonRole

MOST_CHANGES = 200


class NoSuchLiaison(NotFound):
    """There is no such liaison person, or not for this reader."""

    code = "liaison-not-found"


class LiaisonNumberUnfit(Invalid):
    """A liaison can be called."""

    code = "liaison-number-unfit"


class LiaisonEndsTooEarly(Invalid):
    """Nobody ends before he begins."""

    code = "ends-before-it-begins"


class FiledAlready(Conflict):
    """The change was filed a moment ago."""

    code = "liaison-filed-already"


@dataclass(frozen=True, kw_only=True)
class LiaisonWords:
    """What the register says of a person. `number` "": it stays as it was."""

    name: str
    number: str
    role: LiaisonRole
    valid_from: date
    valid_until: date | None = None


def list_liaisons(unit_ids: Collection[int] | None = None) -> Sequence[Liaison]:
    """Return the persons of these units, or all, who serve first; ended ones last."""
    asked = select(Liaison)
    if unit_ids is not None:
        asked = asked.where(Liaison.unit_id.in_(unit_ids))
    ended = Liaison.valid_until < clock.now().astimezone(clock.CITY_TIME).date()
    return db.session.scalars(
        asked.order_by(ended.is_(True), Liaison.unit_id, Liaison.role, Liaison.id)
    ).all()


def get_liaison(liaison_id: int, unit_ids: Collection[int] | None = None) -> Liaison:
    """Return one person of these units, or of any. Raises NoSuchLiaison to all others."""
    row = db.session.get(Liaison, liaison_id)
    if row is None or (unit_ids is not None and row.unit_id not in unit_ids):
        raise NoSuchLiaison
    return row


def changes(unit_ids: Collection[int] | None = None) -> Sequence[LiaisonChange]:
    """Return what was changed, what is not filed first, then the newest."""
    asked = select(LiaisonChange)
    if unit_ids is not None:
        asked = asked.where(LiaisonChange.unit_id.in_(unit_ids))
    asked = asked.order_by(LiaisonChange.filed_at.is_not(None), LiaisonChange.id.desc())
    return db.session.scalars(asked.limit(MOST_CHANGES)).all()


def add_liaison(unit_id: int, words: LiaisonWords, *, by: int, due_at: datetime | None) -> Liaison:
    """Add a person. Raises LiaisonNumberUnfit, LiaisonEndsTooEarly."""
    row = Liaison(unit_id=unit_id, number="")
    if not words.number:
        raise LiaisonNumberUnfit(field="number")
    _write(row, words)
    db.session.add(row)
    db.session.flush()
    after = {name: [None, value] for name, value in shown_of(row).items() if value is not None}
    _note(row, after, by=by, due_at=due_at, act="added")
    return row


def change_liaison(
    liaison_id: int,
    words: LiaisonWords,
    *,
    unit_ids: Collection[int],
    seen: str,
    by: int,
    due_at: datetime | None,
) -> Liaison:
    """Change what is said of a person; `seen` is the mark of what the form showed.

    Raises NoSuchLiaison, ChangedMeanwhile, LiaisonNumberUnfit, LiaisonEndsTooEarly.
    """
    get_liaison(liaison_id, unit_ids)
    row = db.session.get_one(Liaison, liaison_id, with_for_update=True, populate_existing=True)
    before = shown_of(row)
    check_seen(seen, before)
    _write(row, words)
    db.session.flush()
    after = shown_of(row)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        _note(row, changed, by=by, due_at=due_at, act="changed")
    return row


def file_change(change_id: int, *, by: int) -> LiaisonChange:
    """Take note of a change on the hotline's side. Raises NoSuchLiaison, FiledAlready."""
    row = db.session.get(LiaisonChange, change_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchLiaison
    if row.filed_at is not None:
        raise FiledAlready
    row.filed_at, row.filed_by = clock.now(), by
    publish(LiaisonNoted(liaison_id=row.liaison_id, unit_id=row.unit_id, act="filed", by=by))
    return row


def shown_of(row: Liaison) -> dict[str, str | None]:
    """Return what is shown of a person, the number with stars."""
    return {
        "name": row.name,
        "number": mask(row.number),
        "role": str(row.role),
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }


def _write(row: Liaison, words: LiaisonWords) -> None:
    if words.valid_until is not None and words.valid_until < words.valid_from:
        raise LiaisonEndsTooEarly(field="valid_until")
    if words.number:
        number = normalise(words.number)
        if not number:
            raise LiaisonNumberUnfit(field="number")
        row.number = number
    row.name, row.role = words.name, words.role
    row.valid_from, row.valid_until = words.valid_from, words.valid_until


def _note(
    row: Liaison, changed: Mapping[str, Any], *, by: int, due_at: datetime | None, act: str
) -> None:
    change = LiaisonChange(
        liaison_id=row.id,
        unit_id=row.unit_id,
        changed=dict(changed),
        at=clock.now(),
        by=by,
        due_at=due_at,
    )
    db.session.add(change)
    db.session.flush()
    publish(LiaisonNoted(liaison_id=row.id, unit_id=row.unit_id, act=act, by=by))
