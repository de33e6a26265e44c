"""What happened while we were away: the report, from the ledger's own rows."""

from datetime import datetime
from typing import Any

from app.calls import absences
from app.core.formatting import wire_moment
from app.switchboard import duty
from app.switchboard.outage_reckoning import (
    AFTERWARDS,
    Absence,
    CallStep,
    CallThen,
    DutyStep,
    LinkStep,
    Outage,
    absences_of_app,
    absences_of_links,
    reckon,
)


def list_outages(*, since: datetime, now: datetime) -> list[Outage]:
    """Return the absences that lasted at some moment since then, and what became of callers."""
    of_app = absences_of_app(
        (DutyStep(at=row.at, seen_before=row.seen_before) for row in duty.steps(until=now)),
        longest_silence=duty.LASTS,
    )
    of_links = absences_of_links(
        [
            LinkStep(
                exchange_id=row.exchange_id,
                at=row.at,
                is_up=row.is_up,
                boot_id=row.boot_id,
                why=row.why,
            )
            for row in absences.link_steps(until=now)
        ]
    )
    found = sorted([*of_app, *of_links], key=lambda one: one.began_at)
    return [_reckoned(one, now=now) for one in found if (one.ended_at or now) >= since]


def _reckoned(absence: Absence, *, now: datetime) -> Outage:
    until = absence.ended_at or now
    calls = [
        CallThen(
            exchange_id=call.exchange_id,
            boot_id=call.boot_id,
            invited_at=call.invited_at,
            ended_at=call.ended_at,
            steps=[CallStep(state=step.new.value, at=step.at) for step in steps],
        )
        for call, steps in absences.calls_up_between(absence.began_at, until)
    ]
    span = absence.began_at, until + AFTERWARDS
    return reckon(
        absence,
        calls,
        mended=absences.mended_between(absence.exchange_id, *span),
        heard_late=absences.heard_late_between(absence.exchange_id, absence.began_at, until),
        now=now,
    )


def outage_wire(outage: Outage) -> dict[str, Any]:
    """Return an outage as JSON holds it."""
    absence, waits = outage.absence, outage.waits
    return {
        "who": absence.who.value,
        "exchange_id": absence.exchange_id or None,
        "began_at": wire_moment(absence.began_at),
        "ended_at": wire_moment(absence.ended_at) if absence.ended_at else None,
        "why": absence.why,
        "came_in": outage.came_in,
        "talked_on": outage.talked_on,
        "answered_alone": outage.answered_alone,
        "gave_up": outage.gave_up,
        "adopted": outage.adopted,
        "cut_off": outage.cut_off,
        "mean_wait_seconds": round(sum(waits) / len(waits), 1) if waits else None,
        "longest_wait_seconds": round(max(waits), 1) if waits else None,
        "mended": dict(outage.mended),
        "heard_late": outage.heard_late,
    }
