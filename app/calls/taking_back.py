"""Take back the end of a call that its exchange still carries.

We guess an end where nobody tells one: an exchange said that it knows no such call, or its list
lacked it. Where two of its lists, one after the other, show the call up, that was wrong: the
exchange is right about what is up (`reconciliation`), and a citizen is on the line for whom nobody
would ever be rung again.
"""

from datetime import datetime

from sqlalchemy import select

from app.calls import adoption, ledger, legs, order_book, retelling, spells
from app.calls.call_states import CallState
from app.calls.events import CallWaiting
from app.calls.models import Call, CallStateChange, LegRole
from app.core import written_last
from app.core.database import db
from app.core.events import publish
from telephony.events import Place
from telephony.orders import ReturnToQueue
from telephony.port import LiveCall

FOUND_UP = "found_up"


def take_back_end(call: Call, live: LiveCall, *, at: datetime) -> None:
    """Let a call that has ended for us go on where its exchange has it; `at` is its moment.

    A guessed end vanishes from the steps, for it never was: the talk that went on lacks nothing.
    One that the exchange itself had told stays among them. Lines that are up have not ended, nor
    has what went on in the call.
    """
    was = _reopen(call, at=at)
    up = {live.agent_leg_key, *(each.leg_key for each in live.parties)}
    for leg in legs.all_legs(call.id):
        is_up = leg.leg_key in up or leg.role is LegRole.CITIZEN
        if is_up and leg.end_reason == ledger.CALL_ENDED:
            leg.ended_at = leg.end_reason = None
    if spells.list_spells(call.id):
        spells.refold(call)
    if was is CallState.RECONNECTING and live.place is Place.KEPT:
        _give_back(call, at=at)
        return
    adoption.adopt_call(live, at=at)
    if call.state is was:
        retelling.tell_where(call, at=call.state_since)


def _reopen(call: Call, *, at: datetime) -> CallState:
    """Put the call where it was before its end; return that."""
    written_last.write_now()
    wanted = select(CallStateChange).where(CallStateChange.call_id == call.id)
    steps = list(db.session.execute(wanted.order_by(CallStateChange.id)).scalars())
    was, is_guess = steps[-2], call.cause == ledger.CAUSE_UNKNOWN
    call.ended_at = call.ended_by = call.cause = call.result = None
    call.last_news_at = max(call.last_news_at, at)  # its list is the newest that it told
    if is_guess:
        db.session.delete(steps[-1])
        call.state, call.state_since = was.new, was.at
        db.session.flush()
    else:
        ledger.move(call, was.new, at=at, because=FOUND_UP)
    return was.new


def _give_back(call: Call, *, at: datetime) -> None:
    """His agent was lost, and has gone on to other work: the caller goes back to the line."""
    ledger.move(call, CallState.WAITING, at=at, because=FOUND_UP)
    call.is_kept, call.lost_contact = False, None
    order_book.wish(call, ReturnToQueue)
    publish(CallWaiting(call_id=call.id, at=at))
