"""Whether the hotline itself answers the caller of a ticket, and still owes it (domain rule R19).

A ticket keeps the rule of the moment at which it was opened, through every round. Where the hotline
answers, its clock to the citizen ends with a call of the hotline that told him the reply, made
after the audit; what a unit told him ends nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.core.database import db
from app.handling.models import Contact, Result
from app.handling.refusals import CallerNotAnswered
from app.rules import rule_register
from app.tickets.service import Ticket


def hotline_answers(ticket: Ticket) -> bool:
    """Say whether, by the rule this ticket started under, the hotline answers its caller."""
    return rule_register.read_book().hotline_answers(ticket.opened_at)


def is_owed(ticket: Ticket) -> bool:
    """Say whether the hotline has still to tell the caller the reply of this round."""
    return ticket.id in owed_among([ticket])


def owed_among(tickets: Sequence[Ticket]) -> frozenset[int]:
    """Return the ids of those whose caller the hotline has still to answer.

    Who left no number can be told nothing; he asks with his number and code.
    """
    book = rule_register.read_book()
    owing = [
        each for each in tickets if each.contact_number and book.hotline_answers(each.opened_at)
    ]
    if not owing:
        return frozenset()
    told = _told({each.id for each in owing})
    came = _newest_audit({each.master_id or each.id for each in owing})
    return frozenset(
        each.id
        for each in owing
        if not any(
            nth == each.round and _is_after(at, came.get(each.master_id or each.id))
            for nth, at in told.get(each.id, ())
        )
    )


def refuse_owed(ticket: Ticket) -> None:
    """Raise CallerNotAnswered while the hotline has not told the caller the reply."""
    if is_owed(ticket):
        raise CallerNotAnswered


def _told(ids: Collection[int]) -> dict[int, list[tuple[int, datetime]]]:
    asked = select(Contact.ticket_id, Contact.round, Contact.at).where(
        Contact.ticket_id.in_(ids),
        Contact.unit_id.is_(None),
        Contact.call_id.is_not(None),
        Contact.is_reply_told,
    )
    found: dict[int, list[tuple[int, datetime]]] = {}
    for ticket_id, nth, at in db.session.execute(asked):
        found.setdefault(ticket_id, []).append((nth, at))
    return found


def _newest_audit(ids: Collection[int]) -> dict[int, datetime]:
    """Return when the newest result of each was handed in: what was told before is not that one."""
    asked = (
        select(Result.ticket_id, func.max(Result.handed_in_at).label("at"))
        .where(Result.ticket_id.in_(ids))
        .group_by(Result.ticket_id)
    )
    return {row.ticket_id: row.at for row in db.session.execute(asked)}


def _is_after(at: datetime, since: datetime | None) -> bool:
    return since is None or at >= since
