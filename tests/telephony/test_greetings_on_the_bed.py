"""An uploaded greeting is heard over a real Asterisk, before the queue and not as waiting."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.calls import service as calls
from app.calls.models import Call
from app.channels import greeting_sounds, number_changes
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.factory import start_serving
from app.organisation import service as organisation
from tests.bed.bed import MUSIC_HERTZ, Bed, running_bed, running_puller
from tests.bed.bed_ports import BedPorts
from tests.bed.callers import citizen
from tests.bed.sounds import tone_wav
from tests.services.processes import wait_until
from tests.services.web_door import Door

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

PORTS = BedPorts.of("greetings")
GREETING_HERTZ, NEW_GREETING_HERTZ = 600, 1900
GREETING_SECONDS = 2.5


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with running_bed(
        tmp_path_factory.mktemp("bed"), name="greetings", ports=PORTS, desk_phones={}
    ) as running:
        yield running


@pytest.fixture
def environment(environment: dict[str, str], bed: Bed) -> dict[str, str]:
    return {
        **environment,
        "EXCHANGES": f"{bed.exchange_id}={bed.exchange_url}",
        "RUN_SWITCHBOARD": "true",
    }


@pytest.fixture
def hotline(app: Flask, bed: Bed) -> Iterator[Door]:
    """Let the real application serve this node, and the node's puller ask it for sounds."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        channels.load_numbers()
    door = Door()
    door.app = app
    stop = start_serving(app)
    wait_until(lambda: _asked(_is_linked), seconds=10, what="the link")
    with running_puller(bed, application=door.address):
        yield door
    bed.end_all_calls()
    stop()
    door.close()


def _asked(question: object) -> bool:
    db.session.rollback()
    return bool(question())  # type: ignore[operator]


def _is_linked() -> bool:
    return any(link.is_up for link in calls.list_links())


def greet(number: str, content: bytes) -> str:
    line = channels.find_number(number, clock.now())
    assert line is not None
    with unit_of_work():
        return greeting_sounds.set_greeting_sound(line.id, content)


def waiting_call(number: str) -> Call:
    wanted = db.select(Call).where(Call.from_number == f"+86{number}")

    def is_waiting() -> bool:
        call = db.session.scalar(wanted)
        return call is not None and call.waiting_at is not None

    wait_until(lambda: _asked(is_waiting), seconds=10, what="a call in the queue")
    call = db.session.scalar(wanted)
    assert call is not None
    return call


def test_a_greeting_is_fetched_heard_first_and_its_time_is_told_apart_from_waiting(
    bed: Bed,
    hotline: Door,  # noqa: ARG001 - serves the node
) -> None:
    folder = bed.home / "announcements"
    first = greet("12315", tone_wav(hertz=GREETING_HERTZ, seconds=GREETING_SECONDS))
    wait_until((folder / f"{first}.wav").exists, seconds=10, what="the greeting on the node")

    with citizen(bed, dialled="12315", number="13800000041") as caller:
        caller.ear.hears(GREETING_HERTZ)
        caller.ear.hears(MUSIC_HERTZ, within=5)
        waits = calls.waits_of(waiting_call("13800000041"))
    assert GREETING_SECONDS - 0.2 < waits.at_the_door < GREETING_SECONDS + 1.5
    assert waits.in_queue < GREETING_SECONDS

    # replaced by one of the wider kind: the next caller hears the new one
    wide = tone_wav(hertz=NEW_GREETING_HERTZ, seconds=GREETING_SECONDS, rate=16000)
    second = greet("12315", wide)
    wait_until((folder / f"{second}.wav16").exists, seconds=10, what="the new greeting")
    with citizen(bed, dialled="12315", number="13800000042") as caller:
        caller.ear.hears(NEW_GREETING_HERTZ)
        caller.ear.hears(MUSIC_HERTZ, within=5)

    # and one that is not on the node keeps nobody from the queue
    (folder / f"{second}.wav16").unlink()
    with unit_of_work():
        _point_to_a_sound_that_no_node_has("12315")
    with citizen(bed, dialled="12315", number="13800000043") as caller:
        caller.ear.hears(MUSIC_HERTZ)
        assert calls.waits_of(waiting_call("13800000043")).at_the_door < 1.5


def _point_to_a_sound_that_no_node_has(number: str) -> None:
    line = channels.find_number(number, clock.now())
    assert line is not None
    words = number_changes.words_of_number(line.id)
    number_changes.edit_number(
        line.id, replace(words, greeting_sound="greeting-12315-000000000000")
    )
