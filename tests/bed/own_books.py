"""Asterisk's own books of its calls, CDR and CEL, turned on and read: what it says without us.

A site that wants them turns them on the same way; the deployed configuration keeps them off.
"""

import csv
import json
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
apps = playback,startmusiconhold
events = CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT,APP_START,APP_END
"""
CEL_LINE = """[mappings]
Master.csv => {}
""".format(
    ",".join(
        (
            *("${eventtype}", "${eventtime}", "${CHANNEL(channame)}"),
            *("${CHANNEL(uniqueid)}", "${CHANNEL(linkedid)}"),
            *("${CHANNEL(context)}", "${CHANNEL(appname)}", "${eventextra}"),
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
    context: str = ""
    application: str = ""
    extra: str = ""  # JSON; of a bridge which one, of a hang-up who did it

    @property
    def said(self) -> dict[str, str]:
        """What the event says besides."""
        said = json.loads(self.extra) if self.extra.startswith("{") else {}
        return said if isinstance(said, dict) else {}

    @property
    def ties(self) -> set[str]:
        """What the channel shares with others: the call, as CEL has it, and a bridge."""
        bridge = self.said.get("bridge_id")
        return {self.linked} | ({bridge} if bridge else set())

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

    def events(self, call_key: str) -> list[Event]:
        """Return what CEL says of every channel that met this call, also from before they met.

        Channels meet in what CEL takes for one call, and in a bridge: a conference joins several of
        what CEL takes for calls.
        """
        told = self._events()
        ties: dict[str, set[str]] = {}
        for event in told:
            for tie in event.ties:
                ties.setdefault(tie, set()).add(event.unique)
        met, seen = {call_key}, set[str]()
        while new := {tie for event in told if event.unique in met for tie in event.ties} - seen:
            seen |= new
            met |= set().union(*(ties[tie] for tie in new))
        return [event for event in told if event.unique in met]

    def _events(self) -> list[Event]:
        return [
            Event(kind, datetime.fromtimestamp(float(at), UTC), *rest)
            for kind, at, *rest in self._rows("cel-custom")
        ]

    def _rows(self, folder: str) -> list[list[str]]:
        path = self.folder / folder / "Master.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
