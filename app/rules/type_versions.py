"""Decides which types of request there are at a moment, and what a type of before is now. Pure.

The types changed (seven in a county's figures of 2023, five in the province's now: domain rules
1.4), and figures must run across the change. So the types are dated dictionaries, and a table says
what a type of one dictionary is in a later one. What the table does not say is unmapped, and is
called so: nothing is guessed, not even from an equal name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.core.errors import Conflict, Invalid, NotFound
from app.rules.time_limits import Limit, UnfitLimit, read_limit
from app.rules.type_natures import WORKING, Nature, nature_of

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


class NatureMissing(Invalid):
    """A new type does not say what it behaves like; `line` says which, from 1."""

    code = "type-nature-missing"


class NatureChanged(Invalid):
    """A type is of another nature in another dictionary: what was opened as it would change."""

    code = "type-nature-changed"


class LimitUnfit(Invalid):
    """A type's own limit cannot be read, or stands at one that no clock runs for."""

    code = "type-limit-unfit"


class NoTypes(Invalid):
    """A dictionary without any type that is handled would stop the work."""

    code = "types-missing"


class TypeNotOffered(Invalid):
    """The dictionary that holds has no such type: choose one that it has."""

    code = "type-not-offered"


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
    """One type of request. Of a statistical nature it is counted only: praise, a void call.

    `limit` is how long a demand of this type may take ("" for what its nature may take).
    """

    code: str
    name_zh: str
    name_en: str
    nature: Nature
    limit: str = ""

    @property
    def starts_clock(self) -> bool:
        """Say whether a demand of this type is handled under a clock."""
        return self.nature.starts_clock


PROVINCE = tuple(
    RequestKind(code=str(each), name_zh="", name_en="", nature=each) for each in WORKING
)
"""The types of a city that has no dictionary yet; the catalogue names them."""


@dataclass(frozen=True, kw_only=True)
class OwnLimit:
    """A limit that a dictionary gives one of its types, and on what that is based."""

    limit: Limit
    basis: str


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

    def offered_at(self, at: datetime) -> tuple[RequestKind, ...]:
        """Return the types that can be chosen at a moment, in the order of the screens."""
        return self.version_at(at).kinds if self.versions else PROVINCE

    def known_at(self, at: datetime) -> dict[str, RequestKind]:
        """Return every type that could ever be chosen until a moment, by code.

        Those that can be chosen now come first; what has ended is called as it was last.
        """
        found = {each.code: each for each in self.offered_at(at)}
        for version in reversed(self.versions):
            if version.valid_from <= at:
                for each in version.kinds:
                    found.setdefault(each.code, each)
        return found

    def knowing(self, type_code: str, at: datetime) -> TypeVersion | None:
        """Return the dictionary that says what a type was at a moment.

        That of the moment; where it has not this type, the last one before it that has, else the
        first one after it.
        """
        having = [each for each in self.versions if each.kind(type_code)]
        begun = [each for each in having if each.valid_from <= at]
        if begun:
            return begun[-1]
        return having[0] if having else None

    def kind_at(self, type_code: str, at: datetime) -> RequestKind | None:
        """Return what a type was at a moment (`knowing`); None for one that is nowhere."""
        version = self.knowing(type_code, at)
        if version is not None:
            return version.kind(type_code)
        return next((each for each in PROVINCE if each.code == type_code), None)

    def natures(self) -> dict[str, Nature]:
        """Return the nature of every type of any dictionary; it is the same in all."""
        return {kind.code: kind.nature for each in self.versions for kind in each.kinds}

    def check_natures(self, version: TypeVersion) -> None:
        """Raise NatureChanged where another dictionary has a type of this one otherwise.

        A code that is called as a nature is of that nature.
        """
        others = TypeBook(versions=tuple(e for e in self.versions if e.code != version.code))
        said = {each.code: each.nature for each in PROVINCE} | others.natures()
        for kind in version.kinds:
            if said.get(kind.code, kind.nature) is not kind.nature:
                raise NatureChanged(field="kinds", type_code=kind.code)

    def nature(self, type_code: str) -> Nature:
        """Return what a type behaves like."""
        return nature_of(type_code, self.natures())

    def own_limit(self, type_code: str, at: datetime) -> OwnLimit | None:
        """Return how long a demand of this type may take, where its dictionary says so."""
        version = self.knowing(type_code, at)
        kind = version.kind(type_code) if version else None
        if version is None or kind is None or not kind.limit:
            return None
        return OwnLimit(limit=read_limit(kind.limit), basis=version.basis)

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


def read_kinds(
    text: str,
    *,
    nature_words: Mapping[str, Nature],
    known: Mapping[str, Nature],
    field: str,
) -> tuple[RequestKind, ...]:
    """Read a dictionary, a type on a line: code, Chinese name, English name, nature, own limit.

    The limit may be left out, and of a type that another dictionary has (`known`) the nature too.
    `nature_words` say which word means which nature. Raises UnfitTypes, TypeTwice, NatureMissing,
    LimitUnfit, NoTypes.
    """
    words = {word.lower(): nature for word, nature in nature_words.items()}
    kinds: list[RequestKind] = []
    for line, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        kind = _kind(BETWEEN.split(written.strip()), words, known, field=field, line=line)
        if any(each.code == kind.code for each in kinds):
            raise TypeTwice(field=field, line=line)
        kinds.append(kind)
    if not any(each.starts_clock for each in kinds):
        raise NoTypes(field=field)
    return tuple(kinds)


def write_kinds(kinds: Sequence[RequestKind], *, nature_words: Mapping[Nature, str]) -> str:
    """Write a dictionary as `read_kinds` reads it."""
    return "\n".join(
        ", ".join(
            filter(
                None,
                (each.code, each.name_zh, each.name_en, nature_words[each.nature], each.limit),
            )
        )
        for each in kinds
    )


def _kind(
    parts: list[str],
    words: Mapping[str, Nature],
    known: Mapping[str, Nature],
    *,
    field: str,
    line: int,
) -> RequestKind:
    if not 3 <= len(parts) <= 5 or not CODE.fullmatch(parts[0]):
        raise UnfitTypes(field=field, line=line)
    code, name_zh, name_en, word, limit = [*parts, "", ""][:5]
    if not all(0 < len(name) <= LONGEST_NAME for name in (name_zh, name_en)):
        raise UnfitTypes(field=field, line=line)
    nature = words.get(word.lower()) if word else known.get(code)
    if nature is None:
        raise NatureMissing(field=field, line=line)
    try:
        kept = str(read_limit(limit)) if limit else ""
    except UnfitLimit as refusal:
        raise LimitUnfit(field=field, line=line) from refusal
    if kept and not nature.starts_clock:
        raise LimitUnfit(field=field, line=line)
    return RequestKind(code=code, name_zh=name_zh, name_en=name_en, nature=nature, limit=kept)
