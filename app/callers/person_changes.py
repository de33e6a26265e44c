"""Change what is known of a person by hand: rename, numbers, merge, split, and undo.

Every change carries the version that its page showed; whoever was slower is told so
(CallerChangedMeanwhile). A merge rewrites nothing but who stands for whom, so it can be undone to
the letter whatever came after it; the same holds for a split (app.callers.families).
"""

from collections.abc import Collection, Iterable

from sqlalchemy import or_, select

from app.callers import service
from app.callers.events import (
    CallerChangeUndone,
    CallerEdited,
    CallerNumberAdded,
    CallerNumberRemoved,
    CallersMerged,
    CallerSplit,
)
from app.callers.families import GoesRound, roots
from app.callers.models import Caller, CallerNumber, ChangeKind, PersonChange, SpokenLanguage
from app.callers.refusals import (
    CallerChangedMeanwhile,
    CallerIsForgotten,
    CallerIsMerged,
    ChangeIsUndone,
    ChangeStandsUnder,
    LastNumber,
    NobodyToMerge,
    NoSuchChange,
    NothingToSplit,
    NumberIsTheirs,
    SamePerson,
)
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import extension_of, normalise


def edit_person(
    caller_id: int, *, version: int, name: str, language: str | None, edited_by: int
) -> None:
    """Note another name or another language. Raises what `_changeable` raises."""
    person = _changeable(caller_id, version=version)
    new = {
        "name": name.strip()[: service.LONGEST_NAME] or None,
        "language": SpokenLanguage(language) if language else None,
    }
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(person, field, new[field])
    person.version += 1
    publish(CallerEdited(caller_id=person.id, fields=", ".join(changed), edited_by=edited_by))


def add_number(caller_id: int, *, version: int, number: str, added_by: int) -> None:
    """Note a number that this person wants to be called on.

    Raises NumberNeeded, NumberIsTheirs and what `_changeable` raises.
    """
    person = _changeable(caller_id, version=version)
    normalised = normalise(number)
    if len(normalised.lstrip("+")) < 3:
        raise service.NumberNeeded(field="number")
    if any(link.number == normalised for link in links_of(person.id)):
        raise NumberIsTheirs(field="number")
    db.session.add(
        CallerNumber(
            caller_id=person.id,
            number=normalised[:32],
            extension=extension_of(number),
            is_contact=True,
        )
    )
    person.version += 1
    publish(CallerNumberAdded(caller_id=person.id, number=normalised, added_by=added_by))


def remove_number(caller_id: int, *, version: int, link_id: int, removed_by: int) -> None:
    """Take away a number that is not this person's. Raises NoSuchChange, LastNumber."""
    person = _changeable(caller_id, version=version)
    links = links_of(person.id)
    taken = next((link for link in links if link.id == link_id), None)
    if taken is None:
        raise NoSuchChange
    same = [link for link in links if link.number == taken.number]
    if len(same) == len(links):
        raise LastNumber(field="link_id")
    for link in same:
        db.session.delete(link)
    person.version += 1
    publish(CallerNumberRemoved(caller_id=person.id, number=taken.number, removed_by=removed_by))


def merge(
    caller_id: int, *, version: int, other_id: int, reason: str, merged_by: int
) -> PersonChange:
    """Let this person stand for the other one too.

    Raises SamePerson, NobodyToMerge and what `_changeable` raises.
    """
    if caller_id == other_id:
        raise SamePerson(field="other_id")
    _lock({caller_id, other_id})
    person = _changeable(caller_id, version=version)
    other = db.session.get(Caller, other_id)
    if other is None or other.forgotten_at is not None:
        raise NobodyToMerge(field="other_id")
    if other.merged_into_id is not None:
        raise CallerIsMerged(field="other_id")
    details: dict[str, object] = {}
    if not person.name and other.name:
        person.name, details["took_name"] = other.name, True
    change = _keep(ChangeKind.MERGE, person, other, reason=reason, by=merged_by, details=details)
    _settle({person.id, other.id})
    publish(
        CallersMerged(
            change_id=change.id,
            caller_id=person.id,
            other_id=other.id,
            reason=change.reason,
            merged_by=merged_by,
        )
    )
    return change


