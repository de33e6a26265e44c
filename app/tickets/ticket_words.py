"""Puts the fields of a ticket into words for its page."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext

from app.channels import service as channels
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.formatting import moment
from app.organisation import gazetteer, region_units
from app.organisation import service as organisation
from app.organisation.place_words import PlaceKind
from app.rules import service as rules
from app.rules import type_register
from app.tickets import tags
from app.tickets.models import Ticket
from app.tickets.type_names import type_name

RECORD_CLASS = "ticket"
"""The class of the retention rules that tickets are of."""


def words_of(ticket: Ticket, said: dict[str, str]) -> dict[str, Any]:
    """Return what each field says, empty where it says nothing.

    `said` holds the texts as this reader may read them.
    """
    region = ticket.town_code or ticket.county_code
    place = organisation.region_path(region)
    runs = region_units.running_region(ticket.county_code, ticket.town_code)
    if ticket.town_code and runs and runs != organisation.get_region(ticket.town_code).parent_code:
        area = organisation.get_region(runs).name
        place = gettext("tickets.place_run_by", place=place, area=area)
    return {
        **said,
        "opened_at": moment(ticket.opened_at),
        "entry": gettext("tickets.entry_call" if ticket.call_id else "tickets.entry_typed"),
        "line": channels.names_of([ticket.legacy_number_id]).get(ticket.legacy_number_id, ""),
        "person_kind": _word("person", ticket.person_kind),
        "gender": _word("gender", ticket.gender),
        "age_group": _word("age", ticket.age_group),
        "organisation_name": ticket.organisation_name,
        "credit_code": ticket.credit_code,
        "special_group": _word("group", ticket.special_group),
        "callback_wanted": _yes_or_no("callback", ticket.callback_wanted),
        "best_time": ticket.best_time,
        "consent_public": _yes_or_no("consent", ticket.consent_public),
        "request_type": type_name(type_register.read_book(), ticket),
        "category": rules.get_category(ticket.category_code, at=ticket.opened_at).name,
        "people_count": _counted("tickets.people_counted", ticket.people_count),
        "amount": _counted("tickets.yuan", ticket.amount),
        "place": place,
        **_named_place(ticket),
        "kept_until": _kept_until(ticket),
        "grid": ticket.grid,
        "coordinates": _coordinates(ticket),
        "urgency": gettext(f"tickets.urgency_{ticket.urgency.value}"),
        "urgency_words": ticket.urgency_words,
        "flags": _several(gettext(f"tickets.flag_{each}") for each in ticket.flags),
        "tags": _several(tags.said(ticket.tags)),
        "urgency_reason": ticket.urgency_reason,
    }


def _named_place(ticket: Ticket) -> dict[str, str]:
    """Return the village or community, or else the spot, that the gazetteer has for it."""
    if ticket.place_id is None:
        return {}
    place = gazetteer.get_place(ticket.place_id, keeper=None)
    is_village = place.kind in {PlaceKind.VILLAGE, PlaceKind.COMMUNITY}
    return {"village" if is_village else "poi": place.name}


def _kept_until(ticket: Ticket) -> str:
    """Return the day until which a ticket is kept, counted from its close by the rule of today."""
    days = rules.keep_days(RECORD_CLASS, at=clock.now())
    if ticket.closed_at is None or days is None:
        return ""
    until = (ticket.closed_at + timedelta(days=days)).astimezone(CITY_TIME).date()
    return str(gettext("tickets.kept_until_day", day=until.isoformat(), days=days))


def _several(words: Iterable[str]) -> str:
    return "\u3001".join(map(str, words))


def _word(group: str, value: str | None) -> str:
    return str(gettext(f"tickets.{group}_{value}")) if value else ""


def _coordinates(ticket: Ticket) -> str:
    if ticket.coordinates_source is None or not ticket.coordinates:
        return ""
    source = gettext(f"tickets.coordinates_{ticket.coordinates_source}")
    return str(gettext("tickets.coordinates_said", coordinates=ticket.coordinates, source=source))


def _yes_or_no(group: str, value: bool | None) -> str:
    if value is None:
        return ""
    return str(gettext(f"tickets.{group}_{'yes' if value else 'no'}"))


def _counted(key: str, count: int | None) -> str:
    return "" if count is None else str(gettext(key, count=f"{count:,}"))
