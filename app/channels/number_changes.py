"""Changes to a number of the register: its words and rules, its dated modes and states."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.channels import service
from app.channels.events import NumberEdited, NumberModeSet, NumberStateSet
from app.channels.models import LegacyNumber, NumberMode, NumberStateStep
from app.channels.number_states import Language, MergeMode, NumberState, Step, check_states
from app.channels.numbers_here import lock_number
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.seen import check_seen
from app.organisation import service as organisation


@dataclass(frozen=True, kw_only=True)
class NumberWords:
    """What may be changed of a number at any time; it holds from the next call on."""

    name: str
    owner_unit_id: int
    greeting: str
    greeting_sound: str
    priority: int
    skill: str | None
    language: Language | None
    overflow_seconds: int | None
    plays_recording_notice: bool
    is_sample: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class StepShown:
    """One dated step of a number, and who wrote it."""

    word: str
    valid_from: datetime
    set_at: datetime
    set_by: int | None
    because: str = ""


def values_of(words: NumberWords) -> dict[str, Any]:
    """Return the words of a number by their names."""
    return {name: getattr(words, name) for name in NumberWords.__dataclass_fields__}


def edit_number(
    number_id: int,
    words: NumberWords,
    *,
    seen: str | None = None,
    edited_by: int | None = None,
) -> None:
    """Write down what changed.

    `seen` is the mark of what the form showed; a script that says the whole number anew gives
    None. Raises NoSuchNumber, ChangedMeanwhile, organisation's UnknownUnit.
    """
    lock_number(number_id)
    organisation.get_unit(words.owner_unit_id)
    row = db.session.get_one(LegacyNumber, number_id)
    there = {name: getattr(row, name) for name in NumberWords.__dataclass_fields__}
    if seen is not None and values_of(words) != there:
        check_seen(seen, there)
    changed = []
    for name in NumberWords.__dataclass_fields__:
        value: Any = getattr(words, name)
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    if changed:
        db.session.flush()
        publish(NumberEdited(number_id=number_id, fields=" ".join(changed), edited_by=edited_by))


def set_mode(
    number_id: int, mode: MergeMode, *, valid_from: datetime, set_by: int | None = None
) -> None:
    """Let the number be run in this mode from `valid_from` on. Raises NoSuchNumber."""
    lock_number(number_id)
    db.session.add(
        NumberMode(
            number_id=number_id,
            mode=mode,
            valid_from=valid_from,
            set_at=clock.now(),
            set_by=set_by,
        )
    )
    db.session.flush()
    publish(
        NumberModeSet(number_id=number_id, mode=mode.value, valid_from=valid_from, set_by=set_by)
    )


def set_state(
    number_id: int,
    state: NumberState,
    *,
    valid_from: datetime,
    set_by: int | None = None,
    because: str = "",
) -> None:
    """Let the number be in this state from `valid_from` on.

    Raises NoSuchNumber, and StateDoesNotFollow where the table of moves knows no way.
    """
    lock_number(number_id)
    db.session.add(
        NumberStateStep(
            number_id=number_id,
            state=state,
            valid_from=valid_from,
            set_at=clock.now(),
            set_by=set_by,
            because=because,
        )
    )
    db.session.flush()
    check_states(
        [Step(word=s.state, valid_from=s.valid_from, written=s.id) for s in _states(number_id)]
    )
    publish(
        NumberStateSet(number_id=number_id, state=state.value, valid_from=valid_from, set_by=set_by)
    )


def modes_of(number_id: int) -> list[StepShown]:
    """Return the modes of a number in the order in which they hold."""
    asked = select(NumberMode).where(NumberMode.number_id == number_id)
    return [
        StepShown(
            word=row.mode.value, valid_from=row.valid_from, set_at=row.set_at, set_by=row.set_by
        )
        for row in db.session.scalars(asked.order_by(NumberMode.valid_from, NumberMode.id))
    ]


def states_of(number_id: int) -> list[StepShown]:
    """Return the states of a number in the order in which they hold."""
    return [
        StepShown(
            word=row.state.value,
            valid_from=row.valid_from,
            set_at=row.set_at,
            set_by=row.set_by,
            because=row.because,
        )
        for row in _states(number_id)
    ]


def words_of_number(number_id: int) -> NumberWords:
    """Return what may be changed of a number. Raises NoSuchNumber."""
    line = service.get_number(number_id)
    return NumberWords(**{name: getattr(line, name) for name in NumberWords.__dataclass_fields__})


def _states(number_id: int) -> list[NumberStateStep]:
    asked = select(NumberStateStep).where(NumberStateStep.number_id == number_id)
    ordered = asked.order_by(NumberStateStep.valid_from, NumberStateStep.id)
    return list(db.session.scalars(ordered))
