"""Erases tickets whose time is over, with all that belongs to them; the rows stay and count.

A row that is gone would change every figure in which it stood (ADR 0054); so of a ticket stay the
codes, the moments, the units and the marks, and nothing that was said, nor whom it was about.
"""

from collections.abc import Collection
from datetime import datetime

from app.callers import forgetting, person_changes, person_list
from app.calls import erasing as calls_erasing
from app.channel_entries import erasing as channel_erasing
from app.core import clock
from app.core.events import publish
from app.handling import erasing as handling_erasing
from app.keeping import holding, rounds
from app.keeping.due_tickets import Fate, Reasons, calls_by_ticket, fate_of, nobodys_calls
from app.keeping.rounds import Batch, Due, Place
from app.notifications import erasing as messages_erasing
from app.recordings import erasing as recordings_erasing
from app.text_intake import erasing as texts_erasing
from app.tickets import erasing as tickets_erasing
from app.tickets import kept_tickets
from app.tickets.events import TicketErased

RECORD_CLASS = "ticket"
AT_ONCE = 50
"""Tickets of one save: each brings its calls with all their news."""


def erase_due(due: Due, after: Place | None) -> Batch:
    """Look at the next tickets whose time is over, and erase those that nothing keeps."""
    found = kept_tickets.ended_before(due.before, after=after, most=AT_ONCE)
    ids = [each.id for each in found]
    ties = calls_by_ticket(holding.ties_of_tickets(ids))
    calls = frozenset[int]().union(*ties.values())
    held = holding.held_things()
    reasons = Reasons(
        held=held.tickets,
        held_calls=recordings_erasing.held_among(calls),
        needed=kept_tickets.needed(ids, before=due.before) | handling_erasing.copied_by_open(ids),
        sounding=recordings_erasing.sounding(calls),
    )
    fates = {each: fate_of(each, ties.get(each, frozenset()), reasons) for each in ids}
    going = [each for each in found if fates[each.id] is Fate.GOES]
    if going:
        _erase([each.id for each in going], due.before)
    for each in going:
        publish(TicketErased(ticket_id=each.id, number=each.number, keep_days=due.keep_days))
    return Batch(
        deleted=len(going),
        held=sum(fate is Fate.HELD for fate in fates.values()),
        waiting=sum(fate is Fate.WAITS for fate in fates.values()),
        last=(found[-1].closed_at, found[-1].id) if len(found) == AT_ONCE else None,
    )


def _erase(ticket_ids: Collection[int], before: datetime) -> None:
    now = clock.now()
    calls = {call_id for _ticket_id, call_id in holding.ties_of_tickets(ticket_ids)}
    names = kept_tickets.names_in(ticket_ids)
    persons = kept_tickets.persons_of(ticket_ids) | calls_erasing.persons_of(calls)
    tickets_erasing.erase_whole(ticket_ids, at=now)
    for path, sha256 in handling_erasing.erase_whole(ticket_ids, names=names):
        rounds.wish_file_away(path, sha256=sha256)
    channel_erasing.erase_whole(ticket_ids)
    answers = texts_erasing.erase_of_tickets(ticket_ids)
    messages_erasing.erase_of_tickets(ticket_ids, also=answers)
    _erase_calls(calls, before)
    for caller_id in persons:
        _forget(caller_id, before)


def _erase_calls(call_ids: Collection[int], before: datetime) -> None:
    """Erase calls of which every ticket is gone; a later one than these tickets stays."""
    ties = holding.ties_of_calls(call_ids)
    kept = kept_tickets.still_kept({ticket_id for ticket_id, _call_id in ties})
    over = calls_erasing.ended_before(nobodys_calls(ties, kept), before)
    tickets_erasing.erase_records_of_calls(over)
    calls_erasing.erase_whole(over)


def _forget(caller_id: int, before: datetime) -> None:
    """Erase a person of whom no ticket is kept any more and who has not called since."""
    family = person_changes.family_of(caller_id)
    if not kept_tickets.persons_kept(family):
        _numbers, own = person_list.numbers_of(caller_id)
        forgetting.forget_old(caller_id, numbers=own, before=before)
