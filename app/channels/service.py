"""Recognise the number that was dialled; keep the register of legacy numbers."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import or_, select

from app.channels.models import LegacyNumber, MergeMode
from app.channels.registrable_numbers import check_registrable
from app.core.database import db
from app.core.errors import Conflict
from app.organisation import service as organisation

DATA = Path(__file__).parent / "data"
# How exchanges write the city in front of a short number: 0762 12315, +86 762 12315, 86 12315.
CITY_PREFIXES = ("+860762", "+86762", "0762", "+86", "86")
# The day the city's consolidation plan was issued: midnight in Heyuan.
REGISTER_BEGINS = datetime(2025, 5, 27, 16, 0, tzinfo=UTC)


class NumberAlreadyRegistered(Conflict):
    """The register holds each number once."""

    code = "number-already-registered"


@dataclass(frozen=True, kw_only=True)
class NewNumber:
    """What the register needs to know about a number."""

    number: str
    name: str
    owner_unit_id: int
    mode: MergeMode
    greeting: str
    valid_from: datetime
    valid_until: datetime | None = None
    is_sample: bool = False
    priority: int = 0
    skill: str | None = None
    note: str = ""


def recognise_number(dialled: str, at: datetime) -> LegacyNumber | None:
    """Return the register entry for what was dialled, if it holds at `at`; else None.

    `dialled` as the exchange writes it: digits, perhaps with the city or country in front, with
    blanks or hyphens. A number holds from `valid_from` on and no longer at `valid_until`.
    """
    asked = select(LegacyNumber).where(
        LegacyNumber.number.in_(_spellings(dialled)),
        LegacyNumber.valid_from <= at,
        or_(LegacyNumber.valid_until.is_(None), LegacyNumber.valid_until > at),
    )
    return db.session.scalars(asked).first()


def list_numbers() -> list[LegacyNumber]:
    """Return the whole register in the order it was filled, also numbers that hold no longer."""
    return list(db.session.scalars(select(LegacyNumber).order_by(LegacyNumber.id)))


def register_number(new: NewNumber) -> LegacyNumber:
    """Add a number to the register.

    Raises EmergencyNumber or NotAPublicNumber (registrable_numbers), NumberAlreadyRegistered,
    organisation's UnknownUnit.
    """
    check_registrable(new.number)
    organisation.get_unit(new.owner_unit_id)
    if db.session.scalar(select(LegacyNumber.id).where(LegacyNumber.number == new.number)):
        raise NumberAlreadyRegistered(field="number", number=new.number)
    entry = LegacyNumber(
        number=new.number,
        name=new.name,
        owner_unit_id=new.owner_unit_id,
        mode=new.mode,
        is_sample=new.is_sample,
        greeting=new.greeting,
        priority=new.priority,
        skill=new.skill,
        note=new.note,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def greeting_for(number: LegacyNumber, *, work_number: str) -> str:
    """Return the words this agent opens the call with on this line."""
    return number.greeting.replace("{work_number}", work_number)


def load_numbers() -> int:
    """Add the numbers of `data/legacy_numbers.csv` that are missing; return how many.

    The modes are reconstructed from public sources and marked as samples: the city's own list
    replaces them. Needs the units to be loaded.
    """
    known = set(db.session.scalars(select(LegacyNumber.number)))
    units = {unit.code: unit.id for unit in organisation.list_units()}
    missing = [row for row in _rows() if row["number"] not in known]
    for row in missing:
        register_number(
            NewNumber(
                number=row["number"],
                name=row["name"],
                owner_unit_id=units[row["owner_code"]],
                mode=MergeMode(row["mode"]),
                greeting=row["greeting"],
                valid_from=REGISTER_BEGINS,
                is_sample=row["is_sample"] == "yes",
                priority=int(row["priority"]),
                skill=row["skill"] or None,
                note=row["note"],
            )
        )
    return len(missing)


def _spellings(dialled: str) -> set[str]:
    user_part = dialled.removeprefix("sip:").partition("@")[0]
    plain = "".join(
        sign for sign in user_part if sign.isascii() and (sign.isdigit() or sign == "+")
    )
    return {plain} | {
        plain.removeprefix(prefix) for prefix in CITY_PREFIXES if plain.startswith(prefix)
    }


def _rows() -> list[dict[str, str]]:
    with (DATA / "legacy_numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
