"""The five elements of a demand, and which of them each nature of request needs. Pure.

Place, time, people, event and demand (domain rules 1.9, the guide of another city; the province
publishes no table of its own). 不详 is an answer: the caller was asked.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.rules.type_natures import Nature


class Element(StrEnum):
    """One element; its value is the form's field."""

    TIME = "occurred"
    PLACE = "county_code"
    PEOPLE = "respondent"
    EVENT = "content"
    DEMAND = "demand"


_ALWAYS = frozenset({Element.PLACE, Element.EVENT})

NEEDED: dict[Nature, frozenset[Element]] = {
    Nature.COMPLAINT: frozenset(Element),
    Nature.REPORT: frozenset(Element),
    Nature.HELP: _ALWAYS | {Element.TIME, Element.DEMAND},
    Nature.CONSULT: _ALWAYS,
    Nature.SUGGESTION: _ALWAYS,
    Nature.STATISTICAL: _ALWAYS,
}


def lacking(nature: Nature, fields: Mapping[str, object]) -> list[Element]:
    """Return the elements that this nature needs and the form does not hold, in their order."""
    needed = NEEDED[nature]
    return [each for each in Element if each in needed and not fields.get(each.value)]
