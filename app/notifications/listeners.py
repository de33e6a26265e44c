"""What this room does when others publish: the messages of what happened, within its save.

Each listener only says what the texts need; who is told is said by the table of occasions.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.core import clock as wall
from app.core.events import Event, listen_within_save
from app.handling import acting, clocks, merging, reply_owed, results, shared_replies, visiting
from app.handling import events as handling
from app.handling.clock_rules import ClockKind
from app.handling.results import Result
from app.notifications.occasions import Occasion, Recipient
from app.notifications.telling import Cause, tell
from app.rules import type_register
from app.tickets.events import TicketHandedToHotline, TicketOpened
from app.tickets.service import Ticket, TicketState, get_ticket


def register() -> None:
    """Listen to what somebody has to be told."""
    listeners: Mapping[type[Event], Callable[[Any], None]] = {
        TicketOpened: _opened,
        TicketHandedToHotline: _opened,
        handling.TicketDispatched: _dispatched,
        handling.TicketSentDown: _sent_down,
        handling.UnitCalledIn: _called_in,
        handling.TicketDesignated: _designated,
        handling.ReturnDecided: _return_decided,
        handling.TimeDecided: _time_decided,
        handling.TicketSuspended: _suspended,
        handling.ClockNearlyDue: _nearly_due,
        handling.ClockRanOut: _ran_out,
        handling.FollowUpAdded: _followed_up,
        handling.ResultSentBack: _sent_back,
        handling.ResultApproved: _result_known,
        handling.CallerAnswered: _answered,
        handling.TicketClosed: _result_known,
        handling.TicketSentAgain: _sent_again,
        handling.TicketRetyped: _taken_up,
        handling.TicketMerged: _merged,
        handling.TicketWithdrawn: _withdrawn,
    }
    for kind, do in listeners.items():
        listen_within_save(kind, do)


FOLLOWED: Mapping[str, Occasion] = {
    "urge": Occasion.URGED,
    "supplement": Occasion.SUPPLEMENTED,
    "supervise": Occasion.SUPERVISED,
}
SUSPENSION = "suspension"
OVER = "over"
"""How the part of a unit ended whose ticket was merged, withdrawn or struck out."""


def _opened(event: TicketOpened | TicketHandedToHotline) -> None:
    """Promise an answer, once: of what its channel handles itself, when it is handed over.

    What is counted only gets none, and none is promised.
    """
    if isinstance(event, TicketOpened) and event.is_counted_only:
        return
    if get_ticket(event.ticket_id).is_channels_own:
        return
    key = f"t{event.ticket_id}"
    tell(Cause(occasion=Occasion.TICKET_OPENED, key=key, ticket_id=event.ticket_id))


def _taken_up(event: handling.TicketRetyped) -> None:
    """What was only counted is handled after all: its citizen is promised an answer now."""
    if not type_register.nature_of(event.old_type).starts_clock:
        key = f"t{event.ticket_id}"
        tell(Cause(occasion=Occasion.TICKET_OPENED, key=key, ticket_id=event.ticket_id))


def _dispatched(event: handling.TicketDispatched) -> None:
    _tell_lead(event, Occasion.TICKET_DISPATCHED, event.lead_unit_id, until=ClockKind.SIGN)
    for unit_id in event.assistant_ids:
        _tell_units(event, Occasion.TICKET_DISPATCHED, unit_id)


def _sent_down(event: handling.TicketSentDown) -> None:
    _tell_units(event, Occasion.TICKET_DISPATCHED, event.unit_id)


def _called_in(event: handling.UnitCalledIn) -> None:
    _tell_units(event, Occasion.UNIT_CALLED_IN, event.unit_id, due=event.due_at)


def _designated(event: handling.TicketDesignated) -> None:
    _tell_lead(event, Occasion.TICKET_DESIGNATED, event.lead_unit_id, until=ClockKind.HANDLE)


def _return_decided(event: handling.ReturnDecided) -> None:
    occasion = Occasion.RETURN_AGREED if event.agreed else Occasion.RETURN_REFUSED
    _tell_units(event, occasion, event.unit_id, until=ClockKind.HANDLE)


def _time_decided(event: handling.TimeDecided) -> None:
    """A caller whose ticket rests is told of that, and not of more time besides."""
    _tell_units(
        event,
        Occasion.TIME_AGREED if event.agreed else Occasion.TIME_REFUSED,
        event.unit_id,
        until=ClockKind.HANDLE,
        leaves_out=Recipient.CALLER if event.kind == SUSPENSION else None,
    )


def _suspended(event: handling.TicketSuspended) -> None:
    _tell_units(event, Occasion.TICKET_SUSPENDED, None)


def _nearly_due(event: handling.ClockNearlyDue) -> None:
    """Clocks that no unit keeps are the hotline's own, and stand on its desks."""
    if event.unit_id is not None:
        _tell_units(
            event, Occasion.CLOCK_NEARLY_DUE, event.unit_id, due=event.due_at, clock=event.clock
        )


def _ran_out(event: handling.ClockRanOut) -> None:
    if event.unit_id is not None:
        _tell_units(
            event, Occasion.CLOCK_RAN_OUT, event.unit_id, due=event.due_at, clock=event.clock
        )


