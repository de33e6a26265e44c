"""Hands what is said to senders to the outbox, and hears what became of it.

A reply that is not delivered brings its message back to the desk, where anybody may take it; it
counts as answered again when the same reply is sent after all.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from flask_babel import force_locale, gettext
from sqlalchemy import select

from app.channel_entries import channel_register
from app.core import clock
from app.core.database import db
from app.core.languages import FIRST_LANGUAGE, LOCALES
from app.core.phone_numbers import ERASED
from app.core.state_machine import check_move
from app.notifications import message_texts, outbox, rules_of_telling
from app.notifications import service as notifications
from app.notifications.message_states import MessageState as OutboxState
from app.notifications.occasions import Occasion, Recipient, Telling, Way, tellings_of
from app.notifications.outbox import NewMessage
from app.notifications.reach import WhyNot, why_unreachable
from app.notifications.service import MessageShown
from app.notifications.telling import deadline_in_words
from app.text_intake.message_states import MESSAGE_MOVES, MessageState, Part
from app.text_intake.models import InboundMessage, MessageLine
from app.text_intake.reply_ways import way_of
from app.tickets import stepping
from app.tickets.service import Ticket

FAILED = frozenset({OutboxState.DEAD, OutboxState.GIVEN_UP, OutboxState.WITHHELD})
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")


def send_answer(message: InboundMessage, line: MessageLine) -> None:
    """Let the outbox send what was answered. Belongs into the save of the answer."""
    _send(message, line, occasion=Occasion.TEXT_ANSWERED, values={"reply": line.text})


def tell_of_ticket(message: InboundMessage, ticket: Ticket, *, by: int) -> None:
    """Tell whoever wrote the number of his ticket, by the way he wrote.

    Not where the outbox tells the same address already that the ticket was opened. Of what is only
    counted he is thanked, and promised nothing.
    """
    if outbox.tells(ticket.id, message.sender):
        return
    is_counted_only = stepping.is_counted_only(ticket)
    with force_locale(LOCALES[language_of(message.text)]):
        deadline = deadline_in_words(ticket)
        thanks = gettext("texts.counted_thanks", number=ticket.number)
    values = {"number": ticket.number, "code": ticket.check_code, "deadline": deadline}
    line = MessageLine(message_id=message.id, part=Part.OUT, text="", at=clock.now(), by=by)
    db.session.add(line)
    db.session.flush()
    line.text = _send(
        message,
        line,
        occasion=Occasion.TEXT_ANSWERED if is_counted_only else Occasion.TEXT_MADE_TICKET,
        values={"reply": thanks} if is_counted_only else values,
        ticket_id=ticket.id,
    )


def note_sent(outbox_id: int) -> None:
    """A carrier has taken a message; if it is a reply that had failed, it is answered after all."""
    line = _line_of(outbox_id)
    if line is None:
        return
    line.sent_at = line.sent_at or clock.now()
    message = _message_of(line)
    if message.state is MessageState.WAITING and _is_last_reply(line):
        check_move(MESSAGE_MOVES, message.state, MessageState.ANSWERED)
        message.state = MessageState.ANSWERED
        message.first_answered_at = message.first_answered_at or line.sent_at
        message.closed_at = line.sent_at


def note_failed(outbox_id: int) -> None:
    """A reply was not delivered: its message waits at the desk again, its clock as it was."""
    line = _line_of(outbox_id)
    if line is None:
        return
    line.sent_at = None
    message = _message_of(line)
    if message.state is not MessageState.ANSWERED or not _is_last_reply(line):
        return
    check_move(MESSAGE_MOVES, message.state, MessageState.WAITING)
    message.state = MessageState.WAITING
    message.taken_by = message.taken_at = message.closed_at = None
    if not any(each.sent_at for each in _replies(message.id)):
        message.first_answered_at = None


def delivery_of(lines: Sequence[MessageLine]) -> Mapping[int, MessageShown]:
    """Return how the messages of replies stand, by the ids of their lines."""
    ids = {each.outbox_id: each.id for each in lines if each.outbox_id is not None}
    shown = notifications.messages_by_ids(set(ids))
    return {ids[outbox_id]: message for outbox_id, message in shown.items()}


def last_failure(message: InboundMessage) -> MessageShown | None:
    """Return the last reply of a message if it came to nothing."""
    said = _replies(message.id)
    found = delivery_of(said[-1:])
    last = next(iter(found.values()), None)
    return last if last is not None and last.state in FAILED else None


def undelivered(message_ids: Collection[int]) -> set[int]:
    """Return which of these messages wait at the desk because a reply came to nothing."""
    asked = select(MessageLine).where(
        MessageLine.message_id.in_(message_ids), MessageLine.part == Part.OUT
    )
    last = {each.message_id: each for each in db.session.scalars(asked.order_by(MessageLine.id))}
    found = delivery_of(list(last.values()))
    return {
        message_id
        for message_id, line in last.items()
        if line.id in found and found[line.id].state in FAILED
    }


def goes_by(message: InboundMessage) -> Way:
    """Return by which way this message is answered."""
    return way_of(channel_register.get_channel(message.channel_id).words.kind, message.sender)


def language_of(text: str) -> str:
    """Return in which language somebody who wrote this is answered: English only to English."""
    return "en" if _LETTER.search(text) and not _HAN.search(text) else FIRST_LANGUAGE


def _send(
    message: InboundMessage,
    line: MessageLine,
    *,
    occasion: Occasion,
    values: Mapping[str, str],
    ticket_id: int | None = None,
) -> str:
    channel = channel_register.get_channel(message.channel_id)
    telling = _telling(occasion, way_of(channel.words.kind, message.sender))
    language, now = language_of(message.text), clock.now()
    version = message_texts.holding(telling.template, language, now)
    with force_locale(LOCALES[language]):
        subject, body = message_texts.written(version, {**values, "channel": channel.words.name})
    line.outbox_id = outbox.write(
        NewMessage(
            once_key=f"{occasion}:l{line.id}:{telling.way}",
            occasion=occasion,
            recipient=Recipient.SENDER,
            way=telling.way,
            ticket_id=ticket_id,
            unit_id=None,
            recipient_name="",
            address=message.sender,
            language=language,
            template=telling.template,
            subject=subject,
            body=body,
            is_urgent=True,
            good_for=telling.good_for,
            why_not=_why_not(telling.way, message.sender),
            channel=channel.code,
            reply_to=message.message_key,
        ),
        quiet=rules_of_telling.at(now).quiet,
    )
    return body


def _telling(occasion: Occasion, way: Way) -> Telling:
    return next(each for each in tellings_of(occasion) if each.way is way)


def _why_not(way: Way, sender: str) -> WhyNot | None:
    """A name that only its channel understands cannot be looked at; a number and an address can."""
    if way in {Way.SMS, Way.EMAIL}:
        return why_unreachable(way, sender)
    return WhyNot.ERASED if sender == ERASED else None


def _line_of(outbox_id: int) -> MessageLine | None:
    asked = select(MessageLine).where(MessageLine.outbox_id == outbox_id)
    return db.session.scalars(asked).one_or_none()


def _message_of(line: MessageLine) -> InboundMessage:
    return db.session.get_one(
        InboundMessage, line.message_id, with_for_update=True, populate_existing=True
    )


def _replies(message_id: int) -> list[MessageLine]:
    asked = select(MessageLine).where(
        MessageLine.message_id == message_id, MessageLine.part == Part.OUT
    )
    return list(db.session.scalars(asked.order_by(MessageLine.id)))


def _is_last_reply(line: MessageLine) -> bool:
    return _replies(line.message_id)[-1].id == line.id
