"""Units' parts in a ticket: begun, signed for, shared with others, told to the lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core import clock as wall
from app.core.database import db
from app.core.errors import NotFound
from app.core.events import publish
from app.core.permissions import Permission
from app.handling import clocks
from app.handling.acting import (
    Doer,
    Doing,
    begin,
    common,
    end,
    lead_of,
    matter_of,
    parts_of,
    refuse_unseen,
)
from app.handling.clock_rules import ClockKind
from app.handling.events import (
    OpinionGiven,
    TicketSentDown,
    TicketSigned,
    UnitCalledIn,
)
from app.handling.models import Assignment, BasisKind, Part, PartEnding
from app.handling.part_numbers import numbers_of_parts
from app.handling.refusals import (
    InnerLimitTooLong,
    NotBelow,
    NotToTownLevel,
    NotYourPart,
    TownHasPart,
    UnitCannotHandle,
    UnitIsKeptOut,
    UnitTwice,
)
from app.organisation import region_units
from app.organisation import service as organisation
from app.rules import category_register
from app.rules.running_clocks import ClockEvent
from app.rules.time_limits import Limit
from app.tickets import reading, stepping
from app.tickets.refusals import NotInRegister
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_moves import MoveNotPossible, TicketAct
from app.tickets.ticket_states import TicketState

OPINIONS_IN = frozenset({TicketState.TO_SIGN, TicketState.HANDLING, TicketState.SUSPENDED})
"""Where the lead can still use what others say; who was called in goes on while it rests."""
NO_HANDLERS = frozenset({organisation.UnitKind.HOTLINE, organisation.UnitKind.SUB_CENTRE})


@dataclass(frozen=True, kw_only=True)
class Helper:
    """A unit that the lead calls in, and by when its part is wanted."""

    unit_id: int
    limit: Limit


def call_in(
    ticket_id: int, helper: Helper, *, doer: Doer, note: str = "", seen: int | None = None
) -> Assignment:
    """Let the lead call in another unit, which gives its part to the lead within an inner limit.

    Raises NotYourPart, UnitCannotHandle, UnitTwice, InnerLimitTooLong.
    """
    ticket = _at_lead(ticket_id, doer, seen=seen)
    check_helper(helper, others={each.unit_id for each in parts_of(ticket_id, live=True)})
    part = begin_assisting(ticket, helper, asked_by=doer.unit_id, doer=doer, note=note)
    carried = {"unit": helper.unit_id, "limit": str(helper.limit), "number": _number_of(part)}
    _write(ticket, "call_in", doer, carried)
    inner = [
        each
        for each in clocks.clocks_of(ticket_id, ClockKind.ASSIST)
        if each.unit_id == helper.unit_id
    ]
    told = common(ticket, doer.user_id)
    publish(UnitCalledIn(**told, unit_id=helper.unit_id, due_at=inner[-1].due_at))
    return part


def send_down(
    ticket_id: int,
    unit_id: int,
    *,
    doer: Doer,
    limit: Limit | None = None,
    note: str = "",
    seen: int | None = None,
) -> Assignment:
    """Let a town or a section below the lead do the work; the lead stays answerable.

    `limit` is an inner one; without it the lead's own time is the limit. Raises NotYourPart,
    NotBelow, UnitTwice, InnerLimitTooLong.
    """
    ticket = _at_lead(ticket_id, doer, seen=seen)
    if Permission.TICKETS_SEND_DOWN not in doer.permissions:
        raise NotYourPart
    if not organisation.is_below(unit_id, doer.unit_id):
        raise NotBelow(field="unit")
    if unit_id in {each.unit_id for each in parts_of(ticket_id, live=True)}:
        raise UnitTwice(field="unit")
    part = begin_part(ticket, unit_id, Part.SENT_DOWN, doer=doer, asked_by=doer.unit_id, note=note)
    if limit is not None:
        _begin_inner(ticket, unit_id, limit, doer=doer)
    carried = {"unit": unit_id, "limit": str(limit or ""), "number": _number_of(part)}
    _write(ticket, "send_down", doer, carried)
    publish(TicketSentDown(**common(ticket, doer.user_id), unit_id=unit_id))
    return part


def sign(ticket_id: int, *, doer: Doer, seen: int | None = None) -> Ticket:
    """Sign for one's part: the lead takes the ticket up; another only says that it has seen it.

    Raises NotYourPart and what `acting.begin` raises.
    """
    lead = lead_of(ticket_id)
    if lead is not None and lead.unit_id == doer.unit_id:
        begun = begin(Doing(ticket_id=ticket_id, act=TicketAct.SIGN, doer=doer, seen=seen))
        mark_signed(lead, at=begun.at, by=begun.by)
        return end(begun, lambda told: TicketSigned(**told, unit_id=lead.unit_id, by_itself=False))
    ticket = stepping.read_for_change(ticket_id)
    part = own_part(ticket_id, doer)
    if part.signed_at is None:
        mark_signed(part, at=wall.now(), by=doer.user_id)
        _write(ticket, "sign_part", doer, {})
        told = common(ticket, doer.user_id)
        publish(TicketSigned(**told, unit_id=part.unit_id, by_itself=False))
    return ticket


def sign_by_itself(ticket_id: int) -> Ticket:
    """Take a ticket up for a unit that let its time to sign run out (domain rules 1.6, rule 4)."""
    begun = begin(Doing(ticket_id=ticket_id, act=TicketAct.SIGN_BY_ITSELF, doer=None))
    lead = lead_of(ticket_id)
    if lead is None:
        raise MoveNotPossible(act=str(TicketAct.SIGN_BY_ITSELF), state=str(begun.ticket.state))
    mark_signed(lead, at=begun.at, by=None)
    lead.is_signed_by_itself = True
    return end(begun, lambda told: TicketSigned(**told, unit_id=lead.unit_id, by_itself=True))


def give_opinion(ticket_id: int, text: str, *, doer: Doer, seen: int | None = None) -> Assignment:
    """Give one's part to the lead; only the lead hands in the result (F6).

    Raises NotYourPart, TicketChanged when a colleague was quicker, MoveNotPossible once the lead
    has handed in or does not work on it.
    """
    ticket = stepping.read_for_change(ticket_id)
    part = own_part(ticket_id, doer)
    if part.part is Part.LEAD:
        raise NotYourPart
    refuse_unseen(ticket, seen)
    if ticket.state not in OPINIONS_IN:
        raise MoveNotPossible(act="opinion", state=str(ticket.state))
    if not text.strip():
        raise NotInRegister(field="opinion")
    now = wall.now()
    part.opinion, part.opinion_at = text, now
    if part.signed_at is None:
        mark_signed(part, at=now, by=doer.user_id)
    for row in clocks.clocks_of(ticket_id, ClockKind.ASSIST):
        if row.unit_id == part.unit_id and row.done_at is None:
            clocks.tell(row, ClockEvent.DONE, at=now, by=doer.user_id)
    _write(ticket, "opinion", doer, {"text": text})
    publish(OpinionGiven(**common(ticket, doer.user_id), unit_id=part.unit_id))
    return part


def own_part(ticket_id: int, doer: Doer) -> Assignment:
    """Return the live part of this person's unit. Raises NotYourPart."""
    may_handle = Permission.TICKETS_HANDLE in doer.permissions
    for each in parts_of(ticket_id, live=True):
        if may_handle and each.unit_id == doer.unit_id:
            return each
    raise NotYourPart


