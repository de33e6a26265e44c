"""Takes a file of places over, all of it or nothing; writes such a file."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import force_locale, gettext

from app.administration.place_sheet import (
    Column,
    Fault,
    Known,
    Sheet,
    key_of,
    read_places,
)
from app.core.errors import Conflict
from app.core.judged_sheets import Outcome
from app.core.languages import LOCALES
from app.core.sheets import NotASheet, read_sheet, write_sheet
from app.organisation import gazetteer, region_units
from app.organisation import service as organisation
from app.organisation.gazetteer import PlacesWanted
from app.organisation.place_words import PlaceKind, PlaceThere

LARGEST = 300 * 1024


class PlacesNoLongerFit(Conflict):
    """Something of a file became wrong after it was looked at: it has to be looked at once more."""

    code = "file-no-longer-fits"


def look_at(content: bytes, *, keeper: str | None) -> Sheet:
    """Say what a file would do in the hands of this keeper."""
    try:
        rows = read_sheet(content)
    except NotASheet:
        return Sheet(fault=Fault.NOT_A_SHEET)
    return read_places(rows, headings=_headings(), known=_known(keeper))


def take_over(content: bytes, *, keeper: str | None, by: int) -> tuple[int, int]:
    """Add and change every place of a file; return how many of each.

    Raises PlacesNoLongerFit, and nothing is changed.
    """
    sheet = look_at(content, keeper=keeper)
    if not sheet.is_right:
        raise PlacesNoLongerFit
    there = {
        key_of(gazetteer.words_of(place)): place.id
        for place in gazetteer.all_places(PlacesWanted(), keeper=None)
    }
    added = changed = 0
    try:
        for row in sheet.rows:
            if row.words is None or row.outcome is Outcome.SAME:
                continue
            if row.outcome is Outcome.NEW:
                gazetteer.add_place(row.words, keeper=keeper, by=by)
                added += 1
            else:
                gazetteer.change_place(
                    there[key_of(row.words)], row.words, seen=None, keeper=keeper, by=by
                )
                changed += 1
    except PlaceThere as clash:  # two rows that exchange a name, say
        raise PlacesNoLongerFit from clash
    if added or changed:
        gazetteer.note_import(added=added, changed=changed, by=by)
    return added, changed


def write_places(places: Iterable[Any]) -> bytes:
    """Return a list of places as a file that `look_at` understands, in the reader's language."""
    names = {region.code: region.name for region in organisation.list_regions()}
    return write_sheet(
        [gettext(f"places.{column}") for column in Column],
        [
            [
                gettext(f"places.kind_{place.kind.value}"),
                place.name,
                "\u3001".join(place.other_names),
                names[place.county_code],
                names.get(place.town_code, ""),
                place.address,
                place.latitude,
                place.longitude,
            ]
            for place in places
        ],
    )


def example_sheet(keeper: str | None) -> bytes:
    """Return a file with the headings and a row of this keeper's, for whoever begins."""
    own = [each for each in organisation.list_counties() if keeper in (None, each.code)]
    towns = [(county, town) for county in own for town in organisation.towns_of(county.code)]
    return write_sheet(
        [gettext(f"places.{column}") for column in Column],
        [
            [
                gettext("places.kind_village"), gettext("places.example_name"), "",
                county.name, town.name, "", "", "",
            ]
            for county, town in towns[:1]
        ],
    )  # fmt: skip


def _known(keeper: str | None) -> Known:
    counties = organisation.list_counties()
    of_county = {county.code: organisation.towns_of(county.code) for county in counties}
    everything = [
        (is_retired, gazetteer.words_of(place))
        for is_retired in (False, True)
        for place in gazetteer.all_places(PlacesWanted(retired=is_retired), keeper=None)
    ]
    offered = [words for is_retired, words in everything if not is_retired]
    return Known(
        kinds=_spellings({each: f"places.kind_{each.value}" for each in PlaceKind}),
        counties={
            **{county.name.lower(): county.code for county in counties},
            **{county.code.lower(): county.code for county in counties},
        },
        towns={
            (code, word.lower()): town.code
            for code, towns in of_county.items()
            for town in towns
            for word in (town.name, town.code)
        },
        runs={
            **{(county.code, ""): county.code for county in counties},
            **{
                (code, town.code): region_units.running_region(code, town.code)
                for code, towns in of_county.items()
                for town in towns
            },
        },
        lawful={
            town.code: town.parent_code or "" for towns in of_county.values() for town in towns
        },
        places={key_of(words): words for words in offered},
        retired=frozenset(
            key_of(words) for is_retired, words in everything if is_retired
        ).difference(key_of(words) for words in offered),
        other_names={
            (words.county_code, words.town_code, name.lower()): words.name.lower()
            for words in offered
            for name in (words.name, *words.other_names)
        },
        keeper=keeper,
    )


def _headings() -> dict[str, Column]:
    return _spellings({column: f"places.{column}" for column in Column})


def _spellings(keys: Mapping[Any, str]) -> dict[str, Any]:
    """Say for a code and for what both languages call it that it means the code."""
    spelled = {str(code).lower(): code for code in keys}
    for locale in LOCALES.values():
        with force_locale(locale):
            spelled.update({gettext(key).lower(): code for code, key in keys.items()})
    return spelled