def split(
    caller_id: int,
    *,
    version: int,
    link_ids: Collection[int],
    name: str,
    shares: bool,
    reason: str,
    split_by: int,
) -> PersonChange:
    """Let somebody of another name have these numbers; `shares`: both of them have them.

    Raises NameNeeded, NothingToSplit and what `_changeable` raises.
    """
    person = _changeable(caller_id, version=version)
    if not name.strip():
        raise service.NameNeeded(field="name")
    links = links_of(person.id)
    gone = {link.number for link in links if link.id in link_ids}
    left = {link.number for link in links} - (set() if shares else gone)
    if not gone or not left:
        raise NothingToSplit(field="link_ids")
    other = Caller(name=name.strip()[: service.LONGEST_NAME], created_at=clock.now())
    db.session.add(other)
    db.session.flush()
    taken = [link for link in links if link.number in gone]
    details: dict[str, object] = {}
    if shares:
        _share(other, taken)
    else:
        details["moved"] = _give(other, taken)
    change = _keep(ChangeKind.SPLIT, person, other, reason=reason, by=split_by, details=details)
    publish(
        CallerSplit(
            change_id=change.id,
            caller_id=person.id,
            other_id=other.id,
            reason=change.reason,
            split_by=split_by,
        )
    )
    return change


def undo(caller_id: int, *, change_id: int, undone_by: int) -> None:
    """Take back a merge or a split; whoever called meanwhile keeps his calls.

    Raises NoSuchChange, ChangeIsUndone, ChangeStandsUnder.
    """
    change = db.session.get(PersonChange, change_id, with_for_update=True)
    if change is None or family_of(caller_id).isdisjoint({change.kept_id, change.other_id}):
        raise NoSuchChange
    if change.undone_at is not None:
        raise ChangeIsUndone
    touched = _lock({change.kept_id, change.other_id})
    if any(person.forgotten_at is not None for person in touched):
        raise CallerIsForgotten
    if change.kind is ChangeKind.SPLIT:
        _check_can_come_together(change, touched)
    change.undone_at, change.undone_by = clock.now(), undone_by
    _give_back(change)
    _settle({change.kept_id, change.other_id})
    for person in touched:
        person.version += 1
    publish(
        CallerChangeUndone(
            change_id=change.id,
            caller_id=change.kept_id,
            other_id=change.other_id,
            undone_by=undone_by,
        )
    )


def family_of(caller_id: int) -> frozenset[int]:
    """Return this person and all who were merged into him."""
    wanted = select(Caller.id).where(
        (Caller.id == caller_id) | (Caller.merged_into_id == caller_id)
    )
    return frozenset(db.session.scalars(wanted))


def links_of(caller_id: int) -> list[CallerNumber]:
    """Return the numbers of a person and of all merged into him, those called last first."""
    wanted = (
        select(CallerNumber)
        .join(Caller, Caller.id == CallerNumber.caller_id)
        .where(or_(Caller.id == caller_id, Caller.merged_into_id == caller_id))
        .order_by(CallerNumber.is_contact, CallerNumber.last_called_at.desc(), CallerNumber.id)
    )
    return list(db.session.scalars(wanted))


def changes_of(caller_id: int) -> list[PersonChange]:
    """Return the merges and splits that this person was part of, newest first."""
    family = family_of(caller_id)
    wanted = (
        select(PersonChange)
        .where(PersonChange.kept_id.in_(family) | PersonChange.other_id.in_(family))
        .order_by(PersonChange.id.desc())
    )
    return list(db.session.scalars(wanted))


def lock_person(caller_id: int, *, version: int) -> Caller:
    """Return a person who may be changed, locked. Raises what `_changeable` raises."""
    return _changeable(caller_id, version=version)


def _changeable(caller_id: int, *, version: int) -> Caller:
    """Raises UnknownCaller, CallerIsForgotten, CallerIsMerged, CallerChangedMeanwhile."""
    person = db.session.get(Caller, caller_id, with_for_update=True, populate_existing=True)
    if person is None:
        raise service.UnknownCaller
    if person.forgotten_at is not None:
        raise CallerIsForgotten
    if person.merged_into_id is not None:
        raise CallerIsMerged
    if person.version != version:
        raise CallerChangedMeanwhile(version=person.version)
    return person


