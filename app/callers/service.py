"""Recognise who may be calling, and remember who called."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import aliased

from app.callers.events import CallerRestricted, CallerRestrictionLifted
from app.callers.models import Caller, CallerNumber, CallerRestriction
from app.callers.number_places import place_of
from app.callers.shown_names import shown_name
from app.core import clock, phone_numbers
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish

LONGEST_NAME = 64
LONGEST_SHORT_NAME = 40
"""Of a name on a ticket or a record."""


class UnknownCaller(NotFound):
    """No caller has this id."""

    code = "caller-not-found"


class NumberNeeded(Invalid):
    """A caller without a number cannot be found again: write the name into the ticket instead."""

    code = "caller-number-needed"


class NameNeeded(Invalid):
    """A name is needed to tell this person from others on the same number."""

    code = "caller-name-needed"


class UnknownRestriction(NotFound):
    """No mark against a caller has this id, or it has ended."""

    code = "restriction-not-found"


class RestrictionNeedsReason(Invalid):
    """A mark against a caller says why it was made."""

    code = "restriction-needs-reason"


@dataclass(frozen=True, kw_only=True)
class PersonShown:
    """One person who has called from the number, with a masked name.

    `language` is what the person would rather speak, or None where nobody has asked.
    """

    caller_id: int
    name_shown: str
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class CallerContext:
    """What is known of a number. `normalised` is for look-ups only and never shown.

    `place` is where the number was given out, per language of the pages. `caller_ids` are all rows
    of the persons behind the number, those merged into them included: what earlier work names.
    """

    number_shown: str
    normalised: str
    persons: list[PersonShown]
    is_withheld: bool
    place: dict[str, str] | None = None
    caller_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class RestrictionShown:
    """A mark against misuse, as supervisors see it."""

    restriction_id: int
    number_shown: str
    since: datetime
    until: datetime
    why: str


def recognise(number: str) -> CallerContext:
    """Say who may be behind `number`, as the exchange wrote it.

    All named persons of the number are listed, oldest acquaintance first, and never merged: a
    family shares one. A withheld number has no persons. Asks the database once.
    """
    normalised = phone_numbers.normalise(number)
    if not normalised:
        return CallerContext(number_shown="", normalised="", persons=[], is_withheld=True)
    persons: dict[int, Caller] = {}
    caller_ids: set[int] = set()
    for root, merged_id in _persons_behind(normalised):
        persons[root.id] = root
        caller_ids.update({root.id} if merged_id is None else {root.id, merged_id})
    return CallerContext(
        number_shown=phone_numbers.mask(normalised),
        normalised=normalised,
        persons=[
            PersonShown(
                caller_id=caller.id,
                name_shown=shown_name(caller.name),
                language=caller.language.value if caller.language else None,
            )
            for caller in persons.values()
            if caller.name
        ],
        is_withheld=False,
        place=place_of(normalised),
        caller_ids=frozenset(caller_ids),
    )


def is_behind(number: str, caller_id: int) -> bool:
    """Say whether this person is one of those behind the number."""
    return caller_id in {person.caller_id for person in recognise(number).persons}


def remember_call(number: str, *, at: datetime) -> None:
    """Note that this number called at `at`; a withheld one leaves no trace.

    A number seen for the first time gets a caller without a name, who is named as soon as
    somebody asks (`get_or_open_caller`). Late news never moves the last call backwards.
    """
    normalised = phone_numbers.normalise(number)
    if not normalised:
        return
    seen = db.session.execute(_CALLED, {"number": normalised}).all()
    if not seen:
        _open(normalised, name=None, at=at, last_called_at=at)
        return
    newer = [row.id for row in seen if row.last_called_at is None or row.last_called_at < at]
    if newer:
        db.session.execute(
            update(CallerNumber).where(CallerNumber.id.in_(newer)).values(last_called_at=at)
        )


def get_or_open_caller(
    number: str, name: str, *, contact: str = "", chosen_id: int | None = None
) -> Caller:
    """Return the person of this name on this number, or open one.

    `contact` is another number that the person wants to be called back on; it becomes his too.
    `chosen_id` is whom the agent chose of several with this name. The nameless caller of the
    number takes the name if there is one. Raises NumberNeeded for a withheld number and NameNeeded
    for an empty name.
    """
    normalised = phone_numbers.normalise(number)
    name = name.strip()[:LONGEST_NAME]
    if not normalised:
        raise NumberNeeded(field="contact_number")
    if not name:
        raise NameNeeded(field="caller_name")
    other = phone_numbers.normalise(contact)
    person = (
        _chosen(chosen_id, name)
        or _named(normalised, name)
        or (_named(other, name, on_calling=False) if other else None)
        or _open(normalised, name=name, at=clock.now(), last_called_at=None)
    )
    _add_number(person, number, is_contact=False)
    if other and other != normalised:
        _add_number(person, contact, is_contact=True)
    return person


def whole_name(typed: str, caller: Caller | None) -> str:
    """Return what stands for a typed name: the person's own where it was left masked."""
    known = caller.name if caller is not None else None
    return known[:LONGEST_SHORT_NAME] if known and typed == shown_name(known) else typed


