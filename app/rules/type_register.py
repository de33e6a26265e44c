"""The dictionaries of request types: asked as one book, planned, mapped onto each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import delete, insert, select

from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.seen import check_seen
from app.rules.code_lists import CodeTaken, UnfitCode
from app.rules.events import TypesMapped, TypeVersionPlanned, TypeVersionTakenBack
from app.rules.models import RequestTypeMapping, RequestTypeRow, RequestTypeVersion
from app.rules.refusals import ChangesThePast
from app.rules.service import SINCE_EVER, shipped_rows
from app.rules.type_natures import Nature
from app.rules.type_versions import (
    PROVINCE,
    VERSION_CODE,
    Mapped,
    MomentTaken,
    NotLater,
    RequestKind,
    TypeBook,
    TypeNotOffered,
    TypeVersion,
    TypeWord,
    VersionHolds,
)

_BOOK = ("type_book",)


def read_book() -> TypeBook:
    """Return every dictionary and every word on how their types belong together.

    A save reads them once.
    """
    return this_save.once(_BOOK, _read) or _read()


def _read() -> TypeBook:
    kinds: dict[str, list[RequestKind]] = {}
    asked = select(RequestTypeRow).order_by(RequestTypeRow.position, RequestTypeRow.id)
    for row in db.session.scalars(asked):
        kinds.setdefault(row.version_code, []).append(
            RequestKind(
                code=row.code,
                name_zh=row.name_zh,
                name_en=row.name_en,
                nature=row.nature,
                limit=row.limit,
            )
        )
    versions = select(RequestTypeVersion).order_by(RequestTypeVersion.valid_from)
    words = select(RequestTypeMapping).order_by(RequestTypeMapping.id)
    return TypeBook(
        versions=tuple(
            TypeVersion(
                code=each.code,
                name_zh=each.name_zh,
                name_en=each.name_en,
                basis=each.basis,
                valid_from=each.valid_from,
                kinds=tuple(kinds.get(each.code, ())),
            )
            for each in db.session.scalars(versions)
        ),
        mappings=tuple(
            TypeWord(
                from_version=each.from_version,
                from_type=each.from_type,
                to_version=each.to_version,
                to_type=each.to_type,
                basis=each.basis,
                said_at=each.said_at,
            )
            for each in db.session.scalars(words)
        ),
    )


def mapped(type_code: str, from_version: str, to_version: str) -> Mapped:
    """Return what a type is in another dictionary; see `TypeBook.mapped`."""
    return read_book().mapped(type_code, from_version, to_version)


def types_at(at: datetime | None = None) -> Sequence[RequestKind]:
    """Return the types that could be chosen at `at` (default: now), in the order of the screens."""
    return read_book().version_at(at or clock.now()).kinds


def nature_of(type_code: str) -> Nature:
    """Return what a type behaves like; see `TypeBook.nature`."""
    return read_book().nature(type_code)


def codes_of(natures: Collection[Nature]) -> frozenset[str]:
    """Return every type, of now or of before, that behaves like one of these."""
    asked = select(RequestTypeRow.code).where(RequestTypeRow.nature.in_(natures)).distinct()
    own = {each.code for each in PROVINCE if each.nature in natures}
    return frozenset(own | set(db.session.scalars(asked)))


def offered_codes() -> frozenset[str]:
    """Return the types that can be chosen today."""
    return frozenset(each.code for each in read_book().offered_at(clock.now()))


def check_offered(type_code: str) -> None:
    """Raise TypeNotOffered for a type that nobody can choose today."""
    if type_code not in offered_codes():
        raise TypeNotOffered(field="request_type")


def plan_version(
    version: TypeVersion,
    *,
    begins: datetime | None,
    is_new: bool,
    seen: str,
    by: int | None = None,
) -> None:
    """Let another dictionary hold from `begins` on; one that only waits may be written anew.

    `begins` None is now, whatever `version` says of it. `seen` is the mark of what the form showed
    of one that was there. Raises UnfitCode, CodeTaken, UnknownTypeVersion, VersionHolds,
    NatureChanged, MomentTaken, ChangesThePast, ChangedMeanwhile.
    """
    book, now = read_book(), clock.now()
    version = replace(version, valid_from=begins or now)
    if is_new:
        _check_is_new(version, book)
    else:
        there = book.version(version.code)
        if there.valid_from <= now:
            raise VersionHolds
        check_seen(seen, asdict(there))
    if version.valid_from < now:
        raise ChangesThePast(field="valid_from")
    book.check_natures(version)
    others = [each for each in book.versions if each.code != version.code]
    if any(each.valid_from == version.valid_from for each in others):
        raise MomentTaken(field="valid_from")
    row = db.session.get(RequestTypeVersion, version.code)
    if row is None:
        row = RequestTypeVersion(code=version.code)
        db.session.add(row)
    row.name_zh, row.name_en, row.basis = version.name_zh, version.name_en, version.basis
    row.valid_from = version.valid_from
    db.session.flush()
    db.session.execute(delete(RequestTypeRow).where(RequestTypeRow.version_code == version.code))
    _add_kinds(version.code, version.kinds)
    this_save.forget(_BOOK)
    publish(TypeVersionPlanned(code=version.code, valid_from=version.valid_from, planned_by=by))


def take_version_back(code: str, *, by: int | None = None) -> None:
    """Let a planned dictionary never come, with what was said of it.

    Raises UnknownTypeVersion, VersionHolds.
    """
    if read_book().version(code).valid_from <= clock.now():
        raise VersionHolds
    db.session.execute(
        delete(RequestTypeMapping).where(
            (RequestTypeMapping.from_version == code) | (RequestTypeMapping.to_version == code)
        )
    )
    db.session.execute(delete(RequestTypeRow).where(RequestTypeRow.version_code == code))
    db.session.execute(delete(RequestTypeVersion).where(RequestTypeVersion.code == code))
    this_save.forget(_BOOK)
    publish(TypeVersionTakenBack(code=code, taken_back_by=by))


def say_mappings(
    from_version: str,
    to_version: str,
    words: Mapping[str, tuple[str, str]],
    *,
    seen: str,
    by: int | None = None,
) -> int:
    """Say for types of one dictionary what they are in a later one; return how many changed.

    `words` holds by type its counterpart ("" for none) and the basis. What was said before is kept:
    figures can be told as they were told then. Raises UnknownTypeVersion, NotLater,
    ChangedMeanwhile.
    """
    book = read_book()
    old, new = book.version(from_version), book.version(to_version)
    if new.valid_from <= old.valid_from:
        raise NotLater(field="to_version")
    changed = []
    for code, (to_type, basis) in words.items():
        last = book.said(code, from_version, to_version)
        is_same = (last.to_type, last.basis) == (to_type, basis) if last else not (to_type or basis)
        if old.kind(code) is not None and not is_same:
            changed.append((code, to_type if new.kind(to_type) else "", basis))
    if not changed:
        return 0
    check_seen(seen, seen_of(book, from_version, to_version))
    at = clock.now()
    db.session.add_all(
        RequestTypeMapping(
            from_version=from_version, from_type=code, to_version=to_version,
            to_type=to_type, basis=basis, said_at=at,
        )
        for code, to_type, basis in changed
    )  # fmt: skip
    db.session.flush()
    this_save.forget(_BOOK)
    publish(
        TypesMapped(
            from_version=from_version,
            to_version=to_version,
            types=" ".join(code for code, _, _ in changed),
            mapped_by=by,
        )
    )
    return len(changed)


def seen_of(book: TypeBook, from_version: str, to_version: str) -> dict[str, object]:
    """Return what a form of two dictionaries shows: the newest word on each type."""
    return {
        kind.code: asdict(word) if (word := book.said(kind.code, from_version, to_version)) else ""
        for kind in book.version(from_version).kinds
    }


def load_types() -> int:
    """Add the dictionaries of `data/` that are missing; return how many.

    The seven and the five types are those a county of the city published (domain rules 1.4); from
    when they hold and how they belong together are samples until the city says it.
    """
    known = set(db.session.scalars(select(RequestTypeVersion.code)))
    fresh = [row for row in shipped_rows("request_type_versions.csv") if row["code"] not in known]
    if not fresh:
        return 0
    db.session.execute(
        insert(RequestTypeVersion),
        [
            {**row, "valid_from": datetime.fromisoformat(f"{row['valid_from']}T00:00:00+00:00")}
            for row in fresh
        ],
    )
    codes = {row["code"] for row in fresh}
    for code in codes:
        rows = [row for row in shipped_rows("request_types.csv") if row["version_code"] == code]
        _add_kinds(
            code,
            [
                RequestKind(
                    code=row["code"],
                    name_zh=row["name_zh"],
                    name_en=row["name_en"],
                    nature=Nature(row["nature"]),
                    limit=row["limit"],
                )
                for row in rows
            ],
        )
    db.session.execute(
        insert(RequestTypeMapping),
        [
            {**row, "said_at": SINCE_EVER}
            for row in shipped_rows("request_type_mappings.csv")
            if codes.intersection((row["from_version"], row["to_version"]))
        ],
    )
    this_save.forget(_BOOK)
    return len(fresh)


def _add_kinds(version_code: str, kinds: Sequence[RequestKind]) -> None:
    db.session.execute(
        insert(RequestTypeRow),
        [
            {**asdict(kind), "version_code": version_code, "position": position}
            for position, kind in enumerate(kinds, start=1)
        ],
    )


def _check_is_new(version: TypeVersion, book: TypeBook) -> None:
    if not VERSION_CODE.fullmatch(version.code):
        raise UnfitCode(field="code")
    if any(each.code == version.code for each in book.versions):
        raise CodeTaken(field="code", taken=version.code)
