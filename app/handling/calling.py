"""Call the citizen of a ticket from one's own telephone; the platform proves it, and hides him.

A unit's contact log fills by itself: when he answers, and when he was tried in vain. A return visit
has its own form for what was answered; there the call only proves it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts import service as accounts
from app.call_queue import service as call_queue
from app.call_queue.presence_states import PresenceState
from app.calls import own_telephones
from app.calls import service as calls
from app.calls.own_telephones import Stage
from app.core import clock as wall
from app.core.database import db
from app.core.permissions import Permission
from app.handling import contacting, visiting
from app.handling.acting import Doer
from app.handling.models import Contact, OwnCall
from app.handling.refusals import DeskIsOpen, NotWhileHandling
from app.handling.unit_parts import own_part
from app.tickets import person_tickets, stepping
from app.tickets.service import Ticket
from app.tickets.ticket_states import TicketState

NO_DESK = frozenset({PresenceState.SIGNED_OUT, PresenceState.LINK_LOST})


@dataclass(frozen=True, kw_only=True)
class CallShown:
    """A call by telephone as a page shows it; `goes_on`: it may change by itself."""

    call_id: int
    at: datetime
    stage: Stage
    goes_on: bool


@dataclass(frozen=True, kw_only=True)
class Ready:
    """What a call needs: for which unit it is, whom it reaches, and from which telephone."""

    unit_id: int | None
    number: str
    telephone: str


def call_citizen(ticket_id: int, *, doer: Doer) -> OwnCall:
    """Ring this person's own telephone, then the citizen of a ticket that his unit holds.

    A return visitor calls whom he has to ask. Raises what `check` and
    `own_telephones.call_citizen` raise.
    """
    ticket = stepping.read_for_change(ticket_id)
    ready = check(ticket, doer=doer)
    call_id = own_telephones.call_citizen(
        doer.user_id, telephone=ready.telephone, number=ready.number
    )
    row = OwnCall(
        call_id=call_id, ticket_id=ticket_id, unit_id=ready.unit_id, at=wall.now(), by=doer.user_id
    )
    db.session.add(row)
    db.session.flush()
    return row


def check(ticket: Ticket, *, doer: Doer) -> Ready:
    """Return what a call needs, if this person may call about this ticket now.

    Raises NotYourPart, NotWhileHandling, DeskIsOpen, ContactIsHidden, NoContact, NoOwnTelephone,
    OwnTelephoneNotDialled.
    """
    unit_id = _calls_for(ticket, doer)
    if has_desk_open(doer.user_id):
        raise DeskIsOpen
    number = person_tickets.number_to_dial(
        ticket,
        reader_id=doer.user_id,
        reads_confidential=Permission.TICKETS_READ_CONFIDENTIAL in doer.permissions,
    )
    own = accounts.get_person(doer.user_id).contact_number
    return Ready(unit_id=unit_id, number=number, telephone=own_telephones.checked_telephone(own))


def has_desk_open(person_id: int) -> bool:
    """Say whether this person sits at a desk now."""
    presence = call_queue.presence_of(person_id)
    return presence is not None and presence.state not in NO_DESK


def newest_call(ticket_id: int, *, by: int) -> CallShown | None:
    """Return this person's newest call about a ticket, as its page shows it."""
    asked = select(OwnCall).where(OwnCall.ticket_id == ticket_id, OwnCall.by == by)
    row = db.session.scalar(asked.order_by(OwnCall.call_id.desc()).limit(1))
    if row is None:
        return None
    call = calls.get_call(row.call_id)
    return CallShown(
        call_id=call.id,
        at=row.at,
        stage=own_telephones.stage_of(call),
        goes_on=call.state is not calls.CallState.ENDED,
    )


def write_down(call_id: int) -> None:
    """Write what a call proves into the contact log of the unit for which it was made, once.

    A call that has ended without the citizen being tried in earnest is none. That he answered may
    be heard after the end.
    """
    call = calls.get_call(call_id)
    row = db.session.get(OwnCall, call_id) if call.is_by_telephone else None
    if row is None or row.unit_id is None:
        return
    written = db.session.scalar(select(Contact).where(Contact.call_id == call_id))
    if written is not None:
        contacting.hear_late(written, call)
    elif own_telephones.was_try(call):
        contacting.log_call(row.ticket_id, call, unit_id=row.unit_id)


def _calls_for(ticket: Ticket, doer: Doer) -> int | None:
    """Return the unit for which this person calls; None: he asks for the hotline."""
    if Permission.TICKETS_VISIT in doer.permissions:
        if not visiting.is_to_be_asked(ticket):
            raise NotWhileHandling
        return None
    part = own_part(ticket.id, doer)
    if ticket.state is not TicketState.HANDLING:
        raise NotWhileHandling
    return part.unit_id
