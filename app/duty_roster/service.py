"""Keep a unit's roster, and say who is on duty at a moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import is_office, normalise
from app.duty_roster import roster_rules
from app.duty_roster.events import (
    DutyPersonRemoved,
    DutyPersonSet,
    DutyPlanned,
    DutyTakenOut,
    DutyWeekCopied,
)
from app.duty_roster.models import DutyPerson, DutySpellRow
from app.duty_roster.refusals import (
    DutyIsPast,
    EndsBeforeItBegins,
    NoSuchDuty,
    NoSuchDutyPerson,
    NothingToCopy,
    StillOnRoster,
    UnfitNumber,
)
from app.duty_roster.roster_rules import DutyPart, DutySpell

LONGEST = timedelta(days=7)
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """Somebody on duty now. His number and mail are personal."""

    part: DutyPart
    person_id: int
    name: str
    number: str = field(repr=False)
    email: str = field(repr=False)
    locale: str


def on_duty(unit_id: int, moment: datetime) -> list[OnDuty]:
    """Return who is on duty for a unit at a moment, in the order in which they are told."""
    spells = roster_rules.on_duty(
        spells_between(unit_id, since=moment, until=moment), unit_id=unit_id, moment=moment
    )
    asked = select(DutyPerson).where(DutyPerson.id.in_([each.person_id for each in spells]))
    persons = {row.id: row for row in db.session.scalars(asked)}
    return [
        OnDuty(
            part=each.part,
            person_id=each.person_id,
            name=persons[each.person_id].name,
            number=persons[each.person_id].number,
            email=persons[each.person_id].email,
            locale=persons[each.person_id].locale,
        )
        for each in spells
    ]


def spells_between(unit_id: int, *, since: datetime, until: datetime) -> list[DutySpell]:
    """Return the spells of a unit that touch a time, in their order."""
    asked = (
        select(DutySpellRow)
        .where(
            DutySpellRow.unit_id == unit_id,
            DutySpellRow.ends_at > since,
            DutySpellRow.begins_at <= until,
        )
        .order_by(DutySpellRow.begins_at, DutySpellRow.id)
    )
    return [_picture(row) for row in db.session.scalars(asked)]


def persons_of(unit_id: int) -> list[DutyPerson]:
    """Return whom a unit can put on duty, by name."""
    asked = select(DutyPerson).where(DutyPerson.unit_id == unit_id, DutyPerson.removed_at.is_(None))
    return list(db.session.scalars(asked.order_by(DutyPerson.name, DutyPerson.id)))


def names_of(person_ids: Collection[int]) -> Mapping[int, DutyPerson]:
    """Return people by id, also those who are not put on duty any more."""
    asked = select(DutyPerson).where(DutyPerson.id.in_(person_ids))
    return {row.id: row for row in db.session.scalars(asked)}


def set_person(
    unit_id: int, *, name: str, number: str, email: str = "", person_id: int | None = None, by: int
) -> int:
    """Add somebody whom a unit puts on duty, or change him; an empty number or mail stays.

    Returns his id. Raises NoSuchDutyPerson, UnfitNumber.
    """
    known = normalise(number)
    if (number or person_id is None) and (not known.startswith("+") or is_office(known)):
        raise UnfitNumber(field="number")
    row = _person(unit_id, person_id) if person_id is not None else None
    if row is None:
        row = DutyPerson(unit_id=unit_id, name="", number="", email="", locale="zh-CN")
        db.session.add(row)
    wanted = {"name": name, "number": known or row.number, "email": email or row.email}
    changed = [each for each, value in wanted.items() if getattr(row, each) != value]
    for each, value in wanted.items():
        setattr(row, each, value)
    db.session.flush()
    if changed:
        publish(
            DutyPersonSet(person_id=row.id, unit_id=unit_id, fields=" ".join(changed), set_by=by)
        )
    return row.id


def remove_person(unit_id: int, person_id: int, *, by: int) -> None:
    """Put somebody on duty no more; what he did stays. Raises NoSuchDutyPerson, StillOnRoster."""
    row = _person(unit_id, person_id)
    now = clock.now()
    asked = select(DutySpellRow.id).where(
        DutySpellRow.person_id == person_id, DutySpellRow.ends_at > now
    )
    if db.session.scalar(asked.limit(1)) is not None:
        raise StillOnRoster
    row.removed_at = now
    publish(DutyPersonRemoved(person_id=person_id, unit_id=unit_id, removed_by=by))


def plan(
    unit_id: int,
    *,
    person_id: int,
    part: DutyPart,
    begins_at: datetime,
    ends_at: datetime,
    by: int,
) -> int:
    """Put somebody on duty; overlaps are kept and shown. Returns the id of the spell.

    Raises NoSuchDutyPerson, EndsBeforeItBegins, DutyIsPast.
    """
    person = _person(unit_id, person_id)
    if person.removed_at is not None:
        raise NoSuchDutyPerson(field="person_id")
    if not begins_at < ends_at <= begins_at + LONGEST:
        raise EndsBeforeItBegins(field="ends_at")
    if ends_at <= clock.now():
        raise DutyIsPast(field="ends_at")
    row = DutySpellRow(
        unit_id=unit_id,
        person_id=person_id,
        part=part,
        begins_at=begins_at,
        ends_at=ends_at,
        planned_by=by,
    )
    db.session.add(row)
    db.session.flush()
    publish(
        DutyPlanned(
            person_id=person_id,
            unit_id=unit_id,
            part=str(part),
            begins_at=begins_at,
            ends_at=ends_at,
            planned_by=by,
        )
    )
    return row.id


def take_out(unit_id: int, spell_id: int, *, by: int) -> None:
    """Let a spell not take place; one that has begun ends now. Raises NoSuchDuty, DutyIsPast."""
    row = db.session.get(DutySpellRow, spell_id, with_for_update=True)
    if row is None or row.unit_id != unit_id:
        raise NoSuchDuty
    now = clock.now()
    if row.ends_at <= now:
        raise DutyIsPast
    event = DutyTakenOut(
        person_id=row.person_id,
        unit_id=unit_id,
        part=str(row.part),
        begins_at=row.begins_at,
        taken_out_by=by,
    )
    if row.begins_at < now:
        row.ends_at = now
    else:
        db.session.delete(row)
    publish(event)


def copy_week_before(unit_id: int, *, since: datetime, by: int) -> int:
    """Take the week before over into the week that begins at `since`; return how many spells.

    What is there already stays and is not doubled; what would be over already is left out, and so
    is who was removed. Raises NothingToCopy.
    """
    now = clock.now()
    before = spells_between(unit_id, since=since - A_WEEK, until=since)
    here = {
        (each.person_id, each.part, each.begins_at, each.ends_at)
        for each in spells_between(unit_id, since=since, until=since + A_WEEK + LONGEST)
    }
    able = {person.id for person in persons_of(unit_id)}
    new = [
        each
        for each in roster_rules.copied(before, since=since - A_WEEK, until=since, by=A_WEEK)
        if (each.person_id, each.part, each.begins_at, each.ends_at) not in here
        and each.ends_at > now
        and each.person_id in able
    ]
    if not new:
        raise NothingToCopy
    db.session.add_all(
        DutySpellRow(
            unit_id=unit_id,
            person_id=each.person_id,
            part=each.part,
            begins_at=each.begins_at,
            ends_at=each.ends_at,
            planned_by=by,
        )
        for each in new
    )
    publish(DutyWeekCopied(unit_id=unit_id, since=since, spells=len(new), copied_by=by))
    return len(new)


def _person(unit_id: int, person_id: int) -> DutyPerson:
    row = db.session.get(DutyPerson, person_id, with_for_update=True)
    if row is None or row.unit_id != unit_id:
        raise NoSuchDutyPerson(field="person_id")
    return row


def _picture(row: DutySpellRow) -> DutySpell:
    return DutySpell(
        id=row.id,
        unit_id=row.unit_id,
        person_id=row.person_id,
        part=row.part,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
    )
