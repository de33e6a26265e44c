"""An enterprise whom a unit owes a first contact, and hands to see what becomes of that."""

from datetime import timedelta
from typing import Any

from app.core import clock as wall
from app.handling import (
    clocks,
)
from app.handling.acting import Doer
from app.handling.clock_rules import ClockKind
from app.handling.counted_tickets import tickets_opened
from app.handling.models import TicketClock
from app.handling.ticket_pictures import TicketPicture
from app.tickets.person_details import PersonDetails, PersonKind
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast

C = ClockKind.CONTACT
ENTERPRISE = PersonDetails(person_kind=PersonKind.ENTERPRISE)
LATER = timedelta(minutes=20)


def handled(cast: Cast, **changes: Any) -> int:
    return play.handled(cast, **{"details": ENTERPRISE, **changes})


def is_owed(ticket_id: int) -> bool:
    return clocks.running(ticket_id, C) is not None


def talks(cast: Cast, ticket_id: int, *, by: Doer | None = None, **call: Any) -> None:
    doer = by or cast.unit
    play.reach(cast, ticket_id, by=doer, call_id=spoken.call(doer, **call))


def counted(ticket_id: int) -> TicketPicture:
    day = timedelta(days=400)
    known = tickets_opened(wall.now() - day, wall.now() + day, now=wall.now())
    return next(each for each in known if each.ticket_id == ticket_id)


def in_time(ticket_id: int) -> bool | None:
    return counted(ticket_id).first_contact_in_time


def contacts(ticket_id: int) -> list[TicketClock]:
    return clocks.clocks_of(ticket_id, C)
