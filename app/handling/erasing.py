"""Erase a person from what was done about his tickets; the rows stay and are counted as before."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.handling.models import (
    Assignment,
    Contact,
    Dispute,
    FollowUp,
    Result,
    ReturnWish,
    TimeWish,
    Visit,
)
from app.tickets import stepping
from app.tickets.erasing import struck_out

WORDS: Mapping[type[Any], tuple[str, ...]] = {
    Assignment: ("note", "opinion"),
    Contact: ("note",),
    Dispute: ("opinions",),
    FollowUp: ("text",),
    Result: (
        "public_reply",
        "internal_note",
        "measures",
        "legal_basis",
        "unsolved_reason",
        "defect_note",
    ),
    ReturnWish: ("basis", "decision"),
    TimeWish: ("basis", "decision"),
    Visit: ("words",),
}
"""Where people write freely about a ticket."""


def erase_person(ticket_ids: Collection[int], *, names: Collection[str]) -> None:
    """Strike names and telephone numbers out of everything that was written about tickets."""
    for model, columns in WORDS.items():
        for row in db.session.scalars(select(model).where(model.ticket_id.in_(ticket_ids))):
            for name in columns:
                setattr(row, name, struck_out(getattr(row, name), names))
    for ticket_id in ticket_ids:
        for step in stepping.steps_of(ticket_id):
            step.carried = {key: _struck(value, names) for key, value in step.carried.items()}


def _struck(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _struck(each, names) for key, each in value.items()}
    return struck_out(value, names) if isinstance(value, str) else value
