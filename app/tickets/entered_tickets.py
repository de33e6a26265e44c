"""What a channel does with tickets that it entered: corrects them, closes them, hands them over.

Whose channel it is is looked at by the room of the channels; here stands what may follow what.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import normalise
from app.privacy.levels import PrivacyLevel
from app.rules import type_register
from app.tickets import opening, placing, promises, reading
from app.tickets.events import (
    EnteredTicketCorrected,
    TicketClosedByChannel,
    TicketHandedToHotline,
)
from app.tickets.intake_gate import first_state
from app.tickets.models import Ticket, TicketStep
from app.tickets.person_details import AgeGroup, Gender, PersonKind
from app.tickets.refusals import NotYoursAnyMore, OtherWork
from app.tickets.spots import CoordinatesSource, spot_at
from app.tickets.stepping import is_counted_only, read_for_change, write_step
from app.tickets.ticket_moves import Actor, TicketAct, find_move
from app.tickets.ticket_states import TicketState, Urgency


@dataclass(frozen=True, kw_only=True)
class EnteredWords:
    """What a channel may correct of a ticket that it entered."""

    request_type: str
    title: str
    content: str
    category_code: str
    county_code: str
    town_code: str | None
    address: str
    occurred: str
    respondent: str
    demand: str
    caller_name: str
    contact_number: str
    urgency: Urgency
    urgency_reason: str
    is_confidential: bool
    grid: str
    coordinates: str
    person_kind: PersonKind | None
    gender: Gender | None
    age_group: AgeGroup | None


CORRECTED = "correct_entry"
"""The act under which a correction stands among a ticket's steps; it moves nothing."""
WORDS = tuple(EnteredWords.__dataclass_fields__)
DECIDED = frozenset(
    {str(act) for act in TicketAct}
    - {str(TicketAct.CLOSE_BY_CHANNEL), str(TicketAct.HAND_TO_HOTLINE)}
    | {"retype", "mark", "correct_person", "correct_matter"}
)
"""What others do with a ticket that its channel would undo by correcting it."""


def tickets_by_id(ids: Collection[int]) -> dict[int, Ticket]:
    """Return the tickets with these ids, by id."""
    found = db.session.scalars(select(Ticket).where(Ticket.id.in_(set(ids))))
    return {ticket.id: ticket for ticket in found}


def is_not_about(reader: reading.Reader, ticket_id: Any) -> ColumnElement[bool]:
    """Return the condition that a row's ticket is no complaint about this reader's unit (回避)."""
    return exists().where(Ticket.id == ticket_id, reading.is_no_party(reader))


def entered_words(ticket: Ticket) -> EnteredWords:
    """Return what a ticket says of what a channel entered."""
    return EnteredWords(**{name: getattr(ticket, name) for name in WORDS})


def may_be_corrected(ticket: Ticket) -> bool:
    """Say whether nobody but the channel has acted on it yet.

    What came back (from a unit, from another ticket that it followed) was acted on.
    """
    own, others = (
        {TicketState.HANDLING, TicketState.CLOSED},
        {TicketState.TO_REVIEW, TicketState.TO_DISPATCH},
    )
    is_here = ticket.state in (own if ticket.is_channels_own else others)
    if not is_here and not is_counted_only(ticket):
        return False
    decided = select(TicketStep.id).where(
        TicketStep.ticket_id == ticket.id, TicketStep.act.in_(DECIDED)
    )
    return db.session.scalar(decided.limit(1)) is None


def correct_entered(ticket_id: int, words: EnteredWords, *, by: int) -> Sequence[str]:
    """Write down what the channel corrected; return the names of what changed.

    Who asked is a person of the register only through what was entered first; a corrected name or
    number is kept with the ticket. What was promised by its type stays promised. Raises
    NotYoursAnyMore once somebody else acts on the ticket, TypeNotOffered for another type that has
    ended, OtherWork between what is handled and what is counted only.
    """
    ticket = read_for_change(ticket_id)
    if not may_be_corrected(ticket):
        raise NotYoursAnyMore
    _check_type(ticket.request_type, words.request_type)
    old, has_taught = placing.place_of(ticket), not ticket.is_confidential
    changed = _put(_as_kept(words, is_secret=_is_secret(ticket, words)), ticket)
    if "respondent" in changed:  # whom the words named before is not kept out for them any more
        ticket.respondent_unit_id = None
    promises.follow_type(ticket)
    _follow_place(ticket, old, changed, has_taught=has_taught)
    if changed:
        write_step(ticket, CORRECTED, at=clock.now(), by=by, carried={"fields": " ".join(changed)})
        publish(
            EnteredTicketCorrected(
                ticket_id=ticket.id,
                number=ticket.number,
                fields=" ".join(changed),
                corrected_by=by,
            )
        )
    return changed


