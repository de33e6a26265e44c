"""Decides how long a recording is kept, and what is due. Pure.

The lengths are dated rules of the city (`app/rules/data/retention_rules.csv`). Decision 12: three
years for an ordinary one; PIPL asks for the shortest that is necessary, so what is due is deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class RecordClass(StrEnum):
    """What kind of record a recording is; each has a rule of its own."""

    ORDINARY = "recording.ordinary"
    TICKET = "recording.ticket"  # a ticket was opened in this call
    COMPLAINT = "recording.complaint"  # that ticket complains or reports


@dataclass(frozen=True, kw_only=True)
class KeptRecording:
    """What the decision needs to know. `settled_at` is when its last ticket was closed."""

    record_class: RecordClass
    received_at: datetime
    is_held: bool = False  # a legal hold: nothing is deleted while it stands
    has_open_ticket: bool = False
    settled_at: datetime | None = None


def class_of(*, has_ticket: bool, is_complaint: bool) -> RecordClass:
    """Return the class of a recording by what its call left."""
    if is_complaint:
        return RecordClass.COMPLAINT
    return RecordClass.TICKET if has_ticket else RecordClass.ORDINARY


def due_at(recording: KeptRecording, *, keep_days: Mapping[str, int]) -> datetime | None:
    """Return when a recording is to be deleted; None: not before something changes.

    A class without a rule is kept. A ticket's time begins when the ticket is closed.
    """
    days = keep_days.get(recording.record_class)
    if days is None or recording.is_held or recording.has_open_ticket:
        return None
    begins = max(recording.received_at, recording.settled_at or recording.received_at)
    return begins + timedelta(days=days)


def is_due(recording: KeptRecording, *, keep_days: Mapping[str, int], now: datetime) -> bool:
    """Say whether a recording's time is over."""
    due = due_at(recording, keep_days=keep_days)
    return due is not None and due <= now