def _followed_up(event: handling.FollowUpAdded) -> None:
    until = ClockKind.SUPERVISE if event.kind == "supervise" else ClockKind.HANDLE
    lead = get_ticket(event.ticket_id).lead_unit_id
    _tell_units(event, FOLLOWED[event.kind], lead, until=until)


def _sent_back(event: handling.ResultSentBack) -> None:
    _tell_units(event, Occasion.RESULT_SENT_BACK, event.unit_id, until=ClockKind.HANDLE)


def _result_known(event: handling.ResultApproved | handling.TicketClosed) -> None:
    """The caller hears the result when it holds, or at the latest when the ticket is closed.

    So do the callers of the tickets that follow this one, as far as they may. Each hears each
    result once. Whom the hotline answers by telephone is told that it will (domain rule R19), and
    has the words in writing once it has.
    """
    master = get_ticket(event.ticket_id)
    known = _known_of(master)
    if known is None:
        return
    is_over = isinstance(event, handling.TicketClosed)
    if is_over or not _is_called_first(known, master):
        _tell_result(known.id, master.id, known.public_reply)
    for each in merging.children_of(master.id):
        if each.state is TicketState.MERGED and (is_over or not _is_called_first(known, each)):
            _tell_follower(known, each, master)


def _answered(event: handling.CallerAnswered) -> None:
    """Whom the hotline told the result reads it too."""
    ticket = get_ticket(event.ticket_id)
    master = get_ticket(ticket.master_id) if ticket.master_id else ticket
    known = _known_of(master)
    if known is None:
        return
    if master is ticket:
        _tell_result(known.id, ticket.id, known.public_reply)
    else:
        _tell_follower(known, ticket, master)


def _is_called_first(known: Result, ticket: Ticket) -> bool:
    """Say whether the hotline has to answer this caller first, and tell him that it will."""
    if not reply_owed.is_owed(ticket):
        return False
    key = f"r{known.id}.t{ticket.id}"
    tell(Cause(occasion=Occasion.ANSWER_COMES, key=key, ticket_id=ticket.id))
    return True


def _known_of(ticket: Ticket) -> Result | None:
    held = [each for each in results.results_of(ticket.id) if not each.defect]
    return held[-1] if held else None


def _tell_follower(known: Result, follower: Ticket, master: Ticket) -> None:
    is_secret = not shared_replies.may_be_told(follower, master)
    told = shared_replies.told(known.public_reply, follower, master)
    _tell_result(known.id, follower.id, told, is_secret=is_secret)


def _tell_result(result_id: int, ticket_id: int, reply: str, *, is_secret: bool = False) -> None:
    tell(
        Cause(
            occasion=Occasion.RESULT_APPROVED,
            key=f"r{result_id}.t{ticket_id}",
            ticket_id=ticket_id,
            reply=reply,
            is_secret=is_secret,
        )
    )


def _sent_again(event: handling.TicketSentAgain) -> None:
    _tell_lead(event, Occasion.TICKET_SENT_AGAIN, event.lead_unit_id, until=ClockKind.HANDLE)


def _merged(event: handling.TicketMerged) -> None:
    """Promise an answer; where the others were told theirs already, tell it and ask for an opinion.

    Every caller whose ticket follows is answered and may judge, also who comes last.
    """
    follower, master = get_ticket(event.ticket_id), get_ticket(event.master_id)
    known = _known_of(master) if visiting.is_to_be_asked(follower) else None
    if known is None:
        _tell_units(event, Occasion.TICKET_MERGED, None)
    elif not _is_called_first(known, follower):
        _tell_follower(known, follower, master)


def _withdrawn(event: handling.TicketWithdrawn) -> None:
    """Whose part ended with the withdrawal need do nothing more."""
    for part in acting.parts_of(event.ticket_id):
        if part.ending == OVER:
            _tell_units(event, Occasion.TICKET_WITHDRAWN, part.unit_id)


def _tell_lead(
    event: handling.TicketFact, occasion: Occasion, unit_id: int, *, until: ClockKind
) -> None:
    """Tell who leads from now on; the shortest of what he owes may be the first contact."""
    owed = clocks.running(event.ticket_id, ClockKind.CONTACT)
    contact_due = owed.due_at if owed is not None else None
    _tell_units(event, occasion, unit_id, until=until, contact_due=contact_due)


def _tell_units(
    event: handling.TicketFact,
    occasion: Occasion,
    unit_id: int | None,
    *,
    until: ClockKind | None = None,
    due: datetime | None = None,
    contact_due: datetime | None = None,
    clock: str = "",
    leaves_out: Recipient | None = None,
) -> None:
    """Tell of a fact; `until`: the clock whose due date stands in the texts."""
    running = clocks.running(event.ticket_id, until) if until is not None else None
    tell(
        Cause(
            occasion=occasion,
            # One thing happens to a ticket and a unit at one moment.
            key=f"t{event.ticket_id}.u{unit_id or 0}.{wall.now():%Y%m%d%H%M%S%f}",
            ticket_id=event.ticket_id,
            unit_ids=(unit_id,) if unit_id is not None else (),
            due=due or (running.due_at if running is not None else None),
            contact_due=contact_due,
            clock=clock,
            leaves_out=leaves_out,
        )
    )
