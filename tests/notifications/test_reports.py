"""Carriers report later what became of a message: signed, once, and old failures undo nothing."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts.models import User
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.request_signature import sign_request
from app.notifications import jobs, outbox, service
from app.notifications.message_states import MessageState
from app.notifications.models import Message, MessageTry
from app.notifications.occasions import Way
from tests.notifications.stage import EVERYTHING, carried_by, messages, open_ticket

pytestmark = pytest.mark.usefixtures("registers", "app")

SECRET = "r" * 40
S = MessageState


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "REPORT_SECRETS": f"sms={SECRET}"}


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def only() -> Message:
    [message] = messages()
    return message


def sent(agent: User, pool: ThreadPoolExecutor) -> Message:
    """Have one urgent message sent, so that no quiet hour is in its way."""
    open_ticket(agent)
    with unit_of_work():
        for row in messages_of_save():
            row.due_at, row.is_urgent = clock.now(), True
    assert jobs.send_due(Way.SMS, pool=pool) == 1
    return only()


def messages_of_save() -> list[Message]:
    return list(db.session.scalars(db.select(Message)))


def report(
    client: FlaskClient, said: Any, *, way: str = "sms", secret: str = SECRET, ago: int = 0
) -> Any:
    body = json.dumps(said).encode()
    timestamp = str(int(time.time()) - ago)
    signature = sign_request(body, secret=secret, timestamp=timestamp, name=f"reports/{way}")
    return client.post(
        f"/telephony/reports/{way}",
        data=body,
        content_type="application/json",
        headers={"X-Hotline-Timestamp": timestamp, "X-Hotline-Signature": signature},
    )


def tries_of(message: Message) -> list[MessageTry]:
    """Give every try of a message and every report of it, oldest first."""
    asked = db.select(MessageTry).where(MessageTry.message_id == message.id)
    return list(db.session.scalars(asked.order_by(MessageTry.id)))


def test_a_message_that_arrived_is_delivered_and_its_ticket_says_so(
    agent: User, pool: ThreadPoolExecutor, client: FlaskClient
) -> None:
    message = sent(agent, pool)
    answer = report(client, {"key": message.key, "state": "delivered", "detail": "DELIVRD"})
    again = report(client, {"key": message.key, "state": "delivered"}, ago=1)

    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.get_json() == {"state": "heard", "known": 1, "unknown": 0}
    assert only().state is S.DELIVERED
    [shown] = service.messages_of_ticket(message.ticket_id or 0)
    assert (shown.state, shown.delivered_at is not None) == (S.DELIVERED, True)
    tries = tries_of(message)
    assert [(each.outcome, each.detail) for each in tries] == [
        ("sent", ""),
        ("delivered", "DELIVRD"),
    ]


def test_a_message_that_failed_for_good_is_a_dead_letter(
    agent: User, pool: ThreadPoolExecutor, client: FlaskClient
) -> None:
    message = sent(agent, pool)
    report(client, {"key": message.key, "state": "failed", "detail": "UNDELIV"})

    assert (only().state, only().reason) == (S.DEAD, "undelivered")
    assert service.alarms(reader=EVERYTHING)[0].dead == 1
    report(client, {"key": message.key, "state": "failed"}, ago=1)
    assert len(tries_of(message)) == 2


def test_a_failed_message_goes_again_under_a_new_key_and_dies_after_so_many(
    agent: User, pool: ThreadPoolExecutor, client: FlaskClient
) -> None:
    """A good gateway sends nothing twice under one key."""
    message = sent(agent, pool)
    first = message.key
    report(client, {"key": first, "state": "retry"})
    assert (only().state, only().key != first) == (S.WAITING, True)

    for nth in range(2, 7):
        with unit_of_work():
            for row in messages_of_save():
                row.due_at = clock.now()
        assert jobs.send_due(Way.SMS, pool=pool) == 1
        report(client, {"key": only().key, "state": "retry", "detail": str(nth)})
    assert (only().state, only().tries) == (S.DEAD, 6)


def test_an_old_failure_does_not_undo_what_went_since_but_an_old_arrival_holds(
    agent: User, pool: ThreadPoolExecutor, client: FlaskClient
) -> None:
    first = sent(agent, pool).key
    report(client, {"key": first, "state": "retry"})

    report(client, {"key": first, "state": "failed"}, ago=1)
    assert only().state is S.WAITING
    report(client, {"key": first, "state": "delivered"}, ago=2)
    assert only().state is S.DELIVERED


def test_a_dead_message_that_is_retried_after_a_report_has_a_new_key(
    agent: User, pool: ThreadPoolExecutor, client: FlaskClient
) -> None:
    first = sent(agent, pool)
    message_id, key = first.id, first.key
    report(client, {"key": key, "state": "failed"})
    with unit_of_work():
        outbox.retry(message_id, by=agent.id)

    assert (only().state, only().key != key) == (S.WAITING, True)


def test_many_reports_come_at_once_and_unknown_ones_are_counted(
    agent: User, pool: ThreadPoolExecutor, client: FlaskClient
) -> None:
    message = sent(agent, pool)
    rows = [
        {"key": message.key, "state": "delivered"},
        {"key": "of somebody else", "state": "failed"},
    ]

    assert report(client, {"reports": rows}).get_json() == {
        "state": "heard", "known": 1, "unknown": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "wrong", "status"),
    [
        ({"key": "k", "state": "delivered"}, {"secret": "x" * 40}, 401),
        ({"key": "k", "state": "delivered"}, {"ago": 400}, 401),
        ({"key": "k", "state": "delivered"}, {"way": "im"}, 401),
        ({"key": "k", "state": "delivered"}, {"way": "pigeon", "secret": ""}, 401),
        ({"key": "k", "state": "eaten"}, {}, 422),
        ({"state": "delivered"}, {}, 422),
        ({"reports": []}, {}, 422),
        ({"reports": [{"key": "k", "state": "delivered"}] * 501}, {}, 422),
        ([1], {}, 422),
    ],
)
def test_what_is_not_signed_or_does_not_fit_changes_nothing(
    client: FlaskClient, said: Any, wrong: dict[str, Any], status: int
) -> None:
    assert report(client, said, **wrong).status_code == status


def test_the_very_same_report_is_not_heard_twice(client: FlaskClient) -> None:
    told = [report(client, {"key": "k", "state": "failed"}, ago=3).status_code for _ in range(2)]

    assert told[0] == 200
    assert told[1] in {200, 409}  # a second may have passed between the two


def test_the_board_hears_of_dead_and_of_late_messages(
    agent: User, client: FlaskClient, pool: ThreadPoolExecutor
) -> None:
    message = sent(agent, pool)
    report(client, {"key": message.key, "state": "failed"})
    open_ticket(agent)
    carried_by()
    with unit_of_work():
        for row in messages_of_save():
            if row.state is S.WAITING:
                row.due_at, row.is_urgent = clock.now(), True

    now = clock.now()
    fresh = service.backlog(now=now)
    late = service.backlog(now=now + timedelta(minutes=6))

    assert (fresh.dead, fresh.late) == (1, 0)
    assert (late.dead, late.late) == (1, 1)
