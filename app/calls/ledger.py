"""Reading and moving rows of the ledger; used by the rooms' own files, not by others."""

from datetime import datetime

from sqlalchemy import select

from app.calls.call_states import MOVES, CallState
from app.calls.models import Call, CallLeg, CallStateChange, PhoneContact
from app.core.database import db
from app.core.state_machine import check_move


def lock_call(exchange_id: str, boot_id: str, call_key: str) -> Call | None:
    """Return the call with its row locked until the save ends, or None."""
    wanted = select(Call).where(
        Call.exchange_id == exchange_id, Call.boot_id == boot_id, Call.call_key == call_key
    )
    return db.session.execute(wanted.with_for_update()).scalar_one_or_none()


def move(call: Call, new: CallState, *, at: datetime, because: str) -> None:
    """Move the call and keep the step; raises IllegalMove where the table knows no way."""
    check_move(MOVES, call.state, new)
    old, call.state, call.state_since = call.state, new, at
    note_change(call, old=old, at=at, because=because)


def note_change(call: Call, *, old: CallState | None, at: datetime, because: str) -> None:
    """Keep one step of the call."""
    step = CallStateChange(
        call_id=call.id, old=old, new=call.state, at=at, because=because, agent_id=call.agent_id
    )
    db.session.add(step)


def open_legs(call_id: int) -> list[CallLeg]:
    """Return the agents' legs that have not ended."""
    wanted = select(CallLeg).where(CallLeg.call_id == call_id, CallLeg.ended_at.is_(None))
    return list(db.session.execute(wanted).scalars())


def contact_of(exchange_id: str, phone: str) -> str | None:
    """Return the registration under which this exchange can ring the phone now."""
    row = db.session.get(PhoneContact, (exchange_id, phone))
    return row.contact if row else None


def remember_lost_contact(call: Call) -> None:
    """Keep which registration was lost: only another one may be rung for this call again."""
    call.lost_contact = call.talk_contact or ""
