"""How long records of each class are kept: what holds, what is planned, what held; set here.

The day's sweeps ask `service.keep_days`; what they deleted says by which length it was due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.rules.events import RetentionLengthSet
from app.rules.models import RetentionRule
from app.rules.refusals import ChangesThePast
from app.rules.retention_lengths import fitting_days
from app.rules.service import shipped_rows


class UnknownRecordClass(NotFound):
    """There are no records of such a class."""

    code = "record-class-not-found"


@dataclass(frozen=True, kw_only=True)
class KeptLength:
    """For how many days records of a class are kept from a moment on, and on what basis."""

    keep_days: int
    basis: str
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class KeptClass:
    """One class with all its lengths, the newest first; `holding` None: kept until one is set."""

    record_class: str
    lengths: Sequence[KeptLength]
    holding: KeptLength | None
    planned: Sequence[KeptLength]


def all_classes() -> Sequence[KeptClass]:
    """Return every class that there is, in the order in which they are shipped."""
    return [get_class(each) for each in _known()]


def get_class(record_class: str) -> KeptClass:
    """Return one class. Raises UnknownRecordClass."""
    if record_class not in _known():
        raise UnknownRecordClass
    now = clock.now()
    lengths = [
        KeptLength(keep_days=row.keep_days, basis=row.basis, valid_from=row.valid_from)
        for row in _rows(record_class)
    ]
    begun = [each for each in lengths if each.valid_from <= now]
    return KeptClass(
        record_class=record_class,
        lengths=lengths,
        holding=begun[0] if begun else None,
        planned=[each for each in reversed(lengths) if each.valid_from > now],
    )


def set_length(
    record_class: str,
    keep_days: int,
    *,
    basis: str,
    valid_from: datetime | None,
    set_by: int | None = None,
) -> None:
    """Let records of a class be kept for so many days from a moment on (None: now).

    What was planned for the same moment is replaced. Raises UnknownRecordClass, UnfitKeepDays,
    ChangesThePast.
    """
    if record_class not in _known():
        raise UnknownRecordClass
    days, now = fitting_days(record_class, keep_days), clock.now()
    moment = valid_from or now
    if moment < now:
        raise ChangesThePast(field="valid_from")
    _rows(record_class, locked=True)  # two at once: the second reads what the first has set
    rows = _rows(record_class)
    was = next((row.keep_days for row in rows if row.valid_from <= moment), None)
    row = next((row for row in rows if row.valid_from == moment), None)
    if row is None:
        row = RetentionRule(record_class=record_class, valid_from=moment)
        db.session.add(row)
    row.keep_days, row.basis = days, basis
    publish(
        RetentionLengthSet(
            record_class=record_class,
            keep_days=days,
            was_days=was,
            valid_from=moment,
            set_by=set_by,
        )
    )


def _known() -> list[str]:
    return [row["record_class"] for row in shipped_rows("retention_rules.csv")]


def _rows(record_class: str, *, locked: bool = False) -> Sequence[RetentionRule]:
    asked = select(RetentionRule).where(RetentionRule.record_class == record_class)
    asked = asked.order_by(RetentionRule.valid_from.desc())
    if locked:
        asked = asked.with_for_update()
    return db.session.scalars(asked).all()
