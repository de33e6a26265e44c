"""Asterisk's own books of its calls, CDR and CEL, turned on and read: what it says without us.

A site that wants them turns them on the same way; the deployed configuration keeps them off.
"""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bed.bed import Bed

CDR_FIELDS = (
    "account", "source", "dialled", "context", "caller", "channel", "far_channel", "application",
    "data", "started", "answered", "ended", "seconds", "talked", "disposition", "flags", "unique",
    "note",
)  # fmt: skip
CDR = """[general]
enable = yes
unanswered = yes
[csv]
usegmtime = yes
loguniqueid = yes
loguserfield = yes
"""
CEL = """[general]
enable = yes
events = CHAN_START,CHAN_END,ANSWER,HANGUP
"""
CEL_LINE = """[mappings]
Master.csv => {}
""".format(
    ",".join(
        (
            *("${eventtype}", "${eventtime}", "${CHANNEL(channame)}"),
            *("${CHANNEL(uniqueid)}", "${CHANNEL(linkedid)}"),
        )
    )
)


@dataclass(frozen=True)
class Event:
    """One line of CEL."""

    kind: str
    at: datetime
    channel: str
    unique: str
    linked: str

    @property
    def phone(self) -> str:
        """Whose channel it is: a phone's, or the carrier's."""
        return self.channel.removeprefix("PJSIP/").rpartition("-")[0]


@dataclass(frozen=True)
class Dial:
    """One line of CDR: the caller, and one phone that was rung for him, if any."""

    unique: str
    phone: str
    disposition: str
    started: datetime
    answered: datetime | None
    ended: datetime


@contextmanager
def books(bed: Bed) -> Iterator["Books"]:
    """Turn the books of a running bed on; it starts anew."""
    bed.stop()
    etc, log = bed.home / "etc", bed.home / "log"
    owner = log.stat()
    (etc / "cdr.conf").write_text(CDR)
    (etc / "cel.conf").write_text(CEL)
    (etc / "cel_custom.conf").write_text(CEL_LINE)
    with (etc / "modules.conf").open("a") as modules:
        modules.write("\nload = cdr_csv.so\nload = res_cdrel_custom.so\nload = cel_custom.so\n")
    for folder in ("cdr-csv", "cel-custom"):
        (log / folder).mkdir(exist_ok=True)
        os.chown(log / folder, owner.st_uid, owner.st_gid)
    bed.start()
    yield Books(log)


@dataclass(frozen=True)
class Books:
    """The two files."""

    folder: Path

    def dials(self, call_key: str) -> list[Dial]:
        """Return what CDR says of a caller's leg, in the order in which it began."""
        return [dial for dial in self._dials() if dial.unique == call_key]

    def dials_during(self, began: datetime, ended: datetime) -> list[Dial]:
        """Return what CDR says of a time: a call out rings its agent beside the call."""
        return [dial for dial in self._dials() if dial.started >= began and dial.ended <= ended]

    def _dials(self) -> list[Dial]:
        rows = [dict(zip(CDR_FIELDS, row, strict=False)) for row in self._rows("cdr-csv")]
        found = [
            Dial(
                unique=row["unique"],
                phone=row["far_channel"].removeprefix("PJSIP/").rpartition("-")[0],
                disposition=row["disposition"],
                started=_moment(row["started"]),
                answered=_moment(row["answered"]) if row["answered"] else None,
                ended=_moment(row["ended"]),
            )
            for row in rows
        ]
        return sorted(found, key=lambda dial: dial.started)

    def events(self, call_key: str, *legs: str) -> list[Event]:
        """Return what CEL says of a call: of what it knows as one call, and of these legs."""
        told = [
            Event(kind, datetime.fromtimestamp(float(at), UTC), channel, unique, linked)
            for kind, at, channel, unique, linked in self._rows("cel-custom")
        ]
        return [event for event in told if event.linked == call_key or event.unique in legs]

    def _rows(self, folder: str) -> list[list[str]]:
        path = self.folder / folder / "Master.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
