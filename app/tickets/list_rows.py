"""Keeps what lists look through in step with the tickets: written in the same save, or anew."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, cast, delete, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapper

from app.core.database import db
from app.privacy.levels import NOTHING_OF_HIM
from app.tickets import reading
from app.tickets.list_wanted import Marked, marks_of, quoted
from app.tickets.models import Ticket, TicketListRow
from app.tickets.search_words import pairs_of, searched_text
from app.tickets.ticket_states import OPEN_STATES

BATCH = 1000
MoreMarks = Callable[[Connection, Collection[int]], Mapping[int, set[str]]]
"""Reads the marks that a room above gives to some tickets, by id."""

_of_rooms_above: list[MoreMarks] = []


def also_marked_by(read: MoreMarks) -> None:
    """Let a room above mark tickets as well; it tells later ones with `add_marks`."""
    if read not in _of_rooms_above:
        _of_rooms_above.append(read)


def add_marks(connection: Connection, ticket_id: int, marks: set[str]) -> None:
    """Add marks to a ticket's row in the save that is open; where no index is, nothing is kept."""
    if connection.dialect.name == "postgresql":
        more = TicketListRow.marks.op("||")(cast(written_marks(marks), TSVECTOR))
        row = update(TicketListRow).where(TicketListRow.ticket_id == ticket_id)
        connection.execute(row.values(marks=more))


def row_of(
    ticket: Ticket, *, with_marks: bool, more: Collection[str] = frozenset()
) -> dict[str, Any]:
    """Return the row by which lists find a ticket; marks only where an index of them is.

    `more` are the marks of rooms above.
    """
    due_at = ticket.due_at if ticket.state in OPEN_STATES else None
    words = searched_text(*_searched(ticket))
    marked = Marked(
        number=ticket.number,
        state=ticket.state,
        request_type=ticket.request_type,
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
        channel_id=ticket.channel_id,
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
        "marks": written_marks({*marks_of(marked), *pairs_of(words), *more}) if with_marks else "",
    }


def _searched(ticket: Ticket) -> list[str]:
    """Return the texts that are searched: of a confidential ticket none that lead to its caller.

    Who may read it without its caller would else learn by searching whose it is.
    """
    texts = [ticket.title, ticket.content, ticket.demand, ticket.respondent]
    if ticket.is_confidential:
        return [reading.text_shown(ticket, each, NOTHING_OF_HIM) for each in texts]
    return [*texts, ticket.address]


def written_marks(marks: set[str]) -> str:
    """Return marks as the column of an index takes them."""
    return " ".join(quoted(mark) for mark in sorted(marks))


def _more_marks(connection: Connection, ticket_ids: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for read in _of_rooms_above:
        for ticket_id, marks in read(connection, ticket_ids).items():
            found.setdefault(ticket_id, set()).update(marks)
    return found


def _write(_mapper: Mapper[Ticket], connection: Connection, ticket: Ticket) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    more = _more_marks(connection, [ticket.id]) if is_postgresql else {}
    row = row_of(ticket, with_marks=is_postgresql, more=more.get(ticket.id, ()))
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
    ids = [each.id for each in tickets]
    more = _more_marks(db.session.connection(), ids) if with_marks else {}
    rows: Sequence[Mapping[str, Any]] = [
        row_of(each, with_marks=with_marks, more=more.get(each.id, ())) for each in tickets
    ]
    db.session.execute(insert(TicketListRow), rows)
    db.session.expunge_all()
    return last


def make_all_anew() -> None:
    """Write every row anew in the save that is open; for what was put in past the objects."""
    last = 0
    while following := make_anew(after=last):
        last = following
