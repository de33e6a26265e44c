"""Reminds a unit of the channels for which it has entered nothing for a cycle: once per cycle.

Found by the one on duty, as the deadlines of tickets are. Who enters cases is told; a unit without
such a person is told as ever. That nobody could be told is kept as a row, and counts as told.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from babel.lists import format_list
from flask_babel import force_locale, gettext
from sqlalchemy import select

from app.channel_entries import entry_turns
from app.channel_entries.entry_cycle import cycles_missed
from app.core import clock
from app.core.database import db
from app.core.handed_down import given
from app.core.languages import FIRST_LANGUAGE, LOCALES
from app.notifications import addressees, message_texts, outbox, rules_of_telling
from app.notifications.addressees import Addressee
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Telling, Way, tellings_of
from app.notifications.outbox import NewMessage
from app.notifications.provider import MessageProviders
from app.notifications.reach import why_unreachable
from app.notifications.telling import day_in_words
from app.organisation import service as organisation

MOST_NAMED = 3
"""How many channels a text names; the page of the unit shows all of them."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """The channels of one unit that are behind, by name; `due`: when the first of them was."""

    unit_id: int
    names: tuple[str, ...]
    due: datetime


def find_due(now: datetime) -> list[Callable[[], None]]:
    """Return whom to remind now, one act for each unit; each looks again before it acts."""
    return [partial(remind, each.unit_id) for each in _to_remind(now)]


def remind(unit_id: int) -> None:
    """Remind a unit, unless it has entered meanwhile or was told within this cycle.

    Only its own channels are read again.
    """
    now = clock.now()
    cycle = entry_turns.cycle_at(now)
    late = next(iter(_to_remind(now, unit_id=unit_id)), None)
    if late is None or cycle is None:
        return
    key = f"u{unit_id}/{late.due:%Y%m%d%H%M%S}.{cycles_missed(late.due, cycle, at=now)}"
    who = addressees.clerks_of(unit_id) or addressees.of_unit(unit_id, at=now)
    for telling in tellings_of(Occasion.ENTRIES_BEHIND):
        for each in who:
            _write(telling, late, each, key=key)


def _to_remind(now: datetime, *, unit_id: int | None = None) -> list[Late]:
    cycle = entry_turns.cycle_at(now)
    behind = _late_units(now, unit_id)
    if cycle is None or not behind:
        return []
    told = _told_since(now - cycle)
    return [late for owner_id, late in behind.items() if owner_id not in told]


def _late_units(now: datetime, unit_id: int | None) -> Mapping[int, Late]:
    by_unit: dict[int, list[tuple[str, datetime]]] = {}
    for channel, due in entry_turns.channels_behind(at=now, unit_id=unit_id).items():
        by_unit.setdefault(channel.words.owner_unit_id, []).append((channel.name, due))
    return {
        owner_id: Late(
            unit_id=owner_id,
            names=tuple(name for name, _ in found),
            due=min(due for _, due in found),
        )
        for owner_id, found in by_unit.items()
    }


def _told_since(moment: datetime) -> set[int | None]:
    """Return which units were reminded after a moment; messages of tickets are left aside first."""
    asked = select(Message.unit_id).where(
        Message.ticket_id.is_(None),
        Message.occasion == Occasion.ENTRIES_BEHIND,
        Message.made_at > moment,
    )
    return set(db.session.scalars(asked))


def _write(telling: Telling, late: Late, who: Addressee, *, key: str) -> None:
    address = who.email if telling.way is Way.EMAIL else who.number
    why_not = who.why_not or why_unreachable(telling.way, address)
    if telling.is_extra and (why_not or telling.way not in given(MessageProviders).by_way):
        return
    subject, body = _text(telling.template, late, language=who.language)
    outbox.write(
        NewMessage(
            once_key=f"{telling.occasion}:{key}:{telling.way}:{who.ref}",
            occasion=telling.occasion,
            recipient=telling.to,
            way=telling.way,
            ticket_id=None,
            unit_id=late.unit_id,
            recipient_name=who.name,
            address=address,
            language=who.language,
            template=telling.template,
            subject=subject,
            body=body,
            is_urgent=False,
            good_for=telling.good_for,
            why_not=why_not,
        ),
        quiet=rules_of_telling.at(clock.now()).quiet,
    )


def _text(template: str, late: Late, *, language: str) -> tuple[str, str]:
    version = message_texts.holding(template, language, clock.now())
    locale = LOCALES.get(language, LOCALES[FIRST_LANGUAGE])
    with force_locale(locale):
        values = {
            "unit": organisation.get_unit(late.unit_id).name,
            "channel": _named(late.names, locale=locale),
            "due": day_in_words(late.due),
        }
        return message_texts.written(version, values)


def _named(names: Sequence[str], *, locale: str) -> str:
    shown = format_list(names[:MOST_NAMED], locale=locale)
    if len(names) <= MOST_NAMED:
        return shown
    return str(gettext("notifications.and_more_channels", names=shown, count=len(names)))
