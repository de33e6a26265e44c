"""An uploaded greeting reaches a node: fetched signed, proved, kept, and dropped when it is old."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.channels import alone_notices, greeting_sounds, number_changes, service
from app.channels.models import Landing
from app.core import clock
from app.core.database import db, unit_of_work
from telephony.port import Exchange
from telephony.simulator.settings import read_settings
from telephony.simulator.simulator import Simulator
from telephony.sound_addresses import address_of
from tests.bed.sounds import tone_wav
from tests.services.web_door import Door
from tests.telephony.deployed import load

pytestmark = pytest.mark.usefixtures("lines")

SECRET = "the upload secret of hy1"
HOUR = 3600.0


@pytest.fixture(autouse=True)
def exchanges(app: Flask) -> None:
    """A node that fetches sounds, and an exchange that fetches none."""
    orders = Simulator("hy1", read_settings("quiet", {}))
    app.extensions["hotline.exchanges"] = {
        "hy1": Exchange(exchange_id="hy1", kind="node", orders=orders, sounds_secret=SECRET),
        "sim": Exchange(exchange_id="sim", kind="simulator", orders=orders),
    }


@pytest.fixture
def door(app: Flask) -> Iterator[Door]:
    door = Door()
    door.app = app
    yield door
    door.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the node keeps its announcements."""
    path = tmp_path / "announcements"
    path.mkdir()
    return path


@pytest.fixture
def puller() -> ModuleType:
    return load("sound_puller")


def errand(puller: ModuleType, folder: Path, door: Door, *, secret: str = SECRET) -> Any:
    return puller.Errand(
        folder=folder,
        application=door.address,
        exchange_id="hy1",
        secret=secret.encode(),
        look_every=1.0,
    )


def greet(content: bytes, number: str = "12315") -> str:
    line = service.find_number(number, clock.now())
    assert line is not None
    with unit_of_work():
        return greeting_sounds.set_greeting_sound(line.id, content)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_node_fetches_each_greeting_once_and_under_the_ending_that_tells_its_rate(
    puller: ModuleType, door: Door, folder: Path
) -> None:
    narrow, wide = tone_wav(), tone_wav(rate=16000)
    one, other = greet(narrow), greet(wide, "12333")
    (folder / "still-waiting.wav").write_bytes(b"the city's own")

    for _look in range(2):
        puller.look(errand(puller, folder, door), {}, now=0.0)

    assert files(folder) == {
        f"{one}.wav": narrow,
        f"{other}.wav16": wide,
        "still-waiting.wav": b"the city's own",
    }


def test_a_greeting_that_was_replaced_stays_for_an_hour_because_a_call_may_still_play_it(
    puller: ModuleType, door: Door, folder: Path
) -> None:
    (folder / "still-waiting.wav").write_bytes(b"the city's own")
    old = greet(tone_wav())
    unwanted: dict[str, float] = {}
    mine = errand(puller, folder, door)
    puller.look(mine, unwanted, now=0.0)

    new = greet(tone_wav(hertz=880))
    puller.look(mine, unwanted, now=100.0)
    assert {f"{old}.wav", f"{new}.wav"} < set(files(folder))
    puller.look(mine, unwanted, now=100.0 + HOUR)

    assert set(files(folder)) == {f"{new}.wav", "still-waiting.wav"}


def test_a_node_that_cannot_reach_us_keeps_what_it_has(
    puller: ModuleType, door: Door, folder: Path
) -> None:
    name = greet(tone_wav())
    puller.look(errand(puller, folder, door), {}, now=0.0)

    away = errand(puller, folder, door, secret="not the secret of this node")
    for now in (0.0, HOUR, 2 * HOUR):
        puller.look(away, {}, now=now)

    assert set(files(folder)) == {f"{name}.wav"}


def test_a_sound_that_is_not_what_the_list_says_is_not_kept(
    puller: ModuleType, door: Door, folder: Path
) -> None:
    name = greet(tone_wav())
    told = puller.Sound(name=name, sha256="0" * 64, size=len(tone_wav()))

    with pytest.raises(puller.NotFetched):
        puller.bring(told, errand(puller, folder, door))

    assert files(folder) == {}


