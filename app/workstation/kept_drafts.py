"""What was typed about a call and stands in no form any more: for its agent, masked as all is."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.callers.shown_names import shown_name
from app.privacy.personal_traces import masked_in
from app.tickets import service as tickets

WRITTEN = (
    "note", "told_where", "told_words", "transfer_to", "title", "content", "demand", "occurred",
    "respondent", "address", "urgency_reason", "caller_name", "contact_number",
    "organisation_name", "credit_code", "best_time", "people_count", "amount", "grid",
    "coordinates",
)  # fmt: skip
"""Fields that are written, not chosen, as the desk's draft names them; a page reads them so."""


def written_in(draft: tickets.CallDraft) -> list[tuple[str, str]]:
    """Return field and masked text of everything that was written; what stands twice, once."""
    found = (
        (field, _masked(field, text))
        for form in _forms(draft.body)
        for field in WRITTEN
        if isinstance(text := form.get(field), str) and text.strip()
    )
    return list(dict.fromkeys(found))


def _forms(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the forms of a draft; one of a strange shape is read as far as it goes."""
    further = body.get("further")
    for each in (
        body.get("record"),
        body.get("ticket"),
        *(further if isinstance(further, list) else []),
    ):
        if isinstance(each, dict):
            yield each


def _masked(field: str, text: str) -> str:
    return shown_name(text) if field == "caller_name" else masked_in(text)
