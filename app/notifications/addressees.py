"""Whom a message is for: the caller of a ticket, who is on duty at a unit, or its people."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.accounts import service as accounts
from app.callers import service as callers
from app.core.languages import FIRST_LANGUAGE
from app.core.permissions import Role
from app.core.phone_numbers import ERASED
from app.duty_roster import service as duty_roster
from app.duty_roster.roster_rules import DutyPart
from app.notifications.reach import WhyNot
from app.organisation import service as organisation
from app.tickets.service import Ticket

if TYPE_CHECKING:
    from app.accounts.models import User

HOTLINE = "hotline"
"""The code of the unit whose roster names the shift leaders."""

LIAISONS = frozenset(
    {Role.CITY_LIAISON, Role.COUNTY_DISPATCHER, Role.TOWN_CLERK, Role.SECTION_CLERK}
)
MOST_LIAISONS = 3


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """One person to tell. `ref` names him within a cause; `why_not`: nobody can be told at all."""

    ref: str
    name: str
    number: str = field(repr=False)
    email: str = field(default="", repr=False)
    language: str = FIRST_LANGUAGE
    why_not: WhyNot | None = None


def caller_of(ticket: Ticket) -> Addressee:
    """Return who asked: at the number he wants to be called back on, in his language.

    Who gave no name wants to stay unknown: nothing is sent to where he called from.
    """
    is_erased = ticket.contact_number == ERASED
    is_anonymous = not ticket.caller_name.strip() and not is_erased
    return Addressee(
        ref="caller",
        name="",
        number=ticket.contact_number,
        language=_language_of(ticket.caller_id),
        why_not=WhyNot.ANONYMOUS if is_anonymous else None,
    )


def _language_of(caller_id: int | None) -> str:
    if caller_id is None:
        return FIRST_LANGUAGE
    spoken = callers.get_caller(caller_id).language
    return "en" if spoken is not None and spoken.value == "english" else FIRST_LANGUAGE


def of_unit(unit_id: int, *, at: datetime) -> list[Addressee]:
    """Return who is told first at a unit; with nobody on duty its people; never an empty list."""
    on_duty = duty_roster.on_duty(unit_id, at)
    if on_duty:
        return [_on_duty(on_duty[0])]
    return liaisons_of(unit_id) or [nobody(unit_id)]


def leader_of(unit_id: int, *, at: datetime) -> list[Addressee]:
    """Return the leader on duty at a unit, or nobody."""
    return [
        _on_duty(each) for each in duty_roster.on_duty(unit_id, at) if each.part is DutyPart.LEADER
    ]


def by_part(unit_id: int, *, at: datetime) -> dict[DutyPart, Addressee]:
    """Return everybody on duty at a unit."""
    return {each.part: _on_duty(each) for each in duty_roster.on_duty(unit_id, at)}


def liaisons_of(unit_id: int) -> list[Addressee]:
    """Return people of a unit who sign in and can be called, at most a few."""
    return _people_of(unit_id, LIAISONS)


def clerks_of(unit_id: int) -> list[Addressee]:
    """Return who enters cases for the channels of a unit and can be called, at most a few."""
    return _people_of(unit_id, frozenset({Role.CHANNEL_CLERK}))


def _people_of(unit_id: int, roles: Collection[Role]) -> list[Addressee]:
    return [
        _person(user)
        for user in accounts.list_people()
        if user.unit_id == unit_id and user.is_active and user.role in roles and user.contact_number
    ][:MOST_LIAISONS]


def of_hotline(*, at: datetime) -> list[Addressee]:
    """Return the hotline's shift leader: on its roster, else whoever is one by role."""
    try:
        unit_id = organisation.find_unit_by_code(HOTLINE).id
    except organisation.UnknownUnit:
        return []
    parts = by_part(unit_id, at=at)
    for part in (DutyPart.LEADER, DutyPart.FIRST, DutyPart.SECOND):
        if part in parts:
            return [parts[part]]
    leaders = [
        _person(user)
        for user in accounts.list_people()
        if user.role is Role.SHIFT_LEADER and user.is_active and user.contact_number
    ]
    return leaders[:MOST_LIAISONS]


def nobody(unit_id: int) -> Addressee:
    """Stand for a unit that has nobody to tell: the row says so."""
    return Addressee(ref=f"unit{unit_id}", name="", number="", why_not=WhyNot.NOBODY_ON_DUTY)


def _on_duty(each: duty_roster.OnDuty) -> Addressee:
    return Addressee(
        ref=f"duty{each.person_id}",
        name=each.name,
        number=each.number,
        email=each.email,
        language=each.locale,
    )


def _person(user: "User") -> Addressee:
    return Addressee(
        ref=f"user{user.id}", name=user.name, number=user.contact_number, language=user.locale
    )
