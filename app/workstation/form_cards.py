"""What the forms of a desk are told: their rules, known places, tickets that look alike."""

from datetime import datetime
from typing import Any, cast

from wtforms import Form
from wtforms.validators import Length

from app.core import clock
from app.core.formatting import wire_moment
from app.organisation import service as organisation
from app.rules import code_register, type_register
from app.rules import service as rules
from app.rules.code_lists import CodeList
from app.rules.type_versions import UnknownTypeVersion
from app.tickets import enquiry_rules, promises, ticket_elements
from app.tickets.duplicates import AlikeTicket
from app.tickets.ticket_flags import TicketFlag
from app.workstation.forms import EnquiryForm, TicketForm

Card = dict[str, Any]


def rules_card() -> Card:
    """Return what a record and a ticket must carry, what is not taken up, and words that hurry."""
    return {
        "results": {
            result.value: [list(group) for group in groups]
            for result, groups in enquiry_rules.MUST_CARRY.items()
        },
        "elements": {
            each.code: [one.value for one in ticket_elements.Element if one in needed]
            for each in type_register.read_book().offered_at(clock.now())
            if (needed := ticket_elements.NEEDED[each.nature])
        },
        "exclusions": [
            {
                "code": each.code,
                "name_zh": each.name_zh,
                "name_en": each.name_en,
                "treatment": each.treatment,
                "told_where": each.told_where,
                "told_words": each.told_words,
                "basis": each.basis,
            }
            for each in rules.list_exclusions()
        ],
        "types": type_cards(),
        "flags": [each.value for each in TicketFlag],
        "tags": [
            {"code": each.code, "name_zh": each.words.name_zh, "name_en": each.words.name_en}
            for each in code_register.codes_now(CodeList.TAG)
        ],
        "urgency_words": [each.word for each in rules.list_urgency_words()],
        "limits": {"record": _limits(EnquiryForm), "ticket": _limits(TicketForm)},
    }


def type_cards() -> list[Card]:
    """Return the types that agents choose from, as the dictionary that holds calls them.

    Each says what it behaves like, and whether it is confidential whatever the caller asks for.
    """
    try:
        kinds = type_register.types_at()
    except UnknownTypeVersion:
        return []
    secret = promises.secret_natures()
    return [
        {
            "code": each.code,
            "name_zh": each.name_zh,
            "name_en": each.name_en,
            "nature": each.nature.value,
            "is_confidential": each.nature in secret,
        }
        for each in kinds
    ]


def _limits(kind: type[Form]) -> dict[str, int]:
    """Return the most characters of each field, as the form itself has them."""
    return {
        name: cast(Length, check).max
        for name, field in kind()._fields.items()
        for check in field.validators
        if isinstance(check, Length)
    }


def place_cards(typed: str, *, county_code: str, at: datetime) -> list[Card]:
    """Return known places that fit what is typed; a town always with its county."""
    return [
        {
            "county_code": each.county_code,
            "town_code": each.town_code,
            "address": each.address,
            "path": each.path,
            "times": each.times,
            "kind": each.kind,
            "also": each.also,
            "place_id": each.place_id,
            "run_by": organisation.get_region(each.run_by).name if each.run_by else "",
        }
        for each in organisation.known_places(typed, county_code=county_code, at=at)
    ]


def alike_card(alike: AlikeTicket) -> Card:
    """Return a ticket that may be about the same matter."""
    return {
        "ticket_id": alike.ticket_id,
        "number": alike.number,
        "title": alike.title,
        "state": alike.state,
        "opened_at": wire_moment(alike.opened_at),
        "place": organisation.region_path(alike.town_code or alike.county_code),
        "is_same_caller": alike.is_same_caller,
        "likeness": alike.likeness,
    }
