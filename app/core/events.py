"""Events of the house. A room publishes; others listen within the save, or after it.

Within the save: what must never be lost (audit lines, numbered facts). Same transaction.
After the save: what may be repeated or missed (screens, bells). Told only if the save held.
ADR 0005 says why there are two kinds.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

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
_pending: ContextVar[list[Event] | None] = ContextVar("pending_events", default=None)


def listen_within_save(kind: type[E], do: Callable[[E], None]) -> None:
    """Run `do` in the same transaction; what it raises undoes the save."""
    if do not in _within[kind]:
        _within[kind].append(do)


def listen_after_save(kind: type[E], do: Callable[[E], None]) -> None:
    """Run `do` once the save has held; what it raises is logged and goes no further."""
    if do not in _after[kind]:
        _after[kind].append(do)


def publish(event: Event) -> None:
    """Tell the listeners of this save now; keep the event for the others.

    Raises PublishedOutsideASave when no unit of work is open.
    """
    pending = _pending.get()
    if pending is None:
        raise PublishedOutsideASave(event.name)
    pending.append(event)
    for do in _within[type(event)]:
        do(event)


def is_collecting() -> bool:
    """Say whether a unit of work is open in this context."""
    return _pending.get() is not None


def start_collecting() -> None:
    """Open the list that `publish` fills. Only `unit_of_work` calls this."""
    _pending.set([])


def stop_collecting() -> list[Event]:
    """Close the list and hand it over. Only `unit_of_work` calls this."""
    collected = _pending.get() or []
    _pending.set(None)
    return collected


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