def _chosen(caller_id: int | None, name: str) -> Caller | None:
    chosen = db.session.get(Caller, caller_id) if caller_id is not None else None
    if chosen is None or name not in (chosen.name, shown_name(chosen.name or "")):
        return None
    return stands_for(chosen)


def _named(normalised: str, name: str, *, on_calling: bool = True) -> Caller | None:
    """Find the person of this name on this number; a nameless one who called takes it."""
    known = _callers_of(normalised)
    for caller in known:
        # An agent who was shown 张* and left it at that means this person.
        if name in (caller.name, shown_name(caller.name or "")):
            return stands_for(caller)
    nameless = [caller for caller in known if not caller.name and caller.merged_into_id is None]
    if nameless and on_calling:
        nameless[0].name = name
        db.session.flush()
        return nameless[0]
    return None


def stands_for(caller: Caller) -> Caller:
    """Return who stands for this person since a merge by hand: mostly himself."""
    if caller.merged_into_id is None:
        return caller
    return db.session.get_one(Caller, caller.merged_into_id)


def _add_number(person: Caller, number: str, *, is_contact: bool) -> None:
    normalised = phone_numbers.normalise(number)
    if person.id in {each.id for each, _ in _persons_behind(normalised)}:
        return
    db.session.add(
        CallerNumber(
            caller_id=person.id,
            number=normalised,
            extension=phone_numbers.extension_of(number),
            is_contact=is_contact,
        )
    )
    db.session.flush()


def get_caller(caller_id: int) -> Caller:
    """Return the caller with this id. Raises UnknownCaller."""
    caller = db.session.get(Caller, caller_id)
    if caller is None:
        raise UnknownCaller
    return caller


def known_numbers(*, limit: int = 200) -> list[str]:
    """Return numbers of callers with a name, those who called last first; for look-ups only."""
    asked = (
        select(CallerNumber.number)
        .join(Caller, Caller.id == CallerNumber.caller_id)
        .where(Caller.name.is_not(None))
        .group_by(CallerNumber.number)
        .order_by(func.max(CallerNumber.last_called_at).desc())
        .limit(limit)
    )
    return list(db.session.scalars(asked))


def restrict(
    number: str, *, until: datetime, why: str, put_by: int | None = None
) -> CallerRestriction:
    """Let this number stand behind the others from now until then; a person decides it.

    Raises NumberNeeded for a withheld number, RestrictionNeedsReason.
    """
    normalised = phone_numbers.normalise(number)
    if not normalised:
        raise NumberNeeded(field="number")
    if not why.strip():
        raise RestrictionNeedsReason(field="why")
    mark = CallerRestriction(
        number=normalised, valid_from=clock.now(), valid_until=until, why=why.strip(), put_by=put_by
    )
    db.session.add(mark)
    db.session.flush()
    publish(CallerRestricted(restriction_id=mark.id, number=normalised, until=until, put_by=put_by))
    return mark


