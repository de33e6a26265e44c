"""What is said of a place of the gazetteer, and what cannot be right of it. Pure.

Coordinates are degrees in CGCS2000, which WGS 84 equals to within metres; the shifted system of
online maps (GCJ-02) is not taken, because nobody could tell afterwards which one it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Conflict, Invalid, NotAllowed, NotFound

LONGEST_NAME = 64
MOST_OTHER_NAMES = 10
# The city and a margin: a pair outside was typed the wrong way round or belongs elsewhere.
LATITUDES = (22.5, 25.5)
LONGITUDES = (113.5, 116.5)


class PlaceKind(StrEnum):
    """What a place is."""

    VILLAGE = "village"
    COMMUNITY = "community"
    ESTATE = "estate"
    LANDMARK = "landmark"
    ROAD = "road"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    MARKET = "market"
    SCENIC = "scenic"
    OTHER = "other"


class UnknownPlace(NotFound):
    """The gazetteer has no such place, or not for this person."""

    code = "place-not-found"


class NotYourCounty(NotAllowed):
    """A county keeps the places that it runs, and no others."""

    code = "place-of-another-county"


class PlaceThere(Conflict):
    """The town has a place of this name already, perhaps under another name of it."""

    code = "place-there"


class UnfitCoordinates(Invalid):
    """Both or neither, and both where the city lies."""

    code = "coordinates-unfit"


class TownElsewhere(Invalid):
    """The town does not belong to the county that was chosen."""

    code = "town-elsewhere"


@dataclass(frozen=True, kw_only=True)
class PlaceWords:
    """What is said of a place. `town_code` "" : it lies in no single town."""

    kind: PlaceKind
    name: str
    other_names: tuple[str, ...]
    county_code: str
    town_code: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


def check_coordinates(latitude: float | None, longitude: float | None) -> None:
    """Raise UnfitCoordinates unless both are missing or both lie in the city."""
    if latitude is None and longitude is None:
        return
    if latitude is None or not LATITUDES[0] <= latitude <= LATITUDES[1]:
        raise UnfitCoordinates(field="latitude")
    if longitude is None or not LONGITUDES[0] <= longitude <= LONGITUDES[1]:
        raise UnfitCoordinates(field="longitude")


def names_of(words: PlaceWords) -> Sequence[str]:
    """Return every name of a place once, its own first."""
    return list(dict.fromkeys([words.name, *words.other_names]))


def searched_text(words: PlaceWords) -> str:
    """Return what a search looks through: all names, a line each, in small letters."""
    return "\n".join(each.lower() for each in names_of(words))
