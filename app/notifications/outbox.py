"""The outbox: messages are written here within a save, claimed by a sweep, and noted when sent.

Nobody sends inside a save. Two sweeps never have the same message: a claim is a conditional update
with a lease, and whoever's lease was taken over notes nothing. If a sweep dies between sending and
noting, the message goes once more under the same key (ADR 0027).
"""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.column_types import Moment
from app.core.database import db
from app.core.events import publish
from app.core.state_machine import check_move
from app.notifications import rules_of_telling
from app.notifications.events import (
    MessageDied,
    MessageGivenUp,
    MessageRetried,
    MessageSent,
    MessageWithheld,
)
from app.notifications.message_states import MOVES, MessageState
from app.notifications.models import Message, MessageTry
from app.notifications.occasions import Occasion, Recipient, Way
from app.notifications.provider import NotTaken, Outgoing
from app.notifications.reach import WhyNot
from app.notifications.refusals import MessageMoved, NoSuchMessage
from app.notifications.send_times import pause_after, send_at
from app.rules.quiet_hours import QuietHours

LOST_ANSWER = "answer-lost"
"""Who had the message is gone; whether it arrived is not known."""
LONGEST_SUBJECT = 200
COPIED = (
    "once_key", "occasion", "recipient", "way", "ticket_id", "unit_id", "recipient_name",
    "address", "language", "template", "body", "is_urgent", "asks_visit", "channel", "reply_to",
)  # fmt: skip
S = MessageState


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """What is to be told to one person. With `why_not` it is kept, and never sent."""

    once_key: str
    occasion: Occasion
    recipient: Recipient
    way: Way
    ticket_id: int | None
    unit_id: int | None
    recipient_name: str
    address: str
    language: str
    template: str
    subject: str
    body: str
    is_urgent: bool
    good_for: timedelta
    why_not: WhyNot | None = None
    asks_visit: bool = False
    channel: str = ""
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message that is ours to send until the lease ends."""

    message_id: int
    lease: str
    nth: int
    outgoing: Outgoing


def write(new: NewMessage, *, quiet: QuietHours | None) -> int | None:
    """Put a message into the outbox; return its id, None where this cause told this person already.

    Belongs into the save of what caused it.
    """
    now = clock.now()
    due_at = send_at(now, quiet=quiet, is_urgent=new.is_urgent)
    row = {
        **{name: getattr(new, name) for name in COPIED},
        "key": str(uuid.uuid4()),
        "subject": new.subject[:LONGEST_SUBJECT],
        "state": S.WITHHELD if new.why_not else S.WAITING,
        "reason": str(new.why_not or ""),
        "made_at": now,
        "due_at": due_at,
        "expires_at": due_at + new.good_for,
    }
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    put = insert(Message).values(row).on_conflict_do_nothing().returning(Message.id)
    return db.session.scalar(put)


def tells(ticket_id: int, address: str) -> bool:
    """Say whether a message about a ticket goes to an address, or went there."""
    asked = select(Message.id).where(
        Message.ticket_id == ticket_id, Message.address == address, Message.state != S.WITHHELD
    )
    return db.session.scalar(asked.limit(1)) is not None


def has_due(way: Way, *, now: datetime, lease: timedelta, only_urgent: bool = False) -> bool:
    """Say whether a claim would find anything; asked before a save is opened for it."""
    due = _claimable(way, now, lease, only_urgent=only_urgent)
    return db.session.scalar(select(Message.id).where(*due).limit(1)) is not None


def ways_due(*, now: datetime, lease: timedelta) -> list[Way]:
    """Return the ways of which a claim may find something; one question for all of them."""
    moments = {"now": now, "far": now + 2 * lease}
    seen = db.session.execute(_ARE_DUE, moments).one()
    return [way for way, is_due in zip(Way, seen, strict=True) if is_due]


def claim(
    way: Way, *, now: datetime, lease: timedelta, most: int, only_urgent: bool = False
) -> list[Claimed]:
    """Take the most urgent messages that are due, for as long as the lease lasts.

    Others' rows are left out and not waited for; a lease that has ended is taken over. In quiet
    hours only what hurries is taken: the rest may have been due before, and could not go.
    """
    due = _claimable(way, now, lease, only_urgent=only_urgent)
    asked = (
        select(Message.id)
        .where(*due)
        .order_by(Message.is_urgent.desc(), Message.due_at, Message.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(asked))
    if not ids:
        return []
    mine = secrets.token_hex(16)
    taken = (
        update(Message)
        .where(Message.id.in_(ids), *due)
        .values(state=S.SENDING, lease=mine, lease_until=now + lease, tries=Message.tries + 1)
        .returning(Message)
        .execution_options(populate_existing=True)
    )
    rows = sorted(
        db.session.scalars(taken), key=lambda row: (not row.is_urgent, row.due_at, row.id)
    )
    return [
        Claimed(
            message_id=row.id,
            lease=mine,
            nth=row.tries,
            outgoing=Outgoing(
                key=row.key,
                way=row.way,
                address=row.address,
                subject=row.subject,
                body=row.body,
                language=row.language,
                channel=row.channel,
                reply_to=row.reply_to,
            ),
        )
        for row in rows
    ]


def _claimable(
    way: Way, now: datetime, lease: timedelta, *, only_urgent: bool
) -> tuple[ColumnElement[bool], ...]:
    """Due; or written to go at once by a clock that has been set back since; or left by somebody.

    A lease that ends later than any lease can was given by a clock that has been set back.
    """
    return (
        *_goes_now(way, now, now + 2 * lease),
        *((Message.is_urgent,) if only_urgent else ()),
    )


def _goes_now(way: Way, now: Any, far: Any) -> tuple[ColumnElement[bool], ...]:
    goes = or_(
        Message.due_at <= now, and_(Message.due_at <= Message.made_at, Message.made_at > now)
    )
    is_left = or_(Message.lease_until <= now, Message.lease_until > far)
    return (
        Message.way == way,
        or_(
            and_(Message.state == S.WAITING, goes),
            and_(Message.state == S.SENDING, is_left),
        ),
        Message.expires_at > now,
    )


# Asked every second, and built once.
_ARE_DUE = select(
    *(
        exists()
        .where(*_goes_now(way, bindparam("now", type_=Moment), bindparam("far", type_=Moment)))
        .label(way.value)
        for way in Way
    )
)


def note_sent(claimed: Claimed, *, provider: str, at: datetime) -> None:
    """A provider has taken the message."""
    _note_try(claimed, provider=provider, at=at, outcome="sent")
    row = _still_ours(claimed)
    if row is not None:
        check_move(MOVES, row.state, S.SENT)
        row.state, row.sent_at, row.reason, row.lease_until = S.SENT, at, "", None
        publish(MessageSent(message_id=row.id))


def note_refused(
    claimed: Claimed,
    why: NotTaken,
    *,
    provider: str,
    at: datetime,
    most: int,
    quiet: QuietHours | None,
) -> None:
    """A provider did not take it: once more after a pause, or dead for good or after so many."""
    _note_try(claimed, provider=provider, at=at, outcome=why.code, detail=why.detail)
    row = _still_ours(claimed)
    if row is None:
        return
    row.reason, row.lease_until = why.code[:48], None
    if why.is_final or row.tries >= most:
        die(row)
        return
    check_move(MOVES, row.state, S.WAITING)
    row.state = S.WAITING
    row.due_at = send_at(at + pause_after(row.tries), quiet=quiet, is_urgent=row.is_urgent)


def bury_lost(*, now: datetime, lease: timedelta, most: int) -> int:
    """Let die what was left too often by whoever had it; return how many."""
    is_left = or_(Message.lease_until <= now, Message.lease_until > now + 2 * lease)
    asked = select(Message).where(Message.state == S.SENDING, is_left, Message.tries >= most)
    rows = list(db.session.scalars(asked.with_for_update(skip_locked=True)))
    for row in rows:
        row.reason, row.lease_until = LOST_ANSWER, None
        die(row)
    return len(rows)


def withhold_late(*, now: datetime) -> int:
    """Withhold what is no longer worth telling; return how many."""
    too_late = (
        update(Message)
        .where(*_is_late(now))
        .values(state=S.WITHHELD, reason=str(WhyNot.TOO_LATE), lease_until=None)
        .returning(Message.id)
    )
    ids = db.session.scalars(too_late).all()
    for message_id in ids:
        publish(MessageWithheld(message_id=message_id, why=str(WhyNot.TOO_LATE)))
    return len(ids)


def has_late(*, now: datetime) -> bool:
    """Say whether anything waits that is no longer worth telling."""
    asked = select(Message.id).where(*_is_late(now))
    return db.session.scalar(asked.limit(1)) is not None


def _is_late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Too old, and waiting, or left by whoever had it and is gone."""
    is_left = and_(Message.state == S.SENDING, Message.lease_until <= now)
    return or_(Message.state == S.WAITING, is_left), Message.expires_at <= now


