"""Texts with named fields in braces: looked over where they are typed, and filled. Pure."""

import re
from collections.abc import Collection, Mapping
from unicodedata import normalize

from app.core.errors import Invalid

FIELD = re.compile(r"\{([^{}]*)\}")
# People who type Chinese get these braces without noticing.
WIDE = str.maketrans({"｛": "{", "｝": "}"})
ONE_TEXT, PART_OF_SEVERAL = 70, 67
"""Characters of a text message with Chinese in it: alone, and as one of several."""


class UnknownField(Invalid):
    """The text has no such field; `name` and `position` (from 1) say which, `known` those it has.

    Nothing is replaced silently: a caller would read the braces.
    """

    code = "template-field-unknown"


class LoneBrace(Invalid):
    """A brace without its other half; `position` counts from 1."""

    code = "template-brace-lone"


def checked(typed: str, *, known: Collection[str], field: str) -> str:
    """Return a text as it is kept; raises UnknownField or LoneBrace, each told beside `field`."""
    text = typed.translate(WIDE)
    for found in FIELD.finditer(text):
        if _name_of(found) not in known:
            raise UnknownField(
                field=field,
                name=found[0],
                position=found.start() + 1,
                known=" ".join(f"{{{each}}}" for each in sorted(known)),
            )
    rest = FIELD.sub(lambda found: " " * len(found[0]), text)
    if lone := re.search(r"[{}]", rest):
        raise LoneBrace(field=field, position=lone.start() + 1)
    return FIELD.sub(lambda found: f"{{{_name_of(found)}}}", text)


def fields_in(text: str) -> set[str]:
    """Return the names of the fields that a text uses, as it is kept or as it was typed."""
    return {_name_of(found) for found in FIELD.finditer(text.translate(WIDE))}


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values into their places; what a value itself holds in braces stays as it is."""
    return FIELD.sub(lambda found: values.get(found[1], ""), text)


def on_one_line(text: str) -> str:
    """Return a text without line breaks: for subjects, and against forged headers."""
    return " ".join(text.split())


def sms_parts(text: str) -> int:
    """Return how many text messages a provider counts for this; lengths are those of UCS-2."""
    length = len(text.encode("utf-16-be")) // 2
    return 1 if length <= ONE_TEXT else -(-length // PART_OF_SEVERAL)


def _name_of(found: re.Match[str]) -> str:
    return normalize("NFKC", found[1]).strip()
