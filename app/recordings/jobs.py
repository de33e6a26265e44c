"""Work on recordings that takes its time: fetching, looking over, proving, deleting what is due.

Each step saves for itself; no transaction is open while an exchange or the store is asked. All of
it may be cut short at any moment and goes on where it was (ADR 0008, ADR 0018).
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.core.handed_down import given
from app.recordings import fetching, service, sweeping
from app.recordings.audio_store import (
    DIFFERING,
    AudioMissing,
    AudioPlace,
    AudioStoreDown,
    sha256_of,
)
from app.recordings.completeness import Dated, Finding, Inventory, findings_of
from app.recordings.recording_names import BadRecordingName
from telephony.events import RecordingReady
from telephony.port import Exchange, ExchangeRefused

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
SWEEP_FROM_HOUR = 3
"""Of the city's day: when few call. A sweep that was missed is made up for at once."""

BROKEN = "broken"
DAYS_LOOKED_BACK = 35
MOST_NAMED = 200
"""How many of each finding a sweep names; all are counted."""


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """How much was looked at, and the names of what was found, by kind."""

    looked_at: int
    found: Mapping[str, list[str]]

    @property
    def faults(self) -> int:
        """How much somebody has to look into."""
        return sum(len(names) for names in self.found.values())

    @property
    def body(self) -> dict[str, Any]:
        """The result as a sweep's row keeps it."""
        return {
            "looked_at": self.looked_at,
            "counts": {kind: len(names) for kind, names in self.found.items()},
            "found": {kind: names[:MOST_NAMED] for kind, names in self.found.items()},
        }


# --- the loop --------------------------------------------------------------------------------


def keep_recordings(
    app: Flask,
    exchanges: Mapping[str, Exchange],
    *,
    wait: Callable[[float], object],
    is_stopped: Callable[[], bool],
) -> None:
    """Fetch what was told and sweep once a day, until stopped; `wait` returns early on news."""
    while not is_stopped():
        try:
            with app.app_context():
                collect_due(exchanges)
                sweep_if_due(exchanges.keys(), now=clock.now())
        except Exception:
            logger.exception("a round over the recordings failed")
        wait(LOOK_SECONDS)


def note_told(ready: RecordingReady) -> None:
    """Keep, within the save of the news, that a recording is to be fetched."""
    fetching.note_told(ready.exchange_id, ready.recording_name)


def collect_due(exchanges: Mapping[str, Exchange]) -> int:
    """Fetch every recording whose time has come; return how many are ours now."""
    fetched = 0
    due = fetching.due_fetches(at=clock.now())
    db.session.rollback()
    for fetch_id, exchange_id, name in due:
        exchange = exchanges.get(exchange_id)
        try:
            if exchange is None:
                raise ExchangeRefused("no-such-exchange", is_retryable=True)
            collect_recording(exchange, name)
        except (ExchangeRefused, AudioStoreDown) as why:
            logger.warning("not fetched yet", extra={"recording": name, "why": why.code})
            with unit_of_work():
                fetching.mark_refused(fetch_id, why=why.code)
        except Exception:  # nothing waits behind a fault that nobody has foreseen
            logger.exception("a fetch broke", extra={"recording": name})
            with unit_of_work():
                fetching.mark_refused(fetch_id, why=BROKEN)
        else:
            fetched += 1
            with unit_of_work():
                fetching.mark_fetched(fetch_id)
    return fetched


def collect_recording(exchange: Exchange, recording_name: str) -> None:
    """Fetch a finished recording, save it, then let the exchange forget it.

    Nothing is done for an exchange without a store; such a one brings its recordings by upload.
    Raises ExchangeRefused when the exchange does not hand it over, AudioStoreDown when it cannot
    be kept. A recording that differs from the one we have stays with the exchange.
    """
    if exchange.recordings is None:
        return
    try:
        parts = service.name_of(recording_name, exchange_id=exchange.exchange_id)
    except BadRecordingName:
        logger.exception("a recording cannot be linked", extra={"recording": recording_name})
        return
    content = exchange.recordings.fetch(recording_name)
    brought = service.prepare_recording(parts, content)
    try:
        with unit_of_work():
            service.receive_prepared(brought)
    except service.RecordingDiffers:
        return  # the service has told, and put it aside
    exchange.recordings.discard(recording_name)


# --- sweeps ----------------------------------------------------------------------------------


def sweep_if_due(exchange_ids: Collection[str], *, now: datetime) -> None:
    """Once a day, from three in the morning on: look over everything, delete what is due."""
    here = now.astimezone(CITY_TIME)
    if here.hour < SWEEP_FROM_HOUR:
        return
    works = {
        "completeness": lambda: look_over(exchange_ids, now=now, days=DAYS_LOOKED_BACK),
        "retention": lambda: delete_due(now=now),
    }
    for kind, work in works.items():
        last = sweeping.last_sweep(kind)
        is_done = last is not None and last.day == here.date()
        db.session.rollback()
        if not is_done:
            run_sweep(kind, work, day=here.date())


