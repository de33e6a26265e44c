"""What an agent is doing, what may follow what, and how a waiting state ends. Pure.

The server is the only writer (A3). Each state that waits for something has a deadline and a named
exit, so that nobody is ever stuck in it.
"""

from enum import StrEnum


class PresenceState(StrEnum):
    """What an agent is doing, as everybody sees it."""

    SIGNED_OUT = "signed_out"
    NOT_READY = "not_ready"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    RECONNECTING = "reconnecting"
    WRAP_UP = "wrap_up"
    MISSED = "missed"
    LINK_LOST = "link_lost"


P = PresenceState

MOVES: dict[PresenceState, frozenset[PresenceState]] = {
    P.SIGNED_OUT: frozenset({P.NOT_READY, P.READY, P.TALKING}),
    P.NOT_READY: frozenset({P.READY, P.SIGNED_OUT, P.LINK_LOST, P.TALKING, P.OFFERED}),
    P.READY: frozenset({P.NOT_READY, P.OFFERED, P.SIGNED_OUT, P.LINK_LOST, P.TALKING}),
    P.OFFERED: frozenset({P.TALKING, P.READY, P.MISSED, P.LINK_LOST, P.NOT_READY, P.SIGNED_OUT}),
    # Who was only beside in a colleague's call has no work after it: back to what he was.
    P.TALKING: frozenset(
        {P.WRAP_UP, P.RECONNECTING, P.READY, P.NOT_READY, P.SIGNED_OUT, P.LINK_LOST}
    ),
    P.RECONNECTING: frozenset({P.TALKING, P.WRAP_UP, P.LINK_LOST}),
    P.WRAP_UP: frozenset({P.READY, P.NOT_READY, P.SIGNED_OUT, P.LINK_LOST, P.TALKING}),
    P.MISSED: frozenset({P.READY, P.NOT_READY, P.SIGNED_OUT, P.LINK_LOST, P.TALKING}),
    P.LINK_LOST: frozenset({P.READY, P.NOT_READY, P.SIGNED_OUT, P.TALKING}),
}

WAITING_EXITS: dict[PresenceState, PresenceState] = {
    P.OFFERED: P.MISSED,
    P.RECONNECTING: P.LINK_LOST,
    P.WRAP_UP: P.READY,
    P.LINK_LOST: P.SIGNED_OUT,
}
"""Where a waiting state goes by itself when its deadline passes; it is never entered without one.

What the agent chose in the meantime comes before it.
"""

IN_CALL = frozenset({P.OFFERED, P.TALKING, P.RECONNECTING})
BUSY_WITH_A_CALL = frozenset({P.OFFERED, P.TALKING, P.RECONNECTING, P.WRAP_UP})


class BesideReason(StrEnum):
    """Why an agent is rung for, or in, a call that is a colleague's; or is calling out."""

    CONSULT = "consult"
    TRANSFER = "transfer"
    SUPERVISE = "supervise"
    CONSULTED = "consulted"
    SUPERVISING = "supervising"
    CALLING = "calling"


class NotReadyReason(StrEnum):
    """Why an agent takes no calls. The first ones are chosen, the others set by the system."""

    BREAK = "break"
    MEAL = "meal"
    MEETING = "meeting"
    TRAINING = "training"
    COACHING = "coaching"
    PAPERWORK = "paperwork"
    SIGNED_IN = "signed_in"
    RECORD_UNFINISHED = "record_unfinished"
    PHONE_LOST = "phone_lost"
    AFTER_ABUSE = "after_abuse"
    AT_BOARD = "at_board"  # a supervisor whose only page is the board: no place for a caller


PAUSE_EXITS: dict[str, PresenceState] = {NotReadyReason.AFTER_ABUSE: P.READY}
"""A pause for one of these reasons ends by itself. One for any other reason ends when the agent
says so; when it lasts longer than is agreed, somebody is told."""


class EntryState(StrEnum):
    """How far a place in line has come."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"


ENTRY_MOVES: dict[EntryState, frozenset[EntryState]] = {
    EntryState.WAITING: frozenset({EntryState.OFFERED, EntryState.TAKEN, EntryState.LEFT}),
    EntryState.OFFERED: frozenset({EntryState.WAITING, EntryState.TAKEN, EntryState.LEFT}),
    EntryState.TAKEN: frozenset({EntryState.WAITING, EntryState.LEFT}),
    EntryState.LEFT: frozenset({EntryState.WAITING, EntryState.TAKEN}),
}


class OfferState(StrEnum):
    """How an offer of one call to one agent stands or ended."""

    OPEN = "open"
    ANSWERED = "answered"
    MISSED = "missed"
    CALLER_GONE = "caller_gone"
    WITHDRAWN = "withdrawn"


OFFER_MOVES: dict[OfferState, frozenset[OfferState]] = {
    OfferState.OPEN: frozenset(OfferState) - {OfferState.OPEN},
    OfferState.ANSWERED: frozenset(),
    OfferState.MISSED: frozenset({OfferState.ANSWERED}),  # answered at the last moment
    OfferState.CALLER_GONE: frozenset(),
    OfferState.WITHDRAWN: frozenset({OfferState.ANSWERED}),
}
