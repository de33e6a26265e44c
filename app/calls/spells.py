"""Writes the spells of a call: worked out from the raw book, kept as rows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.accounts import service as accounts
from app.calls import legs
from app.calls.call_spells import Mark, Spell, SpellKind, fold
from app.calls.models import Call, CallOrder, CallSpell, ProviderEvent
from app.core import this_save
from app.core.database import db
from telephony import control_events as control
from telephony import events as news

CALLS_OWN = ""
"""The phone of a spell that belongs to the call: there is one caller, and one recording."""

HEARD = tuple(
    kind.kind
    for kind in (
        control.CallerHeld,
        control.CallerResumed,
        control.AgentMuted,
        control.RecordingPaused,
        control.PartyRinging,
        control.PartyAnswered,
        control.PartyGone,
        control.PartiesJoined,
        control.SupervisionChanged,
        news.AgentGone,
        news.CallerPlaced,
        news.CallEnded,
    )
)


_OPEN = (
    select(CallSpell)
    .where(
        CallSpell.call_id.in_(bindparam("call_ids", expanding=True)), CallSpell.ended_at.is_(None)
    )
    .order_by(CallSpell.id)
)


def refold(call: Call) -> None:
    """Make the rows say what the raw book tells now."""
    db.session.flush()
    wanted = {(spell.kind, spell.phone, spell.began_at): spell for spell in fold(_marks(call))}
    there = select(CallSpell).where(CallSpell.call_id == call.id)
    for row in list(db.session.execute(there).scalars()):
        spell = wanted.pop((row.kind, row.phone, row.began_at), None)
        if spell is None:
            db.session.delete(row)
        else:
            row.ended_at, row.mode = spell.ended_at, spell.mode
    for spell in wanted.values():
        db.session.add(_row(call, spell))
    db.session.flush()
    this_save.forget(("open spells", call.id))


def refold_if_open(call: Call) -> None:
    """The same, where something still goes on that this news may have ended."""
    if open_spells(call.id):
        refold(call)


def open_spells(call_id: int) -> list[CallSpell]:
    """Return what goes on in the call now."""
    return list(this_save.once_for_all("open spells", "call", call_id, _find_open) or [])


def _find_open(call_ids: Collection[int]) -> dict[int, list[CallSpell]]:
    found: dict[int, list[CallSpell]] = {call_id: [] for call_id in call_ids}
    with db.session.no_autoflush:  # spells are written as they are folded
        spells = db.session.execute(_OPEN, {"call_ids": list(call_ids)}).scalars()
    for spell in spells:
        found[spell.call_id].append(spell)
    return found


def goes_on(call: Call, kind: SpellKind, *, phone: str = CALLS_OWN) -> bool:
    """Say whether this goes on now: of the call, or of one phone."""
    return any(each.kind is kind and each.phone == phone for each in open_spells(call.id))


def last_supervision(call_id: int, *, phone: str) -> tuple[datetime | None, datetime | None]:
    """Return from when until when this phone last listened, in whatever ways, one after another."""
    began = ended = None
    for spell in list_spells(call_id):
        if spell.kind is not SpellKind.SUPERVISION or spell.phone != phone:
            continue
        if began is None or ended != spell.began_at:
            began = spell.began_at
        ended = spell.ended_at
    return began, ended


def list_spells(call_id: int) -> list[CallSpell]:
    """Return everything that went on in the call, in the order it began."""
    wanted = select(CallSpell).where(CallSpell.call_id == call_id)
    return list(db.session.execute(wanted.order_by(CallSpell.began_at, CallSpell.id)).scalars())


def _row(call: Call, spell: Spell) -> CallSpell:
    if spell.phone == CALLS_OWN:
        agent_id = legs.agent_at(call.id, spell.began_at)
    else:
        person = accounts.find_by_work_number(spell.phone)
        agent_id = person.id if person else None
    return CallSpell(
        call_id=call.id,
        kind=spell.kind,
        phone=spell.phone,
        mode=spell.mode,
        agent_id=agent_id,
        order_id=spell.order_id if _is_our_order(call, spell.order_id) else None,
        began_at=spell.began_at,
        ended_at=spell.ended_at,
    )


def _is_our_order(call: Call, order_id: int | None) -> bool:
    order = db.session.get(CallOrder, order_id) if order_id is not None else None
    return order is not None and order.call_id == call.id


def _marks(call: Call) -> list[Mark]:
    told = (
        select(ProviderEvent.kind, ProviderEvent.happened_at, ProviderEvent.body)
        .where(
            ProviderEvent.call_key == call.call_key,
            ProviderEvent.exchange_id == call.exchange_id,
            ProviderEvent.boot_id == call.boot_id,
            ProviderEvent.kind.in_(HEARD),
        )
        .order_by(ProviderEvent.happened_at, ProviderEvent.id)
    )
    marks = [mark for row in db.session.execute(told) for mark in _meaning(*row)]
    if call.ended_at is not None:
        # Also where nobody told the end, and we only found the call gone.
        marks.append(Mark(at=call.ended_at, kind=None, is_on=False))
    return marks


def _meaning(kind: str, at: datetime, body: dict[str, Any]) -> list[Mark]:
    """Say what one piece of news begins or ends."""
    order_id = body.get("order_id")
    end_of_hold = Mark(at=at, kind=SpellKind.HOLD, is_on=False)
    match kind:
        case control.CallerHeld.kind:
            return [Mark(at=at, kind=SpellKind.HOLD, is_on=True, order_id=order_id)]
        case control.PartyRinging.kind if body["role"] == control.PartyRole.CONSULTED:
            return [Mark(at=at, kind=SpellKind.HOLD, is_on=True, order_id=order_id)]
        case control.CallerResumed.kind | control.PartiesJoined.kind | news.CallerPlaced.kind:
            return [end_of_hold]
        case control.PartyAnswered.kind if body["role"] == control.PartyRole.TRANSFERRED_TO:
            return [end_of_hold]
        case news.AgentGone.kind:
            end_of_mute = Mark(at=at, kind=SpellKind.MUTE, is_on=False, phone=body["phone"])
            return [end_of_hold, end_of_mute]
        case news.CallEnded.kind:
            return [Mark(at=at, kind=None, is_on=False)]
    return _meaning_beside(kind, at, body)


def _meaning_beside(kind: str, at: datetime, body: dict[str, Any]) -> list[Mark]:
    """The same for what does not touch the caller's music."""
    order_id = body.get("order_id")
    match kind:
        case control.AgentMuted.kind:
            what, phone, is_on, mode = SpellKind.MUTE, body["phone"], body["is_muted"], ""
        case control.RecordingPaused.kind:
            what, phone, is_on, mode = SpellKind.RECORDING_PAUSE, CALLS_OWN, body["is_paused"], ""
        case control.SupervisionChanged.kind:
            mode = body["mode"] or ""
            what, phone, is_on = SpellKind.SUPERVISION, body["phone"], bool(mode)
        case control.PartyGone.kind if body["role"] == control.PartyRole.SUPERVISOR:
            what, phone, is_on, mode = SpellKind.SUPERVISION, body["address"], False, ""
        case _:
            return []
    return [Mark(at=at, kind=what, phone=phone, is_on=is_on, mode=mode, order_id=order_id)]
