"""The register of channels (渠道台账): whose each is, how it is folded in, from when."""

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.channel_entries.channel_states import (
    CHANNEL_MOVES,
    ChannelKind,
    ChannelMode,
    ChannelState,
    WayIn,
)
from app.channel_entries.events import (
    ChannelAdded,
    ChannelEdited,
    ChannelModeSet,
    ChannelStateSet,
)
from app.channel_entries.models import ChannelModeStep, ChannelStateStep, EntryChannel
from app.channel_entries.refusals import (
    ChannelCodeTaken,
    ChannelStateDoesNotFollow,
    NoSuchChannel,
)
from app.channels.number_states import Step, in_force
from app.core import clock
from app.core.database import db
from app.core.errors import Invalid
from app.core.events import publish
from app.core.seen import check_seen
from app.organisation import service as organisation
from app.rules.refusals import ChangesThePast

CODE = re.compile(r"[a-z][a-z0-9-]{1,31}")
SHIPPED = Path(__file__).parent / "data" / "channels.csv"
SINCE_EVER = datetime(2020, 1, 1, tzinfo=UTC)


class UnfitChannelCode(Invalid):
    """The code of a channel: small letters, digits and dashes, beginning with a letter."""

    code = "channel-code-unfit"


@dataclass(frozen=True, kw_only=True)
class ChannelWords:
    """What may be changed of a channel at any time."""

    name: str
    kind: ChannelKind
    address: str
    owner_unit_id: int
    ways_in: tuple[str, ...]
    contact_name: str
    contact_number: str
    is_sample: bool
    note: str


