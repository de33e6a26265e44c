"""The kinds of matter that the hotline does not take up: listed, dated, changed and ended here."""

from dataclasses import asdict
from datetime import datetime

from app.core import clock
from app.core.events import publish
from app.core.seen import check_seen
from app.rules import dated_versions
from app.rules.code_lists import CodeTaken
from app.rules.dated_versions import Entry
from app.rules.events import (
    ExclusionAdded,
    ExclusionChanged,
    ExclusionChangeTakenBack,
    ExclusionEnded,
)
from app.rules.exclusion_versions import ExclusionWords, check_code
from app.rules.models import Exclusion
from app.rules.service import UnknownExclusion
from app.rules.version_rows import VersionRows

Kind = Entry[ExclusionWords]
_rows = VersionRows(Exclusion, ExclusionWords, UnknownExclusion)
WORDS = _rows.names


def all_kinds(*, at: datetime | None = None) -> list[Kind]:
    """Return every kind, ended ones too, in the order of the screens at `at` (default: now)."""
    moment = at or clock.now()
    return sorted(_rows.all(), key=lambda kind: (kind.shown(moment).words.position, kind.code))


def get_kind(code: str) -> Kind:
    """Return one kind. Raises UnknownExclusion."""
    return _rows.get(code)


def add_kind(
    code: str, words: ExclusionWords, *, begins: datetime | None, added_by: int | None = None
) -> None:
    """Add a kind of matter that is not taken up; `begins` None: from now on.

    Raises UnfitExclusionCode, CodeTaken, ChangesThePast.
    """
    check_code(code)
    if _rows.has(code):
        raise CodeTaken(field="code", taken=code)
    now = clock.now()
    begins = begins or now
    _rows.keep(code, dated_versions.with_change((), words, begins=begins, now=now), rows=[])
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
    rows, now = _rows.rows(code, for_change=True), clock.now()
    held = _rows.versions(rows)
    begins = begins or now
    if any(each.holds_at(begins) and each.words == words for each in held):
        return
    check_seen(seen, asdict(Entry(code=code, versions=held)))
    last = dated_versions.shown(held, at=now)
    changed = dated_versions.with_change(held, words, begins=begins, now=now)
    _rows.keep(code, changed, rows=rows)
    differing = [name for name in WORDS if getattr(words, name) != getattr(last.words, name)]
    publish(
        ExclusionChanged(
            code=code, fields=" ".join(differing), valid_from=begins, changed_by=changed_by
        )
    )


def end_kind(code: str, *, ends: datetime | None, ended_by: int | None = None) -> None:
    """Let the hotline take such matters up from `ends` on (None: now).

    Raises UnknownExclusion, ChangesThePast, AlreadyEnded.
    """
    rows, now = _rows.rows(code, for_change=True), clock.now()
    ends = ends or now
    _rows.keep(code, dated_versions.with_end(_rows.versions(rows), ends=ends, now=now), rows=rows)
    publish(ExclusionEnded(code=code, at=ends, ended_by=ended_by))


def take_change_back(code: str, *, begins: datetime, taken_back_by: int | None = None) -> None:
    """Let a planned change never come. Raises UnknownExclusion, NothingPlanned."""
    rows, now = _rows.rows(code, for_change=True), clock.now()
    held = _rows.versions(rows)
    _rows.keep(code, dated_versions.without_change(held, begins=begins, now=now), rows=rows)
    publish(ExclusionChangeTakenBack(code=code, valid_from=begins, taken_back_by=taken_back_by))
