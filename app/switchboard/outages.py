"""What happened while we were away: the report, from the ledger's own rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.calls import absences
from app.core.errors import NotFound
from app.core.formatting import wire_moment
from app.switchboard import duty, models
from app.switchboard.outage_reckoning import (
    AFTERWARDS,
    Absence,
    CallStep,
    CallThen,
    DutyStep,
    Fate,
    LinkStep,
    Outage,
    absences_of_app,
    absences_of_links,
    reckon,
)


class NoSuchOutage(NotFound):
    """Nothing was away from that moment on."""

    code = "no-such-outage"


def list_absences(*, since: datetime, until: datetime, now: datetime) -> list[Absence]:
    """Return who was away at some moment between these, the oldest first."""
    of_app = absences_of_app(_duty_steps(duty.steps(until=now)), longest_silence=duty.LASTS)
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
    return [one for one in found if one.began_at <= until and (one.ended_at or now) >= since]


def list_outages(*, since: datetime, until: datetime, now: datetime) -> list[Outage]:
    """Return the absences that lasted at some moment between these, and what became of callers."""
    return [reckon_outage(one, now=now) for one in list_absences(since=since, until=until, now=now)]


def get_outage(key: str, *, now: datetime) -> Outage:
    """Return the outage of this key, or raise NoSuchOutage."""
    for one in list_absences(since=datetime.min.replace(tzinfo=now.tzinfo), until=now, now=now):
        if one.key == key:
            return reckon_outage(one, now=now)
    raise NoSuchOutage


def reckon_outage(absence: Absence, *, now: datetime) -> Outage:
    """Say what became of the callers of an absence."""
    until = absence.ended_at or now
    lives = absences.lives_now()
    calls = [
        CallThen(
            call_id=call.id,
            exchange_id=call.exchange_id,
            boot_id=call.boot_id,
            invited_at=call.invited_at,
            ended_at=call.ended_at,
            steps=[
                CallStep(state=step.new.value, at=step.at, because=step.because) for step in steps
            ],
            is_stranded=call.ended_at is None
            and lives.get(call.exchange_id, call.boot_id) != call.boot_id,
        )
        for call, steps in absences.calls_up_between(absence.exchange_id, absence.began_at, until)
    ]
    span = absence.began_at, until + AFTERWARDS
    return reckon(
        absence,
        calls,
        mended=absences.mended_between(absence.exchange_id, *span),
        heard_late=absences.heard_late_between(absence.exchange_id, absence.began_at, until),
        unheld=absences.unheld_between(absence.exchange_id, *span),
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
        "waiting_then": outage.waiting_then,
        "talking_then": outage.talking_then,
        "came_in": outage.came_in,
        **{fate.value: outage.count(fate) for fate in Fate if fate is not Fate.LOST},
        "ended": outage.ended,
        "lost": outage.lost,
        "mean_wait_seconds": round(sum(waits) / len(waits), 1) if waits else None,
        "longest_wait_seconds": round(max(waits), 1) if waits else None,
        "mended": dict(outage.mended),
        "heard_late": outage.heard_late,
    }


def _duty_steps(rows: Sequence[models.DutyStep]) -> list[DutyStep]:
    """Return the steps of the duty; a token that did not change means that nobody else had it."""
    tokens = [None, *(row.token for row in rows)]
    return [
        DutyStep(at=row.at, seen_before=row.seen_before, is_again=row.token == before)
        for row, before in zip(rows, tokens[:-1], strict=True)
    ]
