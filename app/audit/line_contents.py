"""Decides what goes into the audit, and what does not. Pure.

Read here: who did it, to what, and which of the event's values are kept with the line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.events import Event
from app.core.phone_numbers import mask_in_text

_DIGEST = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 proves a file only whole; eleven of its digits may look like a telephone number."""


@dataclass(frozen=True, kw_only=True)
class AuditRule:
    """How one kind of event becomes a line; the names are attributes of the event.

    `actor` is empty when the system itself did it.
    """

    realm: str
    subject_type: str
    subject: str
    actor: str = ""
    kept: tuple[str, ...] = ()


def summary_of(event: Event) -> str:
    """Return the key of the sentence for this kind of event."""
    return f"audit.{event.name}"


def subject_of(event: Event, rule: AuditRule) -> str:
    """Return which one it was done to; empty when nobody is known (a wrong work number)."""
    found = getattr(event, rule.subject)
    return "" if found is None else str(found)


def actor_of(event: Event, rule: AuditRule) -> int | None:
    """Return who did it."""
    return getattr(event, rule.actor) if rule.actor else None


def data_of(event: Event, rule: AuditRule) -> Mapping[str, Any]:
    """Return what is kept besides, telephone numbers masked."""
    return {name: _plain(getattr(event, name)) for name in rule.kept}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool | int | float | None):
        return value
    text = str(value)
    return text if _DIGEST.fullmatch(text) else mask_in_text(text)
