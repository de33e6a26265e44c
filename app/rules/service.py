"""Ask which categories, codes and words hold at a moment; fill them from the files beside."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, insert, or_, select

from app.core import clock, this_save
from app.core.database import db
from app.core.errors import NotFound
from app.rules.models import Category, Exclusion, RetentionRule, UrgencyWord, WrapUpCode

DATA = Path(__file__).parent / "data"
SINCE_EVER = datetime(2020, 1, 1, tzinfo=UTC)


class UnknownCategory(NotFound):
    """No category has this code."""

    code = "category-not-found"


class UnknownExclusion(NotFound):
    """No kind of excluded matter has this code."""

    code = "exclusion-not-found"


def list_categories(*, at: datetime | None = None) -> list[Category]:
    """Return the categories that hold at `at` (default: now), each followed by those below it."""
    asked = (
        select(Category)
        .where(*_holds(Category, at or clock.now()))
        .order_by(Category.position, Category.code)
    )
    return list(db.session.scalars(asked))


def get_category(code: str, *, at: datetime | None = None) -> Category:
    """Return a category in its words of `at` (default: now), also one that holds no longer.

    Old tickets still name it. One that is only planned is returned as it will be. Raises
    UnknownCategory.
    """
    moment = at or clock.now()
    asked = select(Category).where(Category.code == code).order_by(Category.valid_from)
    rows = list(db.session.scalars(asked))
    if not rows:
        raise UnknownCategory(category_code=code[:8])
    begun = [row for row in rows if row.valid_from <= moment]
    return begun[-1] if begun else rows[0]


def list_wrap_up_codes(*, at: datetime | None = None) -> list[WrapUpCode]:
    """Return the wrap-up codes that hold at `at` (default: now), in the order of the screen."""
    asked = (
        select(WrapUpCode)
        .where(*_holds(WrapUpCode, at or clock.now()))
        .order_by(WrapUpCode.position, WrapUpCode.code)
    )
    return list(db.session.scalars(asked))


def list_exclusions(*, at: datetime | None = None) -> list[Exclusion]:
    """Return the kinds of matter that are not taken up at `at` (default: now), as on the screen."""
    asked = (
        select(Exclusion)
        .where(*_holds(Exclusion, at or clock.now()))
        .order_by(Exclusion.position, Exclusion.code)
    )
    return list(db.session.scalars(asked))


def get_exclusion(code: str) -> Exclusion:
    """Return a kind of excluded matter, also one that holds no longer, in its newest words.

    Raises UnknownExclusion.
    """
    asked = select(Exclusion).where(Exclusion.code == code).order_by(Exclusion.valid_from.desc())
    exclusion = db.session.scalars(asked.limit(1)).first()
    if exclusion is None:
        raise UnknownExclusion(exclusion_code=code)
    return exclusion


HELD_WORDS = ("urgency words",)
"""The name under which a save keeps the words of now."""


def list_urgency_words(*, at: datetime | None = None) -> list[UrgencyWord]:
    """Return the words that call for haste at `at` (default: now), in the order of the rules.

    Those of now are read once in a save.
    """
    if at is not None:
        return _urgency_words(at)
    return this_save.once(HELD_WORDS, lambda: _urgency_words(clock.now())) or []


def _urgency_words(at: datetime) -> list[UrgencyWord]:
    asked = select(UrgencyWord).where(*_holds(UrgencyWord, at)).order_by(UrgencyWord.id)
    return list(db.session.scalars(asked))


def load_categories() -> int:
    """Add the categories of `data/categories.csv` that are missing; return how many.

    Provisional: the provincial table DB44/T 2479—2024 replaces it once the city has it. Needs the
    units to be loaded.
    """
    known = set(db.session.scalars(select(Category.code)))
    rows = list(enumerate(shipped_rows("categories.csv"), start=1))
    leads = {row["code"]: _lead(row) for row in shipped_rows("category_leads.csv")}
    missing = [
        {
            "code": row["code"],
            "name": row["name"],
            "parent_code": row["parent_code"] or None,
            "keywords": row["keywords"].split(),
            "initials": row["initials"],
            "pinyin": row["pinyin"],
            "default_unit_code": row["default_unit_code"] or None,
            **leads.get(row["code"], NO_LEAD),
            "limits": {},
            "provincial_code": "",
            "national_code": "",
            "old_label": "",
            "position": position,
            "valid_from": SINCE_EVER,
            "valid_until": None,
        }
        for position, row in rows
        if row["code"] not in known
    ]
    if missing:
        db.session.execute(insert(Category), missing)
    _fill_up({row["code"]: row for _, row in rows}, leads)
    return len(missing)


NO_LEAD: dict[str, object] = {
    "county_lead": "",
    "town_lead": "",
    "not_to_town": False,
    "basis": "",
}


def _lead(row: Mapping[str, str]) -> dict[str, object]:
    return {
        "county_lead": row["county_lead"],
        "town_lead": row["town_lead"],
        "not_to_town": row["not_to_town"] == "yes",
        "basis": row["basis"],
    }


def _fill_up(rows: Mapping[str, dict[str, str]], leads: Mapping[str, dict[str, object]]) -> None:
    """Give categories of an older database what they lacked then: pinyin, leads, the guard.

    One that was renamed would get a wrong pinyin, and one that has a basis was set by somebody.
    """
    for category in db.session.scalars(select(Category)):
        row = rows.get(category.code)
        if row is None or row["name"] != category.name:
            continue
        category.pinyin = category.pinyin or row["pinyin"]
        if not category.basis:
            for name, value in leads.get(category.code, {}).items():
                setattr(category, name, value)


def load_exclusions() -> int:
    """Add the exclusions of `data/exclusions.csv` that are missing; return how many.

    Kinds and treatments are those of domain rules 1.3; the words told are samples until the city
    gives its own.
    """
    known = set(db.session.scalars(select(Exclusion.code)))
    missing = [
        {**row, "position": position, "valid_from": SINCE_EVER, "valid_until": None}
        for position, row in enumerate(shipped_rows("exclusions.csv"), start=1)
        if row["code"] not in known
    ]
    if missing:
        db.session.execute(insert(Exclusion), missing)
    return len(missing)


def load_urgency_words() -> int:
    """Add the words of `data/urgency_words.csv` that are missing; return how many. Samples."""
    known = set(db.session.scalars(select(UrgencyWord.word)))
    missing = [
        {**row, "valid_from": SINCE_EVER, "valid_until": None}
        for row in shipped_rows("urgency_words.csv")
        if row["word"] not in known
    ]
    if missing:
        db.session.execute(insert(UrgencyWord), missing)
    return len(missing)


def load_wrap_up_codes() -> int:
    """Add the wrap-up codes of `data/wrap_up_codes.csv` that are missing; return how many."""
    known = set(db.session.scalars(select(WrapUpCode.code)))
    missing = [
        {
            **row,
            "marks_abuse": row["marks_abuse"] == "yes",
            "position": position,
            "valid_from": SINCE_EVER,
            "valid_until": None,
        }
        for position, row in enumerate(shipped_rows("wrap_up_codes.csv"), start=1)
        if row["code"] not in known
    ]
    if missing:
        db.session.execute(insert(WrapUpCode), missing)
    return len(missing)


def keep_days(record_class: str, *, at: datetime) -> int | None:
    """Return how many days records of this class are kept by the rule of `at`; None: no rule."""
    asked = (
        select(RetentionRule.keep_days)
        .where(RetentionRule.record_class == record_class, *_holds(RetentionRule, at))
        .order_by(RetentionRule.valid_from.desc())
    )
    return db.session.scalars(asked.limit(1)).first()


def load_retention_rules() -> int:
    """Add the rules of `data/retention_rules.csv` for classes that have none; return how many.

    The figures are samples until the city confirms them: three years by decision 12, the rest ours.
    """
    known = set(db.session.scalars(select(RetentionRule.record_class)))
    missing = [
        {
            "record_class": row["record_class"],
            "keep_days": int(row["keep_days"]),
            "basis": row["basis"],
            "valid_from": SINCE_EVER,
            "valid_until": None,
        }
        for row in shipped_rows("retention_rules.csv")
        if row["record_class"] not in known
    ]
    if missing:
        db.session.execute(insert(RetentionRule), missing)
    return len(missing)


def _holds(
    table: type[Category]
    | type[Exclusion]
    | type[RetentionRule]
    | type[UrgencyWord]
    | type[WrapUpCode],
    at: datetime,
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        table.valid_from <= at,
        or_(table.valid_until.is_(None), table.valid_until > at),
    )


def shipped_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of `data/`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
