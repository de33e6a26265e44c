"""The categories of matters: listed, dated, changed and ended here; who leads by default."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.seen import check_seen
from app.organisation import region_units
from app.organisation import service as organisation
from app.rules import dated_versions, service
from app.rules.category_words import (
    CategoryWords,
    CountyLead,
    LeadLevel,
    TownLead,
    check_code,
    cleaned,
    lead_rule,
    level_allowed,
)
from app.rules.code_lists import CodeTaken
from app.rules.dated_versions import Entry, Version
from app.rules.events import (
    CategoryAdded,
    CategoryChanged,
    CategoryChangeTakenBack,
    CategoryEnded,
)
from app.rules.models import Category
from app.rules.refusals import HasEntriesBelow
from app.rules.service import UnknownCategory
from app.rules.time_limits import read_limit
from app.rules.version_rows import VersionRows

CategoryEntry = Entry[CategoryWords]
_rows = VersionRows(Category, CategoryWords, UnknownCategory)
WORDS = _rows.names


@dataclass(frozen=True, kw_only=True)
class DefaultLead:
    """Who leads by default; `unit_code` None: the table or the register of units names nobody.

    `level` is where it is to be handled: the county's, where a town was asked for a matter that may
    not go down to towns (`not_to_town`).
    """

    unit_code: str | None
    level: LeadLevel
    not_to_town: bool


def all_categories() -> list[CategoryEntry]:
    """Return every category, ended ones too, in the order of the codes."""
    return sorted(_rows.all(), key=lambda entry: entry.code)


def get_category(code: str) -> CategoryEntry:
    """Return one category with all its versions. Raises UnknownCategory."""
    return _rows.get(code)


def default_lead(
    code: str,
    level: LeadLevel,
    *,
    county_code: str = "",
    town_code: str = "",
    at: datetime | None = None,
) -> DefaultLead:
    """Say who leads a matter of this category by default at `at` (default: now), and the guard.

    A town that another body runs (代管) belongs to that body here, whichever county it lies in. A
    city's rule is asked, never a guess: what the register of units has not is None. Raises
    UnknownCategory.
    """
    moment = at or clock.now()
    rule = lead_rule(_chain(code, moment))
    allowed = level_allowed(rule, level)
    if allowed is LeadLevel.TOWN and rule.town is TownLead.OWN:
        unit = region_units.unit_of_town(town_code)
        if unit is not None:
            return DefaultLead(unit_code=unit.code, level=allowed, not_to_town=rule.not_to_town)
    if allowed is LeadLevel.CITY or rule.county is CountyLead.CITY:
        found = rule.city_unit_code
    else:
        own = region_units.unit_of_county(county_code, town_code=town_code)
        found = own.code if own else None
        if own is not None and rule.county is CountyLead.COUNTERPART and rule.city_unit_code:
            counterpart = f"{own.code}-{rule.city_unit_code}"
            found = counterpart if region_units.has_unit(counterpart) else own.code
    return DefaultLead(unit_code=found, level=allowed, not_to_town=rule.not_to_town)


def is_kept_from_towns(code: str, *, at: datetime | None = None) -> bool:
    """Say whether such a matter may not be put on a town or street (domain rules 1.7, F9).

    Raises UnknownCategory.
    """
    return lead_rule(_chain(code, at or clock.now())).not_to_town


@dataclass(frozen=True, kw_only=True)
class OwnLimit:
    """A limit that a category has for a type of request, and the basis of the category's words."""

    limit: str
    basis: str


def own_limit(code: str, request_type: str, *, at: datetime | None = None) -> OwnLimit | None:
    """Return the time limit that this category sets for a type of request; None: the city's holds.

    What a category does not say it has from above. Raises UnknownCategory.
    """
    for words in _chain(code, at or clock.now()):
        if limit := words.limits.get(request_type, ""):
            return OwnLimit(limit=limit, basis=words.basis)
    return None


def limit_of(code: str, request_type: str, *, at: datetime | None = None) -> str | None:
    """Return the limit of `own_limit` alone."""
    own = own_limit(code, request_type, at=at)
    return own.limit if own is not None else None


def add_category(
    code: str, words: CategoryWords, *, begins: datetime | None, added_by: int | None = None
) -> None:
    """Add a category; `begins` None: from now on.

    Raises UnfitCategoryCode, CodeTaken, ChangesThePast, and what an unknown unit, an unknown
    category above it or a limit that is none raises.
    """
    check_code(code, words.parent_code)
    if _rows.has(code):
        raise CodeTaken(field="code", taken=code)
    now = clock.now()
    begins = begins or now
    kept = _fitting(words)
    _keep(code, dated_versions.with_change((), kept, begins=begins, now=now), rows=[])
    publish(CategoryAdded(code=code, valid_from=begins, added_by=added_by))


