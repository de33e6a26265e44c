"""Demands that came as text: heard once, with a clock, taken by one, answered or made tickets.

A reply is a line; the outbox sends it (`replies`).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts import service as accounts
from app.channel_entries import channel_register
from app.channel_entries.channel_states import ChannelKind, ChannelState
from app.channel_entries.refusals import NoSuchChannel
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import ERASED, mask, normalise
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due
from app.text_intake import replies
from app.text_intake.events import (
    MessageAnswered,
    MessageArrived,
    MessageClosed,
    MessageGivenBack,
    MessageMadeTicket,
    MessageRead,
    MessageTaken,
)
from app.text_intake.message_states import MESSAGE_MOVES, CloseReason, MessageState, Part
from app.text_intake.models import InboundMessage as InboundMessage
from app.text_intake.models import MessageLine
from app.text_intake.refusals import (
    MessageIsOver,
    MessageUnfit,
    NoSuchMessage,
    NotTakenByYou,
    TakenByOther,
)
from app.tickets import reading
from app.tickets import service as tickets
from app.tickets.erasing import struck_out
from app.tickets.opening import NewTicket
from app.tickets.reading import Reader

SLOW = frozenset({ChannelKind.MAILBOX, ChannelKind.LEADER_MAILBOX})
"""Answered by the rule of mailboxes; all others by that of short messages."""
NUMBER = re.compile(r"\+?[0-9][0-9 -]{4,30}")
LONGEST_TEXT = 5000
LONGEST_SENDER = 128
LONGEST_KEY = 64


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A message as its channel's gateway brings it; `key` is the gateway's own name for it."""

    channel: str
    key: str
    sender: str
    text: str
    sender_name: str = ""


def hear(new: NewMessage) -> tuple[InboundMessage, bool]:
    """Keep a message and begin its clock; return it and whether it is new.

    The same message brought again is found and not kept a second time. Raises NoSuchChannel for a
    channel that is not in use, MessageUnfit with the field.
    """
    channel = channel_register.find_channel(new.channel)
    if channel.state is not ChannelState.ACTIVE:
        raise NoSuchChannel
    _check(new)
    known = _find(channel.id, new.key)
    if known is not None:
        return known, False
    now = clock.now()
    rule = "limit.mailbox_response" if channel.words.kind in SLOW else "limit.text_response"
    limit = rule_register.read_book().limit(rule, now)
    values = {
        "channel_id": channel.id,
        "message_key": new.key,
        "sender": _spelled(new.sender),
        "sender_name": new.sender_name,
        "text": new.text,
        "received_at": now,
        "limit": str(limit),
        "due_at": reckon_due(now, limit, working_calendar.working_time()).due,
        "state": MessageState.WAITING,
        "close_reason": "",
    }
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Two deliveries at once: one makes the row, both find it.
    put = insert(InboundMessage).values(values).on_conflict_do_nothing()
    made = db.session.execute(put.returning(InboundMessage.id)).scalar_one_or_none()
    message = _find(channel.id, new.key)
    if message is None:
        raise NoSuchMessage
    if made is not None:
        publish(MessageArrived(message_id=message.id, channel_id=channel.id))
    return message, made is not None


def get_message(message_id: int) -> InboundMessage:
    """Return a message; raises NoSuchMessage."""
    message = db.session.get(InboundMessage, message_id)
    if message is None:
        raise NoSuchMessage
    return message


def is_for(message: InboundMessage, reader: Reader) -> bool:
    """Say whether somebody may read a message: what became a ticket, as he may read that one."""
    if message.ticket_id is None:
        return True
    return reading.may_read(tickets.get_ticket(message.ticket_id), reader)


def message_for(message_id: int, reader: Reader) -> InboundMessage:
    """Return a message to this reader. Raises NoSuchMessage."""
    message = get_message(message_id)
    if not is_for(message, reader):
        raise NoSuchMessage
    return message


def read_message(message_id: int, *, by: int) -> InboundMessage:
    """Return a message to somebody who reads it whole; that he did is written down.

    Raises NoSuchMessage.
    """
    message = message_for(message_id, reading.reader_of(by))
    publish(MessageRead(message_id=message.id, read_by=by))
    return message


def lines_of(message_id: int) -> list[MessageLine]:
    """Return what was said after the first message, oldest first."""
    asked = select(MessageLine).where(MessageLine.message_id == message_id)
    return list(db.session.scalars(asked.order_by(MessageLine.id)))


def shown_sender(message: InboundMessage) -> str:
    """Return who sent a message, so that only he recognises himself."""
    name, at, domain = message.sender.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if number_of(message):
        return mask(message.sender)
    return f"{message.sender[:2]}***"


def number_of(message: InboundMessage) -> str:
    """Return the telephone number of a sender, or "" where there is none."""
    return message.sender if message.sender.lstrip("+").isdigit() else ""


def ticket_number(message: InboundMessage) -> str:
    """Return the number of the ticket that a message became, or ""."""
    return tickets.get_ticket(message.ticket_id).number if message.ticket_id else ""


# --- acts -------------------------------------------------------------------------------------