def _put(words: Mapping[str, Any], ticket: Ticket) -> list[str]:
    """Let a ticket say what the channel says; return the names of what changed."""
    changed = []
    for name, value in words.items():
        if getattr(ticket, name) == value:
            continue
        if name == "coordinates":
            ticket.place_at(spot_at(value, CoordinatesSource.CHANNEL))
        elif name == "is_confidential":
            ticket.privacy = PrivacyLevel.CONFIDENTIAL if value else PrivacyLevel.ORDINARY
        else:
            setattr(ticket, name, value)
        changed.append(name)
    return changed


def _follow_place(
    ticket: Ticket, old: placing.Place, changed: Sequence[str], *, has_taught: bool
) -> None:
    """Let what is known of the place follow; an address is on offer only as it is now."""
    place = placing.place_of(ticket)
    if place.region_code != old.region_code and "grid" not in changed:
        ticket.grid = ""  # it is of its town: in another one nobody has said it yet
    if place != old or has_taught is ticket.is_confidential:
        placing.follow_place(ticket, old, has_taught=has_taught, at=clock.now())


def _check_type(old: str, new: str) -> None:
    """What is handled does not become what is only counted, nor the other way round."""
    if old == new:
        return  # it may have ended meanwhile
    type_register.check_offered(new)
    works = [type_register.nature_of(each).starts_clock for each in (old, new)]
    if works[0] is not works[1]:
        raise OtherWork(field="request_type")


def _is_secret(ticket: Ticket, words: EnteredWords) -> bool:
    kinds = {ticket.request_type, words.request_type}
    return any(promises.is_secret_by_type(each, at=ticket.opened_at) for each in kinds)


def _as_kept(words: EnteredWords, *, is_secret: bool) -> dict[str, Any]:
    return {
        **{name: getattr(words, name) for name in WORDS},
        "contact_number": normalise(words.contact_number) if words.contact_number else "",
        "town_code": words.town_code or None,
        "is_confidential": words.is_confidential or is_secret,
    }


def close_by_channel(ticket_id: int, *, public_reply: str, by: int) -> None:
    """Close a case that its channel handled itself; the reply is kept by whoever asks.

    Raises NotYoursAnyMore, and what `find_move` raises (MoveLacks without a reply).
    """
    ticket = read_for_change(ticket_id)
    if not ticket.is_channels_own:
        raise NotYoursAnyMore
    carried = {"public_reply"} if public_reply.strip() else set()
    _move(ticket, TicketAct.CLOSE_BY_CHANNEL, carried=carried, by=by)
    publish(TicketClosedByChannel(ticket_id=ticket.id, number=ticket.number, closed_by=by))


def hand_to_hotline(ticket_id: int, *, by: int) -> None:
    """Give a case that its channel had in its own hands to the hotline, to be dispatched.

    It is looked at before as if the channel had given it to the hotline at once. Raises
    NotYoursAnyMore and what `find_move` raises.
    """
    ticket = read_for_change(ticket_id)
    if not ticket.is_channels_own:
        raise NotYoursAnyMore
    first = first_state(
        ticket.entry_mode,
        is_channels_own=False,
        is_urgent=ticket.urgency.hurries,
        gate=opening.review_gate(),
    )
    _move(
        ticket, TicketAct.HAND_TO_HOTLINE, carried=frozenset(), by=by,
        owes_review=first is TicketState.TO_REVIEW,
    )  # fmt: skip
    ticket.is_channels_own = False
    publish(TicketHandedToHotline(ticket_id=ticket.id, number=ticket.number, handed_by=by))


def _move(
    ticket: Ticket,
    act: TicketAct,
    *,
    carried: Collection[str],
    by: int,
    owes_review: bool = False,
) -> None:
    move = find_move(act, ticket.state, by=Actor.CHANNEL, carried=carried, owes_review=owes_review)
    write_step(ticket, act, at=clock.now(), by=by, new=move.new)
