"""What every app of a test process would work out again: how routes are built, statements read.

A test has an app and a database of its own, some five thousand of them. Their routes and their
statements are the same; compiling them anew took two thirds of each test's time. Nothing that an
app decides is shared here, only the outcome of compiling the same text twice.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from werkzeug.routing import Rule

_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_engines: dict[str, Engine] = {}
_compile_builder = Rule._compile_builder


def _builder_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    if rule.defaults:
        return _compile_builder(rule, append_unknown)
    key = (tuple(rule._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


def share_routes() -> None:
    """Let equal rules of all apps share the function that builds their addresses."""
    Rule._compile_builder = _builder_once  # type: ignore[method-assign]


def share_statements(engine: Engine) -> None:
    """Let the engines of one kind of database share what they have compiled.

    Compiled statements are kept by dialect: the first engine of a kind lends its own, once it has
    spoken with its database.
    """
    kind = engine.dialect.name
    first = _engines.get(kind)
    if first is None:
        with engine.connect():
            _engines[kind] = engine
        return
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
