"""Which known places to offer for what is typed, best first; what of an address is learnt. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

HALF_LIFE_DAYS = 30.0
"""A place used once today weighs as much as one used twice a month ago."""

# Where somebody lives behind the street number is nobody else's business.
_ROOM = re.compile(
    r"[\s,，]*(?:\d+|[A-Za-z])\s*[栋幢座].*$|[\s,，]*\d+\s*单元.*$|[\s,，]*\d+\s*[室房].*$"
)


@dataclass(frozen=True, kw_only=True)
class KnownPlace:
    """A town by itself (`address` is empty) or an address in it; `path` names its county."""

    county_code: str
    town_code: str
    address: str
    path: str
    times: int = 0
    last_used_at: datetime | None = None


def without_room(address: str) -> str:
    """Return the address up to house and street number, without building, unit and room."""
    return _ROOM.sub("", address).strip()


def ranked(
    places: Iterable[KnownPlace], typed: str, *, county_code: str, at: datetime, limit: int
) -> list[KnownPlace]:
    """Return the places that fit, best first; those of the chosen county before all others.

    A place fits when every blank-separated word that was typed stands in its path or address. A
    name that stands in two counties gives two places, each under its own path.
    """
    words = typed.split()
    fitting = [
        place
        for place in places
        if words and all(word in f"{place.path} {place.address}" for word in words)
    ]
    fitting.sort(
        key=lambda place: (
            bool(county_code) and place.county_code != county_code,
            not _begins(place, words[0]),
            -_weight(place, at),
            place.path,
            place.address,
        )
    )
    return fitting[:limit]


def _begins(place: KnownPlace, word: str) -> bool:
    return (place.address or place.path.split()[-1]).startswith(word)


def _weight(place: KnownPlace, at: datetime) -> float:
    if place.last_used_at is None:
        return 0.0
    days = max(0.0, (at - place.last_used_at).total_seconds() / 86400)
    return place.times * float(2 ** (-days / HALF_LIFE_DAYS))
