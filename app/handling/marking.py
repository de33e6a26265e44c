"""Flags and tags of a ticket, given or taken away by those who dispatch."""

from collections.abc import Collection

from app.core import clock
from app.core.events import publish
from app.handling.acting import Doer, actors_of, common, refuse_unseen
from app.handling.events import TicketMarked
from app.tickets import stepping, tags
from app.tickets.service import Ticket
from app.tickets.ticket_flags import in_order
from app.tickets.ticket_moves import Actor, MoveNotPossible, MoveNotYours
from app.tickets.ticket_states import OPEN_STATES

MARKED = "mark"
"""The act under which it stands among a ticket's steps; it moves nothing."""


def mark(
    ticket_id: int,
    *,
    flags: Collection[str],
    wanted: Collection[str],
    doer: Doer,
    seen: int | None = None,
) -> Ticket:
    """Let a ticket have these flags and the tags `wanted`, and no others.

    A tag that the list ended since stays. Raises MoveNotYours, ChangedMeanwhile, MoveNotPossible
    once nothing is owed, NotInRegister, TooManyTags.
    """
    ticket = stepping.read_for_change(ticket_id)
    if not actors_of(doer, ticket) & {Actor.DISPATCHER, Actor.MANAGER}:
        raise MoveNotYours(act=MARKED)
    refuse_unseen(ticket, seen)
    if ticket.state not in OPEN_STATES:
        raise MoveNotPossible(act=MARKED, state=str(ticket.state))
    tags.check_tags(wanted)
    new_flags = in_order(flags)
    new_tags = list(dict.fromkeys([*tags.ended_among(ticket.tags), *wanted]))
    if (ticket.flags, ticket.tags) == (new_flags, new_tags):
        return ticket
    ticket.flags, ticket.tags = new_flags, new_tags
    carried = {"flags": new_flags or ["none"], "tags": tags.kept_names(new_tags)}
    stepping.write_step(
        ticket, MARKED, at=clock.now(), by=doer.user_id, unit_id=doer.unit_id, carried=carried
    )
    told = common(ticket, doer.user_id)
    publish(TicketMarked(**told, flags=" ".join(new_flags), tags=" ".join(new_tags)))
    return ticket
