"""Which known places to offer for what is typed, best first; what of an address is learnt. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.core.phone_numbers import mask_in_text

HALF_LIFE_DAYS = 30.0
"""A place used once today weighs as much as one used twice a month ago."""
OF_THE_GAZETTEER = 1.0
"""A name that its county vouches for weighs as much as an address used once today."""

# Where somebody lives behind the street number is nobody else's business.
_ROOM = re.compile(
    r"[\s,，]*(?:\d+|[A-Za-z])\s*[栋幢座].*$|[\s,，]*\d+\s*单元.*$|[\s,，]*\d+\s*[室房].*$"
)


@dataclass(frozen=True, kw_only=True)
class KnownPlace:
    """A town by itself (`address` is empty) or an address in it; `path` names its county.

    `kind` says of a place of the gazetteer what it is, `also` its other names, `place_id` which
    entry it is. `run_by` is the functional area that runs its town (代管), or "".
    """

    county_code: str
    town_code: str
    address: str
    path: str
    times: int = 0
    last_used_at: datetime | None = None
    kind: str = ""
    also: str = ""
    run_by: str = ""
    place_id: int | None = None


def without_room(address: str) -> str:
    """Return the address up to house and street number, without building, unit and room."""
    return _ROOM.sub("", address).strip()


def learnable(address: str, *, shortest: int) -> str:
    """Return what may be remembered of an address; "" where it says too little or a number."""
    kept = without_room(address)
    return kept if len(kept) >= shortest and mask_in_text(kept) == kept else ""


def ranked(
    places: Iterable[KnownPlace], typed: str, *, county_code: str, at: datetime, limit: int
) -> list[KnownPlace]:
    """Return the places that fit, best first; those of the chosen county before all others.

    A place fits when every blank-separated word that was typed stands in its path or address. A
    name that stands in two counties gives two places, each under its own path.
    """
    words = typed.split()
    fitting = [
        place for place in places if words and all(word in _haystack(place) for word in words)
    ]
    fitting.sort(
        key=lambda place: (
            bool(county_code) and county_code not in (place.county_code, place.run_by),
            not _begins(place, words[0]),
            -_weight(place, at),
            place.path,
            place.address,
        )
    )
    return fitting[:limit]


def without_doubles(places: Iterable[KnownPlace]) -> list[KnownPlace]:
    """Leave out what was learnt where the gazetteer has the same name in the same town."""
    given = list(places)
    vouched = {
        (place.town_code or place.county_code, name)
        for place in given
        if place.kind
        for name in (place.address, *place.also.split())
    }
    return [
        place
        for place in given
        if place.kind or (place.town_code or place.county_code, place.address) not in vouched
    ]


def _haystack(place: KnownPlace) -> str:
    return f"{place.path} {place.address} {place.also}"


def _begins(place: KnownPlace, word: str) -> bool:
    names = (place.address or place.path.split()[-1], *place.also.split())
    return any(name.startswith(word) for name in names)


def _weight(place: KnownPlace, at: datetime) -> float:
    vouched = OF_THE_GAZETTEER if place.kind else 0.0
    if place.last_used_at is None:
        return vouched
    days = max(0.0, (at - place.last_used_at).total_seconds() / 86400)
    return vouched + place.times * float(2 ** (-days / HALF_LIFE_DAYS))
