"""The migrations lead from nothing to exactly what the models say, and back to nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, inspect

import config
from app.core.database import db
from app.factory import create_app
from tests.database import MIGRATIONS

DIRECTORY = str(MIGRATIONS)

pytestmark = pytest.mark.postgresql


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    template = request.getfixturevalue("postgresql_template")
    url = template.empty()
    yield url
    template.drop(url)


@pytest.fixture
def standing_app(
    empty_url: str, basic_environment: dict[str, str], tmp_path: Path
) -> Iterator[Flask]:
    """Build an app on the empty database."""
    environment = {
        **basic_environment,
        "DATABASE_URL": empty_url,
        "INSTANCE_DIR": str(tmp_path / "instance"),
    }
    made = create_app(config.read_settings(environment))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("standing_app")
def test_the_migrated_database_is_what_the_models_say() -> None:
    flask_migrate.upgrade(directory=DIRECTORY)

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


@pytest.mark.usefixtures("standing_app")
def test_the_migrated_database_checks_what_the_models_check() -> None:
    flask_migrate.upgrade(directory=DIRECTORY)

    assert checks_of_the_database() == checks_of_the_models()


@pytest.mark.usefixtures("standing_app")
def test_going_all_the_way_back_leaves_nothing() -> None:
    flask_migrate.upgrade(directory=DIRECTORY)
    flask_migrate.downgrade(directory=DIRECTORY, revision="base")

    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


@pytest.mark.usefixtures("standing_app")
def test_the_way_back_can_be_walked_up_again() -> None:
    flask_migrate.upgrade(directory=DIRECTORY)
    flask_migrate.downgrade(directory=DIRECTORY, revision="base")
    flask_migrate.upgrade(directory=DIRECTORY)

    assert set(db.metadata.tables) <= set(inspect(db.engine).get_table_names())


Checks = set[tuple[str, str, frozenset[str]]]


def checks_of_the_database() -> Checks:
    """List table, name and quoted words of every CHECK in the database."""
    look = inspect(db.engine)
    return {
        (table, str(check["name"]), words_in(check["sqltext"]))
        for table in look.get_table_names()
        for check in look.get_check_constraints(table)
    }


def checks_of_the_models() -> Checks:
    """List the same from the models."""
    return {
        (table.name, name_of(check), words_in(sql_of(check)))
        for table in db.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }


def name_of(check: CheckConstraint) -> str:
    """Give the name as the naming convention writes it."""
    return str(db.engine.dialect.identifier_preparer.format_constraint(check)).strip('"')


def sql_of(check: Any) -> str:
    """Write the condition with its values in it."""
    return str(check.sqltext.compile(db.engine, compile_kwargs={"literal_binds": True}))


def words_in(sql: str) -> frozenset[str]:
    """Pick the quoted words: databases write the rest of a condition each in their own way."""
    return frozenset(re.findall(r"'([^']*)'", sql))
