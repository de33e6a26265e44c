"""Uploads by exchange nodes: signed, repeated, never lost."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.handed_down import hand_down
from app.recordings import service
from app.recordings.audio_bucket import open_store
from app.recordings.audio_store import AudioPlace
from app.recordings.upload_signature import sign_upload
from telephony.port import Exchange
from telephony.simulator.audio import make_talk
from telephony.simulator.settings import read_settings
from telephony.simulator.simulator import Simulator
from tests import people
from tests.recordings.ended_calls import an_ended_call
from tests.services.fake_bucket import running_bucket

SECRET = "the upload secret of hy1"
NAME = "hy1_1763863200.7_1.wav"


@pytest.fixture(autouse=True)
def signed_exchange(app: Flask) -> None:
    """An exchange that brings its recordings by upload, and one that does not."""
    orders = Simulator("hy1", read_settings("quiet", {}))
    app.extensions["hotline.exchanges"] = {
        "hy1": Exchange(exchange_id="hy1", kind="node", orders=orders, upload_secret=SECRET),
        "sim": Exchange(exchange_id="sim", kind="simulator", orders=orders),
    }


def bring(
    client: FlaskClient,
    content: bytes,
    *,
    name: str = NAME,
    exchange_id: str = "hy1",
    secret: str = SECRET,
    age: int = 0,
    sent: bytes | None = None,
) -> Any:
    timestamp = str(int(clock.now().timestamp()) - age)
    signature = sign_upload(
        hashlib.sha256(content).hexdigest(),
        secret=secret,
        timestamp=timestamp,
        exchange_id=exchange_id,
        name=name,
    )
    return client.put(
        f"/telephony/recordings/{exchange_id}/{name}",
        data=content if sent is None else sent,
        headers={
            "Content-Type": "audio/wav",
            "X-Hotline-Timestamp": timestamp,
            "X-Hotline-Signature": signature,
            "X-Hotline-Body-Sha256": hashlib.sha256(content).hexdigest(),
        },
    )


@pytest.fixture
def call_id() -> int:
    agent = people.one_person("agent")
    return an_ended_call("1763863200.7", phone=agent.work_number, exchange_id="hy1")


def test_a_new_recording_is_taken_and_linked(client: FlaskClient, call_id: int) -> None:
    assert bring(client, make_talk(10)).status_code == 201

    [recording] = service.recordings_of_call(call_id)
    assert recording.name == NAME


@pytest.mark.usefixtures("call_id")
def test_another_content_than_the_signed_one_is_refused(client: FlaskClient) -> None:
    assert bring(client, make_talk(10), sent=make_talk(11)).status_code == 401


@pytest.mark.usefixtures("call_id")
def test_a_repeated_upload_is_known(client: FlaskClient) -> None:
    bring(client, make_talk(10))

    assert bring(client, make_talk(10)).status_code == 200


@pytest.mark.usefixtures("call_id")
def test_another_content_is_refused_for_good(client: FlaskClient) -> None:
    bring(client, make_talk(10))

    assert bring(client, make_talk(11)).status_code == 422


@pytest.mark.usefixtures("call_id")
def test_a_recording_larger_than_a_page_may_be_is_taken(client: FlaskClient) -> None:
    assert bring(client, make_talk(300)).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another secret"},
        {"age": 301},
        {"age": -301},
        {"exchange_id": "sim"},
        {"exchange_id": "sim", "secret": ""},
        {"exchange_id": "hy9"},
    ],
)
def test_what_is_not_signed_by_the_exchange_is_not_looked_at(
    client: FlaskClient, wrong: dict[str, Any]
) -> None:
    assert bring(client, make_talk(1), **wrong).status_code == 401
    assert service.list_orphans() == []


def test_an_upload_without_any_signature_is_refused(client: FlaskClient) -> None:
    answer = client.put(f"/telephony/recordings/hy1/{NAME}", data=make_talk(1))

    assert answer.status_code == 401


def test_a_signed_upload_with_a_name_that_says_nothing_is_refused(client: FlaskClient) -> None:
    assert bring(client, make_talk(1), name="talk.wav").status_code == 400


def test_a_call_that_is_not_known_yet_makes_the_node_come_again(
    client: FlaskClient, tick: Callable[..., None]
) -> None:
    answer = bring(client, make_talk(10))
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "30")
    assert len(service.list_orphans()) == 1  # the sound is safe all the same

    tick(minutes=10)
    agent = people.one_person("agent")
    an_ended_call("1763863200.7", phone=agent.work_number, exchange_id="hy1")

    assert bring(client, make_talk(10)).status_code == 200
    assert service.list_orphans() == []


def test_a_call_that_never_becomes_known_leaves_an_orphan(
    client: FlaskClient, tick: Callable[..., None]
) -> None:
    assert bring(client, make_talk(10)).status_code == 409
    tick(minutes=59)
    assert bring(client, make_talk(10)).status_code == 409
    tick(minutes=2)

    assert bring(client, make_talk(10)).status_code == 202
    assert len(service.list_orphans()) == 1


def test_an_upload_beyond_all_measure_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.recordings.webhooks.LARGEST_UPLOAD", 1000)

    assert bring(client, make_talk(1)).status_code == 413


@pytest.mark.usefixtures("call_id")
def test_a_full_store_makes_the_node_come_again_and_keeps_nothing_half(
    app: Flask, client: FlaskClient
) -> None:
    with running_bucket() as (address, bucket):
        hand_down(app, AudioPlace(open_store(address)))
        bucket.is_full = True
        refused = bring(client, make_talk(10))
        assert refused.status_code == 507  # the spooler repeats everything from 500 on
        assert service.find_recording_named(NAME) is None
        bucket.is_full = False

        assert bring(client, make_talk(10)).status_code == 201
        assert len(bucket.kept) == 1


def test_two_nodes_bring_under_their_own_names_and_secrets(app: Flask, client: FlaskClient) -> None:
    agent = people.one_person("agent")
    exchanges = app.extensions["hotline.exchanges"]
    exchanges["hy2"] = replace(exchanges["hy1"], exchange_id="hy2", upload_secret="another secret")
    one = an_ended_call("1763863200.7", phone=agent.work_number, exchange_id="hy1")
    two = an_ended_call("1763863200.7", phone=agent.work_number, exchange_id="hy2")
    other = {"exchange_id": "hy2", "name": "hy2_1763863200.7_1.wav"}

    assert bring(client, make_talk(10)).status_code == 201
    assert bring(client, make_talk(9), **other, secret=SECRET).status_code == 401
    assert bring(client, make_talk(9), **other, secret="another secret").status_code == 201

    lengths = [[p.seconds for p in service.recordings_of_call(call)] for call in (one, two)]
    assert lengths == [[10], [9]]
