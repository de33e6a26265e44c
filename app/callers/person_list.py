"""Find persons who called, and show one: masked unless somebody said why not."""

import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.callers import person_changes, service
from app.callers.models import Caller, CallerNumber, CallerRestriction, PersonChange
from app.callers.number_places import place_of
from app.callers.refusals import NoSuchNumber
from app.callers.shown_names import shown_name
from app.core import clock
from app.core.database import db
from app.core.pagination import Page, page_of
from app.core.phone_numbers import mask, normalise

PER_PAGE = 25
FEWEST_DIGITS = 4
"""Fewer digits of a number would find half the city."""


@dataclass(frozen=True, kw_only=True)
class NumberShown:
    """One number of a person; `number` is whole only on a page that was unmasked."""

    link_id: int
    number: str
    extension: str
    is_contact: bool
    place: dict[str, str] | None
    last_called_at: datetime | None
    restricted_until: datetime | None
    others: Sequence[service.PersonShown]  # who else has this number


@dataclass(frozen=True)
class ListedNumber:
    """A number in a list: masked, and by which link it is called."""

    link_id: int
    number_shown: str


@dataclass(frozen=True, kw_only=True)
class OtherNumber:
    """A number of a caller that he does not call from now."""

    link_id: int
    number_shown: str
    is_contact: bool


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """One person, as the page shows him."""

    caller_id: int
    version: int
    name: str  # as noted, for the form of those who may change it
    name_shown: str
    language: str | None
    since: datetime
    is_forgotten: bool
    numbers: Sequence[NumberShown]
    changes: Sequence[PersonChange]
    family: frozenset[int]


def find_persons(text: str, *, page: int = 1) -> Page[Caller]:
    """Return persons by a part of their name or by their number, the newest first.

    Four digits and more are looked for at the end of numbers; a whole number finds every spelling.
    """
    wanted = (
        select(Caller)
        .where(Caller.merged_into_id.is_(None), Caller.forgotten_at.is_(None))
        .order_by(Caller.id.desc())
    )
    words = text.strip()
    if words:
        wanted = wanted.where(Caller.id.in_(_found_by(words)))
    return page_of(wanted, page=page, per_page=PER_PAGE)


def numbers_shown(caller_ids: Collection[int]) -> dict[int, list[ListedNumber]]:
    """Return the masked numbers of each of these persons, those merged into them included."""
    stands = func.coalesce(Caller.merged_into_id, Caller.id)
    wanted = (
        select(stands, CallerNumber.id, CallerNumber.number)
        .join_from(CallerNumber, Caller, Caller.id == CallerNumber.caller_id)
        .where(or_(Caller.id.in_(caller_ids), Caller.merged_into_id.in_(caller_ids)))
        .order_by(CallerNumber.id)
    )
    found: dict[int, dict[str, ListedNumber]] = {caller_id: {} for caller_id in caller_ids}
    for caller_id, link_id, number in db.session.execute(wanted):
        found[caller_id].setdefault(number, ListedNumber(link_id, mask(number)))
    return {caller_id: list(numbers.values()) for caller_id, numbers in found.items()}


def names_shown(caller_ids: Collection[int]) -> dict[int, str]:
    """Return how each of these persons is named in a list: masked name and number.

    Whoever stands for somebody since a merge gives his name to both; nothing stands for who was
    forgotten.
    """
    asked = select(Caller).where(Caller.id.in_(caller_ids), Caller.forgotten_at.is_(None))
    stands = {each.id: service.stands_for(each) for each in db.session.scalars(asked)}
    numbers = numbers_shown({each.id for each in stands.values()})
    return {
        caller_id: " ".join(
            [
                *filter(None, [shown_name(person.name or "")]),
                *(each.number_shown for each in numbers[person.id][:1]),
            ]
        )
        for caller_id, person in stands.items()
    }


