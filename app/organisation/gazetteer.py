"""The gazetteer: villages, estates, landmarks. Each county keeps those of the towns it runs.

`keeper` is the county or functional area of whoever acts; None is the hotline, which keeps all.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import ColumnElement, Select, or_, select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.pagination import Page, page_of
from app.core.seen import check_seen
from app.organisation import service
from app.organisation.events import (
    PlaceAdded,
    PlaceChanged,
    PlaceRestored,
    PlaceRetired,
    PlacesImported,
)
from app.organisation.models import GazetteerPlace
from app.organisation.place_words import (
    NotYourCounty,
    PlaceKind,
    PlaceThere,
    PlaceWords,
    TownElsewhere,
    UnknownPlace,
    check_coordinates,
    names_of,
    searched_text,
)
from app.organisation.region_units import running_region

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class PlacesWanted:
    """What a list of places is narrowed to; empty is everything that is offered."""

    text: str = ""
    kind: str = ""
    county_code: str = ""
    town_code: str = ""
    retired: bool = False


def list_places(wanted: PlacesWanted, *, keeper: str | None, page: int = 1) -> Page[GazetteerPlace]:
    """Return one page of the places that somebody keeps, by county, town and name."""
    return page_of(_asked(wanted, keeper), page=page, per_page=PER_PAGE)


def all_places(wanted: PlacesWanted, *, keeper: str | None) -> Sequence[GazetteerPlace]:
    """Return all of them: for a file."""
    return list(db.session.scalars(_asked(wanted, keeper)))


def get_place(place_id: int, *, keeper: str | None) -> GazetteerPlace:
    """Return a place to whoever keeps it. Raises UnknownPlace, also for another county's."""
    place = db.session.get(GazetteerPlace, place_id)
    if place is None or (keeper is not None and place.owner_code != keeper):
        raise UnknownPlace
    return place


def words_of(place: GazetteerPlace) -> PlaceWords:
    """Return what is said of a place."""
    return PlaceWords(
        kind=place.kind,
        name=place.name,
        other_names=tuple(place.other_names),
        county_code=place.county_code,
        town_code=place.town_code,
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
    )


def add_place(words: PlaceWords, *, keeper: str | None, by: int | None = None) -> GazetteerPlace:
    """Add a place.

    Raises TownElsewhere, UnfitCoordinates, NotYourCounty, and PlaceThere where its town has one of
    that name.
    """
    owner, words = _settled(words, keeper)
    _check_is_one(words, besides=None)
    place = GazetteerPlace(retired_at=None)
    _write(place, words, owner)
    db.session.add(place)
    db.session.flush()
    publish(PlaceAdded(place_id=place.id, place=path_of(place), added_by=by))
    return place


def change_place(
    place_id: int, words: PlaceWords, *, seen: str | None, keeper: str | None, by: int | None = None
) -> bool:
    """Say something else of a place; `seen` marks what the form showed (None: a file was read).

    Returns whether anything differs. Raises UnknownPlace, ChangedMeanwhile and what `add_place`
    raises.
    """
    place = _locked(place_id, keeper)
    shown = words_of(place)
    owner, words = _settled(words, keeper)
    if words == shown:
        return False
    if seen is not None:
        check_seen(seen, asdict(shown))
    _check_is_one(words, besides=place.id)
    _write(place, words, owner)
    db.session.flush()
    after = asdict(words)
    differing = [name for name, value in asdict(shown).items() if after[name] != value]
    publish(
        PlaceChanged(
            place_id=place.id, place=path_of(place), fields=" ".join(differing), changed_by=by
        )
    )
    return True


def retire_place(place_id: int, *, keeper: str | None, by: int | None = None) -> None:
    """Offer a place no more; retired already stays as it is. Raises UnknownPlace."""
    place = _locked(place_id, keeper)
    if place.retired_at is None:
        place.retired_at = clock.now()
        publish(PlaceRetired(place_id=place.id, place=path_of(place), retired_by=by))


def restore_place(place_id: int, *, keeper: str | None, by: int | None = None) -> None:
    """Offer a retired place again. Raises UnknownPlace, PlaceThere."""
    place = _locked(place_id, keeper)
    if place.retired_at is not None:
        _check_is_one(words_of(place), besides=place.id)
        place.retired_at = None
        publish(PlaceRestored(place_id=place.id, place=path_of(place), restored_by=by))


def note_import(*, added: int, changed: int, by: int) -> None:
    """Keep that a file was taken over."""
    publish(PlacesImported(added=added, changed=changed, imported_by=by))


def path_of(place: GazetteerPlace) -> str:
    """Return a place as people must read it: with its county and town."""
    region = service.region_path(place.town_code or place.county_code)
    return f"{region}{service.PATH_SEPARATOR}{place.name}"


def same_named(
    words: PlaceWords, *, besides: int | None = None, names: Collection[str] | None = None
) -> GazetteerPlace | None:
    """Return a place offered in the same town that goes by one of these names."""
    wanted = {each.lower() for each in (names or names_of(words))}
    asked = select(GazetteerPlace).where(
        GazetteerPlace.county_code == words.county_code,
        GazetteerPlace.town_code == words.town_code,
        GazetteerPlace.retired_at.is_(None),
        or_(*(GazetteerPlace.searched.contains(each, autoescape=True) for each in wanted)),
    )
    for place in db.session.scalars(asked):
        if place.id != besides and wanted.intersection(place.searched.split("\n")):
            return place
    return None


