"""The values of a city's rules: asked as one book, set from a moment on."""

from datetime import datetime

from sqlalchemy import insert, select

from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.rules.events import RuleValueSet
from app.rules.models import RuleValueRow
from app.rules.refusals import ChangesThePast
from app.rules.rule_book import RuleBook, RuleValue, fitting
from app.rules.service import SINCE_EVER, shipped_rows

_BOOK = ("rule_book",)


def read_book() -> RuleBook:
    """Return every value of every rule; a save reads them once."""
    return this_save.once(_BOOK, _read) or _read()


def _read() -> RuleBook:
    rows = db.session.scalars(select(RuleValueRow).order_by(RuleValueRow.id))
    return RuleBook(
        RuleValue(key=row.key, value=row.value, valid_from=row.valid_from, basis=row.basis)
        for row in rows
    )


def set_value(
    key: str, value: str, *, basis: str, valid_from: datetime | None, set_by: int | None = None
) -> None:
    """Let a rule say something else from a moment on (default: now).

    A value that was planned for the same moment is replaced. Raises UnknownRule, ChangesThePast and
    what `fitting` raises.
    """
    book, now = read_book(), clock.now()
    book.history(key)
    kept, moment = fitting(key, value), valid_from or now
    if moment < now:
        raise ChangesThePast(field="valid_from")
    asked = select(RuleValueRow).where(RuleValueRow.key == key, RuleValueRow.valid_from == moment)
    row = db.session.scalars(asked.with_for_update()).one_or_none()
    if row is None:
        row = RuleValueRow(key=key, valid_from=moment)
        db.session.add(row)
    row.value, row.basis = kept, basis
    this_save.forget(_BOOK)
    publish(RuleValueSet(key=key, value=kept, valid_from=moment, set_by=set_by))


def load_values() -> int:
    """Add the rules of `data/rule_values.csv` that are missing; return how many.

    The limits by type are the province's; what the file calls a sample is ours until the city
    gives its own (domain rules 5).
    """
    known = set(db.session.scalars(select(RuleValueRow.key)))
    missing = [
        {**row, "valid_from": SINCE_EVER}
        for row in shipped_rows("rule_values.csv")
        if row["key"] not in known
    ]
    if missing:
        db.session.execute(insert(RuleValueRow), missing)
        this_save.forget(_BOOK)
    return len(missing)
