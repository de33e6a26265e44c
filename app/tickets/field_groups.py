"""Which fields a ticket has, in which groups they are read, and which of them say something. Pure.

Domain rules 2.1. What is filled is shown first; what is not is named apart, so that whoever reads
sees what was never asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

GROUPS: dict[str, tuple[str, ...]] = {
    "identity": ("number", "check_code", "opened_at", "first_contact", "siblings", "kept_until"),
    "origin": ("entry", "line"),
    "person": (
        "caller", "person_kind", "identity_number", "gender", "age_group", "organisation_name",
        "credit_code", "special_group", "callback_wanted", "best_time", "consent_public",
    ),
    "matter": (
        "request_type", "category", "occurred", "respondent", "respondent_unit", "content",
        "demand", "people_count",
        "amount",
    ),
    "place": ("place", "village", "poi", "grid", "address", "coordinates"),
    "urgency": ("urgency", "urgency_words", "urgency_reason", "flags", "tags"),
}  # fmt: skip

NEVER_ASKED = frozenset(
    {
        "siblings",
        "urgency_words",
        "urgency_reason",
        "line",
        "respondent_unit",
        "check_code",
        "identity_number",
        "flags",
        "tags",
        "kept_until",
        "village",
        "poi",
    }
)
"""Fields that nobody fills by asking, or that few matters need: empty, nothing is missing."""

HIDDEN_FROM_UNIT = frozenset(
    {
        "check_code", "person_kind", "organisation_name", "credit_code", "identity_number",
        "gender", "age_group", "special_group", "best_time", "village", "poi", "grid",
        "coordinates",
    }
)  # fmt: skip
"""What leads to the caller of a confidential ticket, besides what its texts and numbers say."""


@dataclass(frozen=True, kw_only=True)
class FieldGroup:
    """One group: the names of the fields that say something, and of those that say nothing."""

    name: str
    filled: tuple[str, ...]
    empty: tuple[str, ...]


def grouped(values: Mapping[str, object]) -> list[FieldGroup]:
    """Return the groups in their order; `values` holds by field what it says, empty for nothing."""
    return [
        FieldGroup(
            name=group,
            filled=tuple(name for name in names if values.get(name)),
            empty=tuple(name for name in names if not values.get(name) and name not in NEVER_ASKED),
        )
        for group, names in GROUPS.items()
    ]


def without_hidden(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values as the handling unit of a confidential ticket reads them."""
    return {name: value for name, value in values.items() if name not in HIDDEN_FROM_UNIT}
