"""Read the outbox: what was told about a ticket, what waits, and what nobody has looked at."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, true

from app.core.database import db
from app.core.handed_down import given
from app.core.pagination import MOST_COUNTED, Page, count_of, page_of
from app.core.phone_numbers import ERASED, mask, mask_in_text
from app.handling import visit_links
from app.notifications import rules_of_telling
from app.notifications.message_states import MessageState
from app.notifications.models import Message, MessageTry, SimulatedMessage
from app.notifications.occasions import Occasion, Recipient, Way
from app.notifications.provider import MessageProviders
from app.notifications.refusals import NoSuchMessage
from app.notifications.visit_invitation import CitizenSite
from app.notifications.visit_invitation import asked_at as asked_at
from app.organisation import service as organisation
from app.tickets import reading
from app.tickets import service as tickets
from app.tickets.reading import Reader
from app.tickets.service import Ticket

__all__ = ["Occasion", "Recipient", "Way"]

TO_CITIZENS = frozenset({Recipient.CALLER, Recipient.SENDER})
NO_PROVIDER = "no_provider"
SIMULATED_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class MessageShown:
    """A message for people to read: who it is for is told by his office, his number is masked."""

    id: int
    occasion: Occasion
    recipient: Recipient
    recipient_name: str
    unit_name: str
    way: Way
    address: str  # masked; empty where even that is kept secret
    ticket_id: int | None
    ticket_number: str
    is_urgent: bool
    state: MessageState
    reason: str
    made_at: datetime
    due_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    tries: int


@dataclass(frozen=True, kw_only=True)
class MessageWhole:
    """One message with its text and all its tries."""

    shown: MessageShown
    template: str
    language: str
    subject: str
    body: str
    expires_at: datetime
    tries: list[MessageTry]


@dataclass(frozen=True, kw_only=True)
class SimulatedShown:
    """What the simulator was given, for people to read: address, numbers and code masked.

    `visit_path`: the link in it, only of citizens who are made up; else it is masked too.
    `keys_for`: of theirs too, the message whose reader is asked to press keys.
    """

    way: Way
    address: str
    subject: str
    body: str
    first_at: datetime
    times: int
    visit_path: str = ""
    keys_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What somebody has to see to: messages of a way that nobody carries, or that have failed."""

    way: Way
    unsent: int  # waiting though no provider is set
    dead: int


def messages_of_ticket(ticket_id: int) -> list[MessageShown]:
    """Return what was told, is to be told or could not be told about a ticket, oldest first."""
    asked = select(Message).where(Message.ticket_id == ticket_id)
    return _shown(db.session.scalars(asked.order_by(Message.made_at, Message.id)))


def list_messages(
    *,
    reader: Reader,
    state: MessageState | None,
    way: Way | None,
    page: int,
    per_page: int = 25,
) -> Page[MessageShown]:
    """Return messages, the newest first; none of a ticket that this reader may not read."""
    asked = select(Message).where(is_for(reader))
    asked = asked.order_by(Message.made_at.desc(), Message.id.desc())
    if state is not None:
        asked = asked.where(Message.state == state)
    if way is not None:
        asked = asked.where(Message.way == way)
    found = page_of(asked, page=page, per_page=per_page, most=MOST_COUNTED)
    return Page(
        items=_shown(found.items), number=found.number, per_page=per_page, total=found.total,
        is_cut=found.is_cut,
    )  # fmt: skip


def count_by_state(*, reader: Reader) -> dict[MessageState, int]:
    """Return how many messages stand where, of those that this reader is shown.

    One more than MOST_COUNTED is more: what was told since ever is not counted to show a list.
    """
    shown = select(Message).where(is_for(reader))
    return {
        state: count_of(shown.where(Message.state == state), most=MOST_COUNTED)
        for state in MessageState
    }


def get_message(message_id: int, *, reader: Reader) -> MessageWhole:
    """Return one message, telephone numbers and check code inside its text masked.

    Raises NoSuchMessage, also to who may not read the ticket that it is about.
    """
    row = db.session.scalar(select(Message).where(Message.id == message_id, is_for(reader)))
    if row is None:
        raise NoSuchMessage
    code = tickets.get_ticket(row.ticket_id).check_code if row.ticket_id is not None else None
    tries = select(MessageTry).where(MessageTry.message_id == row.id).order_by(MessageTry.id)
    return MessageWhole(
        shown=_shown([row])[0],
        template=row.template,
        language=row.language,
        subject=_shown_text(row.subject, code),
        body=_shown_text(row.body, code),
        expires_at=row.expires_at,
        tries=list(db.session.scalars(tries)),
    )


def alarms(*, reader: Reader) -> list[Alarm]:
    """Return the ways that somebody has to see to, in their order; usually none.

    Only messages that this reader is shown are counted: he finds each of them in the list.
    """
    ways = given(MessageProviders).by_way
    waiting = _counted(MessageState.WAITING, reader)
    dead = _counted(MessageState.DEAD, reader)
    found = [
        Alarm(
            way=way,
            unsent=0 if way in ways else waiting.get(way, 0),
            dead=dead.get(way, 0),
        )
        for way in Way
    ]
    return [each for each in found if each.unsent or each.dead]


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """How the outbox stands: what failed, and what should have gone by now."""

    dead: int
    late: int


