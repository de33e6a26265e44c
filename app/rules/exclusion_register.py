"""The kinds of matter that the hotline does not take up: listed, dated, changed and ended here."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.seen import check_seen
from app.rules import exclusion_versions as versions_of
from app.rules.code_lists import CodeTaken
from app.rules.events import (
    ExclusionAdded,
    ExclusionChanged,
    ExclusionChangeTakenBack,
    ExclusionEnded,
)
from app.rules.exclusion_versions import ExclusionWords, Version, Versions
from app.rules.models import Exclusion
from app.rules.service import UnknownExclusion

WORDS = tuple(ExclusionWords.__annotations__)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of matter with all its versions, in the order of time."""

    code: str
    versions: Versions

    def shown(self, at: datetime) -> Version:
        """Return what is to be shown of it at a moment."""
        return versions_of.shown(self.versions, at=at)

    def planned(self, at: datetime) -> Versions:
        """Return the changes that wait, the next one first."""
        return versions_of.planned_after(self.versions, at=at)


def all_kinds(*, at: datetime | None = None) -> list[Kind]:
    """Return every kind, ended ones too, in the order of the screens at `at` (default: now)."""
    moment = at or clock.now()
    found: dict[str, list[Version]] = {}
    for row in db.session.scalars(select(Exclusion).order_by(Exclusion.valid_from)):
        found.setdefault(row.code, []).append(_version(row))
    kinds = [Kind(code=code, versions=tuple(each)) for code, each in found.items()]
    return sorted(kinds, key=lambda kind: (kind.shown(moment).words.position, kind.code))


def get_kind(code: str) -> Kind:
    """Return one kind. Raises UnknownExclusion."""
    return Kind(code=code, versions=tuple(_version(row) for row in _rows(code)))


def add_kind(
    code: str, words: ExclusionWords, *, begins: datetime | None, added_by: int | None = None
) -> None:
    """Add a kind of matter that is not taken up; `begins` None: from now on.

    Raises UnfitExclusionCode, CodeTaken, ChangesThePast.
    """
    versions_of.check_code(code)
    if db.session.scalar(select(Exclusion.id).where(Exclusion.code == code)) is not None:
        raise CodeTaken(field="code", taken=code)
    now = clock.now()
    begins = begins or now
    _keep(code, versions_of.with_change((), words, begins=begins, now=now), rows=[])
    publish(ExclusionAdded(code=code, valid_from=begins, added_by=added_by))


def change_kind(
    code: str,
    words: ExclusionWords,
    *,
    begins: datetime | None,
    seen: str,
    changed_by: int | None = None,
) -> None:
    """Let other words hold from `begins` (None: now); `seen` marks what the form showed.

    Whoever wants what will hold then anyway changes nothing and is not refused. Raises
    UnknownExclusion, ChangedMeanwhile, ChangesThePast.
    """
    rows, now = _rows(code, for_change=True), clock.now()
    held = tuple(_version(row) for row in rows)
    begins = begins or now
    if any(each.holds_at(begins) and each.words == words for each in held):
        return
    check_seen(seen, asdict(Kind(code=code, versions=held)))
    last = versions_of.shown(held, at=now)
    _keep(code, versions_of.with_change(held, words, begins=begins, now=now), rows=rows)
    changed = [name for name in WORDS if getattr(words, name) != getattr(last.words, name)]
    publish(
        ExclusionChanged(
            code=code, fields=" ".join(changed), valid_from=begins, changed_by=changed_by
        )
    )


def end_kind(code: str, *, ends: datetime | None, ended_by: int | None = None) -> None:
    """Let the hotline take such matters up from `ends` on (None: now).

    Raises UnknownExclusion, ChangesThePast, AlreadyEnded.
    """
    rows, now = _rows(code, for_change=True), clock.now()
    ends = ends or now
    held = tuple(_version(row) for row in rows)
    _keep(code, versions_of.with_end(held, ends=ends, now=now), rows=rows)
    publish(ExclusionEnded(code=code, at=ends, ended_by=ended_by))


def take_change_back(code: str, *, begins: datetime, taken_back_by: int | None = None) -> None:
    """Let a planned change never come. Raises UnknownExclusion, NothingPlanned."""
    rows, now = _rows(code, for_change=True), clock.now()
    held = tuple(_version(row) for row in rows)
    _keep(code, versions_of.without_change(held, begins=begins, now=now), rows=rows)
    publish(ExclusionChangeTakenBack(code=code, valid_from=begins, taken_back_by=taken_back_by))


def _keep(code: str, versions: Versions, *, rows: list[Exclusion]) -> None:
    """Make the rows what the versions say; one that was only planned may go."""
    by_begin = {row.valid_from: row for row in rows}
    for version in versions:
        row = by_begin.pop(version.valid_from, None)
        if row is None:
            row = Exclusion(code=code, valid_from=version.valid_from)
            db.session.add(row)
        for name in WORDS:
            setattr(row, name, getattr(version.words, name))
        row.valid_until = version.valid_until
    for row in by_begin.values():
        db.session.delete(row)
    db.session.flush()


def _rows(code: str, *, for_change: bool = False) -> list[Exclusion]:
    asked = select(Exclusion).where(Exclusion.code == code).order_by(Exclusion.valid_from)
    rows = list(db.session.scalars(asked.with_for_update() if for_change else asked))
    if not rows:
        raise UnknownExclusion(exclusion_code=code[:8])
    return rows


def _version(row: Exclusion) -> Version:
    return Version(
        words=ExclusionWords(**{name: getattr(row, name) for name in WORDS}),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