def retry(message_id: int, *, by: int) -> None:
    """Let a dead message be tried again, as if for the first time.

    Raises NoSuchMessage, MessageMoved.
    """
    row = _locked(message_id)
    if row.state is not S.DEAD:
        raise MessageMoved
    _revive(row)
    publish(MessageRetried(message_id=row.id, retried_by=by))


def retry_all(way: Way, *, by: int, only: ColumnElement[bool]) -> int:
    """Let every dead message of a way be tried again: its provider is well; return how many.

    `only`: which of them, as a condition of messages: those that whoever asks for it is shown.
    """
    asked = select(Message).where(Message.state == S.DEAD, Message.way == way, only)
    rows: Sequence[Message] = db.session.scalars(asked.with_for_update()).all()
    for row in rows:
        _revive(row)
        publish(MessageRetried(message_id=row.id, retried_by=by))
    return len(rows)


def give_up(message_id: int, *, by: int) -> None:
    """Let a message that waits or is dead never be sent. Raises NoSuchMessage, MessageMoved."""
    row = _locked(message_id)
    if row.state not in {S.DEAD, S.WAITING}:
        raise MessageMoved
    check_move(MOVES, row.state, S.GIVEN_UP)
    row.state = S.GIVEN_UP
    publish(MessageGivenUp(message_id=row.id, given_up_by=by))


