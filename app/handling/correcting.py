"""What was written of a ticket turns out to be otherwise: put right, on record.

What was promised stays as it is: a clock that runs follows only where a manager lets it follow the
rules of today, and a first contact is owed from the next time that a unit is given the ticket.
"""

from dataclasses import dataclass
from typing import Any

from app.core import clock as wall
from app.core.events import publish
from app.handling import precedents
from app.handling.acting import Doer, actors_of, common, refuse_unseen
from app.handling.events import CategoryAndPlaceCorrected, PersonKindCorrected
from app.handling.refusals import AddressIsHidden
from app.handling.unit_parts import refuse_towns_part
from app.organisation import service as organisation
from app.tickets import placing, stepping
from app.tickets.matter_choices import category_path, offered_categories
from app.tickets.person_details import PersonKind
from app.tickets.placing import Place
from app.tickets.refusals import NotInRegister
from app.tickets.service import Ticket
from app.tickets.ticket_moves import Actor, MoveLacks, MoveNotPossible, MoveNotYours
from app.tickets.ticket_states import OPEN_STATES

CORRECTED_PERSON, CORRECTED_MATTER = "correct_person", "correct_matter"
"""The acts under which they stand among a ticket's steps; they move nothing."""
NOT_SAID = "not_said"
UNTOLD = "untold"
"""What a step keeps and no page tells: a unit must not learn who asks from his ticket's life."""


@dataclass(frozen=True, kw_only=True)
class CategoryAndPlace:
    """What a ticket's matter is after all, and where. `address` None: as it was."""

    category_code: str
    county_code: str
    town_code: str | None
    address: str | None


def correct_person_kind(
    ticket_id: int, new: PersonKind | None, reason: str, *, doer: Doer, seen: int | None = None
) -> Ticket:
    """Correct whether a person, an enterprise or another organisation asks.

    None: nobody knows. What is confidential keeps its reason out of what pages tell. Raises
    MoveNotYours, TicketChanged, MoveNotPossible once nothing is owed any more, MoveLacks.
    """
    ticket = _to_correct(ticket_id, CORRECTED_PERSON, reason, doer=doer, seen=seen)
    old = ticket.person_kind
    if old is new:
        return ticket
    ticket.person_kind = new
    said = {"old": _written(old), "new": _written(new), "reason": reason}
    carried = {UNTOLD: said} if ticket.is_confidential else said
    stepping.write_step(
        ticket, CORRECTED_PERSON, at=wall.now(), by=doer.user_id, unit_id=doer.unit_id,
        carried=carried,
    )  # fmt: skip
    told = common(ticket, doer.user_id)
    publish(PersonKindCorrected(**told, old_kind=_written(old), new_kind=_written(new)))
    return ticket


def correct_category_and_place(
    ticket_id: int, new: CategoryAndPlace, reason: str, *, doer: Doer, seen: int | None = None
) -> Ticket:
    """Correct what the matter is and where; no clock moves, and who is proposed follows.

    What is confidential keeps its address, and its reason out of what pages tell. Raises
    MoveNotYours, TicketChanged, MoveNotPossible once nothing is owed any more, MoveLacks;
    NotInRegister at its field, AddressIsHidden, TownHasPart for what may not go to a town that has
    a part in it.
    """
    ticket = _to_correct(ticket_id, CORRECTED_MATTER, reason, doer=doer, seen=seen)
    old_category, old_place, old_grid = ticket.category_code, placing.place_of(ticket), ticket.grid
    place = Place(
        county_code=new.county_code,
        town_code=new.town_code,
        address=old_place.address if new.address is None else new.address,
    )
    _check_category(ticket, new.category_code)
    _check_place(ticket, place)
    if (old_category, old_place) == (new.category_code, place):
        return ticket
    now = wall.now()
    ticket.category_code = new.category_code
    if place != old_place:
        placing.put_at(ticket, place, at=now)
    precedents.follow_matter(ticket)
    differing = _differing(ticket, old_category, old_place)
    told: dict[str, Any] = {**differing, "codes": _codes(old_category, old_place, ticket)}
    untold = {"reason": reason} | ({"old_grid": old_grid} if ticket.grid != old_grid else {})
    told |= {UNTOLD: untold} if ticket.is_confidential else untold
    stepping.write_step(
        ticket, CORRECTED_MATTER, at=now, by=doer.user_id, unit_id=doer.unit_id, carried=told
    )
    publish(
        CategoryAndPlaceCorrected(
            **common(ticket, doer.user_id),
            fields=" ".join(each[4:] for each in differing if each.startswith("old_")),
            old_category=old_category,
            new_category=new.category_code,
            old_region=old_place.region_code,
            new_region=place.region_code,
        )
    )
    return ticket


def _to_correct(ticket_id: int, act: str, reason: str, *, doer: Doer, seen: int | None) -> Ticket:
    """Lock a ticket that this person may correct now, and who says why."""
    ticket = stepping.read_for_change(ticket_id)
    if not actors_of(doer, ticket) & {Actor.DISPATCHER, Actor.MANAGER}:
        raise MoveNotYours(act=act)
    refuse_unseen(ticket, seen)
    if ticket.state not in OPEN_STATES:
        raise MoveNotPossible(act=act, state=str(ticket.state))
    if not reason.strip():
        raise MoveLacks(field="reason", what="reason")
    return ticket


def _check_category(ticket: Ticket, code: str) -> None:
    if code == ticket.category_code:
        return
    if code not in offered_categories(opened_at=ticket.opened_at):
        raise NotInRegister(field="category_code")
    refuse_towns_part(ticket, code)


def _check_place(ticket: Ticket, place: Place) -> None:
    if place.address != ticket.address and ticket.is_confidential:
        raise AddressIsHidden(field="address")
    placing.check_place(place)


def _differing(ticket: Ticket, old_category: str, old: Place) -> dict[str, str]:
    """Return in words what was written before and what is written now, of what differs."""
    at, new = ticket.opened_at, placing.place_of(ticket)
    said = {
        "category": (
            category_path(old_category, at=at), category_path(ticket.category_code, at=at),
        ),
        "place": (
            organisation.region_path(old.region_code), organisation.region_path(new.region_code),
        ),
        "address": (old.address or NOT_SAID, new.address or NOT_SAID),
    }  # fmt: skip
    return {
        f"{when}_{name}": word
        for name, words in said.items()
        if words[0] != words[1]
        for when, word in zip(("old", "new"), words, strict=True)
    }


def _codes(old_category: str, old: Place, ticket: Ticket) -> dict[str, list[str | None]]:
    return {
        "old": [old_category, old.county_code, old.town_code],
        "new": [ticket.category_code, ticket.county_code, ticket.town_code],
    }


def _written(kind: PersonKind | None) -> str:
    return str(kind) if kind is not None else NOT_SAID
