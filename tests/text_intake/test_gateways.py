"""Gateways bring messages with a signature: heard once, never without it, never twice."""

import json
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.request_signature import sign_request
from app.text_intake import message_lists
from tests.channel_entries.clerks import load_channels

pytestmark = pytest.mark.usefixtures("registers", "app")

SECRET = "s" * 40
GOOD = {"id": "m-1", "sender": "13912342817", "text": "路灯不亮"}


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """Two gateways have secrets; one is of a channel that does not exist."""
    return {**environment, "MESSAGE_SECRETS": f"hotline-sms={SECRET},pigeon={SECRET}"}


@pytest.fixture(autouse=True)
def _channels(app: Flask) -> None:
    assert app
    load_channels()


def bring(
    client: FlaskClient,
    said: Any = GOOD,
    *,
    channel: str = "hotline-sms",
    secret: str = SECRET,
    ago: int = 0,
    signed: Any = None,
) -> Any:
    """Send what a gateway sends; `signed` is what the signature was made for, if it is another."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    timestamp = str(int(time.time()) - ago)
    over = body if signed is None else json.dumps(signed).encode()
    signature = sign_request(over, secret=secret, timestamp=timestamp, name=channel)
    return client.post(
        f"/telephony/messages/{channel}",
        data=body,
        content_type="application/json",
        headers={"X-Hotline-Timestamp": timestamp, "X-Hotline-Signature": signature},
    )


def test_a_signed_message_is_kept_and_repeated_it_is_known(client: FlaskClient) -> None:
    first, later = bring(client), bring(client, ago=60)

    assert (first.status_code, later.status_code) == (201, 200)
    assert first.get_json()["id"] == later.get_json()["id"]
    assert len(message_lists.open_page().items) == 1


def test_the_very_same_request_is_not_heard_twice(client: FlaskClient) -> None:
    first, replayed = bring(client, ago=1), bring(client, ago=1)

    assert first.status_code == 201
    # a second may have passed between the two; then it is another request
    assert replayed.status_code in {409, 200}
    body = json.dumps(GOOD).encode()
    timestamp = str(int(time.time()))
    headers = {
        "X-Hotline-Timestamp": timestamp,
        "X-Hotline-Signature": sign_request(
            body, secret=SECRET, timestamp=timestamp, name="hotline-sms"
        ),
    }
    told = [
        client.post(
            "/telephony/messages/hotline-sms",
            data=body,
            content_type="application/json",
            headers=headers,
        ).status_code
        for _ in range(2)
    ]
    assert told[1] == 409


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "t" * 40}, {"ago": 301}, {"ago": -302}, {"signed": {**GOOD, "text": "别的"}},
     {"channel": "hotline-wechat"}, {"channel": "nowhere", "secret": ""}],
    ids=["secret", "old", "future", "body", "channel without a secret", "no such channel"],
)  # fmt: skip
def test_what_is_not_signed_is_not_heard(client: FlaskClient, wrong: dict[str, Any]) -> None:
    assert bring(client, **wrong).status_code == 401
    assert message_lists.open_page().items == []


def test_without_any_headers_nothing_is_heard(client: FlaskClient) -> None:
    assert client.post("/telephony/messages/hotline-sms", json=GOOD).status_code == 401


@pytest.mark.parametrize(
    "said",
    [b"", b"not json", [1, 2], {**GOOD, "id": ""}, {**GOOD, "id": 7}, {**GOOD, "sender": ""},
     {**GOOD, "id": "x" * 65}, {**GOOD, "text": "长" * 5001}, {**GOOD, "name": "长" * 65}],
)  # fmt: skip
def test_a_signed_message_that_does_not_fit_is_refused(client: FlaskClient, said: Any) -> None:
    assert bring(client, said).status_code == 422
    assert message_lists.open_page().items == []


def test_an_empty_text_is_a_message_all_the_same(client: FlaskClient) -> None:
    assert bring(client, {**GOOD, "text": ""}).status_code == 201


def test_a_secret_for_a_channel_that_is_not_there_opens_nothing(client: FlaskClient) -> None:
    assert bring(client, channel="pigeon").status_code == 404


def test_twenty_megabytes_are_refused_before_they_are_read(client: FlaskClient) -> None:
    assert bring(client, b"x" * (20 * 1024 * 1024)).status_code == 413
