"""What goes on in a talk and only its agent ends: a caller on hold, a recording that is paused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.calls import spells
from app.calls.call_spells import SpellKind
from app.calls.call_states import WITH_AGENT, CallState
from app.calls.models import Call, CallSpell
from app.core.database import db


@dataclass(frozen=True, kw_only=True)
class LeftGoing:
    """One such thing. `began_at` is by the exchange's clock: it names this one, and no other."""

    kind: SpellKind
    call_id: int
    began_at: datetime


def list_left_going() -> list[LeftGoing]:
    """Return every caller who is on hold and every recording that is paused now."""
    held = select(Call.id, Call.state_since).where(Call.state == CallState.HELD)
    paused = (
        select(CallSpell.call_id, CallSpell.began_at)
        .join(Call, Call.id == CallSpell.call_id)
        .where(
            Call.state.in_(WITH_AGENT),
            CallSpell.kind == SpellKind.RECORDING_PAUSE,
            CallSpell.ended_at.is_(None),
        )
    )
    return [
        LeftGoing(kind=kind, call_id=call_id, began_at=began_at)
        for kind, wanted in ((SpellKind.HOLD, held), (SpellKind.RECORDING_PAUSE, paused))
        for call_id, began_at in db.session.execute(wanted)
    ]


def call_where_it_goes_on(one: LeftGoing) -> Call | None:
    """Return the call, locked, if this very thing still goes on in it."""
    call = db.session.get(Call, one.call_id, with_for_update=True, populate_existing=True)
    if call is None or call.state not in WITH_AGENT:
        return None
    if one.kind is SpellKind.HOLD:
        return call if (call.state, call.state_since) == (CallState.HELD, one.began_at) else None
    return call if spells.goes_on(call, one.kind) else None
