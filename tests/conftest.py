"""What every test may ask for: the app, a signed-in person, the events, the clock.

A test that uses `app` gets its own database. It runs on SQLite; it runs on PostgreSQL too when it
is marked `postgresql`, or when TEST_DATABASES=sqlite,postgresql says so for all (`make test`);
`one_database` is for what a database cannot change: doors, headers, wording, other exchanges.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.core import events
from app.core.database import db
from app.factory import create_app
from config import Settings, read_settings
from tests import people
from tests.database import CONTENTS, PostgresTemplate, SqliteTemplate
from tests.services import postgresql
from tests.services.redis import NoRedis, RedisServer, start_redis, stop_redis
from tests.worked_out_once import share_routes, share_statements, share_templates

share_routes()

# A Monday, ten in the morning in Heyuan.
A_WORKING_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ONCE_IS_ENOUGH = ("browser", "asterisk", "setup", "rehearsal", "one_database")

# Two cores are shared: how long one example takes says nothing. CI tries the same ones each time.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses a database once for each database it is meant for."""
    if "database_kind" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    wanted = set(os.environ.get("TEST_DATABASES", "sqlite").split(","))
    if marks.intersection(ONCE_IS_ENOUGH):
        wanted = {"sqlite"}
    if "postgresql" in marks:
        wanted |= {"sqlite", "postgresql"}
    kinds: list[Any] = []
    if "sqlite" in wanted:
        kinds.append("sqlite")
    if "postgresql" in wanted:
        kinds.append(pytest.param("postgresql", marks=pytest.mark.postgresql))
    metafunc.parametrize("database_kind", kinds, indirect=True)


# --- databases -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def basic_environment() -> dict[str, str]:
    """Give what every app in the tests is configured with, before a test changes it."""
    return {
        "SITE_MODE": "demo",
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        "EXCHANGES": "sim=simulator://quiet",
        "RUN_SWITCHBOARD": "false",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture(scope="session")
def sqlite_template(
    tmp_path_factory: pytest.TempPathFactory, basic_environment: dict[str, str]
) -> SqliteTemplate:
    """Build the SQLite template once per test process."""
    folder = tmp_path_factory.mktemp("sqlite-template")
    return SqliteTemplate(folder, environment={**basic_environment, "INSTANCE_DIR": str(folder)})


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Give the admin address of a PostgreSQL: the one that is lent, or one of our own."""
    lent = os.environ.get("TEST_POSTGRESQL_URL")
    if lent:
        yield lent
        return
    try:
        cluster = postgresql.start_cluster()
    except postgresql.NoPostgreSQL as missing:
        _leave_out(f"PostgreSQL: {missing}")
        return
    yield cluster.admin_url
    postgresql.stop_cluster(cluster)


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_server: str,
    tmp_path_factory: pytest.TempPathFactory,
    basic_environment: dict[str, str],
) -> Iterator[PostgresTemplate]:
    """Build the PostgreSQL template once per test process."""
    folder = tmp_path_factory.mktemp("postgresql-template")
    template = PostgresTemplate(
        postgresql_server, environment={**basic_environment, "INSTANCE_DIR": str(folder)}
    )
    yield template
    template.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Start a Redis of our own."""
    try:
        server = start_redis()
    except NoRedis as missing:
        _leave_out(f"Redis: {missing}")
        return
    yield server
    stop_redis(server)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Say which database this run of the test stands on."""
    return str(request.param)


@pytest.fixture
def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """Give the address of a database of the newest shape that only this test uses."""
    template = request.getfixturevalue(f"{database_kind}_template")
    asked = [content for content in CONTENTS if content in request.fixturenames]
    url = template.copy(tmp_path, content=asked[0] if asked else "")
    yield url
    template.drop(url)


@pytest.fixture
def registers(database_url: str) -> None:
    """Have the places, units, categories and codes of the city in the database from the start."""


@pytest.fixture
def numbers(database_url: str) -> None:
    """Have the registers and the city's public numbers in the database from the start."""


@pytest.fixture
def seeded_city(database_url: str) -> None:
    """Have the demonstration in the database from the start, as it was filled at DEMO_NOW."""


# --- the app ---------------------------------------------------------------------------------


@pytest.fixture
def environment(
    basic_environment: dict[str, str], database_url: str, tmp_path: Path
) -> dict[str, str]:
    """Give what the app is configured with. Override it in a test module to change a setting."""
    return {
        **basic_environment,
        "DATABASE_URL": database_url,
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "RECORDINGS_DIR": str(tmp_path / "recordings"),
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """Give the settings as the app reads them from the environment."""
    return read_settings(environment)


class PageClient(FlaskClient):
    """A browser without a screen: each request has its own context, and carries the page's token.

    The test itself stands in an app context; a request that shared it would see the test's
    signed-in person and the test's half-read session instead of its own.
    """

    csrf_token: str | None = None
    person: Any = None

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for a page or send a form."""
        if self.csrf_token and kwargs.get("method", "GET") not in ("GET", "HEAD", "OPTIONS"):
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", self.csrf_token)
            kwargs["headers"] = headers
        db.session.rollback()  # what the request saves is seen by the test's next read
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        # a large upload is written to a temporary file, which the client leaves open
        sent = answer.request.environ.get("wsgi.input")
        if isinstance(getattr(sent, "name", None), int):
            sent.close()
        return answer

    def learn_token(self, html: str) -> None:
        """Take the CSRF token from a page, as the page's own script does."""
        match = re.search(r'name="csrf-token"[^>]*content="([^"]+)"', html)
        match = match or re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        if match:
            self.csrf_token = match[1]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Build the app on its own database; the test stands inside its context."""
    made = create_app(settings)
    made.config["TESTING"] = True
    made.test_client_class = PageClient
    share_templates(made.jinja_env)
    with made.app_context():
        share_statements(db.engine)
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _nobody_stays_on_duty() -> Iterator[None]:
    """A house left running works on through the tests after it, on a database that is gone."""
    yield
    assert [t for t in threading.enumerate() if t.name == "switchboard-duty"] == []


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in_as(app: Flask) -> Callable[..., PageClient]:
    """Sign in one person of a role through the real page; give their browser.

    `sign_in_as("agent")` makes the person first. Its `.person` is the user row.
    """

    def sign_in(role: str, **changes: Any) -> PageClient:
        browser = app.test_client()
        assert isinstance(browser, PageClient)
        browser.person = people.one_person(role, **changes)
        people.sign_in(browser, browser.person.work_number)
        return browser

    return sign_in


# --- events and the clock --------------------------------------------------------------------


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[events.Event]:
    """Collect every event that is told after a save, in order."""
    told: list[events.Event] = []
    deliver = events.deliver

    def deliver_and_note(collected: list[events.Event]) -> None:
        told.extend(collected)
        deliver(collected)

    monkeypatch.setattr(events, "deliver", deliver_and_note)
    return told


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """Stop the clock on a working morning; `frozen.move_to(...)` sets it."""
    with time_machine.travel(A_WORKING_MORNING, tick=False) as clock:
        yield clock


@pytest.fixture
def tick(frozen: time_machine.Traveller) -> Callable[..., None]:
    """Let the stopped clock go on: `tick(seconds=20)`."""

    def go_on(**amount: float) -> None:
        frozen.shift(timedelta(**amount))

    return go_on


def _leave_out(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)