def _lock(caller_ids: Iterable[int]) -> list[Caller]:
    """Lock these in the order of their ids, so that no two saves wait for each other."""
    wanted = select(Caller).where(Caller.id.in_(set(caller_ids))).order_by(Caller.id)
    return list(
        db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    )


def _keep(
    kind: ChangeKind,
    person: Caller,
    other: Caller,
    *,
    reason: str,
    by: int,
    details: dict[str, object],
) -> PersonChange:
    change = PersonChange(
        kind=kind,
        kept_id=person.id,
        other_id=other.id,
        details=details,
        reason=reason.strip(),
        done_by=by,
        done_at=clock.now(),
    )
    db.session.add(change)
    person.version += 1
    other.version = (other.version or 0) + 1
    db.session.flush()
    return change


def _give(other: Caller, links: list[CallerNumber]) -> dict[str, int]:
    """Move each number once; return whose each moved row was, by the row's id."""
    moved: dict[str, int] = {}
    given: set[str] = set()
    for link in links:
        if link.number in given:
            db.session.delete(link)  # the same number of somebody merged into him
            continue
        given.add(link.number)
        moved[str(link.id)] = link.caller_id
        link.caller_id = other.id
    db.session.flush()
    return moved


def _share(other: Caller, links: list[CallerNumber]) -> None:
    """Note each number for the other one too."""
    for link in {link.number: link for link in links}.values():
        db.session.add(
            CallerNumber(
                caller_id=other.id,
                number=link.number,
                extension=link.extension,
                is_contact=link.is_contact,
                last_called_at=link.last_called_at,
            )
        )
    db.session.flush()


def _give_back(change: PersonChange) -> None:
    """Bring what a split moved, or what a merge lent, back to where it was."""
    moved = {int(key): owner for key, owner in change.details.get("moved", {}).items()}
    wanted = select(CallerNumber).where(
        CallerNumber.id.in_(moved), CallerNumber.caller_id == change.other_id
    )
    for link in db.session.scalars(wanted):
        theirs = {each.number for each in links_of(moved[link.id])}
        if link.number not in theirs:
            link.caller_id = moved[link.id]
    if change.details.get("took_name"):
        kept, other = (
            db.session.get_one(Caller, each) for each in (change.kept_id, change.other_id)
        )
        if kept.name == other.name:
            kept.name = None
    db.session.flush()


def _check_can_come_together(change: PersonChange, touched: list[Caller]) -> None:
    """Who was split off must still stand for himself, and not for the first person by now."""
    other = next(person for person in touched if person.id == change.other_id)
    kept = next(person for person in touched if person.id == change.kept_id)
    if other.merged_into_id is not None or kept.merged_into_id == other.id:
        raise ChangeStandsUnder


def _settle(caller_ids: set[int]) -> None:
    """Let everybody near these persons stand under whom the standing changes say."""
    family = _relatives(caller_ids)
    edges = {
        change.other_id: change.kept_id
        for change in _changes_among(family)
        if (change.kind is ChangeKind.MERGE) == (change.undone_at is None)
    }
    try:
        found = roots(edges)
    except GoesRound:
        raise ChangeStandsUnder from None
    for person in _lock(family):
        root = found.get(person.id)
        if person.merged_into_id != root:
            person.merged_into_id = root
            person.version += 1
    db.session.flush()


def _relatives(caller_ids: set[int]) -> set[int]:
    """Return whoever is tied to these by any change, standing or taken back."""
    known: set[int] = set()
    new = set(caller_ids)
    while new:
        known |= new
        found = _changes_touching(known)
        new = {each for change in found for each in (change.kept_id, change.other_id)} - known
    return known


def _changes_touching(caller_ids: set[int]) -> list[PersonChange]:
    wanted = select(PersonChange).where(
        PersonChange.kept_id.in_(caller_ids) | PersonChange.other_id.in_(caller_ids)
    )
    return list(db.session.scalars(wanted))


def _changes_among(caller_ids: set[int]) -> list[PersonChange]:
    wanted = select(PersonChange).where(
        PersonChange.kept_id.in_(caller_ids), PersonChange.other_id.in_(caller_ids)
    )
    return list(db.session.scalars(wanted.order_by(PersonChange.id)))