def change_category(
    code: str,
    words: CategoryWords,
    *,
    begins: datetime | None,
    seen: str,
    changed_by: int | None = None,
) -> None:
    """Let other words hold from `begins` (None: now); `seen` marks what the form showed.

    Where it stands stays as it is: its code says it. Whoever wants what will hold then anyway
    changes nothing and is not refused. Raises UnknownCategory, ChangedMeanwhile, ChangesThePast and
    what `add_category` raises.
    """
    rows, now = _rows.rows(code, for_change=True), clock.now()
    held = _rows.versions(rows)
    begins = begins or now
    last = dated_versions.shown(held, at=now)
    kept = _fitting(replace(words, parent_code=last.words.parent_code))
    if any(each.holds_at(begins) and each.words == kept for each in held):
        return
    check_seen(seen, asdict(Entry(code=code, versions=held)))
    changed = dated_versions.with_change(held, kept, begins=begins, now=now)
    _keep(code, changed, rows=rows)
    differing = [name for name in WORDS if getattr(kept, name) != getattr(last.words, name)]
    publish(
        CategoryChanged(
            code=code, fields=" ".join(differing), valid_from=begins, changed_by=changed_by
        )
    )


def end_category(code: str, *, ends: datetime | None, ended_by: int | None = None) -> None:
    """Let a category be chosen no more from `ends` on (None: now); old tickets still name it.

    Raises UnknownCategory, ChangesThePast, AlreadyEnded, and HasEntriesBelow where a category below
    it holds on.
    """
    rows, now = _rows.rows(code, for_change=True), clock.now()
    ends = ends or now
    below = select(Category.code).where(
        Category.parent_code == code,
        Category.valid_until.is_(None) | (Category.valid_until > ends),
    )
    if db.session.scalar(below.limit(1)) is not None:
        raise HasEntriesBelow(field="ends_at")
    _keep(code, dated_versions.with_end(_rows.versions(rows), ends=ends, now=now), rows=rows)
    publish(CategoryEnded(code=code, at=ends, ended_by=ended_by))


def take_change_back(code: str, *, begins: datetime, taken_back_by: int | None = None) -> None:
    """Let a planned change never come. Raises UnknownCategory, NothingPlanned."""
    rows, now = _rows.rows(code, for_change=True), clock.now()
    held = _rows.versions(rows)
    _keep(code, dated_versions.without_change(held, begins=begins, now=now), rows=rows)
    publish(CategoryChangeTakenBack(code=code, valid_from=begins, taken_back_by=taken_back_by))


def found_in(entries: list[CategoryEntry], text: str, *, at: datetime) -> list[CategoryEntry]:
    """Return the categories that a word of any column finds; a blank text finds all of them."""
    wanted = text.lower().split()
    return [entry for entry in entries if all(word in _haystack(entry, at) for word in wanted)]


def _haystack(entry: CategoryEntry, at: datetime) -> str:
    words = entry.shown(at).words
    texts: Mapping[str, object] = asdict(words)
    said = (entry.code, words.pinyin.replace(" ", ""), *words.keywords, *map(str, texts.values()))
    return " ".join(said).lower()


def _fitting(words: CategoryWords) -> CategoryWords:
    """Check what a category names elsewhere; return the words as they are kept."""
    kept = cleaned(words)
    if kept.parent_code:
        service.get_category(kept.parent_code)
    if kept.default_unit_code:
        organisation.find_unit_by_code(kept.default_unit_code)
    limits = {
        kind: str(read_limit(limit, field=f"limit_{kind}")) for kind, limit in kept.limits.items()
    }
    return replace(kept, limits=limits)


def _known(code: str) -> CategoryEntry:
    """Return an entry, asked for once in a save: a sheet of cases brings a thousand of few."""
    entry = this_save.once(("category", code), lambda: _rows.get(code))
    return entry or _rows.get(code)


def _keep(code: str, versions: Sequence[Version[CategoryWords]], *, rows: Sequence[Any]) -> None:
    _rows.keep(code, versions, rows=rows)
    this_save.forget(("category", code))


def _chain(code: str, at: datetime) -> list[CategoryWords]:
    """Return what is said at a moment of a category and of all above it, itself first."""
    chain: list[CategoryWords] = []
    above: str | None = code
    while above:
        words = _known(above).shown(at).words
        chain.append(words)
        above = words.parent_code
    return chain
