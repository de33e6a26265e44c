"""What belongs to the save that is open in this context: its events, and what it has looked up.

A row that a save has locked cannot be changed by anybody else before the save ends: asking for it
again would bring the same. So whoever locks a row may remember it here, and the next one who needs
it within the same save gets it without a question to the database.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
_looking: ContextVar[dict[Hashable, Any] | None] = ContextVar("looking_at", default=None)


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
    memory = _memory()
    if memory is None:
        return find()
    if key in memory:
        known: T | None = memory[key]
        return known
    found = find()
    if found is not None:
        memory[key] = found
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


def foresee(kind: str, ids: Iterable[int]) -> None:
    """These will be asked about in this save: whoever looks one up may look up all of them."""
    save = _open.get()
    if save is not None:
        save.memory.setdefault(("foreseen", kind), set()).update(ids)


def once_for_all(
    what: str, kind: str, one: int, find: Callable[[Collection[int]], Mapping[int, T]]
) -> T | None:
    """Return what belongs to this id; found by one question for it and all ids that were foreseen.

    What is not there then is known not to be there. An id that nobody foresaw is asked for alone.
    """
    memory = _memory()
    if memory is None:
        return find([one]).get(one)
    if (what, one) not in memory:
        foreseen: set[int] = memory.get(("foreseen", kind), set())
        if one not in foreseen:
            return once((what, one), lambda: find([one]).get(one))
        unknown = sorted(each for each in foreseen if (what, each) not in memory)
        found = find(unknown)
        for each in unknown:
            memory[what, each] = found.get(each)
    known: T | None = memory[what, one]
    return known


@contextmanager
def looking_at(kind: str, ids: Iterable[int]) -> Iterator[None]:
    """Inside, what is asked about one of these is asked about all of them. For those who only read.

    Nothing of it is kept, within a save or without one: nobody has locked what is looked at.
    """
    before = _looking.set({("foreseen", kind): set(ids)})
    try:
        yield
    finally:
        _looking.reset(before)


def _memory() -> dict[Hashable, Any] | None:
    """Return where what is found is kept now; None where it is kept nowhere."""
    looking, save = _looking.get(), _open.get()
    if looking is not None:
        return looking
    return save.memory if save is not None else None


def forget(key: Hashable) -> None:
    """Let the next one look again."""
    save = _open.get()
    if save is not None:
        save.memory.pop(key, None)
