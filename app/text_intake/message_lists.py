"""Lists of messages, walked by their keys: what waits, the one due first on top; what was done.

A page begins beside a message and not at a number: what arrives or is answered meanwhile neither
repeats a message on the next page nor leaves one out. When a message is due never changes, so the
message itself names the place, also after somebody has answered it.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import db
from app.core.pagination import MOST_COUNTED, count_of
from app.text_intake.message_states import OPEN
from app.text_intake.models import InboundMessage

PER_PAGE = 50

Key = tuple[InstrumentedAttribute[object], ...]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The message beside which a page lies; `is_back` reads towards the beginning of the list."""

    message_id: int
    is_back: bool = False


@dataclass(frozen=True, kw_only=True)
class MessagePage:
    """One page: its messages, whether there are some before and behind it, and how many in all."""

    items: list[InboundMessage]
    has_before: bool
    has_behind: bool
    total: int


def open_page(*, channel_id: int | None = None, beside: Beside | None = None) -> MessagePage:
    """Return a page of the messages that wait for an answer, the one due first on top."""
    wanted = select(InboundMessage).where(InboundMessage.state.in_(OPEN))
    if channel_id is not None:
        wanted = wanted.where(InboundMessage.channel_id == channel_id)
    key = (InboundMessage.due_at, InboundMessage.id)
    return _page(wanted, key, beside, ascends=True, total=count_of(wanted))


def done_page(*, beside: Beside | None = None) -> MessagePage:
    """Return a page of what was dealt with, the latest first; it is counted up to a bound."""
    wanted = select(InboundMessage).where(InboundMessage.state.not_in(OPEN))
    total = count_of(wanted, most=MOST_COUNTED)
    return _page(wanted, (InboundMessage.id,), beside, ascends=False, total=total)


def _page(
    wanted: Select[InboundMessage],
    key: Key,
    beside: Beside | None,
    *,
    ascends: bool,
    total: int,
) -> MessagePage:
    here = db.session.get(InboundMessage, beside.message_id) if beside is not None else None
    is_back = here is not None and beside is not None and beside.is_back
    upwards = ascends is not is_back
    narrowed = wanted if here is None else wanted.where(_past(key, here, upwards=upwards))
    order = [each.asc() if upwards else each.desc() for each in key]
    rows = db.session.execute(narrowed.order_by(*order).limit(PER_PAGE + 1)).scalars().all()
    more, items = len(rows) > PER_PAGE, list(rows[:PER_PAGE])
    if is_back:
        items.reverse()
    if here is not None and not items and not is_back:  # the last page has been answered meanwhile
        back = Beside(message_id=here.id, is_back=True)
        return _page(wanted, key, back, ascends=ascends, total=total)
    if is_back and not more:  # the first page is a full one, whatever has gone since
        return _page(wanted, key, None, ascends=ascends, total=total)
    if here is None or not items:
        return MessagePage(items=items, has_before=False, has_behind=more, total=total)
    before = _is_any(wanted.where(_past(key, items[0], upwards=not ascends)))
    behind = _is_any(wanted.where(_past(key, items[-1], upwards=ascends)))
    return MessagePage(items=items, has_before=before, has_behind=behind, total=total)


def _past(key: Key, here: InboundMessage, *, upwards: bool) -> ColumnElement[bool]:
    place = tuple_(*key)
    values = tuple(getattr(here, each.key) for each in key)
    return place > values if upwards else place < values


def _is_any(wanted: Select[InboundMessage]) -> bool:
    return db.session.scalar(wanted.with_only_columns(InboundMessage.id).limit(1)) is not None
