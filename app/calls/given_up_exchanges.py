"""What is left in the ledger of an exchange that is gone: from the settings, or out of reach.

Nobody listens to it, sends to it or compares with it: without this its link would stay up in the
ledger, its phones could be chosen, its calls and wishes would have no end, and whoever talked
through it would never be free. What is ended here is a guess: should the exchange come back and
show such a call up, its end is taken back (`taking_back`).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from app.calls import adoption, ledger, order_book
from app.calls.call_states import LIVE, OrderState
from app.calls.models import Call, CallOrder, ExchangeLink
from app.calls.reconciliation import LedgerCall
from app.core import clock
from app.core.database import db
from telephony.events import EndedBy, LinkChanged

WHY = "not configured"
LONGEST_DOUBT = timedelta(hours=1)
"""So long its calls are left as they are: its link may come back, or another process that knows it
have the duty next."""

OWN_WORD = timedelta(seconds=15)
"""After so long without a link, an agent's word that his call is over is enough."""


def find_due(now: datetime, *, configured: Collection[str]) -> Sequence[Callable[[], None]]:
    """Return what is to be put right; each part looks again, in a save of its own."""
    links = select(ExchangeLink).order_by(ExchangeLink.exchange_id)
    found: list[Callable[[], None]] = []
    for link in db.session.execute(links).scalars():
        if link.is_up and link.exchange_id not in configured:
            found.append(partial(_take_down, link.exchange_id, at=now))
        elif not link.is_up and now - link.since >= LONGEST_DOUBT:
            found += [partial(_end, call_id, at=now) for call_id in _live(link.exchange_id)]
    unsent = select(CallOrder.exchange_id).where(
        CallOrder.state.in_({OrderState.WISHED, OrderState.SENDING}),
        CallOrder.exchange_id.not_in(configured),
    )
    for exchange_id in db.session.execute(unsent.distinct()).scalars():
        found.append(partial(order_book.give_up_unsent, exchange_id, code="link-down"))
    return found


def end_by_own_word(call: Call) -> bool:
    """End a call whose agent says that it is over, if nobody can ask its exchange; say whether.

    He has put down a telephone on his table. Nobody else can know, and without this he would not
    be free before the link comes back.
    """
    link, now = db.session.get(ExchangeLink, call.exchange_id), clock.now()
    if link is None or link.is_up or now - link.since < OWN_WORD:
        return False
    end = ledger.CallEnd(at=now, by=EndedBy.AGENT, cause=ledger.CAUSE_UNKNOWN)
    ledger.end(call, end, because="agent_said")
    return True


def _take_down(exchange_id: str, *, at: datetime) -> None:
    link = db.session.get(ExchangeLink, exchange_id, with_for_update=True, populate_existing=True)
    if link is None or not link.is_up:
        return
    down = LinkChanged(
        exchange_id=exchange_id, boot_id=link.boot_id, is_up=False, why=WHY, happened_at=at
    )
    adoption.note_link(down, kind=link.kind)


def _live(exchange_id: str) -> list[int]:
    wanted = select(Call.id).where(Call.exchange_id == exchange_id, Call.state.in_(LIVE))
    return list(db.session.execute(wanted.order_by(Call.id)).scalars())


def _end(call_id: int, *, at: datetime) -> None:
    call = db.session.get_one(Call, call_id)
    link = db.session.get_one(ExchangeLink, call.exchange_id, populate_existing=True)
    if link.is_up:
        return
    adoption.end_gone(call.exchange_id, LedgerCall(call.boot_id, call.call_key), at=at)