@pytest.mark.parametrize(
    "row",
    [
        {"name": "../../etc/passwd", "sha256": "", "bytes": 1},
        {"name": "recording-notice", "sha256": "", "bytes": 1},
        {"name": "greeting-12315-0123456789ab.wav/..", "sha256": "", "bytes": 1},
    ],
)
def test_a_list_can_name_nothing_but_greetings(puller: ModuleType, row: dict[str, object]) -> None:
    assert puller.read_list(json.dumps({"sounds": [row]}).encode()) == []


def test_whoever_does_not_sign_gets_neither_list_nor_sound(client: FlaskClient) -> None:
    name = greet(tone_wav())
    for exchange in ("hy1", "sim", "nowhere"):
        for path in ("", f"/{name}"):
            assert client.get(f"/telephony/sounds/{exchange}{path}").status_code == 401
    signed = address_of(name, base="", secret=SECRET, exchange_id="hy1", now=clock.now())

    assert client.get(signed).data == tone_wav()
    assert client.get(signed.replace("/hy1/", "/sim/")).status_code == 401
    unknown = address_of("none", base="", secret=SECRET, exchange_id="hy1", now=clock.now())
    assert client.get(unknown).status_code == 404


# --- who is told of the recording while the node is alone --------------------------------------


def tells(number: str, *, plays: bool = True) -> int:
    line = service.find_number(number, clock.now())
    assert line is not None
    words = replace(number_changes.words_of_number(line.id), plays_recording_notice=plays)
    with unit_of_work():
        number_changes.edit_number(line.id, words)
    return line.id


def lands(number_id: int, delivered: str, *, exchange_id: str = "") -> None:
    with unit_of_work():
        row = Landing(
            number_id=number_id, exchange_id=exchange_id, carrier="test", delivered_did=delivered,
            live_from=clock.now() - timedelta(days=1), added_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)


def links(folder: Path) -> dict[str, str]:
    return {path.name: str(path.readlink()) for path in folder.iterdir() if path.is_symlink()}


def test_a_node_has_the_notice_under_each_number_that_tells_as_it_may_be_delivered(
    puller: ModuleType, door: Door, folder: Path
) -> None:
    (folder / "recording-notice.wav").write_bytes(b"the city's own")
    lands(tells("12333"), "07628899000")

    for _look in range(2):
        puller.look(errand(puller, folder, door), {}, now=0.0)

    assert set(links(folder)) == {
        f"notice-of-{prefix}{number}.wav"
        for prefix in ("", "0762", "86", "86762", "860762")
        for number in ("12333", "07628899000", "8899000")
    }
    assert set(links(folder).values()) == {"recording-notice.wav"}
    assert (folder / "notice-of-076212333.wav").read_bytes() == b"the city's own"


def test_a_number_that_tells_no_longer_loses_its_links_and_an_older_list_takes_none(
    puller: ModuleType, door: Door, folder: Path
) -> None:
    (folder / "recording-notice.wav").write_bytes(b"the city's own")
    tells("12333")
    mine = errand(puller, folder, door)
    puller.look(mine, {}, now=0.0)
    before = links(folder)

    assert puller.read_notices(b'{"sounds": []}') is None
    assert before
    tells("12333", plays=False)
    puller.look(mine, {}, now=1.0)

    assert set(files(folder)) == {"recording-notice.wav"}


def test_a_landing_of_the_node_itself_goes_before_one_of_any_and_before_the_number() -> None:
    told, untold = tells("12333"), tells("12315", plays=False)
    lands(untold, "8899000")
    lands(told, "8899000", exchange_id="hy1")
    lands(untold, "12333", exchange_id="hy2")

    def found(exchange_id: str) -> set[str]:
        return set(alone_notices.delivered_with_notice(exchange_id, clock.now()))

    assert {"8899000", "07628899000", "12333"} <= found("hy1")
    assert found("hy2").isdisjoint({"8899000", "12333", "076212333"})
    assert "12333" in found("hy3")


@pytest.mark.parametrize("number", ["../12333", "1", "12333.wav", 12333, None, "1" * 33])
def test_a_list_can_link_nothing_but_numbers(puller: ModuleType, number: object) -> None:
    assert puller.read_notices(json.dumps({"notices": [number]}).encode()) == frozenset()
