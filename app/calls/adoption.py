"""Bring the ledger up to what an exchange carries now: at each new link, and after an absence."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.calls import ledger, order_book
from app.calls.absences import note_link_step
from app.calls.call_states import LIVE, CallState
from app.calls.events import ExchangeLinkChanged, PhoneAway, PhoneThere
from app.calls.link_lag import LinkLag
from app.calls.models import Call, ExchangeLink, PhoneContact
from app.calls.provider_events import apply_news, apply_one
from app.calls.reconciliation import LedgerCall, compare
from app.calls.talk_adoption import adopt_talk
from app.core.database import db
from app.core.events import publish
from telephony import events as news
from telephony.port import LiveCall

logger = logging.getLogger(__name__)

TALK_PLACES = frozenset({news.Place.TALKING, news.Place.HELD, news.Place.CALLED})
AT_ONCE = 1000
"""How many phones one question names."""
WAITING_PLACES = frozenset({news.Place.QUEUE, news.Place.KEPT, news.Place.ALONE})


def note_link(change: news.LinkChanged, *, kind: str) -> None:
    """Keep how the link stands; with every change go the wishes that were not sent before it."""
    note_link_step(change)
    row = db.session.get(ExchangeLink, change.exchange_id)
    if row is None:
        row = ExchangeLink(exchange_id=change.exchange_id, kind=kind)
        db.session.add(row)
    row.kind, row.boot_id = kind, change.boot_id
    row.is_up, row.since, row.why = change.is_up, change.happened_at, change.why[:120]
    row.lag, row.event_age_ms = LinkLag.OK, 0  # measured anew
    order_book.give_up_unsent(change.exchange_id, code="link-down")
    publish(ExchangeLinkChanged(exchange_id=change.exchange_id, is_up=change.is_up))


def believed_now(exchange_id: str) -> frozenset[int]:
    """Return the calls that the ledger takes for live: asked before the exchange is."""
    wanted = select(Call.id).where(Call.exchange_id == exchange_id, Call.state.in_(LIVE))
    return frozenset(db.session.execute(wanted).scalars())


def adopt(
    exchange_id: str,
    boot_id: str,
    *,
    live: Sequence[LiveCall],
    phones: Mapping[str, str],
    at: datetime,
    known: frozenset[int] | None = None,
) -> None:
    """Make the ledger agree with the exchange's own list of calls and phones.

    A caller who is on an agent's phone stays there, one on hold music takes his old place in line,
    one who is gone is ended with what we know. Nobody is rung twice: only callers on our own hold
    music are offered. `at` is when the link came up, by the exchange's own clock. Only calls in
    `known` can be found gone: one that web requests brought while the exchange was being asked is
    not in its answer, and is there all the same. None: the ledger heard nothing meanwhile.
    """
    believed = list(
        db.session.execute(
            select(Call)
            .where(Call.exchange_id == exchange_id, Call.state.in_(LIVE))
            .order_by(Call.id)
        ).scalars()
    )
    difference = compare(
        [
            LedgerCall(call.boot_id, call.call_key)
            for call in believed
            if known is None or call.id in known
        ],
        [call.call_key for call in live],
        boot_id=boot_id,
    )
    for gone in difference.gone:
        end_gone(exchange_id, gone, at=at)
    _set_phones(exchange_id, phones, at=at)
    for live_call in live:
        adopt_call(live_call, at=at)


def note_phone(change: news.PhoneChanged) -> None:
    """Keep whether a phone can be rung, and under which registration."""
    note_phones([change])


def note_phones(changes: Sequence[news.PhoneChanged]) -> None:
    """The same for many, in their order; whoever is told of one finds those before it written.

    After a node's restart a whole city's desks come at once: what is there is asked for once, and
    phones that came, one after another, are written together.
    """
    rows = _contacts_of(changes)
    came: dict[tuple[str, str], PhoneThere] = {}
    for change in changes:
        key = (change.exchange_id, change.phone)
        row = rows.get(key)
        if change.is_there:
            if key in came:
                _tell_there(came)  # twice in a row: each registration is rung by itself
            if row is None:
                row = rows[key] = PhoneContact(exchange_id=key[0], phone=key[1])
                db.session.add(row)
            row.contact, row.since = change.contact[:255], change.happened_at
            came[key] = PhoneThere(exchange_id=change.exchange_id, phone=change.phone)
            continue
        if row is not None and row.contact != change.contact[:255]:
            continue  # an older registration went; the phone is there under a newer one
        _tell_there(came)
        if row is not None:
            db.session.delete(rows.pop(key))
            db.session.flush()
        publish(PhoneAway(exchange_id=change.exchange_id, phone=change.phone))
    _tell_there(came)


def _contacts_of(changes: Sequence[news.PhoneChanged]) -> dict[tuple[str, str], PhoneContact]:
    phones = sorted({change.phone for change in changes})
    exchange_ids = {change.exchange_id for change in changes}
    found: dict[tuple[str, str], PhoneContact] = {}
    for begin in range(0, len(phones), AT_ONCE):
        wanted = select(PhoneContact).where(
            PhoneContact.exchange_id.in_(exchange_ids),
            PhoneContact.phone.in_(phones[begin : begin + AT_ONCE]),
        )
        for row in db.session.execute(wanted).scalars():
            found[row.exchange_id, row.phone] = row
    return found


def _tell_there(came: dict[tuple[str, str], PhoneThere]) -> None:
    """Write the phones that came and tell of them; none of them is left to tell then."""
    if came:
        db.session.flush()
    told = list(came.values())
    came.clear()
    for fact in told:
        publish(fact)


def adopt_call(live: LiveCall, *, at: datetime) -> None:
    """Bring one call to where the exchange has it; `at` is the exchange's own time."""
    common: dict[str, Any] = {
        "exchange_id": live.exchange_id,
        "boot_id": live.boot_id,
        "call_key": live.call_key,
        "happened_at": at,
    }
    call = ledger.lock_call(live.exchange_id, live.boot_id, live.call_key)
    if call is None:
        arrived = news.CallArrived(
            **common,
            leg_key=live.call_key,
            from_number=live.from_number,
            from_name=live.from_name,
            dialled_number=live.dialled_number,
            invited_at=live.invited_at,
        )
        apply_news([arrived])
        call = ledger.lock_call(live.exchange_id, live.boot_id, live.call_key)
    if call is None:
        return
    if live.place in WAITING_PLACES and call.state is not _state_at(live.place):
        # Told past the memory of repeats: the same placing may have been heard before we left.
        apply_one(
            news.CallerPlaced(
                **common, leg_key=live.call_key, counter=live.place_counter, place=live.place
            )
        )
    elif live.place in TALK_PLACES:
        adopt_talk(live, call, at=at)
    elif call.state not in {CallState.RINGING, CallState.CALLING}:
        _adopt_ring(live, common)


