"""Decides what is missing between calls, recordings and files, in every direction. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SETTLES_WITHIN = timedelta(hours=1)
"""So long a recording, a call or a file may be on its way before anybody misses it."""

SHORTEST_TALK_SECONDS = 2.0
"""A talk shorter than this may leave a file without sound, which no node brings."""


class Finding(StrEnum):
    """What can be found missing or too much."""

    TALK_WITHOUT_RECORDING = "talk_without_recording"
    RECORDING_WITHOUT_CALL = "recording_without_call"
    FILE_WITHOUT_ROW = "file_without_row"
    ROW_WITHOUT_FILE = "row_without_file"
    NOT_HANDED_OVER = "not_handed_over"  # told by the exchange, not to be fetched so far
    PUT_ASIDE = "put_aside"  # came twice with different contents


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A thing and since when it is there; `name` is an id, a name or a path."""

    name: str
    since: datetime
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Everything that was counted at one time."""

    talks_without_recording: Sequence[Dated] = ()
    recordings_without_call: Sequence[Dated] = ()
    rows: Sequence[Dated] = ()  # name is the path of the file
    files: Sequence[Dated] = ()  # name is the path
    waiting_fetches: Sequence[Dated] = ()
    differing_folder: str = ""


def findings_of(seen: Inventory, *, now: datetime) -> dict[Finding, list[str]]:
    """Return what is missing or too much, named, by what it is; nothing that may be on its way."""
    settled = now - SETTLES_WITHIN
    row_paths = {row.name for row in seen.rows}
    file_paths = {file.name for file in seen.files}
    aside = [file for file in seen.files if _is_aside(file.name, seen.differing_folder)]
    long_talks = [t for t in seen.talks_without_recording if t.seconds >= SHORTEST_TALK_SECONDS]
    strangers = [f for f in seen.files if f.name not in row_paths and f not in aside]
    return {
        Finding.TALK_WITHOUT_RECORDING: _settled(long_talks, settled),
        Finding.RECORDING_WITHOUT_CALL: _settled(seen.recordings_without_call, settled),
        Finding.FILE_WITHOUT_ROW: _settled(strangers, settled),
        Finding.ROW_WITHOUT_FILE: [row.name for row in seen.rows if row.name not in file_paths],
        Finding.NOT_HANDED_OVER: _settled(seen.waiting_fetches, settled),
        Finding.PUT_ASIDE: [file.name for file in aside],
    }


def _is_aside(path: str, folder: str) -> bool:
    return bool(folder) and path.startswith(f"{folder}/")


def _settled(things: Sequence[Dated], until: datetime) -> list[str]:
    return [thing.name for thing in things if thing.since <= until]
