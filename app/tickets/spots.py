"""Where exactly a matter is: grid and coordinates of a ticket, and whence they are known. Pure.

Coordinates are degrees in CGCS2000, as the gazetteer has them; which of two numbers is the
latitude is seen from the numbers, because the city lies nowhere near where they could be mistaken.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from app.organisation.place_words import UnfitCoordinates, check_coordinates

LONGEST_GRID = 40
_PAIR = re.compile(
    r"\s*[NEne]?\s*([0-9]{2,3}(?:\.[0-9]{1,8})?)\s*\u00b0?\s*[NEne]?\s*[,;/\s\u3001]\s*"
    r"[NEne]?\s*([0-9]{2,3}(?:\.[0-9]{1,8})?)\s*\u00b0?\s*[NEne]?\s*"
)


class CoordinatesSource(StrEnum):
    """Whence coordinates are known: it says how far they can be relied on."""

    GAZETTEER = "gazetteer"  # taken over by itself from the place that the address names
    CALLER = "caller"  # read from the caller's telephone
    MEASURED = "measured"  # on the spot, or by the grid's own system
    CHANNEL = "channel"  # as the channel sent them


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A point of the map; both numbers or neither, never one."""

    latitude: float | None = None
    longitude: float | None = None
    coordinates_source: CoordinatesSource | None = None


NOWHERE = Spot()


def read_coordinates(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude, typed in either order; None for what does not lie here."""
    found = _PAIR.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    south, east = sorted((float(found[1]), float(found[2])))
    try:
        check_coordinates(south, east)
    except UnfitCoordinates:
        return None
    return south, east


def coordinates_text(latitude: float | None, longitude: float | None) -> str:
    """Write coordinates as they are typed, to a tenth of a metre; "" for none."""
    if latitude is None or longitude is None:
        return ""
    return f"{latitude:.6f}, {longitude:.6f}"


def spot_at(text: str, source: CoordinatesSource) -> Spot:
    """Return the point that was typed, or NOWHERE for nothing and for what cannot be read."""
    read = read_coordinates(text)
    if read is None:
        return NOWHERE
    return Spot(latitude=read[0], longitude=read[1], coordinates_source=source)
