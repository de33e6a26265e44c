"""Gathers what legal holds keep, out of every room that knows a part of it."""

from collections.abc import Collection

from app.calls import erasing as calls_erasing
from app.handling import erasing as handling_erasing
from app.keeping.held_things import HeldThings
from app.notifications import erasing as messages_erasing
from app.recordings import erasing as recordings_erasing
from app.text_intake import erasing as texts_erasing
from app.tickets import holds, kept_tickets


def held_things() -> HeldThings:
    """Return all that is held at this moment."""
    held = holds.held_ids()
    of_calls = recordings_erasing.held_call_ids()
    if not (held or of_calls):
        return HeldThings()
    calls = of_calls | {call_id for _ticket_id, call_id in ties_of_tickets(held)}
    return HeldThings(
        tickets=held,
        calls=calls,
        recordings=recordings_erasing.ids_of_calls(calls),
        persons=kept_tickets.persons_of(held) | calls_erasing.persons_of(calls),
        messages=messages_erasing.ids_of_tickets(held) | texts_erasing.ids_of_tickets(held),
        numbers=kept_tickets.numbers_of(held),
    )


def held_calls(call_ids: Collection[int]) -> frozenset[int]:
    """Return which of these calls belong to a ticket that is held."""
    held = holds.held_ids()
    if not held:
        return frozenset()
    ties = kept_tickets.ties_of_calls(call_ids) | handling_erasing.ties_of_calls(call_ids)
    return frozenset(call_id for ticket_id, call_id in ties if ticket_id in held)


def ties_of_tickets(ticket_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return these tickets with every call that is theirs."""
    return kept_tickets.ties_of_tickets(ticket_ids) | handling_erasing.ties_of_tickets(ticket_ids)


def ties_of_calls(call_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return these calls with every ticket that is theirs."""
    return kept_tickets.ties_of_calls(call_ids) | handling_erasing.ties_of_calls(call_ids)
