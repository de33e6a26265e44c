"""Keeps what lists look through in step with the tickets: written in the same save, or anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapper

from app.core.database import db
from app.tickets.list_wanted import Marked, marks_of, quoted
from app.tickets.models import Ticket, TicketListRow
from app.tickets.search_words import pairs_of, searched_text
from app.tickets.ticket_states import OPEN_STATES

BATCH = 1000


def row_of(ticket: Ticket, *, with_marks: bool) -> dict[str, Any]:
    """Return the row by which lists find a ticket; marks only where an index of them is."""
    due_at = ticket.due_at if ticket.state in OPEN_STATES else None
    words = searched_text(
        ticket.title, ticket.content, ticket.demand, ticket.respondent, ticket.address
    )
    marked = Marked(
        number=ticket.number,
        state=ticket.state,
        request_type=ticket.request_type.value,
        category_code=ticket.category_code,
        county_code=ticket.county_code,
        town_code=ticket.town_code,
        urgency=ticket.urgency.value,
        first_contact_id=ticket.first_contact_id,
        is_confidential=ticket.is_confidential,
        opened_at=ticket.opened_at,
        closed_at=ticket.closed_at,
        due_at=due_at,
        unit_id=ticket.lead_unit_id,
        flags=ticket.flags,
        tags=ticket.tags,
    )
    return {
        "ticket_id": ticket.id,
        "number": ticket.number,
        "opened_at": ticket.opened_at,
        "closed_at": ticket.closed_at,
        "due_at": due_at,
        "words": words,
        "marks": written_marks(marks_of(marked) | pairs_of(words)) if with_marks else "",
    }


def written_marks(marks: set[str]) -> str:
    """Return marks as the column of an index takes them."""
    return " ".join(quoted(mark) for mark in sorted(marks))


def _write(_mapper: Mapper[Ticket], connection: Connection, ticket: Ticket) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    row = row_of(ticket, with_marks=is_postgresql)
    put = (postgresql.insert if is_postgresql else sqlite.insert)(TicketListRow).values(row)
    changed = {name: value for name, value in row.items() if name != "ticket_id"}
    connection.execute(put.on_conflict_do_update(index_elements=["ticket_id"], set_=changed))


def keep_in_step() -> None:
    """Let whoever writes a ticket write its row: no room above need think of it."""
    for moment in ("after_insert", "after_update"):
        if not event.contains(Ticket, moment, _write):
            event.listen(Ticket, moment, _write)


def make_anew(*, after: int = 0) -> int:
    """Write the next batch of rows anew, from the tickets behind this id; return the last id.

    Nothing left to do is 0. Each batch is a save of its own.
    """
    wanted = select(Ticket).where(Ticket.id > after).order_by(Ticket.id).limit(BATCH)
    tickets = db.session.scalars(wanted).all()
    if not tickets:
        return 0
    with_marks = db.session.get_bind().dialect.name == "postgresql"
    first, last = tickets[0].id, tickets[-1].id
    db.session.execute(delete(TicketListRow).where(TicketListRow.ticket_id.between(first, last)))
    rows: Sequence[Mapping[str, Any]] = [row_of(each, with_marks=with_marks) for each in tickets]
    db.session.execute(insert(TicketListRow), rows)
    db.session.expunge_all()
    return last


def make_all_anew() -> None:
    """Write every row anew in the save that is open; for what was put in past the objects."""
    last = 0
    while following := make_anew(after=last):
        last = following