def _revive(row: Message) -> None:
    check_move(MOVES, row.state, S.WAITING)
    was_reported = row.sent_at is not None
    row.sent_at = None
    now = clock.now()
    # Whoever asks for it thinks it worth telling: it counts as young again, and wakes nobody.
    row.expires_at = now + max(row.expires_at - row.made_at, timedelta(hours=1))
    quiet = rules_of_telling.at(now).quiet
    row.due_at = send_at(now, quiet=quiet, is_urgent=row.is_urgent)
    row.state, row.tries, row.reason = S.WAITING, 0, ""
    # A good gateway sends nothing twice under one key, and this one has had it: it failed there.
    if was_reported:
        row.key = str(uuid.uuid4())


def die(row: Message) -> None:
    """Let a message not be tried again by itself: somebody has to look."""
    check_move(MOVES, row.state, S.DEAD)
    row.state = S.DEAD
    publish(
        MessageDied(message_id=row.id, ticket_id=row.ticket_id, way=str(row.way), why=row.reason)
    )


def _still_ours(claimed: Claimed) -> Message | None:
    """Return the row unless its lease was taken over meanwhile."""
    row = db.session.get(Message, claimed.message_id, with_for_update=True, populate_existing=True)
    is_ours = row is not None and row.state is S.SENDING and row.lease == claimed.lease
    return row if is_ours else None


def _note_try(
    claimed: Claimed, *, provider: str, at: datetime, outcome: str, detail: str = ""
) -> None:
    db.session.add(
        MessageTry(
            message_id=claimed.message_id,
            nth=claimed.nth,
            at=at,
            provider=provider[:32],
            outcome=outcome[:48],
            detail=detail[:16],
            key=claimed.outgoing.key,
        )
    )


def _locked(message_id: int) -> Message:
    row = db.session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchMessage
    return row