def person_page(caller_id: int, *, whole: bool = False) -> PersonPage:
    """Return one person; `whole` leaves his name and numbers unmasked. Raises UnknownCaller."""
    person = service.get_caller(caller_id)
    links = person_changes.links_of(caller_id)
    family = person_changes.family_of(caller_id)
    others = _others_on({link.number for link in links}, but_not=family)
    marks = _restrictions({link.number for link in links})
    return PersonPage(
        caller_id=person.id,
        version=person.version,
        name=person.name or "",
        name_shown=(person.name or "") if whole else shown_name(person.name or ""),
        language=person.language.value if person.language else None,
        since=person.created_at,
        is_forgotten=person.forgotten_at is not None,
        numbers=[
            NumberShown(
                link_id=link.id,
                number=link.number if whole else mask(link.number),
                extension=link.extension,
                is_contact=link.is_contact,
                place=place_of(link.number),
                last_called_at=link.last_called_at,
                restricted_until=marks.get(link.number),
                others=others.get(link.number, []),
            )
            for link in {link.number: link for link in reversed(links)}.values()
        ][::-1],
        changes=person_changes.changes_of(caller_id),
        family=family,
    )


def number_of(link_id: int) -> str:
    """Return one number of a person, whole: to be dialled, not shown. Raises NoSuchNumber."""
    link = db.session.get(CallerNumber, link_id)
    if link is None:
        raise NoSuchNumber
    return link.number


_OTHER_NUMBERS = (
    select(func.coalesce(Caller.merged_into_id, Caller.id), CallerNumber)
    .join_from(CallerNumber, Caller, Caller.id == CallerNumber.caller_id)
    .where(
        Caller.id.in_(bindparam("caller_ids", expanding=True)),
        CallerNumber.number != bindparam("but_not"),
    )
    .order_by(CallerNumber.is_contact.desc(), CallerNumber.id)
)


def other_numbers(caller_ids: Collection[int], *, but_not: str) -> dict[int, list[OtherNumber]]:
    """Return by person (who stands for others since a merge) the numbers he has besides this one.

    Masked, those given to be called back on first; by one question.
    """
    said = {"caller_ids": list(caller_ids), "but_not": but_not}
    found: dict[int, dict[str, OtherNumber]] = {}
    for caller_id, link in db.session.execute(_OTHER_NUMBERS, said):
        found.setdefault(caller_id, {}).setdefault(
            link.number,
            OtherNumber(
                link_id=link.id, number_shown=mask(link.number), is_contact=link.is_contact
            ),
        )
    return {caller_id: list(numbers.values()) for caller_id, numbers in found.items()}


def numbers_of(caller_id: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return the numbers of a person, and those of them that nobody else has."""
    own = frozenset(link.number for link in person_changes.links_of(caller_id))
    shared = _others_on(own, but_not=person_changes.family_of(caller_id))
    return own, own - frozenset(shared)


def _found_by(words: str) -> Select[int]:
    """Select who stands for everybody with this name or this number."""
    known = aliased(Caller)
    found = [known.name.contains(words, autoescape=True)]
    digits = "".join(sign for sign in words if sign in string.digits)
    if len(digits) >= FEWEST_DIGITS:
        linked = select(CallerNumber.caller_id).where(
            or_(
                CallerNumber.number == normalise(words),
                CallerNumber.number.endswith(digits, autoescape=True),
            )
        )
        found.append(known.id.in_(linked))
    return select(func.coalesce(known.merged_into_id, known.id)).where(or_(*found))


def _others_on(
    numbers: Collection[str], *, but_not: Collection[int]
) -> dict[str, list[service.PersonShown]]:
    """Return by number who has it besides this family; by one question."""
    wanted = (
        select(CallerNumber.number, Caller)
        .join(Caller, Caller.id == CallerNumber.caller_id)
        .where(
            CallerNumber.number.in_(numbers),
            Caller.id.not_in(but_not),
            Caller.forgotten_at.is_(None),
        )
        .order_by(Caller.id)
    )
    found: dict[str, dict[int, service.PersonShown]] = {}
    for number, caller in db.session.execute(wanted):
        stands = caller.merged_into_id or caller.id
        shown = service.PersonShown(caller_id=stands, name_shown=shown_name(caller.name or ""))
        found.setdefault(number, {}).setdefault(stands, shown)
    return {number: list(persons.values()) for number, persons in found.items()}


def _restrictions(numbers: Collection[str]) -> dict[str, datetime]:
    at = clock.now()
    wanted = select(CallerRestriction.number, CallerRestriction.valid_until).where(
        CallerRestriction.number.in_(numbers),
        CallerRestriction.valid_from <= at,
        CallerRestriction.valid_until > at,
        CallerRestriction.lifted_at.is_(None),
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)}
