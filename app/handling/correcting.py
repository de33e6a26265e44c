"""Whoever asked turns out to be another kind of person than was written: put right, on record.

What was promised stays as it is: a clock that runs follows only where a manager lets it follow the
rules of today, and a first contact is owed from the next time that a unit is given the ticket.
"""

from app.core import clock as wall
from app.core.events import publish
from app.handling.acting import Doer, actors_of, common, refuse_unseen
from app.handling.events import PersonKindCorrected
from app.tickets import stepping
from app.tickets.person_details import PersonKind
from app.tickets.service import Ticket
from app.tickets.ticket_moves import Actor, MoveLacks, MoveNotPossible, MoveNotYours
from app.tickets.ticket_states import OPEN_STATES

CORRECTED_PERSON = "correct_person"
"""The act under which it stands among a ticket's steps; it moves nothing."""
UNTOLD = "untold"
"""What a step keeps and no page tells: a unit must not learn who asks from his ticket's life."""


def correct_person_kind(
    ticket_id: int, new: PersonKind | None, reason: str, *, doer: Doer, seen: int | None = None
) -> Ticket:
    """Correct whether a person, an enterprise or another organisation asks.

    None: nobody knows. What is confidential keeps its reason out of what pages tell. Raises
    MoveNotYours, TicketChanged, MoveNotPossible once nothing is owed any more, MoveLacks.
    """
    ticket = stepping.read_for_change(ticket_id)
    if not actors_of(doer, ticket) & {Actor.DISPATCHER, Actor.MANAGER}:
        raise MoveNotYours(act=CORRECTED_PERSON)
    refuse_unseen(ticket, seen)
    if ticket.state not in OPEN_STATES:
        raise MoveNotPossible(act=CORRECTED_PERSON, state=str(ticket.state))
    if not reason.strip():
        raise MoveLacks(field="reason", what="reason")
    old = ticket.person_kind
    if old is new:
        return ticket
    ticket.person_kind = new
    said = {"old": _written(old), "new": _written(new), "reason": reason}
    carried = {UNTOLD: said} if ticket.is_confidential else said
    stepping.write_step(
        ticket, CORRECTED_PERSON, at=wall.now(), by=doer.user_id, unit_id=doer.unit_id,
        carried=carried,
    )  # fmt: skip
    told = common(ticket, doer.user_id)
    publish(PersonKindCorrected(**told, old_kind=_written(old), new_kind=_written(new)))
    return ticket


def _written(kind: PersonKind | None) -> str:
    return str(kind) if kind is not None else "not_said"
