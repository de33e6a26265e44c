"""The hotline answers the caller, where the rule that a ticket started under says so (R19)."""

from dataclasses import dataclass

from app.core import clock as wall
from app.core.events import publish
from app.handling import contacting, reply_owed
from app.handling.acting import Doer, actors_of, common, refuse_unseen
from app.handling.contacting import NewContact
from app.handling.events import CallerAnswered
from app.handling.refusals import AnswerNotOwed, NobodyAnswered
from app.handling.visiting import is_to_be_asked
from app.tickets import stepping
from app.tickets.service import Ticket
from app.tickets.ticket_moves import Actor, MoveNotPossible, MoveNotYours


@dataclass(frozen=True, kw_only=True)
class NewAnswer:
    """The caller was told the reply in this call; `note`: what he said to it, if anything."""

    call_id: int | None
    note: str = ""


def answer(ticket_id: int, new: NewAnswer, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Note that the hotline told the caller the reply, which ends his clock.

    Only who calls back for the hotline may, never who handled it, and only a call in which he
    talked proves it. The questions of the call-back are asked afterwards, be it in the same call.

    Raises MoveNotYours, TicketChanged, MoveNotPossible, AnswerNotOwed, CallIsNotHis and
    NobodyAnswered.
    """
    ticket = stepping.read_for_change(ticket_id)
    if Actor.VISITOR not in actors_of(doer, ticket):
        raise MoveNotYours(act="answer_caller")
    refuse_unseen(ticket, seen)
    if not is_to_be_asked(ticket):
        raise MoveNotPossible(act="answer_caller", state=str(ticket.state))
    if not reply_owed.is_owed(ticket):
        raise AnswerNotOwed
    if new.call_id is None:
        raise NobodyAnswered(field="call")
    contact = contacting.log_contact(
        ticket_id,
        NewContact(is_reached=True, is_reply_told=True, note=new.note, call_id=new.call_id),
        doer=doer,
    )
    if not contact.is_reached:
        raise NobodyAnswered(field="call")
    contacting.hear_reply(ticket, by=doer.user_id)
    stepping.write_step(
        ticket, "answer_caller", at=wall.now(), by=doer.user_id, carried={"contact": contact.id}
    )
    publish(CallerAnswered(**common(ticket, doer.user_id)))
    return ticket
