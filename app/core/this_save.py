"""What belongs to the save that is open in this context: its events, and what it has looked up.

A row that a save has locked cannot be changed by anybody else before the save ends: asking for it
again would bring the same. So whoever locks a row may remember it here, and the next one who needs
it within the same save gets it without a question to the database.
"""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(kw_only=True)
class ThisSave:
    """One open save."""

    events: list[Any] = field(default_factory=list)
    memory: dict[Hashable, Any] = field(default_factory=dict)


_open: ContextVar[ThisSave | None] = ContextVar("this_save", default=None)


def begin() -> None:
    """Open a save in this context. Only `unit_of_work` calls this."""
    _open.set(ThisSave())


def end() -> ThisSave:
    """Close the save and hand it over. Only `unit_of_work` calls this."""
    ended = _open.get() or ThisSave()
    _open.set(None)
    return ended


def current() -> ThisSave | None:
    """Return the open save, or None outside of one."""
    return _open.get()


def once(key: Hashable, find: Callable[[], T | None]) -> T | None:
    """Return what was found under this key in this save; find it, the first time.

    What was not found is looked for again, because it may have come, unless somebody who saw to it
    said by `remember(key, None)` that it is not there. Outside a save nothing is remembered.
    """
    save = _open.get()
    if save is None:
        return find()
    if key in save.memory:
        known: T | None = save.memory[key]
        return known
    found = find()
    if found is not None:
        save.memory[key] = found
    return found


def remember(key: Hashable, value: object) -> None:
    """Let `once` return this under the key until the save ends."""
    save = _open.get()
    if save is not None:
        save.memory[key] = value


def recall(key: Hashable) -> Any:
    """Return what is remembered under this key, or None."""
    save = _open.get()
    return save.memory.get(key) if save is not None else None


def remembered(kind: str) -> list[Any]:
    """Return everything that is remembered under a key (kind, …)."""
    save = _open.get()
    memory = save.memory if save is not None else {}
    return [
        value
        for key, value in memory.items()
        if isinstance(key, tuple) and key[0] == kind and value is not None
    ]


def forget(key: Hashable) -> None:
    """Let the next one look again."""
    save = _open.get()
    if save is not None:
        save.memory.pop(key, None)
