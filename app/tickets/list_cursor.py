"""Where in a list a page begins: after which row, in which direction. Signed, so nobody makes one.

It names the list too: a place in one list is no place in another.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from app.tickets.list_wanted import TicketsWanted

SALT = "ticket-list"
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    """The row beside which a page lies; `is_back` reads towards the beginning of the list."""

    at: datetime
    ticket_id: int
    is_back: bool = False


class BadPlace(ValueError):
    """It was not made here, or for another list."""


def write_place(place: Place, wanted: TicketsWanted, *, secret: str) -> str:
    """Return a place as it stands in an address."""
    micro = (place.at - _BEGIN) // timedelta(microseconds=1)
    return _signer(secret).dumps([_mark(wanted), micro, place.ticket_id, int(place.is_back)])


def read_place(text: str, wanted: TicketsWanted, *, secret: str) -> Place:
    """Return the place that an address names; raises BadPlace."""
    try:
        mark, micro, ticket_id, is_back = _signer(secret).loads(text)
    except (BadData, ValueError, TypeError) as why:
        raise BadPlace from why
    if mark != _mark(wanted):
        raise BadPlace
    at = _BEGIN + timedelta(microseconds=micro)
    return Place(at=at, ticket_id=ticket_id, is_back=bool(is_back))


def _mark(wanted: TicketsWanted) -> str:
    said = json.dumps(wanted.as_query(), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
