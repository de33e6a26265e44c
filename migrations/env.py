"""Runs the migrations on the database of the app that Flask-Migrate was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig
from pathlib import Path
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

config = context.config
if config.config_file_name and not current_app.config.get("TESTING"):
    # Loggers that exist already keep speaking: a test or a server has set them up.
    fileConfig(Path(config.config_file_name), disable_existing_loggers=False)

database = current_app.extensions["migrate"].db
address = database.engine.url.render_as_string(hide_password=False)
config.set_main_option("sqlalchemy.url", address.replace("%", "%%"))


def run_offline() -> None:
    """Write SQL instead of running it."""
    context.configure(
        url=config.get_main_option("sqlalchemy.url"),
        target_metadata=database.metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


@contextmanager
def references_rest(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table that others refer to, and see that every reference still holds.

    SQLite changes a column by building the table anew; dropping the old one would break the
    references to it, and inside a transaction they cannot be put to rest.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
    if broken:
        raise RuntimeError(f"references that lead nowhere: {broken[:5]}")


def run_online() -> None:
    """Run on the database, each migration in a transaction of its own."""
    with database.engine.connect() as connection, references_rest(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
