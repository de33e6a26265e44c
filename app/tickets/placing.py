"""Where the matter of a ticket is: checked, found in the gazetteer, learnt, and put elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from app.organisation import gazetteer
from app.organisation import service as organisation
from app.tickets.models import Ticket
from app.tickets.refusals import NotInRegister
from app.tickets.spots import NOWHERE, CoordinatesSource, Spot


@dataclass(frozen=True, kw_only=True)
class Place:
    """A county or functional area, a town of it, and what was said of the place in it."""

    county_code: str
    town_code: str | None = None
    address: str = ""

    @property
    def region_code(self) -> str:
        """Return the smallest region that is known of it."""
        return self.town_code or self.county_code


def place_of(ticket: Ticket) -> Place:
    """Return where a ticket's matter is."""
    return Place(county_code=ticket.county_code, town_code=ticket.town_code, address=ticket.address)


def check_place(place: Place) -> None:
    """Refuse what is no county of ours, and a town of another county: 上坪镇 exists twice.

    Raises NotInRegister at its field.
    """
    if place.county_code not in {each.code for each in organisation.list_counties()}:
        raise NotInRegister(field="county_code")
    if place.town_code and place.town_code not in {
        each.code for each in organisation.towns_of(place.county_code)
    }:
        raise NotInRegister(field="town_code")


def spot_of(place: Place) -> Spot:
    """Return where the gazetteer has the place of that name, or NOWHERE."""
    known = gazetteer.point_of(
        place.address, county_code=place.county_code, town_code=place.town_code
    )
    if known is None:
        return NOWHERE
    return Spot(
        latitude=known[0], longitude=known[1], coordinates_source=CoordinatesSource.GAZETTEER
    )


def entry_of(place: Place, *, chosen_id: int | None) -> int | None:
    """Return the entry of the gazetteer that was chosen, else the one that the address names."""
    entry = gazetteer.place_at(
        place.address,
        county_code=place.county_code,
        town_code=place.town_code,
        chosen_id=chosen_id,
    )
    return entry.id if entry is not None else None


def learn(ticket: Ticket, *, at: datetime) -> None:
    """Let the address be offered to whoever types it next; a confidential one teaches nothing."""
    if ticket.address and not ticket.is_confidential:
        organisation.learn_place(
            county_code=ticket.county_code,
            town_code=ticket.town_code,
            address=ticket.address,
            at=at,
        )


def put_at(ticket: Ticket, place: Place, *, at: datetime) -> None:
    """Say that the matter is somewhere else; the wrong place is learnt no more, the right one is.

    The grid is of its town: in another one nobody has said it yet.
    """
    old = place_of(ticket)
    if place.region_code != old.region_code:
        ticket.grid = ""
    ticket.county_code, ticket.town_code = place.county_code, place.town_code
    ticket.address = place.address
    follow_place(ticket, old, has_taught=not ticket.is_confidential, at=at)


def follow_place(ticket: Ticket, old: Place, *, has_taught: bool, at: datetime) -> None:
    """Let what is known of a ticket's place follow from `old` to where it is now.

    What the gazetteer said of the old place follows the new one; what was measured, sent by a
    channel or read from the caller's telephone says where it is whatever people wrote, and stays.
    `has_taught`: the old address is on offer by this ticket.
    """
    place = place_of(ticket)
    if has_taught:
        organisation.unlearn_place(
            county_code=old.county_code, town_code=old.town_code, address=old.address
        )
    ticket.place_id = entry_of(place, chosen_id=ticket.place_id)
    if ticket.coordinates_source in {None, CoordinatesSource.GAZETTEER}:
        ticket.place_at(spot_of(place))
    learn(ticket, at=at)
