"""What an exchange says of a talk, and what is mended of the ledger when it is compared."""

from datetime import timedelta
from typing import Any

from app.calls import mending, spells
from app.calls.call_spells import SpellKind
from app.calls.mending import Look
from app.calls.reconciliation import DifferenceKind
from app.core.database import db, unit_of_work
from telephony.events import Place
from telephony.port import LiveCall
from tests.calls.line_news import TEN, Line, live

AGENT_LEG = "call-1-a1"


def talking(line: Line, place: Place, phone: str | None, **more: Any) -> LiveCall:
    """Give what the exchange says of a line and of the phone that is in the talk."""
    return live(line, place, phone=phone, **{"agent_leg_key": AGENT_LEG if phone else None, **more})


def mend(seen: LiveCall, at: float = 60) -> list[DifferenceKind]:
    """Mend what two looks found, and see that nothing differs any more."""
    look = Look(
        exchange_id="sim",
        boot_id="boot-1",
        live=[seen],
        phones={},
        at=TEN + timedelta(seconds=at),
    )
    db.session.rollback()
    found = mending.find_differences(look)
    with unit_of_work():
        mended = mending.mend(look, found)
    db.session.rollback()
    assert mending.find_differences(look) == frozenset()
    return [one.kind for one in mended]


def spells_of(line: Line, kind: SpellKind) -> list[tuple[float, float | None]]:
    return [
        (
            (spell.began_at - TEN).total_seconds(),
            (spell.ended_at - TEN).total_seconds() if spell.ended_at else None,
        )
        for spell in spells.list_spells(line.call().id)
        if spell.kind is kind
    ]
