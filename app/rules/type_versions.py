"""Decides which types of request there are at a moment, and what a type of before is now. Pure.

The types changed (seven in a county's figures of 2023, five in the province's now: domain rules
1.4), and figures must run across the change. So the types are dated dictionaries, and a table says
what a type of one dictionary is in a later one. What the table does not say is unmapped, and is
called so: nothing is guessed, not even from an equal name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.errors import Conflict, Invalid, NotFound

CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
VERSION_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
BETWEEN = re.compile(r"\s*[,\uff0c|\t]\s*")
LONGEST_NAME = 64


class UnknownTypeVersion(NotFound):
    """There is no such dictionary of request types."""

    code = "type-version-not-found"


class UnfitTypes(Invalid):
    """A line of a dictionary does not name a type; `line` says which, from 1."""

    code = "types-unfit"


class TypeTwice(Invalid):
    """A dictionary names a type twice; `line` says where the second stands."""

    code = "type-twice"


class NoTypes(Invalid):
    """A dictionary without any type that is handled would stop the work."""

    code = "types-missing"


class VersionHolds(Conflict):
    """A dictionary that holds, or has held, is not changed: a later one takes its place."""

    code = "type-version-holds"


class MomentTaken(Conflict):
    """Another dictionary begins at the very same moment."""

    code = "type-version-moment-taken"


class NotLater(Invalid):
    """Types are mapped from a dictionary to one that came later."""

    code = "type-version-not-later"


@dataclass(frozen=True, kw_only=True)
class RequestKind:
    """One type of request. Without a clock it is counted only: praise, a void call."""

    code: str
    name_zh: str
    name_en: str
    starts_clock: bool = True


@dataclass(frozen=True, kw_only=True)
class TypeVersion:
    """One dictionary: what could be chosen from `valid_from` until the next one."""

    code: str
    name_zh: str
    name_en: str
    basis: str
    valid_from: datetime
    kinds: tuple[RequestKind, ...]

    def kind(self, code: str) -> RequestKind | None:
        """Return a type by its code, or None."""
        return next((each for each in self.kinds if each.code == code), None)


@dataclass(frozen=True, kw_only=True)
class TypeWord:
    """What somebody said at a moment: this type is that one; `to_type` "" says: none there."""

    from_version: str
    from_type: str
    to_version: str
    to_type: str
    basis: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """What a type is in another dictionary; `code` None: unmapped. `bases` say by which words."""

    code: str | None
    bases: tuple[str, ...] = ()

    @property
    def is_unmapped(self) -> bool:
        """Say whether the table has no answer."""
        return self.code is None


@dataclass(frozen=True, kw_only=True)
class Recount:
    """Figures by the types of another dictionary; what could not be mapped stands apart."""

    by_type: Mapping[str, int]
    unmapped: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many there are: as many as before."""
        return sum(self.by_type.values()) + sum(self.unmapped.values())


@dataclass(frozen=True, kw_only=True)
class TypeBook:
    """All dictionaries in the order of time, and all that was ever said of their types."""

    versions: tuple[TypeVersion, ...]
    mappings: tuple[TypeWord, ...] = field(default=())

    def version(self, code: str) -> TypeVersion:
        """Return one dictionary. Raises UnknownTypeVersion."""
        for each in self.versions:
            if each.code == code:
                return each
        raise UnknownTypeVersion(version_code=code[:32])

    def version_at(self, at: datetime) -> TypeVersion:
        """Return the dictionary that holds at a moment; before all of them, the first.

        Raises UnknownTypeVersion where there is none at all.
        """
        if not self.versions:
            raise UnknownTypeVersion(version_code="")
        begun = [each for each in self.versions if each.valid_from <= at]
        return begun[-1] if begun else self.versions[0]

    def said(
        self, type_code: str, from_version: str, to_version: str, *, at: datetime | None = None
    ) -> TypeWord | None:
        """Return the newest word on a type between two dictionaries, or the newest until `at`."""
        words = [
            each
            for each in self.mappings
            if (each.from_version, each.from_type, each.to_version)
            == (from_version, type_code, to_version)
            and (at is None or each.said_at <= at)
        ]
        return max(words, key=lambda each: each.said_at, default=None)

    def mapped(
        self, type_code: str, from_version: str, to_version: str, *, at: datetime | None = None
    ) -> Mapped:
        """Return what a type is in another dictionary, by what was said until `at` (None: ever).

        Where nobody said it directly, it goes step by step through the dictionaries between. An
        earlier dictionary is never reached: one new type may have been several. Raises
        UnknownTypeVersion.
        """
        old, new = self.version(from_version), self.version(to_version)
        if old.kind(type_code) is None:
            return Mapped(code=None)
        if old.code == new.code:
            return Mapped(code=type_code)
        direct = self.said(type_code, old.code, new.code, at=at)
        if direct is not None:
            is_there = new.kind(direct.to_type) is not None
            return Mapped(code=direct.to_type if is_there else None, bases=(direct.basis,))
        places = [each.code for each in self.versions]
        between = self.versions[places.index(old.code) + 1 : places.index(new.code)]
        for step in between:
            word = self.said(type_code, old.code, step.code, at=at)
            if word is not None and word.to_type:
                rest = self.mapped(word.to_type, step.code, new.code, at=at)
                return Mapped(code=rest.code, bases=(word.basis, *rest.bases))
        return Mapped(code=None)

    def recounted(
        self,
        counts: Mapping[str, int],
        from_version: str,
        to_version: str,
        *,
        at: datetime | None = None,
    ) -> Recount:
        """Count figures of one dictionary by the types of another; nothing gets lost."""
        by_type = {each.code: 0 for each in self.version(to_version).kinds}
        unmapped: dict[str, int] = {}
        for code, count in counts.items():
            found = self.mapped(code, from_version, to_version, at=at).code
            if found is None:
                unmapped[code] = unmapped.get(code, 0) + count
            else:
                by_type[found] += count
        return Recount(by_type=by_type, unmapped=unmapped)


def read_kinds(text: str, *, no_clock_words: Iterable[str], field: str) -> tuple[RequestKind, ...]:
    """Read a dictionary, a type on a line: code, Chinese name, English name, word for no clock.

    `no_clock_words` are those that say that no clock runs. Raises UnfitTypes, TypeTwice, NoTypes.
    """
    words = {each.lower() for each in no_clock_words}
    kinds: list[RequestKind] = []
    for line, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        kind = _kind(BETWEEN.split(written.strip()), words)
        if kind is None:
            raise UnfitTypes(field=field, line=line)
        if any(each.code == kind.code for each in kinds):
            raise TypeTwice(field=field, line=line)
        kinds.append(kind)
    if not any(each.starts_clock for each in kinds):
        raise NoTypes(field=field)
    return tuple(kinds)


def write_kinds(kinds: Sequence[RequestKind], *, no_clock_word: str) -> str:
    """Write a dictionary as `read_kinds` reads it."""
    return "\n".join(
        ", ".join(
            (each.code, each.name_zh, each.name_en, *([] if each.starts_clock else [no_clock_word]))
        )
        for each in kinds
    )


def _kind(parts: list[str], no_clock_words: set[str]) -> RequestKind | None:
    if len(parts) not in (3, 4) or not CODE.fullmatch(parts[0]):
        return None
    if not all(0 < len(name) <= LONGEST_NAME for name in parts[1:3]):
        return None
    if len(parts) == 4 and parts[3].lower() not in no_clock_words:
        return None
    return RequestKind(
        code=parts[0], name_zh=parts[1], name_en=parts[2], starts_clock=len(parts) == 3
    )
