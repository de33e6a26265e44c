"""What is said of a category, and who leads by default where it is handled. Pure.

Domain rules 2.3 and 1.7 F9: a matter kind has a lead by level of region, and some kinds may not be
sent down to a town or street.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.core.errors import Invalid

CODE = re.compile(r"[0-9]{2}([0-9]{2}){0,2}")
PINYIN = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")


class LeadLevel(StrEnum):
    """Where a matter is handled."""

    CITY = "city"
    COUNTY = "county"
    TOWN = "town"


class CountyLead(StrEnum):
    """Who leads where a county handles it."""

    CITY = "city"  # the city's bureau leads there too
    COUNTERPART = "counterpart"  # the county's own bureau of that kind; the county where none is
    OWN = "own"  # the county (or the committee of a functional area) itself


class TownLead(StrEnum):
    """Who leads where a town handles it."""

    COUNTY = "county"  # whoever leads in its county
    OWN = "own"  # the town itself


class UnfitCategoryCode(Invalid):
    """Two digits for each level, three levels at most, beginning with the code above it."""

    code = "category-code-unfit"


@dataclass(frozen=True, kw_only=True)
class CategoryWords:
    """What is said of a category. Empty leads are those of the category above it.

    `limits` holds for a type of request its own time limit; `provincial_code` is that of DB44/T
    2479, `national_code` that of GB/T 39666, `old_label` what the lists of before called it.
    """

    name: str
    parent_code: str | None
    keywords: list[str]
    initials: str
    pinyin: str
    default_unit_code: str | None
    county_lead: str = ""
    town_lead: str = ""
    not_to_town: bool = False
    limits: Mapping[str, str] = field(default_factory=dict)
    provincial_code: str = ""
    national_code: str = ""
    old_label: str = ""
    basis: str = ""
    position: int = 0


@dataclass(frozen=True, kw_only=True)
class LeadRule:
    """Who leads by default, as the table says it: words, not yet a unit of a county."""

    city_unit_code: str | None
    county: CountyLead
    town: TownLead
    not_to_town: bool


def check_code(code: str, parent_code: str | None) -> None:
    """Raise UnfitCategoryCode unless this can name a category below `parent_code` for good."""
    above = code[:-2] or None
    if not CODE.fullmatch(code) or above != (parent_code or None):
        raise UnfitCategoryCode(field="code")


def initials_of(pinyin: str) -> str:
    """Return the first letters of the syllables: what agents type."""
    return "".join(syllable[0] for syllable in pinyin.split())


def lead_rule(chain: list[CategoryWords]) -> LeadRule:
    """Read the leads of a category; `chain` is itself, then what stands above it.

    What a category leaves empty it has from above; a guard above it guards it too.
    """

    def first(values: list[str]) -> str:
        return next((each for each in values if each), "")

    return LeadRule(
        city_unit_code=first([each.default_unit_code or "" for each in chain]) or None,
        county=CountyLead(first([each.county_lead for each in chain]) or CountyLead.COUNTERPART),
        town=TownLead(first([each.town_lead for each in chain]) or TownLead.COUNTY),
        not_to_town=any(each.not_to_town for each in chain),
    )


def level_allowed(rule: LeadRule, asked: LeadLevel) -> LeadLevel:
    """Return the level that may handle it: what may not go down to a town stays in its county."""
    return LeadLevel.COUNTY if rule.not_to_town and asked is LeadLevel.TOWN else asked


def cleaned(words: CategoryWords) -> CategoryWords:
    """Return the words as they are kept: keywords once each, limits that say something."""
    return replace(
        words,
        keywords=list(dict.fromkeys(words.keywords)),
        initials=initials_of(words.pinyin),
        limits={kind: limit for kind, limit in words.limits.items() if limit},
    )