def take(message_id: int, *, by: int, takes_over: bool = False) -> None:
    """Answer a message from now on; of two at once one has it.

    Whoever holds one over its time holds it from nobody; before that a shift leader may take it
    (`takes_over`) from somebody who went home. Raises NoSuchMessage, TakenByOther with the name,
    MessageIsOver.
    """
    claimed = (
        update(InboundMessage)
        .where(InboundMessage.id == message_id, InboundMessage.state == MessageState.WAITING)
        .values(state=MessageState.TAKEN, taken_by=by, taken_at=clock.now())
        .returning(InboundMessage.id)
    )
    if db.session.execute(claimed).scalar_one_or_none() is not None:
        db.session.expire_all()
        publish(MessageTaken(message_id=message_id, taken_by=by))
        return
    message = _locked(message_id)
    if message.state is not MessageState.TAKEN:
        raise MessageIsOver
    if message.taken_by == by:
        return
    if not takes_over and not may_be_taken_over(message, clock.now()):
        raise TakenByOther(name=_name_of(message))
    message.taken_by, message.taken_at = by, clock.now()
    publish(MessageGivenBack(message_id=message_id, given_back_by=by))
    publish(MessageTaken(message_id=message_id, taken_by=by))


def may_be_taken_over(message: InboundMessage, at: datetime) -> bool:
    """Say whether anybody may take a message that another one has: its time is over."""
    return message.state is MessageState.TAKEN and at > message.due_at


def give_back(message_id: int, *, by: int) -> None:
    """Put a message back into the list. Its clock never stopped."""
    message = _mine(message_id, by=by, to=MessageState.WAITING)
    message.taken_by = message.taken_at = None
    publish(MessageGivenBack(message_id=message.id, given_back_by=by))


def answer(message_id: int, text: str, *, by: int) -> MessageLine:
    """Answer a message that one took; the reply waits to be sent.

    Raises NoSuchMessage, NotTakenByYou, MessageIsOver.
    """
    message = _mine(message_id, by=by, to=MessageState.ANSWERED)
    now = clock.now()
    message.first_answered_at = message.first_answered_at or now
    message.closed_at = now
    line = MessageLine(message_id=message.id, part=Part.OUT, text=text, at=now, by=by)
    db.session.add(line)
    db.session.flush()
    replies.send_answer(message, line)
    publish(MessageAnswered(message_id=message.id, line_id=line.id, answered_by=by))
    return line


def close(message_id: int, reason: CloseReason, *, by: int) -> None:
    """Close a message that needs no answer. Raises as `answer` does."""
    message = _mine(message_id, by=by, to=MessageState.CLOSED)
    message.closed_at, message.close_reason = clock.now(), reason.value
    publish(MessageClosed(message_id=message.id, reason=reason.value, closed_by=by))


def open_ticket(message_id: int, new: NewTicket, *, by: int) -> tickets.Ticket:
    """Make a message a ticket, once. Raises as `answer` does, and what opening a ticket raises."""
    message = get_message(message_id)
    if message.ticket_id is not None:
        return tickets.get_ticket(message.ticket_id)
    message = _mine(message_id, by=by, to=MessageState.TICKET)
    # he waits since he wrote: a message that lies gains nobody time
    ticket = tickets.open_ticket(replace(new, received_at=message.received_at))
    now = clock.now()
    # To be told that it is taken up, with its number, is an answer.
    message.first_answered_at = message.first_answered_at or now
    message.closed_at, message.ticket_id = now, ticket.id
    replies.tell_of_ticket(message, ticket, by=by)
    publish(MessageMadeTicket(message_id=message.id, ticket_id=ticket.id, made_by=by))
    return ticket


def erase_person(numbers: Collection[str], *, names: Sequence[str]) -> int:
    """Erase a person from the messages of these numbers; return how many were."""
    erased = 0
    asked = select(InboundMessage).where(InboundMessage.sender.in_(numbers))
    for message in db.session.scalars(asked):
        message.sender, message.sender_name = ERASED, ""
        message.text = struck_out(message.text, names)
        for line in lines_of(message.id):
            line.text = struck_out(line.text, names)
        erased += 1
    return erased


def takers(messages: Sequence[InboundMessage]) -> Mapping[int, str]:
    """Return the names of those who took messages, by their ids."""
    ids = {each.taken_by for each in messages if each.taken_by}
    return {user_id: user.name for user_id, user in accounts.people(ids).items()}


def is_late(message: InboundMessage, at: datetime) -> bool:
    """Say whether the first answer came, or would come now, after its time."""
    return (message.first_answered_at or message.closed_at or at) > message.due_at


def _mine(message_id: int, *, by: int, to: MessageState) -> InboundMessage:
    message = _locked(message_id)
    if to not in MESSAGE_MOVES[message.state]:
        raise NotTakenByYou if message.state is MessageState.WAITING else MessageIsOver
    if message.taken_by != by:
        raise NotTakenByYou
    message.state = to
    return message


def _locked(message_id: int) -> InboundMessage:
    message = db.session.get(
        InboundMessage, message_id, with_for_update=True, populate_existing=True
    )
    if message is None:
        raise NoSuchMessage
    return message


def _name_of(message: InboundMessage) -> str:
    return accounts.get_person(message.taken_by).name if message.taken_by else ""


def _find(channel_id: int, key: str) -> InboundMessage | None:
    return db.session.scalar(
        select(InboundMessage).where(
            InboundMessage.channel_id == channel_id, InboundMessage.message_key == key
        )
    )


def _spelled(sender: str) -> str:
    """Spell a telephone number in the one way of the house; leave other names as they are."""
    return normalise(sender) if NUMBER.fullmatch(sender) else sender


def _check(new: NewMessage) -> None:
    for field, text, longest in (
        ("key", new.key, LONGEST_KEY),
        ("sender", new.sender, LONGEST_SENDER),
        ("text", new.text, LONGEST_TEXT),
    ):
        if (not text and field != "text") or len(text) > longest:
            raise MessageUnfit(field=field, longest=longest)
    if len(new.sender_name) > LONGEST_KEY:
        raise MessageUnfit(field="sender_name", longest=LONGEST_KEY)
