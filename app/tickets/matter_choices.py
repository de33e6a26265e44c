"""The categories and places that a form offers for a demand, each in words that name only it."""

from datetime import datetime

from app.organisation import service as organisation
from app.rules import service as rules

BETWEEN = "/"
"""Stands between the code of a county and that of its town, in what a form sends."""


def offered_categories(*, opened_at: datetime | None = None) -> dict[str, str]:
    """Return the categories of now by code, each behind the one above it.

    `opened_at`: also those that held when a ticket was opened, whose rules are that day's.
    """
    found = {each.code: each for each in rules.list_categories()}
    if opened_at is not None:
        found = {each.code: each for each in rules.list_categories(at=opened_at)} | found
    names = {code: each.name for code, each in found.items()}
    return {
        code: _behind(names.get(each.parent_code or "", ""), each.name)
        for code, each in found.items()
    }


def category_path(code: str, *, at: datetime) -> str:
    """Return a category behind the one above it, in the words of `at`. Raises UnknownCategory."""
    category = rules.get_category(code, at=at)
    above = category.parent_code
    return _behind(rules.get_category(above, at=at).name if above else "", category.name)


def offered_places() -> dict[str, str]:
    """Return every county and functional area with the towns that it runs, by what a form sends."""
    found: dict[str, str] = {}
    for county in organisation.list_counties():
        found[county.code] = county.name
        for town in organisation.towns_of(county.code):
            found[sent_as(county.code, town.code)] = f"{county.name} {town.name}"
    return found


def sent_as(county_code: str, town_code: str | None) -> str:
    """Return a county and perhaps a town of it as a form sends them."""
    return BETWEEN.join(filter(None, (county_code, town_code)))


def read_place(sent: str) -> tuple[str, str | None]:
    """Return the codes of county and town that a form sent; no town is None."""
    county_code, _, town_code = sent.partition(BETWEEN)
    return county_code, town_code or None


def _behind(above: str, name: str) -> str:
    return " / ".join(filter(None, (above, name)))
