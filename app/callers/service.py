"""Recognise who may be calling, and remember who called."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app.callers.events import CallerRestricted, CallerRestrictionLifted
from app.callers.models import Caller, CallerNumber, CallerRestriction
from app.callers.shown_names import shown_name
from app.core import clock, phone_numbers
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish

LONGEST_NAME = 64


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
    """One person who has called from the number, with a masked name."""

    caller_id: int
    name_shown: str


@dataclass(frozen=True, kw_only=True)
class CallerContext:
    """What is known of a number. `normalised` is for look-ups only and never shown."""

    number_shown: str
    normalised: str
    persons: list[PersonShown]
    is_withheld: bool


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
    family shares one. A withheld number has no persons.
    """
    normalised = phone_numbers.normalise(number)
    if not normalised:
        return CallerContext(number_shown="", normalised="", persons=[], is_withheld=True)
    return CallerContext(
        number_shown=phone_numbers.mask(normalised),
        normalised=normalised,
        persons=[
            PersonShown(caller_id=caller.id, name_shown=shown_name(caller.name or ""))
            for caller in _callers_of(normalised)
            if caller.name
        ],
        is_withheld=False,
    )


def remember_call(number: str, *, at: datetime) -> None:
    """Note that this number called at `at`; a withheld one leaves no trace.

    A number seen for the first time gets a caller without a name, who is named as soon as
    somebody asks (`get_or_open_caller`). Late news never moves the last call backwards.
    """
    normalised = phone_numbers.normalise(number)
    if not normalised:
        return
    seen = list(db.session.scalars(select(CallerNumber).where(CallerNumber.number == normalised)))
    if not seen:
        _open(normalised, name=None, at=at, last_called_at=at)
        return
    newer = [row.id for row in seen if row.last_called_at is None or row.last_called_at < at]
    if newer:
        db.session.execute(
            update(CallerNumber).where(CallerNumber.id.in_(newer)).values(last_called_at=at)
        )


def get_or_open_caller(number: str, name: str) -> Caller:
    """Return the person of this name on this number, or open one.

    The nameless caller of the number takes the name if there is one. Raises NumberNeeded for a
    withheld number and NameNeeded for an empty name.
    """
    normalised = phone_numbers.normalise(number)
    name = name.strip()[:LONGEST_NAME]
    if not normalised:
        raise NumberNeeded(field="contact_number")
    if not name:
        raise NameNeeded(field="caller_name")
    known = _callers_of(normalised)
    for caller in known:
        if caller.name == name:
            return caller
    nameless = [caller for caller in known if not caller.name]
    if nameless:
        nameless[0].name = name
        db.session.flush()
        return nameless[0]
    return _open(normalised, name=name, at=clock.now(), last_called_at=None)


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
    held = select(CallerRestriction.id).where(
        CallerRestriction.number == normalised,
        CallerRestriction.valid_from <= at,
        CallerRestriction.valid_until > at,
        CallerRestriction.lifted_at.is_(None),
    )
    return bool(normalised) and db.session.scalar(held.limit(1)) is not None


def _callers_of(normalised: str) -> list[Caller]:
    asked = (
        select(Caller)
        .join(CallerNumber, CallerNumber.caller_id == Caller.id)
        .where(CallerNumber.number == normalised)
        .order_by(Caller.id)
    )
    return list(db.session.scalars(asked))


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