def backlog(*, now: datetime, reader: Reader | None = None) -> Backlog:
    """Return what somebody has to look at. In quiet hours only what hurries can be late.

    A board counts all messages; a page for one reader those that he is shown.
    """
    is_shown = true() if reader is None else is_for(reader)
    rules = rules_of_telling.at(now)
    late = select(func.count(Message.id)).where(
        Message.state == MessageState.WAITING,
        Message.due_at < now - rules.late_after,
        Message.expires_at > now,
        is_shown,
    )
    if rules.is_quiet(now):
        late = late.where(Message.is_urgent)
    dead = select(func.count(Message.id)).where(Message.state == MessageState.DEAD, is_shown)
    return Backlog(dead=db.session.scalar(dead) or 0, late=db.session.scalar(late) or 0)


def messages_by_ids(ids: Collection[int]) -> Mapping[int, MessageShown]:
    """Return some messages by their ids."""
    if not ids:
        return {}
    rows = db.session.scalars(select(Message).where(Message.id.in_(ids)))
    return {each.id: each for each in _shown(rows)}


def providers() -> Mapping[Way, str]:
    """Return the name of each way's provider, empty for none."""
    ways = given(MessageProviders).by_way
    return {way: ways[way].name if way in ways else "" for way in Way}


def list_simulated(*, reader: Reader) -> list[SimulatedShown]:
    """Return what the simulator was given last, the newest first, as this reader is shown it."""
    asked = select(SimulatedMessage).order_by(
        SimulatedMessage.first_at.desc(), SimulatedMessage.key
    )
    rows = list(db.session.scalars(asked.limit(SIMULATED_SHOWN)))
    of = _tickets_of_keys([each.key for each in rows])
    follows_links = given(CitizenSite).is_made_up
    asking = _asking_by_keys([each.key for each in rows]) if follows_links else frozenset()
    return [
        SimulatedShown(
            way=row.way,
            address=shown_address(row.way, row.address),
            subject=_shown_text(row.subject, code),
            body=_shown_text(row.body, code, hides_link=not follows_links),
            first_at=row.first_at,
            times=row.times,
            visit_path=visit_links.link_in(row.body) if follows_links else "",
            keys_for=row.key if row.key in asking else "",
        )
        for row, ticket in ((row, of.get(row.key)) for row in rows)
        for code in [ticket.check_code if ticket else None]
        if ticket is None or reading.may_read(ticket, reader)
    ]


def _asking_by_keys(keys: Collection[str]) -> Collection[str]:
    """Return which of these messages ask their reader to press keys."""
    spoken = select(Message.key).where(
        Message.key.in_(keys), Message.way == Way.VOICE, Message.asks_visit
    )
    return frozenset(db.session.scalars(spoken))


def _tickets_of_keys(keys: Collection[str]) -> dict[str, Ticket]:
    """Return by key the tickets that these messages are about; a key may be an earlier try's."""
    about = select(Ticket).join(Message, Message.ticket_id == Ticket.id)
    now = about.add_columns(Message.key).where(Message.key.in_(keys))
    before = (
        about.add_columns(MessageTry.key)
        .join(MessageTry, MessageTry.message_id == Message.id)
        .where(MessageTry.key.in_(keys))
    )
    found = [row for asked in (before, now) for row in db.session.execute(asked)]
    return {key: ticket for ticket, key in found}


def is_for(reader: Reader) -> ColumnElement[bool]:
    """Return the condition of messages that tell a reader of no ticket hidden from him."""
    may_be_read = exists().where(Ticket.id == Message.ticket_id, reading.is_for(reader))
    return or_(Message.ticket_id.is_(None), may_be_read)


def _shown_text(text: str, code: str | None, *, hides_link: bool = True) -> str:
    """Mask numbers, and what only the citizen is told: his code and his link.

    With the code anybody looks up his case, with the link anybody answers for him. A number that
    happens to hold the same digits as the code stays as it is.
    """
    if hides_link:
        text = visit_links.hidden_in(text)
    if code:
        text = re.sub(rf"(?<!\d){re.escape(code)}(?!\d)", "*" * len(code), text)
    return mask_in_text(text)


def shown_address(way: Way, address: str) -> str:
    """Return an address masked: `139****2817`, `l***@example.cn`."""
    if address == ERASED:
        return ""
    if way is Way.EMAIL:
        local, at, host = address.partition("@")
        return f"{local[:1]}***{at}{host}" if at else ""
    if not address.lstrip("+").isdigit():  # a name that only its channel understands
        return f"{address[:2]}***" if address else ""
    return mask(address)


def _counted(state: MessageState, reader: Reader) -> dict[Way, int]:
    asked = select(Message.way, func.count()).where(Message.state == state, is_for(reader))
    asked = asked.group_by(Message.way)
    return {row[0]: row[1] for row in db.session.execute(asked)}


def _shown(rows: Iterable[Message]) -> list[MessageShown]:
    ways = given(MessageProviders).by_way
    units = {unit.id: unit.name for unit in organisation.list_units()}
    return [_one(row, has_provider=row.way in ways, units=units) for row in rows]


def _one(row: Message, *, has_provider: bool, units: Mapping[int, str]) -> MessageShown:
    ticket = tickets.get_ticket(row.ticket_id) if row.ticket_id is not None else None
    is_secret = row.recipient in TO_CITIZENS and ticket is not None and ticket.is_confidential
    is_stuck = row.state is MessageState.WAITING and not has_provider
    return MessageShown(
        id=row.id,
        occasion=row.occasion,
        recipient=row.recipient,
        recipient_name=row.recipient_name,
        unit_name=units.get(row.unit_id or 0, ""),
        way=row.way,
        address="" if is_secret else shown_address(row.way, row.address),
        ticket_id=row.ticket_id,
        ticket_number=ticket.number if ticket else "",
        is_urgent=row.is_urgent,
        state=row.state,
        reason=NO_PROVIDER if is_stuck else row.reason,
        made_at=row.made_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        delivered_at=row.delivered_at,
        tries=row.tries,
    )
