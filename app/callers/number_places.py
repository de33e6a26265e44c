"""Where a number comes from and whose prefix it is, in both languages of the pages. Pure.

Numbers move between carriers and people move between cities: this is where the number was given
out, no more. The prefixes are those of the library `phonenumbers`, kept small by
`scripts/number_places.py`.
"""

import gzip
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import phonenumbers
from babel import Locale

PREFIXES: Final = Path(__file__).with_name("data") / "chinese_prefixes.txt.gz"
LANGUAGES: Final = {"zh-CN": "zh_Hans_CN", "en": "en"}
HOME = "CN"
MOBILE_PREFIX = 7
NOWHERE = -1
BETWEEN = " · "

Names = tuple[str, ...]


@dataclass(kw_only=True)
class _Prefixes:
    """The file, as it is looked up: names by number, and the runs of mobile prefixes."""

    names: list[Names] = field(default_factory=list)
    landlines: dict[str, int] = field(default_factory=dict)
    carriers: dict[str, int] = field(default_factory=dict)
    starts: "array[int]" = field(default_factory=lambda: array("i"))
    places: "array[int]" = field(default_factory=lambda: array("i"))


def place_of(normalised: str) -> dict[str, str] | None:
    """Return where a number was given out, per language of the pages; None where nobody knows.

    `+8613…` gives `{"zh-CN": "广东省河源市 · 中国移动", "en": "Heyuan, Guangdong · China Mobile"}`,
    a number from abroad its country. Short codes and withheld numbers are nowhere.
    """
    if not normalised.startswith("+"):
        return None
    if normalised.startswith("+86"):
        return _at_home(normalised.removeprefix("+86"))
    return _abroad(normalised)


def warm_up() -> None:
    """Read the prefixes now, so that no caller waits for it."""
    _prefixes()


def _at_home(national: str) -> dict[str, str] | None:
    known = _prefixes()
    parts = [name for name in (_city(known, national), _carrier(known, national)) if name]
    if not parts:
        return None
    return {
        language: BETWEEN.join(name[position] for name in parts if name[position])
        for position, language in enumerate(LANGUAGES)
    }


def _city(known: _Prefixes, national: str) -> Names | None:
    head = national[:MOBILE_PREFIX]
    if not national.startswith("1") or national.startswith("10"):
        return _longest(known, known.landlines, national)
    if not head.isdigit():
        return None
    run = bisect_right(known.starts, int(head.ljust(MOBILE_PREFIX, "0"))) - 1
    return known.names[known.places[run]] if run >= 0 and known.places[run] != NOWHERE else None


def _carrier(known: _Prefixes, national: str) -> Names | None:
    return _longest(known, known.carriers, national)


def _longest(known: _Prefixes, table: dict[str, int], national: str) -> Names | None:
    for length in range(MOBILE_PREFIX, 0, -1):
        if (number := table.get(national[:length])) is not None:
            return known.names[number]
    return None


def _abroad(number: str) -> dict[str, str] | None:
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    if not region or region == HOME:
        return None
    names = {
        language: Locale.parse(locale).territories.get(region)
        for language, locale in LANGUAGES.items()
    }
    return {language: name for language, name in names.items() if name} or None


@cache
def _prefixes() -> _Prefixes:
    read = _Prefixes()
    for kind, first, *rest in _lines():
        if kind == "name":
            read.names.append((first, *rest))
        elif kind == "landline":
            read.landlines[first] = int(rest[0])
        elif kind == "carrier":
            read.carriers[first] = int(rest[0])
        else:
            read.starts.append(int(first))
            read.places.append(int(rest[0]) if rest[0] else NOWHERE)
    return read


def _lines() -> Iterator[list[str]]:
    with gzip.open(PREFIXES, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")
