"""Databases for tests: built once by the real migrations, then copied for each test.

A copy is honest where a rollback is not: what is tested commits, opens its own connections, runs
in threads. A SQLite copy is a file copy; a PostgreSQL copy is CREATE DATABASE … TEMPLATE.
"""

import itertools
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
import psycopg
import time_machine
from psycopg import sql
from sqlalchemy import make_url

import config
from app.channels import service as channels
from app.core.database import db, unit_of_work
from app.demo.seed import seed_demo
from app.factory import create_app
from app.organisation import service as organisation
from app.rules import rule_register, type_register, working_calendar
from app.rules import service as rules

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
COPY = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
# The afternoon before which the two weeks of the demonstration lie.
DEMO_NOW = datetime(2026, 11, 23, 6, 50, tzinfo=UTC)
# Before any morning at which a test stops the clock.
LOADED_AT = datetime(2026, 11, 1, tzinfo=UTC)


class SqliteTemplate:
    """One migrated file, copied per test; others that hold what many tests begin with."""

    def __init__(self, folder: Path, *, environment: Mapping[str, str]) -> None:
        self._file = folder / "template.db"
        self._environment = environment
        build_schema({**environment, "DATABASE_URL": f"sqlite:///{self._file}"})

    def copy(self, folder: Path, *, content: str = "") -> str:
        """Make a copy in `folder`, with what CONTENTS names; give its address."""
        target = folder / "hotline.db"
        shutil.copyfile(self._with(content) if content else self._file, target)
        return f"sqlite:///{target}"

    def _with(self, content: str) -> Path:
        filled = self._file.with_name(f"{content}.db")
        if not filled.exists():
            shutil.copyfile(self._file, filled)
            fill({**self._environment, "DATABASE_URL": f"sqlite:///{filled}"}, content)
        return filled

    def drop(self, url: str) -> None:
        """Leave it: the test's folder goes as a whole."""


class PostgresTemplate:
    """One migrated database, copied per test inside the same cluster."""

    def __init__(self, admin_url: str, *, environment: Mapping[str, str]) -> None:
        self._admin = make_url(admin_url)
        # Test processes share the cluster; each has its own names.
        self._prefix = f"t{os.getpid()}"
        self._numbers = itertools.count(1)
        self._template = f"{self._prefix}_template"
        self._filled: set[str] = set()
        self._environment = environment
        self._run("CREATE DATABASE {}", self._template)
        build_schema({**environment, "DATABASE_URL": self._url(self._template)})

    def copy(self, _folder: Path, *, content: str = "") -> str:
        """Make a copy, with what CONTENTS names; give its address."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run(COPY, name, self._with(content) if content else self._template)
        return self._url(name)

    def _with(self, content: str) -> str:
        filled = f"{self._prefix}_{content}"
        if filled not in self._filled:
            self._run(COPY, filled, self._template)
            fill({**self._environment, "DATABASE_URL": self._url(filled)}, content)
            self._filled.add(filled)
        return filled

    def drop(self, url: str) -> None:
        """Remove the copy, and whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", str(make_url(url).database))

    def empty(self) -> str:
        """Make a database without any tables; give its address."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run("CREATE DATABASE {}", name)
        return self._url(name)

    def close(self) -> None:
        """Remove the templates."""
        for name in (*self._filled, self._template):
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _url(self, name: str) -> str:
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str, *names: str) -> None:
        address = self._admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def build_schema(environment: Mapping[str, str]) -> None:
    """Bring the empty database of `environment` to the newest shape."""
    with _inside(environment):
        flask_migrate.upgrade(directory=str(MIGRATIONS))


def fill(environment: Mapping[str, str], content: str) -> None:
    """Load what CONTENTS names: the lists of the city, and its public numbers as well."""
    with time_machine.travel(LOADED_AT), _inside(environment):
        CONTENTS[content]()


def _load_registers() -> None:
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        rules.load_categories()
        type_register.load_types()
        rules.load_wrap_up_codes()
        rules.load_exclusions()
        rules.load_urgency_words()
        working_calendar.load_calendar()
        rule_register.load_values()


def _load_numbers() -> None:
    _load_registers()
    with unit_of_work():
        channels.load_numbers()


# What begins with another's content comes before it: a test gets the first that it asks for.
CONTENTS = {
    "seeded_city": lambda: seed_demo(DEMO_NOW),
    "numbers": _load_numbers,
    "registers": _load_registers,
}


@contextmanager
def _inside(environment: Mapping[str, str]) -> Iterator[None]:
    app = create_app(config.read_settings(environment))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()