def _adopt_ring(live: LiveCall, common: dict[str, Any]) -> None:
    is_ringing = live.place is news.Place.RINGING
    if is_ringing and live.phone is not None and live.agent_leg_key is not None:
        apply_one(news.AgentRinging(**common, leg_key=live.agent_leg_key, phone=live.phone))


def _state_at(place: news.Place) -> CallState:
    return {
        news.Place.QUEUE: CallState.WAITING,
        news.Place.KEPT: CallState.RECONNECTING,
        news.Place.ALONE: CallState.ALONE,
    }[place]


def end_gone(exchange_id: str, gone: LedgerCall, *, at: datetime) -> None:
    """End a call that the exchange no longer has; when exactly and how, nobody told us."""
    call = ledger.lock_call(exchange_id, gone.boot_id, gone.call_key)
    if call is not None:
        end = ledger.CallEnd(at=at, by=news.EndedBy.EXCHANGE, cause=ledger.CAUSE_UNKNOWN)
        ledger.end(call, end, because="found_gone")


def _set_phones(exchange_id: str, phones: Mapping[str, str], *, at: datetime) -> None:
    known = PhoneContact.exchange_id == exchange_id
    older = select(PhoneContact.phone).where(known, PhoneContact.since <= at)
    held = db.session.execute(older.order_by(PhoneContact.phone)).scalars()
    gone = [phone for phone in held if phone not in phones]  # a later one is newer than this list
    for begin in range(0, len(gone), AT_ONCE):
        some = PhoneContact.phone.in_(gone[begin : begin + AT_ONCE])
        db.session.execute(delete(PhoneContact).where(known, some))
    for phone in gone:
        publish(PhoneAway(exchange_id=exchange_id, phone=phone))
    note_phones(
        [
            news.PhoneChanged(
                exchange_id=exchange_id, phone=phone, is_there=True, contact=contact, happened_at=at
            )
            for phone, contact in phones.items()
        ]
    )
