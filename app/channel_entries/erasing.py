"""Erase a person from what channels wrote about his tickets; the rows stay and are counted."""

from collections.abc import Collection

from sqlalchemy import select, update

from app.channel_entries import case_reading
from app.channel_entries.models import CaseNote, CaseResult, ChannelCase
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


def erase_whole(ticket_ids: Collection[int]) -> None:
    """Leave of what channels wrote about these tickets that it was written, and when."""
    of_cases = select(ChannelCase.id).where(ChannelCase.ticket_id.in_(ticket_ids))
    notes = update(CaseNote).where(CaseNote.case_id.in_(of_cases))
    db.session.execute(notes.values(text=""))
    results = update(CaseResult).where(CaseResult.case_id.in_(of_cases))
    db.session.execute(results.values(result="", public_reply=""))
    cases = update(ChannelCase).where(ChannelCase.ticket_id.in_(ticket_ids))
    db.session.execute(cases.values(draft={}, mark=""))