def point_of(
    address: str, *, county_code: str, town_code: str | None
) -> tuple[float, float] | None:
    """Return where the place lies whose name or address this is, within its town; None: unknown.

    A name that two places of the county share without a town being said is nobody's.
    """
    named = _named(address, county_code=county_code, town_code=town_code)
    found = {(place.latitude, place.longitude) for place in named if place.latitude is not None}
    if len(found) != 1:
        return None
    [(latitude, longitude)] = found
    return None if latitude is None or longitude is None else (latitude, longitude)


def place_at(
    address: str, *, county_code: str, town_code: str | None, chosen_id: int | None = None
) -> GazetteerPlace | None:
    """Return the entry of the gazetteer that an address is of, or None.

    The chosen one (`chosen_id`), as long as the address still names it: whoever chose a village
    writes the house behind it. Else the only one of this very name in the town or county.
    """
    chosen = db.session.get(GazetteerPlace, chosen_id) if chosen_id is not None else None
    if chosen is not None and chosen.retired_at is None:
        is_here = county_code in {chosen.county_code, chosen.owner_code}
        is_in_town = not town_code or chosen.town_code in {town_code, ""}
        says_it = any(name in address.lower() for name in chosen.searched.split("\n"))
        if is_here and is_in_town and (says_it or address == chosen.address):
            return chosen
    named = _named(address, county_code=county_code, town_code=town_code)
    return named[0] if len(named) == 1 else None


def _named(address: str, *, county_code: str, town_code: str | None) -> list[GazetteerPlace]:
    name = address.strip()
    if not name:
        return []
    asked = select(GazetteerPlace).where(
        GazetteerPlace.retired_at.is_(None),
        or_(
            GazetteerPlace.county_code == county_code,
            GazetteerPlace.owner_code == county_code,
        ),
        or_(
            GazetteerPlace.address == name,
            GazetteerPlace.searched.contains(name.lower(), autoescape=True),
        ),
    )
    if town_code:
        asked = asked.where(GazetteerPlace.town_code.in_([town_code, ""]))
    return [
        place
        for place in db.session.scalars(asked)
        if name == place.address or name.lower() in place.searched.split("\n")
    ]


def _asked(wanted: PlacesWanted, keeper: str | None) -> Select[GazetteerPlace]:
    return (
        select(GazetteerPlace)
        .where(*_conditions(wanted, keeper))
        .order_by(
            GazetteerPlace.county_code,
            GazetteerPlace.town_code,
            GazetteerPlace.name,
            GazetteerPlace.id,
        )
    )


def _conditions(wanted: PlacesWanted, keeper: str | None) -> list[ColumnElement[bool]]:
    is_retired = GazetteerPlace.retired_at.is_not(None)
    found: list[ColumnElement[bool]] = [is_retired if wanted.retired else ~is_retired]
    if keeper is not None:
        found.append(GazetteerPlace.owner_code == keeper)
    for word in wanted.text.lower().split():
        found.append(
            GazetteerPlace.searched.contains(word, autoescape=True)
            | GazetteerPlace.address.contains(word, autoescape=True)
        )
    if wanted.kind:
        found.append(GazetteerPlace.kind == PlaceKind(wanted.kind))
    if wanted.county_code:
        found.append(
            (GazetteerPlace.county_code == wanted.county_code)
            | (GazetteerPlace.owner_code == wanted.county_code)
        )
    if wanted.town_code:
        found.append(GazetteerPlace.town_code == wanted.town_code)
    return found


def _settled(words: PlaceWords, keeper: str | None) -> tuple[str, PlaceWords]:
    """Return who keeps such a place, and its words with the county that its town lies in by law.

    An agent or a county may have chosen the functional area that runs the town.
    """
    check_coordinates(words.latitude, words.longitude)
    towns = {each.code: each for each in service.towns_of(words.county_code)}
    if words.town_code and words.town_code not in towns:
        raise TownElsewhere(field="town_code")
    owner = running_region(words.county_code, words.town_code)
    if not owner:
        raise TownElsewhere(field="county_code")
    if keeper is not None and owner != keeper:
        raise NotYourCounty(field="town_code")
    if words.town_code:
        words = replace(words, county_code=towns[words.town_code].parent_code or "")
    return owner, words


def _check_is_one(words: PlaceWords, *, besides: int | None) -> None:
    there = same_named(words, besides=besides)
    if there is not None:
        raise PlaceThere(field="name", place=path_of(there))


def _write(place: GazetteerPlace, words: PlaceWords, owner: str) -> None:
    place.kind, place.name = words.kind, words.name
    place.other_names = list(words.other_names)
    place.county_code, place.town_code = words.county_code, words.town_code
    place.owner_code = owner
    place.address = words.address
    place.latitude, place.longitude = words.latitude, words.longitude
    place.searched = searched_text(words)
    place.changed_at = clock.now()


def _locked(place_id: int, keeper: str | None) -> GazetteerPlace:
    get_place(place_id, keeper=keeper)
    return db.session.get_one(GazetteerPlace, place_id, with_for_update=True)