def lift_restriction(restriction_id: int, *, lifted_by: int | None = None) -> None:
    """End a mark before its time. Raises UnknownRestriction."""
    mark = db.session.get(CallerRestriction, restriction_id, with_for_update=True)
    if mark is None or mark.lifted_at is not None:
        raise UnknownRestriction
    mark.lifted_at, mark.lifted_by = clock.now(), lifted_by
    publish(
        CallerRestrictionLifted(restriction_id=mark.id, number=mark.number, lifted_by=lifted_by)
    )


def list_restrictions(*, at: datetime) -> list[RestrictionShown]:
    """Return the marks that hold at `at`, those that end first on top; numbers are masked."""
    held = (
        select(CallerRestriction)
        .where(
            CallerRestriction.valid_from <= at,
            CallerRestriction.valid_until > at,
            CallerRestriction.lifted_at.is_(None),
        )
        .order_by(CallerRestriction.valid_until, CallerRestriction.id)
    )
    return [
        RestrictionShown(
            restriction_id=mark.id,
            number_shown=phone_numbers.mask(mark.number),
            since=mark.valid_from,
            until=mark.valid_until,
            why=mark.why,
        )
        for mark in db.session.scalars(held)
    ]


def is_restricted(normalised: str, *, at: datetime) -> bool:
    """Say whether a mark against this normalised number holds at `at`."""
    return restricted_until(normalised, at=at) is not None


def restricted_until(normalised: str, *, at: datetime) -> datetime | None:
    """Return until when a mark against this normalised number holds, or None where none does."""
    if not normalised:
        return None
    return db.session.scalar(_RESTRICTED_UNTIL, {"number": normalised, "at": at})


def _callers_of(normalised: str) -> list[Caller]:
    asked = (
        select(Caller)
        .join(CallerNumber, CallerNumber.caller_id == Caller.id)
        .where(CallerNumber.number == normalised, Caller.forgotten_at.is_(None))
        .order_by(Caller.id)
    )
    return list(db.session.scalars(asked))


def _persons_behind(normalised: str) -> list[tuple[Caller, int | None]]:
    """Return who is behind a number, each with those merged into him, by one question."""
    found = db.session.execute(_BEHIND, {"number": normalised})
    return [(person, merged_id) for person, merged_id in found]


def _who_is_behind() -> Select[Caller, int | None]:
    """Return the question for the persons behind a number, each with who was merged into him."""
    linked, root, merged = aliased(Caller), aliased(Caller), aliased(Caller)
    return (
        select(root, merged.id)
        .join_from(CallerNumber, linked, linked.id == CallerNumber.caller_id)
        .join(root, root.id == func.coalesce(linked.merged_into_id, linked.id))
        .outerjoin(merged, merged.merged_into_id == root.id)
        .where(CallerNumber.number == bindparam("number"), root.forgotten_at.is_(None))
        .order_by(root.id, merged.id)
    )


# Each call asks these, and they are built once: building costs more than asking.
_CALLED = select(CallerNumber.id, CallerNumber.last_called_at).where(
    CallerNumber.number == bindparam("number")
)
_RESTRICTED_UNTIL = (
    select(CallerRestriction.valid_until)
    .where(
        CallerRestriction.number == bindparam("number"),
        CallerRestriction.valid_from <= bindparam("at"),
        CallerRestriction.valid_until > bindparam("at"),
        CallerRestriction.lifted_at.is_(None),
    )
    .order_by(CallerRestriction.valid_until.desc())
    .limit(1)
)
_BEHIND = _who_is_behind()


def _open(
    normalised: str, *, name: str | None, at: datetime, last_called_at: datetime | None
) -> Caller:
    caller = Caller(name=name, created_at=at)
    db.session.add(caller)
    db.session.flush()
    db.session.add(
        CallerNumber(caller_id=caller.id, number=normalised, last_called_at=last_called_at)
    )
    db.session.flush()
    return caller
