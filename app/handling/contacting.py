"""The contact log: who spoke with the citizen of a ticket, or tried to, and what proves it.

A call that the platform carried proves a contact; the unit never learns the number. What was done
by somebody's own telephone is written down and counted as not proven.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.calls import own_telephones
from app.calls import service as calls
from app.calls.call_states import Direction
from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.core.permissions import Permission
from app.core.phone_numbers import ERASED
from app.handling import clocks, first_contact
from app.handling.acting import Doer, common, refuse_unseen
from app.handling.clock_rules import ClockKind
from app.handling.events import ContactLogged
from app.handling.models import Contact, Result, Visit
from app.handling.refusals import CallIsNotHis, NotYourContact
from app.handling.reply_checks import Tries
from app.handling.unit_parts import own_part
from app.handling.visit_times import tries_apart
from app.rules import rule_register
from app.tickets import stepping
from app.tickets.service import Ticket


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """What came of a contact. With `call_id` whether he was reached is read off the ledger."""

    is_reached: bool
    is_reply_told: bool = False
    note: str = ""
    call_id: int | None = None


def log_contact(ticket_id: int, new: NewContact, *, doer: Doer, seen: int | None = None) -> Contact:
    """Write a contact down. Who was told the reply in a proven call has heard it.

    The first one that a call proves keeps the promise of a first contact.

    Raises NotYourPart, TicketChanged, CallIsNotHis.
    """
    ticket = stepping.read_for_change(ticket_id)
    is_the_hotlines = {Permission.TICKETS_FOLLOW_UP, Permission.TICKETS_VISIT} & doer.permissions
    part = None if is_the_hotlines else own_part(ticket_id, doer)
    refuse_unseen(ticket, seen)
    unit_id = part.unit_id if part is not None else None
    is_reached, talked_at = new.is_reached, None
    if new.call_id is not None:
        since = part.dispatched_at if part is not None else ticket.opened_at
        talked_at = talked_with_him(ticket, new.call_id, doer=doer, since=since)
        is_reached = talked_at is not None
        if db.session.scalar(select(Contact.id).where(Contact.call_id == new.call_id)) is not None:
            raise CallIsNotHis(field="call")
    now = wall.now()
    contact = Contact(
        ticket_id=ticket_id,
        unit_id=unit_id,
        round=ticket.round,
        call_id=new.call_id,
        is_reached=is_reached,
        talked_at=talked_at,
        is_reply_told=new.is_reply_told and is_reached,
        note=new.note,
        at=now,
        by=doer.user_id,
    )
    return _keep(ticket, contact)


def _keep(ticket: Ticket, contact: Contact) -> Contact:
    db.session.add(contact)
    db.session.flush()
    first_contact.keep(contact)
    is_proven = contact.call_id is not None
    carried = {"contact": contact.id, "reached": contact.is_reached, "proven": is_proven}
    stepping.write_step(
        ticket, "contact", at=contact.at, by=contact.by, unit_id=contact.unit_id, carried=carried
    )
    publish(
        ContactLogged(
            **common(ticket, contact.by),
            unit_id=contact.unit_id,
            is_reached=contact.is_reached,
            is_proven=is_proven,
        )
    )
    return contact


def log_call(ticket_id: int, call: calls.Call, *, unit_id: int) -> Contact:
    """Write down by itself what a call by telephone proves, once it talks or has ended."""
    ticket = stepping.read_for_change(ticket_id)
    contact = Contact(
        ticket_id=ticket_id,
        unit_id=unit_id,
        round=ticket.round,
        call_id=call.id,
        is_reached=call.talk_started_at is not None,
        talked_at=call.talk_started_at,
        at=wall.now(),
        by=call.agent_id,
    )
    return _keep(ticket, contact)


def hear_late(contact: Contact, call: calls.Call) -> None:
    """Let a contact say what the ledger learned since: he did talk in that call, and when."""
    stepping.read_for_change(contact.ticket_id)
    contact.is_reached = call.talk_started_at is not None
    contact.talked_at = call.talk_started_at
    first_contact.keep(contact)


def say_what_was_said(
    contact_id: int, note: str, *, ticket_id: int, is_reply_told: bool, doer: Doer
) -> Contact:
    """Let who spoke with the citizen add what was said, once; he was told the reply, or not.

    Raises NotYourContact for any other's, and for one that has its words.
    """
    ticket = stepping.read_for_change(ticket_id)
    contact = db.session.get(Contact, contact_id)
    if contact is None or not may_add_words(contact, doer=doer) or contact.ticket_id != ticket_id:
        raise NotYourContact
    contact.note, contact.is_reply_told = note, is_reply_told and contact.is_reached
    stepping.write_step(
        ticket,
        "contact_words",
        at=wall.now(),
        by=doer.user_id,
        unit_id=contact.unit_id,
        carried={"contact": contact.id, "note": note, "told": contact.is_reply_told},
    )
    return contact


def may_add_words(contact: Contact, *, doer: Doer) -> bool:
    """Say whether this person may add what was said: it was his call, and nothing was added."""
    return contact.by == doer.user_id and contact.call_id is not None and not contact.note


def contacts_of(ticket_id: int) -> list[Contact]:
    """Return every contact with the citizen, oldest first."""
    asked = select(Contact).where(Contact.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(Contact.id)))


def tries_of(ticket: Ticket, *, since: datetime) -> Tries:
    """Return how often the citizen was called in this round since its lead has it.

    What the one before spoke with him about is not this one's answer.
    """
    known = [
        each for each in contacts_of(ticket.id) if each.round == ticket.round and each.at >= since
    ]
    return Tries(
        reached=sum(each.is_reached for each in known),
        tried_by_platform=sum(each.call_id is not None for each in known),
        may_be_called=bool(ticket.contact_number),
    )


def hear_reply(ticket: Ticket, *, by: int | None) -> None:
    """The citizen has heard the reply: his clock is done."""
    clocks.finish(ticket.id, ClockKind.CITIZEN, at=wall.now(), by=by)


def was_told(ticket: Ticket) -> bool:
    """Say whether a proven call of this round told the citizen the reply.

    What he was told of a result that came back from the audit is not the reply that holds.
    """
    came_back = select(func.max(Result.audited_at)).where(
        Result.ticket_id == ticket.id, Result.defect != ""
    )
    since = db.session.scalar(came_back)
    return any(
        each.is_reply_told
        and each.call_id is not None
        and each.round == ticket.round
        and (since is None or each.at > since)
        for each in contacts_of(ticket.id)
    )


def talked_with_him(
    ticket: Ticket, call_id: int, *, doer: Doer, since: datetime
) -> datetime | None:
    """Return from when the citizen talked in this call, which this person made to him.

    None: he did not.

    `since`: a call from before proves nothing about this matter. Raises CallIsNotHis.
    """
    call = calls.calls_by_id([call_id]).get(call_id)
    if call is None or call.direction is not Direction.OUT or call.agent_id != doer.user_id:
        raise CallIsNotHis(field="call")
    # `from_number` of a call is the citizen's, whoever called
    is_to_him = call.from_number == ticket.contact_number and call.from_number not in {"", ERASED}
    if not is_to_him or call.invited_at < since:
        raise CallIsNotHis(field="call")
    if not own_telephones.was_try(call):
        raise CallIsNotHis(field="call")
    return call.talk_started_at


def proven_tries(ticket: Ticket) -> int:
    """Return how often he was tried in this round by calls of ours, at different times."""
    asked = select(Visit.at).where(
        Visit.ticket_id == ticket.id, Visit.round == ticket.round, Visit.call_id.is_not(None)
    )
    apart = rule_register.read_book().span("limit.visit_apart", wall.now())
    return tries_apart(db.session.scalars(asked), apart=apart)
