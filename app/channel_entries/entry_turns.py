"""Reads when each channel was entered last and whose unit is behind: few questions for all."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.channel_entries import channel_register
from app.channel_entries.channel_register import ChannelShown
from app.channel_entries.entry_cycle import (
    CYCLE,
    EntryTurn,
    is_entered_by_people,
    live_since,
    turn_of,
)
from app.channel_entries.models import ChannelCase, ChannelStateStep
from app.channels.number_states import Step
from app.core import clock
from app.core.database import db
from app.rules import rule_register
from app.rules.rule_book import UnknownRule


def cycle_at(moment: datetime) -> timedelta | None:
    """Return how long a unit may go without an entry; None where the city has no such rule."""
    try:
        return rule_register.read_book().span(CYCLE, moment)
    except UnknownRule:
        return None


def turns_of(
    channels: Iterable[ChannelShown], *, at: datetime | None = None
) -> dict[int, EntryTurn]:
    """Return how these channels stand at `at` (default: now), by id."""
    moment, wanted = at or clock.now(), list(channels)
    if not wanted:
        return {}
    cycle, ids = cycle_at(moment), {each.id for each in wanted}
    last, steps = _last_entries(ids), channel_register.states_by_channel(ids)
    return {
        each.id: turn_of(
            last_entry=last.get(each.id),
            live_from=_live_from(each, steps.get(each.id, ()), moment),
            cycle=cycle,
        )
        for each in wanted
    }


def channels_behind(*, at: datetime, unit_id: int | None = None) -> dict[ChannelShown, datetime]:
    """Return the channels whose unit is behind at `at`, with when the entry was due.

    `unit_id`: only those of this unit.
    """
    channels = channel_register.list_channels(at=at, unit_id=unit_id)
    turns = turns_of(channels, at=at)
    return {
        each: turn.due
        for each in channels
        if (turn := turns[each.id]).due is not None and turn.is_behind(at)
    }


def _live_from(
    channel: ChannelShown, rows: Iterable[ChannelStateStep], at: datetime
) -> datetime | None:
    """Nobody could enter anything before it was written down that the channel is in use."""
    if not is_entered_by_people(channel.words.kind, channel.words.ways_in):
        return None
    return live_since(
        [
            Step(word=row.state, valid_from=max(row.valid_from, row.set_at), written=row.id)
            for row in rows
        ],
        at,
    )


def _last_entries(ids: Collection[int]) -> Mapping[int, datetime]:
    asked = (
        select(ChannelCase.channel_id, func.max(ChannelCase.entered_at))
        .where(ChannelCase.channel_id.in_(ids), ChannelCase.entered_at.is_not(None))
        .group_by(ChannelCase.channel_id)
    )
    return {row[0]: row[1] for row in db.session.execute(asked) if row[1] is not None}
