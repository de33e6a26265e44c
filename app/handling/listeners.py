"""What the handling of tickets does when others publish: clocks begin, a year comes."""

from datetime import datetime

from sqlalchemy import bindparam, select

from app.calls import service as calls
from app.calls.events import CallEnded, CitizenReached
from app.core import clock as wall
from app.core.database import db
from app.core.events import listen_within_save
from app.handling import calendar_following, calling, clocks, following, scope
from app.handling.acting import matter_of
from app.handling.clock_rules import ClockKind
from app.handling.events import TicketClosed
from app.handling.models import FollowKind
from app.organisation import place_proposals
from app.rules.events import CalendarYearLoaded
from app.tickets.duplicates import calls_added_to
from app.tickets.entered_tickets import CORRECTED
from app.tickets.events import (
    CallAddedToTicket,
    EnteredTicketCorrected,
    TicketHandedToHotline,
    TicketOpened,
)
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_states import OWED_STATES

_OWED = (
    select(Ticket.id)
    .where(Ticket.call_id == bindparam("call_id"), Ticket.state.in_(OWED_STATES))
    .order_by(Ticket.id)
)

DECIDE_LIMITS = frozenset({"request_type", "urgency", "category_code", "person_kind"})
"""What of a ticket decides how long it may take."""


def register() -> None:
    """Listen; let lists find tickets by the parts of units."""
    scope.mark_parts()
    listen_within_save(TicketOpened, _begin_clocks)
    listen_within_save(TicketHandedToHotline, _begin_late)
    listen_within_save(EnteredTicketCorrected, _follow_correction)
    listen_within_save(CallAddedToTicket, _urge)
    listen_within_save(CallEnded, _begin_citizens_clocks)
    listen_within_save(CitizenReached, _write_contact)
    listen_within_save(CallEnded, _write_contact)
    listen_within_save(CalendarYearLoaded, _reckon_waiting)
    listen_within_save(TicketClosed, _teach_the_gazetteer)


def _begin_clocks(event: TicketOpened) -> None:
    """The dispatch clock begins at once; the citizen's with the end of his call, or when he wrote.

    What a channel handles itself is no promise of the hotline's: it has no clock here. Nor has what
    is counted only.
    """
    if event.is_channels_own or event.is_counted_only:
        return
    ticket = get_ticket(event.ticket_id)
    at = wall.now()
    _begin_dispatch(ticket, at=at, by=event.opened_by)
    call = calls.get_call(ticket.call_id) if ticket.call_id is not None else None
    if call is None or call.ended_at is not None:
        ended_at = call.ended_at if call is not None else None
        _begin_citizens(ticket, at=ended_at or event.received_at or at)


def _begin_late(event: TicketHandedToHotline) -> None:
    """A channel gave a case away: the citizen has waited since it was entered."""
    ticket = get_ticket(event.ticket_id)
    _begin_dispatch(ticket, at=wall.now(), by=event.handed_by)
    _begin_citizens(ticket, at=ticket.opened_at)


def _follow_correction(event: EnteredTicketCorrected) -> None:
    """A channel said what it is after all: what has begun takes no longer for it, but may less."""
    if not DECIDE_LIMITS & set(event.fields.split()):
        return
    ticket = get_ticket(event.ticket_id)
    matter = matter_of(ticket)
    for kind in (ClockKind.DISPATCH, ClockKind.CITIZEN):
        row = clocks.running(ticket.id, kind)
        if row is None:
            continue
        given = clocks.limit_given(kind, matter, row.started_at)
        if str(given.limit) != row.limit:
            row.is_urgent = row.is_urgent or matter.urgent is not None
            clocks.give_rule(
                row, given, reason=CORRECTED, by=event.corrected_by, keeps_promise=True
            )


def _begin_dispatch(ticket: Ticket, *, at: datetime, by: int) -> None:
    begin = clocks.Begin(kind=ClockKind.DISPATCH, matter=matter_of(ticket), at=at, by=by)
    clocks.begin(ticket, begin)


def _urge(event: CallAddedToTicket) -> None:
    """Who calls again about what is being handled urges it on; the unit sees that he did."""
    if following.may_add(get_ticket(event.ticket_id), FollowKind.URGE):
        said = [each for each in calls_added_to(event.ticket_id) if each.call_id == event.call_id]
        following.note_urge(
            event.ticket_id,
            text=said[-1].note if said else "",
            call_id=event.call_id,
            by=event.agent_id,
        )


def _begin_citizens_clocks(event: CallEnded) -> None:
    for ticket_id in db.session.scalars(_OWED, {"call_id": event.call_id}).all():
        if clocks.newest(ticket_id, ClockKind.CITIZEN) is None:
            _begin_citizens(get_ticket(ticket_id), at=event.at)


def _write_contact(event: CitizenReached | CallEnded) -> None:
    calling.write_down(event.call_id)


def _begin_citizens(ticket: Ticket, *, at: datetime) -> None:
    begin = clocks.Begin(kind=ClockKind.CITIZEN, matter=matter_of(ticket), at=at, by=None)
    clocks.begin(ticket, begin)


def _reckon_waiting(event: CalendarYearLoaded) -> None:
    """What has a due date keeps it, also where a notice was corrected: a person moves it."""
    calendar_following.reckon_waiting(by=event.loaded_by)


def _teach_the_gazetteer(event: TicketClosed) -> None:
    """Where a finished ticket was is proposed to the county; a confidential one teaches nothing."""
    ticket = get_ticket(event.ticket_id)
    if not ticket.is_confidential:
        place_proposals.learn_from_finished(
            ticket.county_code, ticket.town_code, ticket.address, wall.now()
        )
