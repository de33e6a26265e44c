import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.call_queue.models import Presence
from app.call_queue.presence_states import PresenceState
from app.calls import service as calls
from app.calls.models import Call
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from app.factory import start_serving
from app.organisation.models import Unit, UnitKind
from telephony.simulator.provider import Simulator, simulator_of
from tests import people
from tests.database import build_schema

PATIENCE_SECONDS = 8


def eventually(question: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Ask again until the answer is yes; each time of a fresh picture of the database."""
    until = time.monotonic() + seconds
    while True:
        db.session.rollback()
        if question():
            return
        assert time.monotonic() < until, f"never came true: {question.__code__.co_names}"
        time.sleep(0.02)


def on_a_server_of_its_own(
    basic_environment: dict[str, str], database_url: str, folder: Path
) -> dict[str, str]:
    """Give the settings of a house whose empty database, brought to the newest shape, may die."""
    environment = {
        **basic_environment,
        "DATABASE_URL": database_url,
        "INSTANCE_DIR": str(folder / "instance"),
        "RECORDINGS_DIR": str(folder / "recordings"),
        "RUN_SWITCHBOARD": "true",
        "RING_SECONDS": "20",
        "READY_AT_SIGN_IN": "false",
        "WRAP_UP_SECONDS": "5",
    }
    build_schema(environment)
    return environment


@dataclass
class House:
    """A running workstation on the simulator, and a few hands to work it with."""

    app: Flask
    simulator: Simulator
    stop: Callable[[], None]

    def agent(self, **changes: object) -> User:
        person = people.one_person(Role.AGENT, **changes)
        with unit_of_work():
            # As signing in does for everybody who has a desk.
            people.accounts.renew_phone_secret(person.id)
        return person

    def open_desk(self, person: User, *, link_id: str = "page") -> None:
        with unit_of_work():
            call_queue.open_desk(person.id, link_id=f"{link_id}-{person.id}")

    def close_desk(self, person: User, *, link_id: str = "page") -> None:
        with unit_of_work():
            call_queue.close_desk(f"{link_id}-{person.id}")

    def ready(self, person: User) -> None:
        self.open_desk(person)
        with unit_of_work():
            call_queue.become_ready(person.id)

    def ready_agent(self, **changes: object) -> User:
        person = self.agent(**changes)
        self.ready(person)
        return person

    def presence(self, person: User) -> Presence:
        db.session.rollback()
        presence = call_queue.presence_of(person.id)
        assert presence is not None
        return presence

    def is_(self, person: User, state: PresenceState) -> Callable[[], bool]:
        return lambda: self.presence(person).state is state

    def answer(self, person: User) -> None:
        eventually(self.is_(person, PresenceState.OFFERED))
        call_id = self.presence(person).call_id
        assert call_id is not None
        eventually(lambda: self.call_by_id(call_id).state.value == "ringing")
        with unit_of_work():
            call_queue.answer(person.id, call_id=call_id)
        eventually(self.is_(person, PresenceState.TALKING))

    def call_by_id(self, call_id: int) -> Call:
        db.session.rollback()
        return db.session.get_one(Call, call_id)

    def call(self, call_key: str) -> Call:
        db.session.rollback()
        return db.session.execute(db.select(Call).where(Call.call_key == call_key)).scalar_one()

    def is_in_ledger(self, call_key: str) -> Callable[[], bool]:
        found = db.select(Call.id).where(Call.call_key == call_key)
        return lambda: db.session.execute(found).first() is not None

    def state_of(self, call_key: str) -> str:
        return self.call(call_key).state.value


@pytest.fixture
def lines(app: Flask) -> None:  # noqa: ARG001 - tables of this app
    """Register two numbers."""
    with unit_of_work():
        unit = Unit(code="T1", name="市监局", kind=UnitKind.CITY_BUREAU)
        db.session.add(unit)
        db.session.flush()
        for number, name in (("12315", "市场监管热线"), ("12333", "人社热线")):
            channels.register_number(
                channels.NewNumber(
                    number=number,
                    name=name,
                    owner_unit_id=unit.id,
                    mode=channels.MergeMode.DUAL_NUMBER,
                    is_sample=True,
                    greeting="您好",
                    valid_from=clock.now().replace(year=2020),
                )
            )


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {
        **environment,
        "RUN_SWITCHBOARD": "true",
        "RING_SECONDS": "5",
        "READY_AT_SIGN_IN": "false",
    }


@pytest.fixture
def house(app: Flask, lines: None) -> Iterator[House]:  # noqa: ARG001 - registered first
    stop = start_serving(app)
    simulator = simulator_of(app.extensions["hotline.exchanges"]["sim"])
    assert simulator is not None
    eventually(lambda: any(link.is_up for link in calls.list_links()))
    house = House(app=app, simulator=simulator, stop=stop)
    yield house
    house.stop()  # a test may have begun another shift
