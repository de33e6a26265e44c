"""What somebody reads of a ticket: every page, list, look-up, fact and export asks here.

`app.privacy.levels` has the table; this file knows who the reader is to the ticket, whether he is
kept out, and what he has uncovered for himself with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.accounts import service as accounts
from app.callers.shown_names import shown_name, spellings_of
from app.core.permissions import TABLE, Permission, Role
from app.core.phone_numbers import ERASED, mask
from app.organisation import service as organisation
from app.privacy import service as privacy
from app.privacy.levels import (
    MAY_UNMASK,
    NOTHING_OF_HIM,
    UNCOVERED,
    Capacity,
    PrivacyLevel,
    Shown,
    Sight,
    sight_of,
)
from app.privacy.looks import Subject, SubjectKind
from app.privacy.personal_traces import Trace, hidden_in, masked_in, traces_in
from app.privacy.uncovering import Open
from app.rules import type_register
from app.rules.type_natures import ABOUT_SOMEBODY
from app.tickets import recusal
from app.tickets.identity_numbers import masked_identity
from app.tickets.models import Ticket
from app.tickets.recusal import UnitPicture

SHORTEST_ADDRESS = 4
"""Characters of an address that are worth hiding in a sentence."""

TEXTS = ("title", "content", "occurred", "respondent", "demand")
"""What was written in sentences, and may give its caller away."""

OF_ROLE: Mapping[Role, Capacity] = {
    Role.CITY_LIAISON: Capacity.UNIT,
    Role.COUNTY_DISPATCHER: Capacity.UNIT,
    Role.TOWN_CLERK: Capacity.UNIT,
    Role.SECTION_CLERK: Capacity.UNIT,
    Role.CHANNEL_CLERK: Capacity.CHANNEL,
    Role.LEADER: Capacity.LEADER,
}
"""As what a role reads; all others belong to the hotline."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads. `keeps_him_out` are the units of whose complaints he reads nothing."""

    person_id: int
    role: Role = Role.AGENT
    reads_confidential: bool
    keeps_him_out: frozenset[int] = frozenset()
    # Types of before and of now that are about somebody; asked for where he may be that (回避).
    complaints: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class TicketShown:
    """A ticket's words as this reader sees them; what is hidden from him is "" or starred.

    `is_covered`: something is kept from him that a reason may uncover. `open`: it is uncovered.
    """

    title: str
    content: str
    occurred: str
    respondent: str
    demand: str
    address: str
    caller_name: str
    number: str
    identity_number: str
    is_covered: bool
    may_unmask: bool
    open: Open | None


def reader_of(person_id: int, *, reads_confidential: bool | None = None) -> Reader:
    """Return a person of ours as a reader, by role and unit; the role's right may be told."""
    person = accounts.get_person(person_id)
    role = Role(person.role)
    by_role = Permission.TICKETS_READ_CONFIDENTIAL in TABLE[role]
    keeps_him_out: frozenset[int] = frozenset()
    if person.unit_id is not None:
        keeps_him_out = recusal.keeps_out(person.unit_id, unit_pictures())
    return Reader(
        person_id=person_id,
        role=role,
        reads_confidential=by_role if reads_confidential is None else reads_confidential,
        keeps_him_out=keeps_him_out,
        complaints=type_register.codes_of(ABOUT_SOMEBODY) if keeps_him_out else frozenset(),
    )


def capacity_of(ticket: Ticket, reader: Reader) -> Capacity:
    """Say as what somebody reads this ticket."""
    if ticket.first_contact_id == reader.person_id:
        return Capacity.OWN
    if reader.role in OF_ROLE:
        return OF_ROLE[reader.role]
    return Capacity.HOTLINE if reader.reads_confidential else Capacity.COLLEAGUE


def sight(
    ticket: Ticket, reader: Reader, *, is_unmasked: bool = False, in_list: bool = False
) -> Sight | None:
    """Return how a reader sees a ticket; None: for him there is no such ticket.

    Who wrote a complaint down knows it; all others of the complained-about unit are kept out.
    """
    if is_party(ticket, reader):
        return None
    return sight_of(
        ticket.privacy, capacity_of(ticket, reader), is_unmasked=is_unmasked, in_list=in_list
    )


def is_party(ticket: Ticket, reader: Reader) -> bool:
    """Say whether the complaint is about this reader's unit, and he did not write it down."""
    is_about_his = ticket.respondent_unit_id in reader.keeps_him_out
    is_complaint = ticket.request_type in reader.complaints
    return is_about_his and is_complaint and ticket.first_contact_id != reader.person_id


def may_read(ticket: Ticket, reader: Reader) -> bool:
    """Say whether there is such a ticket for this reader."""
    return sight(ticket, reader) is not None


def is_for(reader: Reader, rows: Any = Ticket) -> ColumnElement[bool]:
    """Return the condition of `may_read` for a list of the hotline; a test holds the two equal.

    `rows` are tickets, or what was selected of them.
    """
    capacity = OF_ROLE.get(
        reader.role, Capacity.HOTLINE if reader.reads_confidential else Capacity.COLLEAGUE
    )
    readable = [level for level in PrivacyLevel if sight_of(level, capacity) is not None]
    is_own = rows.first_contact_id == reader.person_id
    return and_(is_no_party(reader, rows), or_(is_own, rows.privacy.in_(readable)))


