"""Where a new ticket begins: to be dispatched, or looked at before (domain rules 1.5). Pure."""

from collections.abc import Iterable

from app.rules.rule_book import ReviewGate
from app.tickets.ticket_states import EntryMode, TicketState


def first_state(
    entry_mode: EntryMode,
    *,
    is_channels_own: bool,
    is_counted_only: bool = False,
    is_urgent: bool,
    gate: ReviewGate,
) -> TicketState:
    """Return where a new ticket stands.

    What is counted only (praise, a void call) is over when it is written down: nothing is to be
    handled. What its channel handles itself is in hand at once. What is urgent waits for no second
    look: its dispatcher has minutes.
    """
    if is_counted_only:
        return TicketState.CLOSED
    if is_channels_own:
        return TicketState.HANDLING
    is_looked_at = gate is ReviewGate.ALL or (
        gate is ReviewGate.NOT_BY_CALL and entry_mode is not EntryMode.CALL
    )
    return TicketState.TO_REVIEW if is_looked_at and not is_urgent else TicketState.TO_DISPATCH


def owes_review(stood: Iterable[TicketState]) -> bool:
    """Say whether a ticket has still to be looked at, for the states it stood in, oldest first.

    What waited for its review when it was last with the dispatchers never came through it, whatever
    it was asked or followed since.
    """
    gate = {TicketState.TO_REVIEW, TicketState.TO_DISPATCH}
    last = [state for state in stood if state in gate][-1:]
    return last == [TicketState.TO_REVIEW]
