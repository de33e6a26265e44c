"""Erase a person from what was done about his tickets; the rows stay and are counted as before.

When a ticket's time is over, all words about it go, and its files (`erase_whole`).
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.handed_down import given
from app.handling.attachments import AttachmentPlace
from app.handling.models import (
    Assignment,
    Attachment,
    ClockRuleChange,
    Contact,
    Dispute,
    FollowUp,
    HandOver,
    OwnCall,
    Precedent,
    Result,
    ReturnWish,
    TicketClock,
    TimeWish,
    Visit,
)
from app.tickets import stepping
from app.tickets.erasing import struck_out
from app.tickets.service import Ticket
from app.tickets.ticket_states import OPEN_STATES

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
WORDS_AT_ITS_END: Mapping[type[Any], tuple[str, ...]] = {
    **WORDS,
    Assignment: ("note", "opinion", "basis"),
    HandOver: ("reason",),
    Result: (*WORDS[Result], "reply_hash"),
}
"""What goes when its time is over; a copy would still be found by the hash of the words."""
_OF_CALLS: tuple[type[Any], ...] = (Contact, FollowUp, OwnCall, Visit)
"""What ties a call to a ticket here."""


def erase_person(ticket_ids: Collection[int], *, names: Collection[str]) -> None:
    """Strike names and telephone numbers out of everything that was written about tickets."""
    for model, columns in WORDS.items():
        for row in db.session.scalars(select(model).where(model.ticket_id.in_(ticket_ids))):
            for name in columns:
                setattr(row, name, struck_out(getattr(row, name), names))
    for ticket_id in ticket_ids:
        for step in stepping.steps_of(ticket_id):
            step.carried = {key: _struck(value, names) for key, value in step.carried.items()}


def erase_whole(ticket_ids: Collection[int], *, names: Collection[str]) -> list[tuple[str, str]]:
    """Leave of the work on these tickets what is counted; return their files, path and digest.

    Whoever saves this takes the files away afterwards: nothing names them any more. Whom the
    hotline named stays a precedent, without these names and any number in its words.
    """
    for model, columns in WORDS_AT_ITS_END.items():
        gone = dict.fromkeys(columns, "")
        db.session.execute(update(model).where(model.ticket_id.in_(ticket_ids)).values(gone))
    clocks = select(TicketClock.id).where(TicketClock.ticket_id.in_(ticket_ids))
    changes = update(ClockRuleChange).where(ClockRuleChange.clock_id.in_(clocks))
    db.session.execute(changes.values(reason=""))
    for row in db.session.scalars(select(Precedent).where(Precedent.ticket_id.in_(ticket_ids))):
        row.basis = struck_out(row.basis, names)
    files = []
    for file in db.session.scalars(select(Attachment).where(Attachment.ticket_id.in_(ticket_ids))):
        files.append((file.path, file.sha256))
        db.session.delete(file)
    return files


def take_away(path: str) -> None:
    """Delete a file from its place; one that is gone is gone. Raises OutsideSystemDown."""
    given(AttachmentPlace).store.delete(path)


def copied_by_open(ticket_ids: Collection[int]) -> frozenset[int]:
    """Return which of these tickets have a reply that an open ticket's reply was copied from."""
    copy = aliased(Result)
    wanted = (
        select(Result.ticket_id)
        .join(copy, copy.copied_from_id == Result.id)
        .join(Ticket, Ticket.id == copy.ticket_id)
        .where(Result.ticket_id.in_(ticket_ids), Ticket.state.in_(OPEN_STATES))
    )
    return frozenset(db.session.scalars(wanted))


def ties_of_tickets(ticket_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return these tickets with the calls that were made about them."""
    return {
        (ticket_id, call_id)
        for model in _OF_CALLS
        for ticket_id, call_id in db.session.execute(
            select(model.ticket_id, model.call_id).where(
                model.ticket_id.in_(ticket_ids), model.call_id.is_not(None)
            )
        )
    }


def ties_of_calls(call_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return these calls with the tickets that they were made about."""
    return {
        (ticket_id, call_id)
        for model in _OF_CALLS
        for ticket_id, call_id in db.session.execute(
            select(model.ticket_id, model.call_id).where(model.call_id.in_(call_ids))
        )
    }


def _struck(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _struck(each, names) for key, each in value.items()}
    return struck_out(value, names) if isinstance(value, str) else value