def begin_part(
    ticket: Ticket,
    unit_id: int,
    part: Part,
    *,
    doer: Doer | None,
    asked_by: int | None = None,
    note: str = "",
) -> Assignment:
    """Begin a unit's part in a ticket.

    Raises NotToTownLevel, and UnitIsKeptOut for one that is complained about.
    """
    _check_may_go(ticket, unit_id)
    if reading.is_kept_out(unit_id, ticket):
        raise UnitIsKeptOut(field="lead" if part is Part.LEAD else "assistants", unit_id=unit_id)
    row = Assignment(
        ticket_id=ticket.id,
        unit_id=unit_id,
        part=part,
        round=ticket.round,
        asked_by_unit_id=asked_by,
        dispatched_at=wall.now(),
        dispatched_by=doer.user_id if doer else None,
        basis_kind=BasisKind.BY_HAND,
        note=note,
    )
    db.session.add(row)
    db.session.flush()
    return row


def keep_out(ticket: Ticket) -> None:
    """End the parts of those whom the ticket turned out to be about.

    Raises UnitIsKeptOut for the one that leads: another has to be named first.
    """
    now = wall.now()
    for part in parts_of(ticket.id, live=True):
        if not reading.is_kept_out(part.unit_id, ticket):
            continue
        if part.part is Part.LEAD:
            raise UnitIsKeptOut(field="request_type")
        part.ended_at, part.ending = now, PartEnding.REPLACED
        for row in clocks.clocks_of(ticket.id, ClockKind.ASSIST):
            if row.unit_id == part.unit_id and row.done_at is None:
                clocks.tell(row, ClockEvent.DONE, at=now, by=None)


