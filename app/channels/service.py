"""Recognise the number that was dialled; keep the register of public numbers."""

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from app.channels import landing_rows
from app.channels.events import NumberRegistered
from app.channels.models import LegacyNumber, NumberMode, NumberStateStep
from app.channels.number_states import (
    Language,
    MergeMode,
    NumberState,
    StateDoesNotFollow,
    Step,
    check_states,
    in_force,
    state_at,
)
from app.channels.numbers_lately import NumbersLately
from app.channels.registrable_numbers import check_registrable, spellings_of
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.events import publish
from app.core.handed_down import given
from app.organisation import service as organisation

__all__ = ["Language", "MergeMode", "NumberState"]

DATA = Path(__file__).parent / "data"
# The day the city's consolidation plan was issued: midnight in Heyuan.
REGISTER_BEGINS = datetime(2025, 5, 27, 16, 0, tzinfo=UTC)

TAKEN_BY_US = frozenset({NumberState.LIVE, NumberState.SUSPENDED})


class NumberAlreadyRegistered(Conflict):
    """The register holds each number once."""

    code = "number-already-registered"


class NoSuchNumber(NotFound):
    """No number of the register has this id."""

    code = "no-such-number"


@dataclass(frozen=True, kw_only=True)
class PublicNumber:
    """A number of the register as it is run at one moment."""

    id: int
    number: str
    name: str
    owner_unit_id: int
    mode: MergeMode
    state: NumberState
    is_sample: bool
    greeting: str
    greeting_sound: str
    priority: int
    skill: str | None
    language: Language | None
    overflow_seconds: int | None
    plays_recording_notice: bool
    note: str

    @property
    def is_taken_by_us(self) -> bool:
        """Say whether calls to it stand in our queue: it is live, or the city stands in for it."""
        return self.state in TAKEN_BY_US

    @property
    def sub_centre_unit_id(self) -> int | None:
        """Return the unit whose own seats come first; None when the city's take it at once."""
        has_own_seats = self.mode is MergeMode.SUB_CENTRE and self.state is NumberState.LIVE
        return self.owner_unit_id if has_own_seats else None


@dataclass(frozen=True, kw_only=True)
class CallRules:
    """What the register says about who takes a call, and when.

    `overflow_seconds` is how long only the seats of `sub_centre_unit_id` may take it; None with a
    sub-centre means that the city never does. `skills` and `language` are what the line asks for.
    """

    number_id: int | None = None
    skills: frozenset[str] = frozenset()
    language: str | None = None
    priority: int = 0
    sub_centre_unit_id: int | None = None
    overflow_seconds: int | None = None
    plays_recording_notice: bool = False


@dataclass(frozen=True, kw_only=True)
class NewNumber:
    """What the register needs to know about a number.

    It is live from `valid_from` on and closed at `valid_until`; without `valid_from` it is planned.
    """

    number: str
    name: str
    owner_unit_id: int
    mode: MergeMode
    greeting: str
    valid_from: datetime | None
    valid_until: datetime | None = None
    is_sample: bool = False
    priority: int = 0
    skill: str | None = None
    language: Language | None = None
    overflow_seconds: int | None = None
    plays_recording_notice: bool = False
    note: str = ""


def recognise_number(dialled: str, at: datetime, *, exchange_id: str = "") -> PublicNumber | None:
    """Return the number that a call to `dialled` was meant for, if it is in force at `at`.

    `dialled` as the exchange writes it: what the carrier delivers (a landing says which number
    that is), or the number itself, perhaps with the city or country in front, with blanks or
    hyphens. A number holds from its first live moment on and no longer once it is closed.
    """
    found = find_number(dialled, at, exchange_id=exchange_id)
    return found if found is not None and found.is_taken_by_us else None


def find_number(dialled: str, at: datetime, *, exchange_id: str = "") -> PublicNumber | None:
    """Return the same in whatever state it is at `at`, planned and closed too."""
    return given(NumbersLately).get(
        (dialled, exchange_id),
        at=at,
        find=lambda: _look_up_number(dialled, at, exchange_id=exchange_id),
    )


def _look_up_number(dialled: str, at: datetime, *, exchange_id: str) -> PublicNumber | None:
    written = spellings_of(dialled)
    if not written:
        return None
    number_id = landing_rows.number_delivered_as(written, at, exchange_id=exchange_id)
    wanted = select(LegacyNumber).where(
        LegacyNumber.id == number_id if number_id is not None else LegacyNumber.number.in_(written)
    )
    row = db.session.scalars(wanted.order_by(LegacyNumber.id)).first()
    return _as_run([row], at)[0] if row is not None else None


def names_of(number_ids: Collection[int | None]) -> dict[int | None, str]:
    """Return the names of these numbers of the register, by id."""
    wanted = select(LegacyNumber.id, LegacyNumber.name).where(
        LegacyNumber.id.in_([each for each in number_ids if each is not None])
    )
    return {row.id: row.name for row in db.session.execute(wanted)}


def rules_for_call(dialled: str, at: datetime, *, exchange_id: str = "") -> CallRules:
    """Return who may take a call to `dialled`; for a number outside the register: anybody."""
    line = recognise_number(dialled, at, exchange_id=exchange_id)
    if line is None:
        return CallRules()
    return CallRules(
        number_id=line.id,
        skills=frozenset({line.skill} if line.skill else ()),
        language=line.language.value if line.language else None,
        priority=line.priority,
        sub_centre_unit_id=line.sub_centre_unit_id,
        overflow_seconds=line.overflow_seconds,
        plays_recording_notice=line.plays_recording_notice,
    )


