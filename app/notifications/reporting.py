"""What carriers report later: that a message arrived, or that it did not.

A report may be repeated, come late, or overtake our own note that the message was taken. That it
arrived holds wherever we thought it stood. That it failed holds only for a message that we believe
sent, under the key that it was sent with last.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.state_machine import check_move
from app.handling import visit_links
from app.notifications import outbox, rules_of_telling
from app.notifications.events import MessageDelivered
from app.notifications.message_states import MOVES, MessageState
from app.notifications.models import Message, MessageTry
from app.notifications.occasions import Way
from app.notifications.send_times import pause_after, send_at

UNDELIVERED = "undelivered"
S = MessageState


class Fate(StrEnum):
    """What became of a message, in the words of a report."""

    DELIVERED = "delivered"
    FAILED = "failed"  # for good: the carrier has tried for as long as it tries
    RETRY = "retry"  # not now: it is worth handing over once more


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a carrier says of the message that it got under `key`; `detail` is its own code.

    `keys`: what whoever heard it pressed on his telephone, where it asked for that.
    """

    key: str
    fate: Fate
    detail: str = ""
    keys: str = ""


def hear(report: Report, *, way: Way) -> bool:
    """Note a report; return whether we know the message. A repeated one changes nothing."""
    row = _found(report.key, way)
    if row is None:
        return False
    now = clock.now()
    if report.fate is Fate.DELIVERED:
        _delivered(row, report, at=now)
        if report.keys and row.asks_visit and row.ticket_id is not None and way is Way.VOICE:
            visit_links.answer_by_keys(row.ticket_id, report.keys, asked_at=row.made_at)
    elif row.state is S.SENT and row.key == report.key:
        _undelivered(row, report, at=now)
    return True


def _delivered(row: Message, report: Report, *, at: datetime) -> None:
    if row.state is S.DELIVERED:
        return
    check_move(MOVES, row.state, S.DELIVERED)
    _note(row, report, outcome=str(Fate.DELIVERED), at=at)
    row.state, row.reason, row.lease_until = S.DELIVERED, "", None
    row.sent_at, row.delivered_at = row.sent_at or at, at
    publish(MessageDelivered(message_id=row.id))


def _undelivered(row: Message, report: Report, *, at: datetime) -> None:
    _note(row, report, outcome=UNDELIVERED, at=at)
    row.reason = UNDELIVERED
    rules = rules_of_telling.at(at)
    if report.fate is Fate.FAILED or row.tries >= rules.most_tries:
        outbox.die(row)
        return
    check_move(MOVES, row.state, S.WAITING)
    row.state, row.sent_at = S.WAITING, None
    # Under the old key a good gateway would take it for the message that it has had.
    row.key = str(uuid.uuid4())
    row.due_at = send_at(at + pause_after(row.tries), quiet=rules.quiet, is_urgent=row.is_urgent)


def _note(row: Message, report: Report, *, outcome: str, at: datetime) -> None:
    db.session.add(
        MessageTry(
            message_id=row.id,
            nth=row.tries,
            at=at,
            provider=f"{row.way}-report",
            outcome=outcome,
            detail=report.detail[:16],
            key=report.key,
        )
    )


def _found(key: str, way: Way) -> Message | None:
    """Return the message that a carrier had under a key, also under one of an earlier try."""
    asked = select(Message).where(Message.key == key, Message.way == way).with_for_update()
    row = db.session.scalars(asked).one_or_none()
    if row is not None:
        return row
    earlier = select(MessageTry.message_id).where(MessageTry.key == key).limit(1)
    asked = select(Message).where(Message.id.in_(earlier), Message.way == way).with_for_update()
    return db.session.scalars(asked).one_or_none()