def refuse_towns_part(ticket: Ticket, category_code: str) -> None:
    """Keep a category that is not to town level from a ticket in which a town has a part.

    Raises TownHasPart.
    """
    if not category_register.is_kept_from_towns(category_code, at=ticket.opened_at):
        return
    for part in parts_of(ticket.id, live=True):
        if region_units.is_of_town(part.unit_id):
            unit = organisation.get_unit(part.unit_id).name
            raise TownHasPart(field="category_code", unit=unit)


def _check_may_go(ticket: Ticket, unit_id: int) -> None:
    """Keep from towns what the catalogue of the day it was opened keeps from them (1.7 F9)."""
    if region_units.is_of_town(unit_id) and category_register.is_kept_from_towns(
        ticket.category_code, at=ticket.opened_at
    ):
        raise NotToTownLevel(field="unit", unit_id=unit_id)


def begin_assisting(
    ticket: Ticket, helper: Helper, *, asked_by: int | None, doer: Doer, note: str = ""
) -> Assignment:
    """Call a unit in, and begin its inner limit."""
    _begin_inner(ticket, helper.unit_id, helper.limit, doer=doer)
    return begin_part(
        ticket, helper.unit_id, Part.ASSISTANT, doer=doer, asked_by=asked_by, note=note
    )


def check_helper(helper: Helper, *, others: set[int]) -> None:
    """Refuse a unit that cannot assist."""
    check_unit(helper.unit_id, field="assistants")
    if helper.unit_id in others:
        raise UnitTwice(field="assistants", unit_id=helper.unit_id)


def check_unit(unit_id: int, *, field: str) -> None:
    """Refuse a unit that cannot handle."""
    try:
        unit = organisation.get_unit(unit_id)
    except NotFound as unknown:
        raise NotInRegister(field=field) from unknown
    if unit.kind in NO_HANDLERS:
        raise UnitCannotHandle(field=field, unit_id=unit_id)


def mark_signed(part: Assignment, *, at: Any, by: int | None) -> None:
    """Note that a unit has its part."""
    part.signed_at, part.signed_by = at, by


def _begin_inner(ticket: Ticket, unit_id: int, limit: Limit, *, doer: Doer) -> None:
    inner = clocks.begin(
        ticket,
        clocks.Begin(
            kind=ClockKind.ASSIST,
            matter=matter_of(ticket),
            at=wall.now(),
            by=doer.user_id,
            unit_id=unit_id,
            limit=limit,
        ),
    )
    outer = clocks.running(ticket.id, ClockKind.HANDLE)
    if outer and outer.due_at and inner.due_at and inner.due_at > outer.due_at:
        raise InnerLimitTooLong(field="limit", unit_id=unit_id)


def _at_lead(ticket_id: int, doer: Doer, *, seen: int | None) -> Ticket:
    """Lock a ticket that this person's unit leads and works on. Raises NotYourPart."""
    ticket = stepping.read_for_change(ticket_id)
    if own_part(ticket_id, doer).part is not Part.LEAD:
        raise NotYourPart
    refuse_unseen(ticket, seen)
    if ticket.state not in {TicketState.TO_SIGN, TicketState.HANDLING}:
        raise MoveNotPossible(act="call_in", state=str(ticket.state))
    return ticket


def _number_of(part: Assignment) -> str:
    """Return the number under which the unit reads it; it stands in the ticket's life too."""
    parts = parts_of(part.ticket_id)
    return numbers_of_parts(get_ticket(part.ticket_id), parts)[part.id]


def _write(ticket: Ticket, act: str, doer: Doer, carried: Mapping[str, Any]) -> None:
    stepping.write_step(
        ticket, act, at=wall.now(), by=doer.user_id, unit_id=doer.unit_id, carried=carried
    )
