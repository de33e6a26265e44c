"""Databases for tests: built once by the real migrations, then copied for each test.

A copy is honest where a rollback is not: what is tested commits, opens its own connections, runs
in threads. A SQLite copy is a file copy; a PostgreSQL copy is CREATE DATABASE … TEMPLATE.
"""

import itertools
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import flask_migrate
import psycopg
from psycopg import sql
from sqlalchemy import make_url

import config
from app.core.database import db
from app.factory import create_app

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class SqliteTemplate:
    """One migrated file, copied per test."""

    def __init__(self, folder: Path, *, environment: Mapping[str, str]) -> None:
        self._file = folder / "template.db"
        build_schema({**environment, "DATABASE_URL": f"sqlite:///{self._file}"})

    def copy(self, folder: Path) -> str:
        """Make a copy in `folder`; give its address."""
        target = folder / "hotline.db"
        shutil.copyfile(self._file, target)
        return f"sqlite:///{target}"

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
        self._run("CREATE DATABASE {}", self._template)
        build_schema({**environment, "DATABASE_URL": self._url(self._template)})

    def copy(self, _folder: Path) -> str:
        """Make a copy; give its address."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, self._template)
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove the copy, and whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", str(make_url(url).database))

    def empty(self) -> str:
        """Make a database without any tables; give its address."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._run("CREATE DATABASE {}", name)
        return self._url(name)

    def close(self) -> None:
        """Remove the template."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._template)

    def _url(self, name: str) -> str:
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str, *names: str) -> None:
        address = self._admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def build_schema(environment: Mapping[str, str]) -> None:
    """Bring the empty database of `environment` to the newest shape."""
    app = create_app(config.read_settings(environment))
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        db.session.remove()
        db.engine.dispose()
