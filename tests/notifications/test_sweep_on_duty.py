"""The process on duty sends by itself: nobody calls the sweep, and it stops with the shift."""

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.database import db, unit_of_work
from app.factory import start_serving
from app.notifications import jobs
from app.notifications.http_provider import HttpProvider
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.notifications.occasions import Way
from app.notifications.provider import Outgoing
from app.rules import rule_register
from tests.notifications.gateways import Gateway, http_gateway
from tests.notifications.stage import carried_by, messages, open_ticket

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.slow]

PATIENCE_SECONDS = 15


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "RUN_SWITCHBOARD": "true"}


@pytest.fixture(autouse=True)
def by_day(app: Flask) -> None:  # noqa: ARG001 - tables of this app
    """Let nothing wait for the morning, whenever this runs; that rule has its own tests."""
    with unit_of_work():
        rule_register.set_value("quiet.hours", "none", basis="x", valid_from=None)


@pytest.fixture
def on_duty(app: Flask) -> Iterator[None]:
    stop = start_serving(app)
    try:
        yield
    finally:
        stop()


def eventually(state: MessageState) -> Message:
    until = time.monotonic() + PATIENCE_SECONDS
    while messages()[0].state is not state:
        assert time.monotonic() < until, messages()[0].state
        time.sleep(0.05)
    return messages()[0]


@pytest.fixture
def nobody_looks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no way look without being told that something is due."""
    monkeypatch.setattr(jobs, "ALONE_SECONDS", 600.0)


@pytest.mark.usefixtures("nobody_looks_alone", "on_duty")
def test_what_is_written_is_sent_by_itself(agent: User) -> None:
    open_ticket(agent)

    assert eventually(MessageState.SENT).tries == 1


@pytest.mark.usefixtures("on_duty")
def test_every_loop_ends_with_the_shift(app: Flask) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    wanted = set(jobs.loops(app))
    assert wanted == {*(f"messages-{way}" for way in Way), "messages-watch"}
    while not wanted <= {thread.name for thread in threading.enumerate()}:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_no_loop_is_left_after_the_shift(app: Flask) -> None:
    stop = start_serving(app)
    stop()

    assert [t.name for t in threading.enumerate() if t.name.startswith("message")] == []


def test_a_gateway_that_comes_back_gets_what_waited_once(app: Flask, agent: User) -> None:
    """Down at first, it has everything in the end, each message once by its key."""
    with http_gateway() as gateway:
        gateway.behaviour = "503"
        carried_by(sms=provider(gateway))
        for nth in range(3):
            open_ticket(agent, title=f"第{nth}件")
        stop = threading.Event()
        sweep = threading.Thread(target=jobs.send_until, args=(stop,), kwargs=_of(app))
        sweep.start()
        try:
            _until(lambda: len(gateway.keys) >= 3)
            gateway.behaviour = "200"
            _until(lambda: {m.state for m in _again()} == {MessageState.SENT})
        finally:
            stop.set()
            sweep.join()

    taken = gateway.keys[3:]
    assert len(taken) == len(set(taken)) == 3


def provider(gateway: Gateway) -> HttpProvider:
    body = {"to": "{to}", "text": "{text}"}
    return HttpProvider("sms", address=gateway.address, token="", body_template=body, timeout=2)


def _of(app: Flask) -> dict[str, object]:
    return {"app": app, "way": Way.SMS}


def _again() -> list[Message]:
    """Let what waits after a refusal be due now: pauses have their own tests."""
    found = messages()
    for message in found:
        if message.state is MessageState.WAITING:
            message.due_at = message.made_at
    db.session.commit()
    return messages()


def _until(is_so: object) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_a_provider_is_given_says_nothing_when_it_is_printed() -> None:
    outgoing = Outgoing(
        key="k", way=Way.SMS, address="13900002817", subject="s", body="路灯", language="zh-CN"
    )

    assert "13900002817" not in str(outgoing)
    assert "路灯" not in str(outgoing)
