"""What every app of a test process would work out again: routes, templates, statements, hashes.

A test has an app and a database of its own, some six thousand of them. Their routes, templates and
statements are the same; compiling them anew took two thirds of each test's time. Nothing that an
app decides is shared here, only the outcome of working out the same thing twice.
"""

from collections.abc import Callable
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from werkzeug.routing import Rule

_templates: dict[str, bytes] = {}
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


class _TemplatesOnce(BytecodeCache):
    """Keeps what a template was compiled to; jinja looks whether its text is still the same."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in _templates:
            bucket.bytecode_from_string(_templates[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        _templates[bucket.key] = bucket.bytecode_to_string()


def share_templates(environment: Environment) -> None:
    """Let all apps share what their templates were compiled to."""
    environment.bytecode_cache = _TemplatesOnce()


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
