"""The five elements of a demand, and which of them each type of request needs. Pure.

Place, time, people, event and demand (domain rules 1.9, the guide of another city; the province
publishes no table of its own). 不详 is an answer: the caller was asked.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.tickets.ticket_states import RequestType


class Element(StrEnum):
    """One element; its value is the form's field."""

    TIME = "occurred"
    PLACE = "county_code"
    PEOPLE = "respondent"
    EVENT = "content"
    DEMAND = "demand"


_ALWAYS = frozenset({Element.PLACE, Element.EVENT})

NEEDED: dict[RequestType, frozenset[Element]] = {
    RequestType.COMPLAINT: frozenset(Element),
    RequestType.REPORT: frozenset(Element),
    RequestType.HELP: _ALWAYS | {Element.TIME, Element.DEMAND},
    RequestType.CONSULT: _ALWAYS,
    RequestType.SUGGESTION: _ALWAYS,
}


def lacking(request_type: RequestType, fields: Mapping[str, object]) -> list[Element]:
    """Return the elements that this type needs and the form does not hold, in their order."""
    needed = NEEDED[request_type]
    return [each for each in Element if each in needed and not fields.get(each.value)]