def run_sweep(kind: str, work: Callable[[], SweepResult], *, day: Any = None) -> SweepResult | None:
    """Do a sweep and keep what it found; None when this day's is somebody else's or done."""
    with unit_of_work():
        sweep_id = sweeping.begin(kind, day=day)
    if sweep_id is None:
        return None
    result = work()
    with unit_of_work():
        sweeping.finish(sweep_id, body=result.body, faults=result.faults)
    if result.faults:
        logger.error("recordings need a look", extra={"sweep": kind, **result.body["counts"]})
    return result


def look_over(exchange_ids: Collection[str], *, now: datetime, days: int) -> SweepResult:
    """Compare calls, recordings and files in every direction, day by day; changes nothing."""
    found: dict[str, list[str]] = {kind.value: [] for kind in Finding}
    looked_at = 0
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(days, -1, -1):
        seen = _day(today - timedelta(days=back), exchange_ids)
        looked_at += len(seen.rows) + len(seen.files)
        _add(found, findings_of(seen, now=now))
    _add(found, findings_of(_undated(), now=now))
    return SweepResult(looked_at=looked_at, found=found)


def _day(start: datetime, exchange_ids: Collection[str]) -> Inventory:
    """Count one day (UTC). The files first: a row is written after its file, never before."""
    folder = start.strftime("%Y/%m/%d")
    files = _files(folder)
    end = start + timedelta(days=1)
    seen = Inventory(
        files=files,
        rows=sweeping.rows_of_day(folder),
        talks_without_recording=sweeping.talks_without_recording(
            since=start, until=end, exchange_ids=exchange_ids
        ),
    )
    db.session.rollback()
    return _without_news(seen, folder)


def _without_news(seen: Inventory, folder: str) -> Inventory:
    """Look again at files that came between the two counts: their rows are younger than they."""
    missing = {row.name for row in seen.rows} - {file.name for file in seen.files}
    if not missing:
        return seen
    return Inventory(
        files=_files(folder),
        rows=seen.rows,
        talks_without_recording=seen.talks_without_recording,
    )


def _undated() -> Inventory:
    aside = _files(DIFFERING)
    seen = Inventory(
        files=aside,
        differing_folder=DIFFERING,
        recordings_without_call=[
            Dated(name=each.name, since=each.received_at) for each in service.list_orphans()
        ],
        waiting_fetches=[
            Dated(name=each.recording_name, since=each.told_at) for each in fetching.open_fetches()
        ],
    )
    db.session.rollback()
    return seen


def _files(folder: str) -> list[Dated]:
    return [
        Dated(name=file.path, since=file.changed_at)
        for file in given(AudioPlace).store.files(folder)
    ]


def _add(found: dict[str, list[str]], more: Mapping[Finding, list[str]]) -> None:
    for kind, names in more.items():
        found[kind.value].extend(names)


def delete_due(*, now: datetime) -> SweepResult:
    """Delete every recording whose time is over: the wish is saved first, then the file goes."""
    deleted: list[str] = _delete(sweeping.unfinished_deletions())
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            wished, after = sweeping.wish_deletions(after_id=after, now=now)
        deleted += _delete(wished)
    left = [each.path for each in sweeping.unfinished_deletions()]
    db.session.rollback()
    return SweepResult(looked_at=len(deleted), found={"not_deleted": left})


def _delete(wished: list[sweeping.WishedDeletion]) -> list[str]:
    gone = []
    for deletion in wished:
        try:
            given(AudioPlace).store.delete(deletion.path)
        except AudioStoreDown:
            logger.warning("a file that is due could not be deleted", exc_info=True)
        else:
            gone.append(deletion)
    if gone:
        with unit_of_work():
            sweeping.mark_deleted([deletion.id for deletion in gone])
    return [deletion.path for deletion in gone]


def verify_digests() -> SweepResult:
    """Read every file and prove that it is what was received; tells each that is not."""
    found: dict[str, list[str]] = {"altered": [], "missing": [], "unreadable": []}
    looked_at, after = 0, 0
    while batch := sweeping.known_files(after_id=after):
        db.session.rollback()
        altered = []
        for file in batch:
            kind = _proof(file)
            if kind:
                found[kind].append(file.path)
            if kind == "altered":
                altered.append(file.recording_id)
        if altered:
            with unit_of_work():
                for recording_id in altered:
                    service.tell_altered(recording_id)
        looked_at, after = looked_at + len(batch), batch[-1].recording_id
    return SweepResult(looked_at=looked_at, found=found)


def _proof(file: sweeping.KnownFile) -> str:
    """Return what is wrong with a file, or nothing."""
    try:
        content = given(AudioPlace).store.get(file.path)
    except AudioMissing:
        return "missing"
    except AudioStoreDown:
        return "unreadable"
    return "" if sha256_of(content) == file.sha256 else "altered"
