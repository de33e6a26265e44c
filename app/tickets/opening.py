"""Opens the tickets of a call in one act, once, each with its own demand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select

from app.callers import service as callers
from app.calls import call_persons
from app.calls import service as calls
from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import normalise
from app.privacy.levels import PrivacyLevel
from app.rules import rule_register, type_register
from app.rules import service as rules
from app.rules.rule_book import ReviewGate
from app.tickets import numbering, placing, promises, tags
from app.tickets.events import TicketOpened
from app.tickets.intake_gate import first_state
from app.tickets.models import Ticket, TicketStep
from app.tickets.person_details import NOTHING_SAID, PersonDetails
from app.tickets.refusals import TicketAlreadyOpen, UrgencyNeedsReason, named
from app.tickets.spots import NOWHERE, CoordinatesSource, Spot
from app.tickets.ticket_flags import in_order
from app.tickets.ticket_states import EntryMode, Urgency
from app.tickets.urgency_triggers import triggers_in

LONGEST_TRIGGERS = 200


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a demand came from that did not come by telephone.

    `source_no` is what the channel calls it; `is_channels_own`: the channel handles it itself.
    """

    entry_mode: EntryMode
    channel_id: int
    source_no: str | None = None
    is_channels_own: bool = False


@dataclass(frozen=True, kw_only=True)
class NewTicket:
    """What an agent wrote of a demand that a unit must handle.

    `once_key` names the act of writing: the same key again finds the tickets that it opened.
    `reserved_number` was given to the agent's page before and may have been told to the caller.
    `is_confidential` asks for the strictest `privacy` in one word. `is_anonymous`: neither name nor
    number is kept with the ticket, whatever stands here; the call's own ledger has what it has.
    `received_at` is when a message came that is made a ticket: its citizen waits since then.
    """

    call_id: int | None
    opened_by: int
    request_type: str
    title: str
    content: str
    category_code: str
    county_code: str
    town_code: str | None = None
    address: str = ""
    occurred: str = ""
    respondent: str = ""
    demand: str = ""
    caller_name: str = ""
    contact_number: str = ""
    urgency: Urgency = Urgency.NORMAL
    urgency_reason: str = ""
    is_confidential: bool = False
    privacy: PrivacyLevel = PrivacyLevel.ORDINARY
    is_anonymous: bool = False
    respondent_unit_id: int | None = None
    details: PersonDetails = NOTHING_SAID
    grid: str = ""
    spot: Spot = NOWHERE
    place_id: int | None = None
    flags: Sequence[str] = ()
    tags: Sequence[str] = ()
    once_key: str | None = None
    reserved_number: str = ""
    origin: Origin | None = None
    received_at: datetime | None = None


def open_ticket(new: NewTicket) -> Ticket:
    """Open one ticket on first contact; see `open_tickets`."""
    return open_tickets([new])[0]


def open_tickets(demands: Sequence[NewTicket]) -> list[Ticket]:
    """Open a ticket for each demand of one call; the first names the others' siblings.

    Whoever opens it stays its first contact for ever; what is counted only is closed at once. With
    a key that was used already, what it opened is returned and nothing is opened. Raises
    NotInRegister with the field, TypeNotOffered, TooManyTags, UrgencyNeedsReason, and
    TicketAlreadyOpen for a demand that is a ticket of this call already.
    """
    first = demands[0]
    if first.once_key and (made := opened_with(first.once_key)):
        return made
    words = [each.word for each in rules.list_urgency_words()]
    gate = review_gate()
    opened: list[Ticket] = []
    for each in demands:
        ticket = _open(each, words=words, gate=gate, sibling_of=opened[0].id if opened else None)
        opened.append(ticket)
    return opened


def opened_with(once_key: str) -> list[Ticket]:
    """Return what this key opened before; an empty list if it is new."""
    made = db.session.scalar(select(Ticket).where(Ticket.once_key == once_key))
    return group_of(made) if made is not None else []


def group_of(ticket: Ticket) -> list[Ticket]:
    """Return the tickets opened in the same act, this one among them, in their order."""
    first = ticket.sibling_of_id or ticket.id
    wanted = select(Ticket).where(or_(Ticket.id == first, Ticket.sibling_of_id == first))
    return list(db.session.scalars(wanted.order_by(Ticket.id)))


def review_gate() -> ReviewGate:
    """Return who is looked at before; a city that never said so looks at nothing."""
    known = this_save.once(("rule_book",), rule_register.read_book)
    book, now = known or rule_register.read_book(), clock.now()
    if "review.before_dispatch" not in book.known():
        return ReviewGate.NONE
    return ReviewGate(book.at("review.before_dispatch", now).value)


