"""Between the form of a case and what a case says."""

from typing import Any

from app.channel_entries.case_words import CaseWords, numbered
from app.channel_entries.demand_form import demand_in, person_kind_in
from app.channel_entries.detail_fields import DETAILS, details_in
from app.channel_entries.forms import DraftForm
from app.core.forms import as_typed, moment_of
from app.core.phone_numbers import normalise

TYPED = (
    "source_no", "request_type", "title", "content", "demand", "category_code", "place", "address",
    "occurred", "respondent", "caller_name", "contact_number", "urgency", "urgency_reason",
    "is_confidential", "handled_by", "person_kind", *DETAILS,
)  # fmt: skip


def typed_in(form: DraftForm) -> dict[str, Any]:
    """Return what was typed so far, to be kept as a draft."""
    typed = {name: getattr(form, name).data for name in TYPED}
    received = moment_of(form.received_at)
    return {**typed, "received_at": received.isoformat() if received else ""}


def words_in(form: DraftForm) -> CaseWords:
    """Return what a form says."""
    demand = demand_in(form)
    contact = demand["contact_number"]
    return CaseWords(
        **{**demand, "contact_number": normalise(contact) if contact else ""},
        **details_in(form),
        person_kind=person_kind_in(form),
        source_no=numbered(form.source_no.data or "") or None,
        received_at=moment_of(form.received_at),
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
        "person_kind": words.person_kind or "",
        "gender": words.gender or "",
        "age_group": words.age_group or "",
        "handled_by": "channel" if words.is_channels_own else "hotline",
        **{
            name: getattr(words, name)
            for name in (
                "title", "content", "demand", "category_code", "address", "occurred", "respondent",
                "grid", "coordinates", "caller_name", "contact_number", "urgency_reason",
                "is_confidential",
            )
        },
    }  # fmt: skip
