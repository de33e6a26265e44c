"""How long a PostgreSQL may keep us: to connect, to be silent, and, where calls wait, to answer.

Without limits a thread waits for ever for a server whose power went, or for a lock that a frozen
process holds; and with it, every caller of this hotline.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec

from sqlalchemy import make_url

P = ParamSpec("P")

CONNECTION_LIMITS = {
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 5,  # seconds
    "keepalives_interval": 2,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
LOCK_MILLISECONDS = 5_000
STATEMENT_MILLISECONDS = 10_000

_is_hurried: ContextVar[bool] = ContextVar("is_hurried", default=False)


def connect_args_of(database_url: str) -> dict[str, Any]:
    """Return the limits of each connection; what the address itself names stays as it says."""
    address = make_url(database_url)
    if address.get_backend_name() != "postgresql":
        return {}
    return {name: limit for name, limit in CONNECTION_LIMITS.items() if name not in address.query}


def is_hurried() -> bool:
    """Say whether callers wait for what is asked now."""
    return _is_hurried.get()


@contextmanager
def hurried() -> Iterator[None]:
    """Let no statement in here wait long: it fails as a database in trouble does."""
    before = _is_hurried.set(True)
    try:
        yield
    finally:
        _is_hurried.reset(before)


def in_a_hurry(do: Callable[P, None]) -> Callable[P, None]:
    """Return the loop of a thread on which callers wait, with limits on all that it asks."""

    @wraps(do)
    def do_hurried(*args: P.args, **kwargs: P.kwargs) -> None:
        with hurried():
            do(*args, **kwargs)

    return do_hurried


def limits_in_words() -> list[bytes]:
    """Return what is said after the BEGIN of a transaction: limits, if it is one of the hurried."""
    if not _is_hurried.get():
        return []
    limits = {"lock_timeout": LOCK_MILLISECONDS, "statement_timeout": STATEMENT_MILLISECONDS}
    return [f"SET LOCAL {name} = {limit}".encode() for name, limit in limits.items()]