def _open(
    new: NewTicket, *, words: Sequence[str], gate: ReviewGate, sibling_of: int | None
) -> Ticket:
    with named("category_code"):
        rules.get_category(new.category_code)
    place = placing.Place(
        county_code=new.county_code, town_code=new.town_code or None, address=new.address
    )
    placing.check_place(place)
    type_register.check_offered(new.request_type)
    tags.check_tags(new.tags)
    _check_is_new(new)
    triggers = triggers_in((new.title, new.content, new.demand), words)
    if triggers and new.urgency is Urgency.NORMAL and not new.urgency_reason:
        raise UrgencyNeedsReason(field="urgency_reason", words="、".join(triggers))
    call = calls.get_call(new.call_id) if new.call_id is not None else None
    at = clock.now()
    if new.is_anonymous:
        is_his_telephone = new.spot.coordinates_source is CoordinatesSource.CALLER
        spot = NOWHERE if is_his_telephone else new.spot
        details = replace(new.details, identity_number="")
        new = replace(new, caller_name="", contact_number="", spot=spot, details=details)
    calling = call.from_number if call and not new.is_anonymous else ""
    contact = normalise(new.contact_number) or calling
    is_known = bool(contact and new.caller_name)  # who gives no name may still be helped
    caller = (
        callers.get_or_open_caller(
            calling or contact,
            new.caller_name,
            contact=new.contact_number,
            chosen_id=call.caller_id if call else None,
        )
        if is_known
        else None
    )
    origin = new.origin
    entry_mode = origin.entry_mode if origin else EntryMode.CALL
    is_channels_own = origin is not None and origin.is_channels_own
    is_counted_only = not type_register.nature_of(new.request_type).starts_clock
    asked = PrivacyLevel.CONFIDENTIAL if new.is_confidential else new.privacy
    ticket = Ticket(
        number=_number(new),
        state=first_state(
            entry_mode,
            is_channels_own=is_channels_own,
            is_counted_only=is_counted_only,
            is_urgent=new.urgency.hurries,
            gate=gate,
        ),
        entry_mode=entry_mode,
        channel_id=origin.channel_id if origin else None,
        source_no=origin.source_no if origin else None,
        is_channels_own=is_channels_own,
        request_type=str(new.request_type),
        urgency=new.urgency,
        urgency_words=" ".join(triggers)[:LONGEST_TRIGGERS],
        urgency_reason=new.urgency_reason,
        flags=in_order(new.flags),
        tags=list(new.tags),
        title=new.title,
        content=new.content,
        occurred=new.occurred,
        respondent=new.respondent,
        demand=new.demand,
        category_code=new.category_code,
        county_code=new.county_code,
        town_code=new.town_code or None,
        address=new.address,
        grid=new.grid,
        **vars(_spot(new, place)),
        privacy=promises.level_of(new.request_type, asked, at=at),
        place_id=placing.entry_of(place, chosen_id=new.place_id),
        is_anonymous=new.is_anonymous,
        respondent_unit_id=promises.respondent_unit(
            new.request_type, new.respondent, chosen=new.respondent_unit_id
        ),
        call_id=new.call_id,
        legacy_number_id=call.legacy_number_id if call else None,
        caller_id=caller.id if caller else None,
        caller_name=callers.whole_name(new.caller_name, caller),
        calling_number=calling,
        contact_number=contact,
        **vars(new.details),
        first_contact_id=new.opened_by,
        sibling_of_id=sibling_of,
        once_key=new.once_key,
        opened_at=at,
        closed_at=at if is_counted_only else None,
    )
    db.session.add(ticket)
    if call is not None and caller is not None:
        call_persons.note_caller(call.id, caller_id=caller.id, noted_by=new.opened_by)
    db.session.flush()
    db.session.add(
        TicketStep(
            ticket_id=ticket.id, act="open", old=None, new=ticket.state, at=at, by=new.opened_by
        )
    )
    placing.learn(ticket, at=at)
    publish(
        TicketOpened(
            ticket_id=ticket.id,
            number=ticket.number,
            call_id=ticket.call_id,
            opened_by=new.opened_by,
            is_channels_own=is_channels_own,
            is_counted_only=is_counted_only,
            received_at=new.received_at,
        )
    )
    return ticket


def _spot(new: NewTicket, place: placing.Place) -> Spot:
    """Return where it is: as it was said, else where the gazetteer has the place of that name."""
    if new.spot != NOWHERE or not new.address:
        return new.spot
    return placing.spot_of(place)


def _number(new: NewTicket) -> str:
    """Return the number put aside for it, or the day's next where that one is used or not his."""
    reserved = new.reserved_number
    if reserved and numbering.use_reserved(reserved, agent_id=new.opened_by):
        return reserved
    return numbering.next_number()


def _check_is_new(new: NewTicket) -> None:
    if new.call_id is None:
        return
    wanted = select(Ticket.number).where(
        Ticket.call_id == new.call_id,
        Ticket.title == new.title,
        Ticket.content == new.content,
    )
    number = db.session.scalar(wanted.limit(1))
    if number is not None:
        raise TicketAlreadyOpen(number=number)
