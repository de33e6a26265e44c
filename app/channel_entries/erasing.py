"""Erase a person from what channels wrote about his tickets; the rows stay and are counted."""

from collections.abc import Collection

from sqlalchemy import select

from app.channel_entries import case_reading
from app.channel_entries.models import ChannelCase
from app.core.database import db
from app.tickets.erasing import struck_out


def erase_person(ticket_ids: Collection[int], *, names: Collection[str]) -> None:
    """Strike names and telephone numbers out of notes, results and replies of these tickets."""
    asked = select(ChannelCase.id).where(ChannelCase.ticket_id.in_(ticket_ids))
    ids = list(db.session.scalars(asked))
    for notes in case_reading.notes_of(ids).values():
        for note in notes:
            note.text = struck_out(note.text, names)
    for results in case_reading.results_of(ids).values():
        for result in results:
            result.result = struck_out(result.result, names)
            result.public_reply = struck_out(result.public_reply, names)
