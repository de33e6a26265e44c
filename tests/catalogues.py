"""Reads the catalogues of messages for tests."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CATALOGUES = Path("app/translations")


def read(locale: str) -> Catalog:
    """Read the source of one catalogue: `zh_Hans_CN` or `en`."""
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


def keys(catalogue: Catalog) -> dict[str, str]:
    """Give each key with its text."""
    return {str(each.id): str(each.string) for each in catalogue if each.id}
