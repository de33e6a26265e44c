"""Whom a caller can be handed to outside: units, hotlines, utilities and the emergency services.

国办发〔2022〕12号 and domain rules 1.8: each entry says how a caller is handed over (cold, warm,
three together) and where to try when nobody answers.
"""

import csv
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_, select

from app.channels.models import DirectoryEntry, DirectoryKind, HandsOver
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound

DATA = Path(__file__).parent / "data" / "transfer_directory.csv"

KINDS = tuple(DirectoryKind)
"""What sorts of bodies the directory knows, in the order of its pages."""


class NoSuchEntry(NotFound):
    """The directory has no such entry today."""

    code = "no-such-entry"


def list_entries(at: datetime) -> list[DirectoryEntry]:
    """Return the entries that hold at this moment, in their order."""
    wanted = select(DirectoryEntry).where(
        DirectoryEntry.valid_from <= at,
        or_(DirectoryEntry.valid_until.is_(None), DirectoryEntry.valid_until > at),
    )
    return list(db.session.scalars(wanted.order_by(DirectoryEntry.position)))


def all_entries() -> dict[str, DirectoryEntry]:
    """Return every entry by its code, also those that hold no longer: old records name them."""
    asked = select(DirectoryEntry).order_by(DirectoryEntry.position)
    return {each.code: each for each in db.session.scalars(asked)}


def get_entry(code: str) -> DirectoryEntry:
    """Return the entry of this code, as it holds now. Raises NoSuchEntry."""
    entry = next((each for each in list_entries(clock.now()) if each.code == code), None)
    if entry is None:
        raise NoSuchEntry(field="to")
    return entry


def load_entries() -> int:
    """Add the entries of `data/transfer_directory.csv` that are missing; return how many."""
    known = set(db.session.scalars(select(DirectoryEntry.code)))
    with DATA.open(encoding="utf-8", newline="") as file:
        missing = [row for row in csv.DictReader(file) if row["code"] not in known]
    for position, row in enumerate(missing, start=len(known) + 1):
        db.session.add(
            DirectoryEntry(
                code=row["code"],
                name=row["name"],
                kind=DirectoryKind(row["kind"]),
                number=row["number"],
                fallback_number=row["fallback_number"],
                hands_over=HandsOver(row["hands_over"]),
                hours=row["hours"],
                is_sample=row["is_sample"] == "yes",
                position=position,
                valid_from=datetime.fromisoformat(row["valid_from"]),
            )
        )
    db.session.flush()
    return len(missing)
