"""What went on during a talk, from when until when: holds, mutes, pauses, supervision. Pure.

The spells of a call are worked out anew from everything that was told of it, in the order it
happened. So a repeat, a late piece or one that came before its fellow cannot leave a wrong one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class SpellKind(StrEnum):
    """What can go on for a while."""

    HOLD = "hold"
    MUTE = "mute"
    RECORDING_PAUSE = "recording_pause"
    SUPERVISION = "supervision"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something began (`is_on`) or ended. Without a kind it ends all; without a phone anybody's.

    `mode` tells two ways of the same thing apart: another one ends the spell and begins a new one.
    """

    at: datetime
    kind: SpellKind | None
    is_on: bool
    phone: str = ""
    mode: str = ""
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Spell:
    """One stretch. `phone` is whose it was; empty: the call's. Still going on without an end."""

    kind: SpellKind
    phone: str
    mode: str
    began_at: datetime
    ended_at: datetime | None = None
    order_id: int | None = None


def fold(marks: Iterable[Mark]) -> list[Spell]:
    """Return the spells that these marks, in the order they happened, tell of."""
    done: list[Spell] = []
    going: dict[tuple[SpellKind, str], Spell] = {}
    for mark in marks:
        if mark.is_on and mark.kind is not None:
            _begin(mark, mark.kind, going, done)
            continue
        for key, spell in list(going.items()):
            if mark.kind in {None, spell.kind} and (not mark.phone or mark.phone == spell.phone):
                done.append(replace(spell, ended_at=mark.at))
                del going[key]
    spells = [spell for spell in done if spell.ended_at != spell.began_at]
    return sorted([*spells, *going.values()], key=lambda spell: (spell.began_at, spell.kind))


def _begin(
    mark: Mark, kind: SpellKind, going: dict[tuple[SpellKind, str], Spell], done: list[Spell]
) -> None:
    key = (kind, mark.phone)
    present = going.get(key)
    if present is not None and present.mode == mark.mode:
        return
    if present is not None:
        done.append(replace(present, ended_at=mark.at))
    going[key] = Spell(
        kind=kind,
        phone=mark.phone,
        mode=mark.mode,
        began_at=mark.at,
        order_id=mark.order_id,
    )