WORDS = tuple(ChannelWords.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class ChannelShown:
    """A channel as it stands at a moment."""

    id: int
    code: str
    words: ChannelWords
    mode: ChannelMode
    state: ChannelState

    @property
    def name(self) -> str:
        """Return its name."""
        return self.words.name

    def comes_by(self, way: WayIn) -> bool:
        """Say whether its cases come in this way, now that it is in use."""
        return self.state is ChannelState.ACTIVE and way in self.words.ways_in


StepRow = ChannelModeStep | ChannelStateStep


def list_channels(*, at: datetime | None = None, unit_id: int | None = None) -> list[ChannelShown]:
    """Return all channels as they stand at `at` (default: now), in the order of the register.

    `unit_id`: only those of this unit, and nothing is read of any other.
    """
    moment, wanted = at or clock.now(), select(EntryChannel).order_by(EntryChannel.id)
    if unit_id is not None:
        wanted = wanted.where(EntryChannel.owner_unit_id == unit_id)
    rows = list(db.session.scalars(wanted))
    ids = {row.id for row in rows}
    modes, states = _by_channel(ChannelModeStep, ids), _by_channel(ChannelStateStep, ids)
    return [_shown(row, modes.get(row.id, ()), states.get(row.id, ()), at=moment) for row in rows]


def get_channel(channel_id: int, *, at: datetime | None = None) -> ChannelShown:
    """Return one channel as it stands at `at` (default: now). Raises NoSuchChannel."""
    row = db.session.get(EntryChannel, channel_id)
    if row is None:
        raise NoSuchChannel
    modes, states = modes_of(channel_id), states_of(channel_id)
    return _shown(row, modes, states, at=at or clock.now())


def find_channel(code: str) -> ChannelShown:
    """Return the channel with this code. Raises NoSuchChannel."""
    found = db.session.scalar(select(EntryChannel.id).where(EntryChannel.code == code))
    if found is None:
        raise NoSuchChannel
    return get_channel(found)


def channel_names() -> dict[int, str]:
    """Return what each channel is called, by id."""
    asked = select(EntryChannel.id, EntryChannel.name).order_by(EntryChannel.id)
    return {row.id: row.name for row in db.session.execute(asked)}


def owned_by(unit_ids: Collection[int]) -> frozenset[int]:
    """Return the ids of the channels that belong to one of these units, in whatever state."""
    if not unit_ids:
        return frozenset()
    asked = select(EntryChannel.id).where(EntryChannel.owner_unit_id.in_(unit_ids))
    return frozenset(db.session.scalars(asked))


def modes_of(channel_id: int) -> list[ChannelModeStep]:
    """Return the modes of a channel in the order in which they hold."""
    return _steps_of(ChannelModeStep, channel_id)


def states_of(channel_id: int) -> list[ChannelStateStep]:
    """Return the states of a channel in the order in which they hold."""
    return _steps_of(ChannelStateStep, channel_id)


def states_by_channel(ids: Collection[int]) -> Mapping[int, Sequence[ChannelStateStep]]:
    """Return the states of these channels in the order in which they hold, by the channel's id."""
    return _by_channel(ChannelStateStep, ids)


def add_channel(
    code: str,
    words: ChannelWords,
    *,
    mode: ChannelMode,
    state: ChannelState = ChannelState.ACTIVE,
    valid_from: datetime | None = None,
    added_by: int | None = None,
) -> int:
    """Put a channel into the register; return its id.

    Raises UnfitChannelCode, ChannelCodeTaken, organisation's UnknownUnit.
    """
    if CODE.fullmatch(code) is None:
        raise UnfitChannelCode(field="code")
    if db.session.scalar(select(EntryChannel.id).where(EntryChannel.code == code)) is not None:
        raise ChannelCodeTaken(field="code")
    organisation.get_unit(words.owner_unit_id)
    row = EntryChannel(code=code, **_columns(words))
    db.session.add(row)
    db.session.flush()
    at = clock.now()
    step = {"channel_id": row.id, "valid_from": valid_from or at, "set_at": at, "set_by": added_by}
    db.session.add_all([ChannelModeStep(mode=mode, **step), ChannelStateStep(state=state, **step)])
    db.session.flush()
    publish(ChannelAdded(channel_id=row.id, code=code, added_by=added_by))
    return row.id


def edit_channel(channel_id: int, words: ChannelWords, *, seen: str, edited_by: int) -> None:
    """Write down what changed of a channel; `seen` marks what the form showed.

    Raises NoSuchChannel, ChangedMeanwhile, organisation's UnknownUnit.
    """
    row = _locked(channel_id)
    there = _words(row)
    if words == there:
        return
    check_seen(seen, asdict(there))
    organisation.get_unit(words.owner_unit_id)
    changed = [name for name in WORDS if getattr(words, name) != getattr(there, name)]
    for name, value in _columns(words).items():
        setattr(row, name, value)
    db.session.flush()
    publish(ChannelEdited(channel_id=channel_id, fields=" ".join(changed), edited_by=edited_by))


def set_mode(
    channel_id: int, mode: ChannelMode, *, valid_from: datetime | None, basis: str, set_by: int
) -> None:
    """Let a channel be folded in like this from a moment on (None: now), by a decision.

    Raises NoSuchChannel, ChangesThePast.
    """
    begins, now = _begins(channel_id, valid_from)
    db.session.add(
        ChannelModeStep(
            channel_id=channel_id,
            mode=mode,
            valid_from=begins,
            basis=basis,
            set_at=now,
            set_by=set_by,
        )
    )
    publish(
        ChannelModeSet(channel_id=channel_id, mode=mode.value, valid_from=begins, set_by=set_by)
    )


def set_state(
    channel_id: int, state: ChannelState, *, valid_from: datetime | None, basis: str, set_by: int
) -> None:
    """Let a channel be in this state from a moment on (None: now).

    Raises NoSuchChannel, ChangesThePast, ChannelStateDoesNotFollow.
    """
    begins, now = _begins(channel_id, valid_from)
    db.session.add(
        ChannelStateStep(
            channel_id=channel_id,
            state=state,
            valid_from=begins,
            basis=basis,
            set_at=now,
            set_by=set_by,
        )
    )
    db.session.flush()
    _check_states(states_of(channel_id))
    publish(
        ChannelStateSet(channel_id=channel_id, state=state.value, valid_from=begins, set_by=set_by)
    )


def load_channels() -> int:
    """Add the channels of `data/channels.csv` that are missing; return how many.

    Kinds are those of domain rules 2.6; names, addresses, owners and modes are samples until the
    city gives its own. Needs the units to be loaded.
    """
    known = set(db.session.scalars(select(EntryChannel.code)))
    units = {unit.code: unit.id for unit in organisation.list_units()}
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        missing = [row for row in csv.DictReader(file) if row["code"] not in known]
    for row in missing:
        words = ChannelWords(
            name=row["name"],
            kind=ChannelKind(row["kind"]),
            address=row["address"],
            owner_unit_id=units[row["unit_code"]],
            ways_in=tuple(row["ways_in"].split()),
            contact_name="",
            contact_number="",
            is_sample=True,
            note="",
        )
        add_channel(row["code"], words, mode=ChannelMode(row["mode"]), valid_from=SINCE_EVER)
    return len(missing)


def _begins(channel_id: int, valid_from: datetime | None) -> tuple[datetime, datetime]:
    _locked(channel_id)
    now = clock.now()
    begins = valid_from or now
    if begins < now:
        raise ChangesThePast(field="valid_from")
    return begins, now


def _check_states(rows: Sequence[ChannelStateStep]) -> None:
    steps = [Step(word=row.state, valid_from=row.valid_from, written=row.id) for row in rows]
    old = ChannelState.PLANNED
    for moment in sorted({step.valid_from for step in steps}):
        new = in_force(steps, moment) or ChannelState.PLANNED
        if new is not old and new not in CHANNEL_MOVES[old]:
            raise ChannelStateDoesNotFollow(field="state")
        old = new


def _locked(channel_id: int) -> EntryChannel:
    row = db.session.get(EntryChannel, channel_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchChannel
    return row


def _by_channel(table: type[Any], ids: Collection[int]) -> Mapping[int, Sequence[Any]]:
    found: dict[int, list[Any]] = {}
    of_these = select(table).where(table.channel_id.in_(ids))
    for row in db.session.scalars(of_these.order_by(table.valid_from, table.id)):
        found.setdefault(row.channel_id, []).append(row)
    return found


def _steps_of(table: type[Any], channel_id: int) -> list[Any]:
    asked = select(table).where(table.channel_id == channel_id)
    return list(db.session.scalars(asked.order_by(table.valid_from, table.id)))


def _shown(
    row: EntryChannel,
    modes: Iterable[ChannelModeStep],
    states: Iterable[ChannelStateStep],
    *,
    at: datetime,
) -> ChannelShown:
    mode = in_force([Step(word=s.mode, valid_from=s.valid_from, written=s.id) for s in modes], at)
    state = in_force(
        [Step(word=s.state, valid_from=s.valid_from, written=s.id) for s in states], at
    )
    return ChannelShown(
        id=row.id,
        code=row.code,
        words=_words(row),
        mode=mode or ChannelMode.UNDECIDED,
        state=state or ChannelState.PLANNED,
    )


def _words(row: EntryChannel) -> ChannelWords:
    values = {name: getattr(row, name) for name in WORDS}
    return ChannelWords(**{**values, "ways_in": tuple(row.ways_in)})


def _columns(words: ChannelWords) -> dict[str, Any]:
    values = {name: getattr(words, name) for name in WORDS}
    return {**values, "ways_in": list(words.ways_in)}