def list_numbers(*, at: datetime | None = None) -> list[PublicNumber]:
    """Return the whole register as it is run at `at` (default: now), in the order of filling."""
    rows = list(db.session.scalars(select(LegacyNumber).order_by(LegacyNumber.id)))
    return _as_run(rows, at or clock.now())


def shown_when_calling(at: datetime) -> list[PublicNumber]:
    """Return the numbers that a called citizen can be shown: ours, in force now, the main first."""
    ours = [each for each in list_numbers(at=at) if each.state is NumberState.LIVE]
    return sorted(ours, key=lambda each: (each.mode is not MergeMode.MAIN, each.number))


def get_number(number_id: int, *, at: datetime | None = None) -> PublicNumber:
    """Return one number as it is run at `at` (default: now). Raises NoSuchNumber."""
    row = db.session.get(LegacyNumber, number_id)
    if row is None:
        raise NoSuchNumber
    return _as_run([row], at or clock.now())[0]


def register_number(new: NewNumber, *, added_by: int | None = None) -> PublicNumber:
    """Add a number to the register.

    Raises EmergencyNumber or NotAPublicNumber (registrable_numbers), NumberAlreadyRegistered,
    organisation's UnknownUnit, StateDoesNotFollow when it would be closed before it is live.
    """
    check_registrable(new.number)
    if new.valid_from and new.valid_until and new.valid_until <= new.valid_from:
        raise StateDoesNotFollow(
            field="valid_until", old=NumberState.CLOSED.value, new=NumberState.LIVE.value
        )
    organisation.get_unit(new.owner_unit_id)
    if db.session.scalar(select(LegacyNumber.id).where(LegacyNumber.number == new.number)):
        raise NumberAlreadyRegistered(field="number", number=new.number)
    row = LegacyNumber(
        number=new.number,
        name=new.name,
        owner_unit_id=new.owner_unit_id,
        is_sample=new.is_sample,
        greeting=new.greeting,
        greeting_sound="",
        priority=new.priority,
        skill=new.skill,
        language=new.language,
        overflow_seconds=new.overflow_seconds,
        plays_recording_notice=new.plays_recording_notice,
        note=new.note,
    )
    db.session.add(row)
    db.session.flush()
    now = clock.now()
    begins = new.valid_from or now
    db.session.add(
        NumberMode(number_id=row.id, mode=new.mode, valid_from=begins, set_at=now, set_by=added_by)
    )
    dates = {NumberState.LIVE: new.valid_from, NumberState.CLOSED: new.valid_until}
    for state, from_when in dates.items():
        if from_when is not None:
            db.session.add(
                NumberStateStep(
                    number_id=row.id, state=state, valid_from=from_when, set_at=now,
                    set_by=added_by, because="",
                )
            )  # fmt: skip
    db.session.flush()
    check_states(_states_of([row.id])[row.id])
    publish(NumberRegistered(number_id=row.id, number=row.number, added_by=added_by))
    return get_number(row.id)


def greeting_for(number: PublicNumber, *, work_number: str) -> str:
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
                overflow_seconds=int(row["overflow_seconds"]) if row["overflow_seconds"] else None,
                note=row["note"],
            )
        )
    return len(missing)


def _as_run(rows: Collection[LegacyNumber], at: datetime) -> list[PublicNumber]:
    ids = [row.id for row in rows]
    modes, states = _modes_of(ids), _states_of(ids)
    return [
        PublicNumber(
            id=row.id,
            number=row.number,
            name=row.name,
            owner_unit_id=row.owner_unit_id,
            mode=in_force(modes[row.id], at) or _first(modes[row.id]),
            state=state_at(states[row.id], at),
            is_sample=row.is_sample,
            greeting=row.greeting,
            greeting_sound=row.greeting_sound,
            priority=row.priority,
            skill=row.skill,
            language=row.language,
            overflow_seconds=row.overflow_seconds,
            plays_recording_notice=row.plays_recording_notice,
            note=row.note,
        )
        for row in rows
    ]


def _modes_of(ids: Collection[int]) -> Mapping[int, list[Step[MergeMode]]]:
    found: defaultdict[int, list[Step[MergeMode]]] = defaultdict(list)
    for row in db.session.scalars(select(NumberMode).where(NumberMode.number_id.in_(ids))):
        found[row.number_id].append(Step(word=row.mode, valid_from=row.valid_from, written=row.id))
    return found


def _states_of(ids: Collection[int]) -> Mapping[int, list[Step[NumberState]]]:
    found: defaultdict[int, list[Step[NumberState]]] = defaultdict(list)
    asked = select(NumberStateStep).where(NumberStateStep.number_id.in_(ids))
    for row in db.session.scalars(asked):
        found[row.number_id].append(Step(word=row.state, valid_from=row.valid_from, written=row.id))
    return found


def _first(steps: Collection[Step[MergeMode]]) -> MergeMode:
    """Return the mode a number begins with: what it will be while it is only planned."""
    return min(steps, key=lambda step: (step.valid_from, step.written)).word


def _rows() -> list[dict[str, str]]:
    with (DATA / "legacy_numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
