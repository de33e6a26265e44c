"""An order that was given up while it waited behind a slow exchange is not sent any more."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.core import clock
from app.core.database import unit_of_work
from app.switchboard import duty
from app.switchboard.exchange_worker import ExchangeWorker
from telephony.orders import Order
from telephony.port import Exchange
from tests.call_queue import desks

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.postgresql]


class Sent:
    """Takes every order, and knows which."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def send(self, order: Order) -> None:
        self.orders.append(order)


def on_duty() -> int:
    with unit_of_work():
        token = duty.take("this test", at=clock.now())
    assert token is not None
    return token


@pytest.mark.parametrize(("seconds", "is_sent"), [(10, True), (61, False)])
def test_nobody_rings_for_an_offer_that_is_over(
    app: Flask, tick: Callable[..., None], seconds: int, *, is_sent: bool
) -> None:
    desks.link_up()
    desks.ready_agent()
    desks.caller_in_line()
    assert desks.offer_all() == 1
    sent = Sent()
    exchange = Exchange(exchange_id="sim", kind="simulator", orders=sent)
    worker = ExchangeWorker(app, exchange, token=on_duty)
    ring = desks.next_order()
    assert ring is not None
    worker.send_now(ring)

    tick(seconds=seconds)
    desks.run_deadlines()
    worker.send_taken_up()

    assert (ring in sent.orders) is is_sent
