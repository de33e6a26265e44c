"""Events of the house. A room publishes; others listen within the save, or after it.

Within the save: what must never be lost (audit lines, numbered facts). Same transaction.
After the save: what may be repeated or missed (screens, bells). Told only if the save held.
ADR 0005 says why there are two kinds.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from app.core import this_save

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened. Subclasses are named in the past tense."""

    name: ClassVar[str]


E = TypeVar("E", bound=Event)
Listener = Callable[[Any], None]


class PublishedOutsideASave(RuntimeError):
    """An event was published where no unit of work could carry it: it would be lost."""


_within: dict[type[Event], list[Listener]] = defaultdict(list)
_after: dict[type[Event], list[Listener]] = defaultdict(list)
_last: list[Callable[[], None]] = []


def listen_within_save(kind: type[E], do: Callable[[E], None]) -> None:
    """Run `do` in the same transaction; what it raises undoes the save."""
    if do not in _within[kind]:
        _within[kind].append(do)


def listen_after_save(kind: type[E], do: Callable[[E], None]) -> None:
    """Run `do` once the save has held; what it raises is logged and goes no further."""
    if do not in _after[kind]:
        _after[kind].append(do)


def _this_save(event: Event) -> this_save.ThisSave:
    save = this_save.current()
    if save is None:
        raise PublishedOutsideASave(event.name)
    return save


def do_last_in_save(do: Callable[[], None]) -> None:
    """Run `do` at the end of every save, before it is committed; what it raises undoes the save."""
    if do not in _last:
        _last.append(do)


def publish(event: Event) -> None:
    """Tell the listeners of this save now; keep the event for the others.

    Raises PublishedOutsideASave when no unit of work is open.
    """
    _this_save(event).events.append(event)
    for do in _within[type(event)]:
        do(event)


def publish_before_all(events: Sequence[Event]) -> None:
    """Publish events that are to be told after the save before any that stand there already.

    A listener after the save may open the next save: what this one recorded must be out by then.
    """
    told_before = _this_save(events[0]).events
    for event in events:
        publish(event)
    told_before[:] = [*told_before[-len(events) :], *told_before[: -len(events)]]


def finish_save() -> None:
    """Do what is done last. Only `unit_of_work` calls this."""
    for do in _last:
        do()


def deliver(collected: list[Event]) -> None:
    """Tell the listeners after the save. One deaf listener must not silence the rest."""
    for event in collected:
        for do in _after[type(event)]:
            try:
                do(event)
            except Exception:
                logger.exception(
                    "a listener after the save failed", extra={"event_name": event.name}
                )
