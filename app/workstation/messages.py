"""A short word from desk to desk: to a colleague, or to the shift leaders, who can answer it.

A message and its answer are told as facts to both sides. What looks like a telephone number in it
is shown masked, as everywhere.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from app.accounts import service as accounts
from app.call_queue.service import NotYourCall
from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.facts import SUPERVISORS, agent_audience, record_fact
from app.core.formatting import wire_moment
from app.core.permissions import TABLE, Permission, Role
from app.core.phone_numbers import mask_in_text
from app.tickets.erasing import GONE
from app.workstation.models import DeskMessage, DeskNotice

SHOWN_FOR = timedelta(hours=12)
"""A shift: older messages have done their work."""
MOST_SHOWN = 30

Card = dict[str, Any]


class NoSuchReader(NotFound):
    """Nobody with a desk has this work number."""

    code = "no-such-colleague"


class NoSuchMessage(NotFound):
    """No such message, or it was for somebody else."""

    code = "no-such-message"


class AlreadyAnswered(Conflict):
    """Somebody has answered it."""

    code = "message-answered"


def send(from_id: int, *, to: str, text: str, call_id: int | None) -> int:
    """Send a word to a colleague by his work number; `to` empty: a call for help to the leaders.

    Raises NoSuchReader, and NotYourCall for a call that is not the sender's.
    """
    reader = accounts.find_by_work_number(to) if to else None
    if to and (reader is None or reader.id == from_id or not _has_desk(reader)):
        raise NoSuchReader(field="to")
    if call_id is not None and calls.get_call(call_id).agent_id != from_id:
        raise NotYourCall
    message = DeskMessage(
        from_id=from_id,
        to_id=reader.id if reader else None,
        call_id=call_id,
        text=text,
        sent_at=clock.now(),
    )
    db.session.add(message)
    db.session.flush()
    if message.to_id is None:
        body = {"message_id": message.id, "agent_id": from_id, "call_id": call_id}
        record_fact(SUPERVISORS, name="supervision.help_asked", body=body, at=message.sent_at)
    _tell(message)
    return message.id


def answer(agent_id: int, message_id: int, *, text: str) -> None:
    """Answer a message that was for this person. Raises NoSuchMessage, AlreadyAnswered."""
    message = db.session.get(DeskMessage, message_id, with_for_update=True, populate_existing=True)
    if message is None or agent_id not in _readers(message):
        raise NoSuchMessage
    if message.answered_at is not None:
        raise AlreadyAnswered
    message.answer, message.answered_by, message.answered_at = text, agent_id, clock.now()
    db.session.flush()
    _tell(message)


def message_cards(agent_id: int) -> list[Card]:
    """Return this shift's messages from and to this person, the newest first."""
    person = accounts.get_person(agent_id)
    mine = [DeskMessage.from_id == agent_id, DeskMessage.to_id == agent_id]
    if _leads(person):
        mine.append(DeskMessage.to_id.is_(None))
    wanted = select(DeskMessage).where(DeskMessage.sent_at > clock.now() - SHOWN_FOR, or_(*mine))
    newest = wanted.order_by(DeskMessage.id.desc()).limit(MOST_SHOWN)
    return [_card(each, agent_id) for each in db.session.execute(newest).scalars()]


def _tell(message: DeskMessage) -> None:
    at = message.answered_at or message.sent_at
    for agent_id in sorted({message.from_id, *_readers(message)}):
        body = {"message": _card(message, agent_id)}
        record_fact(agent_audience(agent_id), name="desk.message_told", body=body, at=at)


def _readers(message: DeskMessage) -> set[int]:
    if message.to_id is not None:
        return {message.to_id}
    return {each.id for each in _leaders() if each.id != message.from_id}


def _leaders() -> Iterable[Any]:
    return [each for each in accounts.list_people() if each.is_active and _leads(each)]


def _leads(person: Any) -> bool:
    return Role(person.role) is Role.SHIFT_LEADER


def _has_desk(person: Any) -> bool:
    return person.is_active and Permission.DESK_USE in TABLE[Role(person.role)]


def _card(message: DeskMessage, agent_id: int) -> Card:
    ids = {message.from_id, message.to_id, message.answered_by} - {None}
    people = accounts.people([each for each in ids if each is not None])
    sender = people[message.from_id]
    return {
        "message_id": message.id,
        "is_mine": message.from_id == agent_id,
        "is_help": message.to_id is None,
        "from_name": sender.name,
        "from_number": sender.work_number,
        "to_name": people[message.to_id].name if message.to_id is not None else "",
        "call_id": message.call_id,
        "text": mask_in_text(message.text),
        "sent_at": wire_moment(message.sent_at),
        "answer": mask_in_text(message.answer) if message.answer is not None else None,
        "answered_by": people[message.answered_by].name if message.answered_by else None,
        "answered_at": wire_moment(message.answered_at) if message.answered_at else None,
    }


def erase_of_calls(call_ids: Collection[int]) -> None:
    """Take away what colleagues wrote to each other about calls whose time is over."""
    about = update(DeskMessage).where(DeskMessage.call_id.in_(call_ids))
    db.session.execute(about.values(text=GONE))
    answered = about.where(DeskMessage.answer.is_not(None))
    db.session.execute(answered.values(answer=GONE))
    noticed = update(DeskNotice).where(DeskNotice.call_id.in_(call_ids))
    db.session.execute(noticed.values(note=""))
