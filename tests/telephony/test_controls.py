"""What each exchange says that it can do, and that it refuses the rest by name."""

import inspect

import pytest

from telephony import control_orders
from telephony.control_orders import (
    CONTROL_OF,
    CallOut,
    Control,
    HoldCaller,
    Supervise,
    SupervisionMode,
)
from telephony.orders import AnswerForAgent, Order
from telephony.port import Exchange, ExchangeRefused
from telephony.registry import ExchangeAddress, build_exchanges

URLS = {
    "asterisk": "asterisk://hotline:secret@127.0.0.1:1?agi_port=1",
    "simulator": "simulator://quiet",
    "twilio": "twilio://AC1:token@127.0.0.1:1?hooks=http://127.0.0.1:1",
}


def exchange(kind: str) -> Exchange:
    return build_exchanges([ExchangeAddress(exchange_id=kind, url=URLS[kind])])[kind]


def test_every_control_order_needs_an_ability_that_has_a_name() -> None:
    control = {
        kind
        for _name, kind in inspect.getmembers(control_orders, inspect.isclass)
        if issubclass(kind, Order) and kind is not Order
    }
    assert set(CONTROL_OF) == control
    assert set(CONTROL_OF.values()) == set(Control)


@pytest.mark.parametrize("kind", ["asterisk", "simulator"])
def test_a_node_and_the_simulator_can_do_everything(kind: str) -> None:
    assert exchange(kind).controls == frozenset(Control)


def test_a_twilio_account_can_do_none_of_it_yet() -> None:
    assert exchange("twilio").controls == frozenset()


@pytest.mark.parametrize(
    "order",
    [
        HoldCaller(order_id=1, call_key="CA1", phone="1006"),
        Supervise(
            order_id=2, call_key="CA1", phone="1008", agent_phone="1006",
            mode=SupervisionMode.LISTEN,
        ),
        CallOut(
            order_id=3, call_key="out-1.1", phone="1006", number="15407620008", shown_number="",
            ring_seconds=20,
        ),
    ],
)  # fmt: skip
def test_what_an_exchange_cannot_do_it_refuses_as_not_here(order: Order) -> None:
    with pytest.raises(ExchangeRefused) as why:
        exchange("twilio").orders.send(order)

    assert (why.value.code, why.value.is_retryable) == ("not-here", False)


def test_a_node_answers_in_nobodys_name() -> None:
    node = exchange("asterisk")
    assert not node.answers_by_http

    with pytest.raises(ExchangeRefused) as why:
        node.orders.send(AnswerForAgent(order_id=1, call_key="1.1", phone="1006"))

    assert why.value.code == "not-here"
