"""Between the form of a case and what a case says."""

from typing import Any

from flask_babel import gettext

from app.channel_entries.case_words import CaseWords
from app.channel_entries.forms import DraftForm
from app.core.forms import as_typed, choice, filled, moment_of
from app.core.phone_numbers import normalise
from app.organisation import service as organisation
from app.rules import service as rules
from app.tickets.ticket_states import RequestType, Urgency

TYPED = (
    "source_no", "request_type", "title", "content", "demand", "category_code", "place", "address",
    "occurred", "respondent", "caller_name", "contact_number", "urgency", "urgency_reason",
    "is_confidential", "handled_by",
)  # fmt: skip


def with_choices(form: Any) -> Any:
    """Give a form the categories and places that hold now."""
    nothing = choice("", gettext("entries.choose"))
    categories = rules.list_categories()
    names = {each.code: each.name for each in categories}
    form.category_code.choices = [
        nothing,
        *(
            choice(
                each.code, " / ".join(filter(None, (names.get(each.parent_code or ""), each.name)))
            )
            for each in categories
        ),
    ]
    places = [nothing]
    for county in organisation.list_counties():
        places.append(choice(county.code, county.name))
        places += [
            choice(f"{county.code}/{town.code}", f"{county.name} {town.name}")
            for town in organisation.towns_of(county.code)
        ]
    form.place.choices = places
    return form


def typed_in(form: DraftForm) -> dict[str, Any]:
    """Return what was typed so far, to be kept as a draft."""
    typed = {name: getattr(form, name).data for name in TYPED}
    received = moment_of(form.received_at)
    return {**typed, "received_at": received.isoformat() if received else ""}


def words_in(form: DraftForm) -> CaseWords:
    """Return what a form says."""
    county, _, town = (form.place.data or "").partition("/")
    contact = form.contact_number.data or ""
    request_type = RequestType(form.request_type.data)
    return CaseWords(
        source_no=form.source_no.data or None,
        received_at=moment_of(form.received_at),
        request_type=request_type,
        title=filled(form.title.data),
        content=filled(form.content.data),
        demand=form.demand.data or "",
        category_code=form.category_code.data or "",
        county_code=county,
        town_code=town or None,
        address=form.address.data or "",
        occurred=form.occurred.data or "",
        respondent=form.respondent.data or "",
        caller_name=form.caller_name.data or "",
        contact_number=normalise(contact) if contact else "",
        urgency=Urgency(form.urgency.data),
        urgency_reason=form.urgency_reason.data or "",
        is_confidential=bool(form.is_confidential.data) or request_type is RequestType.REPORT,
        is_channels_own=form.handled_by.data == "channel",
    )


def fields_of(words: CaseWords) -> dict[str, Any]:
    """Return what a form shows of a case."""
    place = "/".join(filter(None, (words.county_code, words.town_code)))
    return {
        "source_no": words.source_no or "",
        "received_at": as_typed(words.received_at),
        "request_type": str(words.request_type),
        "urgency": str(words.urgency),
        "place": place,
        "handled_by": "channel" if words.is_channels_own else "hotline",
        **{
            name: getattr(words, name)
            for name in (
                "title", "content", "demand", "category_code", "address", "occurred", "respondent",
                "caller_name", "contact_number", "urgency_reason", "is_confidential",
            )
        },
    }  # fmt: skip
