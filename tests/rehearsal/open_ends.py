"""What still waits for something, and what is there twice, after a rehearsal: nothing should be."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, select

from app.call_queue.models import Offer, Presence, QueueEntry, WrapUp
from app.call_queue.presence_states import (
    BUSY_WITH_A_CALL,
    WAITING_EXITS,
    EntryState,
    OfferState,
)
from app.calls.call_states import LIVE, OrderState
from app.calls.models import (
    Call,
    CallLeg,
    CallOrder,
    CallSpell,
    CallTransfer,
    LegRole,
    ProviderEvent,
)
from app.calls.transfer_states import OPEN
from app.core.database import db
from app.recordings.models import Recording, RecordingFetch
from telephony.simulator.sim_call import SimCall

UNSENT = {OrderState.WISHED, OrderState.SENDING}
IN_LINE = {EntryState.WAITING, EntryState.OFFERED}
NOT_FREE = BUSY_WITH_A_CALL | set(WAITING_EXITS)


def open_ends() -> list[str]:
    """Name every row that waits for something, once all calls are over and time has passed."""
    db.session.rollback()
    return [
        f"{name} {tuple(row)}"
        for name, wanted in _questions()
        for row in db.session.execute(wanted)
    ]


def _questions() -> Iterator[tuple[str, Select[Any]]]:
    yield "call", select(Call.call_key, Call.state).where(Call.state.in_(LIVE))
    yield "leg", select(CallLeg.leg_key).where(CallLeg.ended_at.is_(None))
    yield "spell", select(CallSpell.call_id, CallSpell.kind).where(CallSpell.ended_at.is_(None))
    yield "transfer", select(CallTransfer.order_id).where(CallTransfer.state.in_(OPEN))
    yield "order", select(CallOrder.kind, CallOrder.state).where(CallOrder.state.in_(UNSENT))
    yield "outcome", select(CallOrder.kind).where(CallOrder.outcome_due.is_not(None))
    yield "offer", select(Offer.call_id).where(Offer.state == OfferState.OPEN)
    yield "place", select(QueueEntry.call_id).where(QueueEntry.state.in_(IN_LINE))
    yield "presence", select(Presence.phone, Presence.state).where(Presence.state.in_(NOT_FREE))
    yield "recording", select(RecordingFetch.recording_name).where(RecordingFetch.done_at.is_(None))


def doubles(chronicle: Sequence[SimCall]) -> list[str]:
    """Name what is in the tables more often than it happened."""
    db.session.rollback()
    found = [f"wrap-up of {key}" for key in _wrapped_up_too_often()]
    found += [
        f"news {key}"
        for key in _more_than_once(
            ProviderEvent.boot_id, ProviderEvent.leg_key, ProviderEvent.kind, ProviderEvent.counter
        )
    ]
    recorded = Counter(db.session.execute(select(Recording.call_key)).scalars())
    for call in chronicle:
        if recorded[call.call_key] != len(call.segments) and not call.has_crashed:
            found.append(f"{recorded[call.call_key]} recordings of {len(call.segments)} talks")
    return found


def _wrapped_up_too_often() -> list[tuple[int, int]]:
    """Name call and agent where there is more work after it than times he had it."""
    had = Counter(
        (leg.call_id, leg.agent_id)
        for leg in db.session.execute(select(CallLeg)).scalars()
        if leg.role is LegRole.AGENT or leg.took_over_at is not None
    )
    rows = db.session.execute(select(WrapUp.call_id, WrapUp.agent_id))
    done = Counter((call_id, agent_id) for call_id, agent_id in rows)
    return [key for key, count in done.items() if count > max(had[key], 1)]


def _more_than_once(*columns: Any) -> list[Any]:
    rows = [tuple(row) for row in db.session.execute(select(*columns))]
    return [key for key, count in Counter(rows).items() if count > 1]