def is_no_party(reader: Reader, rows: Any = Ticket) -> ColumnElement[bool]:
    """Return the condition of recusal alone, for a list with a scope of its own (回避)."""
    is_kept_out = and_(
        rows.respondent_unit_id.in_(reader.keeps_him_out),
        rows.request_type.in_(reader.complaints),
    )
    return or_(
        rows.first_contact_id == reader.person_id,
        # A column without a unit answers neither yes nor no; for us that is no.
        rows.respondent_unit_id.is_(None),
        ~is_kept_out,
    )


def subject_of(ticket: Ticket) -> Subject:
    """Name a ticket for those who keep who saw what."""
    return Subject(kind=SubjectKind.TICKET, id=ticket.id, name=ticket.number)


def shown(ticket: Ticket, reader: Reader) -> TicketShown | None:
    """Return a ticket's words as this reader sees them on its own page; None: not at all."""
    plain = sight(ticket, reader)
    if plain is None:
        return None
    opened = privacy.open_for(subject_of(ticket), person_id=reader.person_id)
    seen = sight(ticket, reader, is_unmasked=opened is not None) or plain
    may_unmask = capacity_of(ticket, reader) in MAY_UNMASK
    return TicketShown(
        **words_seen(ticket, seen),
        identity_number=_identity_shown(ticket.identity_number, seen.identity),
        is_covered=_is_covered(ticket, seen),
        may_unmask=may_unmask,
        open=opened if may_unmask else None,
    )


def words_seen(ticket: Ticket, seen: Sight) -> dict[str, str]:
    """Return by field what this sight shows of a ticket's sentences, its place and its caller."""
    return {
        **{name: text_shown(ticket, getattr(ticket, name), seen) for name in TEXTS},
        "address": "" if seen.address is Shown.HIDDEN else ticket.address,
        "caller_name": _name_shown(ticket.caller_name, seen.name),
        "number": _number_shown(ticket.contact_number, seen.number),
    }


def title_in_list(ticket: Ticket, reader: Reader) -> str | None:
    """Return a title as a list, a look-up or a pop shows it; None: not for this reader."""
    seen = sight(ticket, reader, in_list=True)
    if seen is None:
        return None
    # a list lies open on a desk: what is confidential is hidden even from its first contact
    return text_shown(ticket, ticket.title, NOTHING_OF_HIM if ticket.is_confidential else seen)


def text_shown(ticket: Ticket, text: str, seen: Sight) -> str:
    """Return something written about a ticket (its own words, a note) as this sight shows it."""
    if seen.text is Shown.WHOLE:
        return text
    if seen.text is Shown.MASKED:
        return masked_in(text)
    # What is hidden as the address is no clue in a sentence either, however it is spaced there.
    address = "".join(ticket.address.split())
    places = [address] if len(address) >= SHORTEST_ADDRESS else []
    return hidden_in(text, names=[*spellings_of(ticket.caller_name), *places])


def ticket_traces(ticket: Ticket) -> dict[str, list[Trace]]:
    """Return by field what leads to a person in a ticket's sentences; fields without are left out.

    For the desk that dispatches it: it says so before the text goes to a unit.
    """
    return traces_in_texts(
        {name: getattr(ticket, name) for name in TEXTS}, caller_name=ticket.caller_name
    )


def traces_in_texts(texts: Mapping[str, str], *, caller_name: str = "") -> dict[str, list[Trace]]:
    """Return by field what leads to a person in sentences that are not a ticket yet."""
    names = spellings_of(caller_name)
    found = {name: traces_in(text, names=names) for name, text in texts.items()}
    return {name: traces for name, traces in found.items() if traces}


def is_kept_out(unit_id: int, ticket: Ticket) -> bool:
    """Say whether this unit neither reads the ticket nor may be sent it (回避)."""
    if ticket.respondent_unit_id is None:
        return False
    nature = type_register.nature_of(ticket.request_type)
    out = recusal.kept_out(ticket.respondent_unit_id, nature, unit_pictures())
    return unit_id in out


def unit_pictures() -> list[UnitPicture]:
    """Return all units as recusal asks for them."""
    return [
        UnitPicture(
            id=unit.id,
            name=unit.name,
            parent_id=unit.parent_id,
            is_hotline=organisation.is_hotline(unit),
        )
        for unit in organisation.list_units()
    ]


def proposed_respondent(respondent: str) -> int | None:
    """Return the unit that the words about whom the complaint is name, or None."""
    if not respondent.strip():
        return None
    places = [each.name for each in organisation.list_regions()]
    return recusal.proposed(respondent, unit_pictures(), prefixes=places)


def _is_covered(ticket: Ticket, seen: Sight) -> bool:
    """Say whether a reason would show more; who has no card on the ticket has none to uncover."""
    whole = UNCOVERED if ticket.identity_number else replace(UNCOVERED, identity=seen.identity)
    return seen != whole


def _name_shown(name: str, how: Shown) -> str:
    if how is Shown.HIDDEN:
        return ""
    return name if how is Shown.WHOLE else shown_name(name)


def _number_shown(number: str, how: Shown) -> str:
    if how is Shown.HIDDEN or number == ERASED:
        return ""
    return number if how is Shown.WHOLE else mask(number)


def _identity_shown(number: str, how: Shown) -> str:
    if how is Shown.HIDDEN:
        return ""
    return number if how is Shown.WHOLE else masked_identity(number)
