"""What each exchange says that it can do, and that it refuses the rest by name."""

import inspect

import pytest

from telephony import control_orders
from telephony.asterisk.ami_connection import AmiRefused, Message
from telephony.asterisk.call_control import CallControl
from telephony.asterisk.node_link import refusal_of
from telephony.control_orders import (
    CONTROL_OF,
    CallOut,
    Control,
    DropParty,
    HoldCaller,
    MuteAgent,
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


class NodeWithout:
    """A node whose list still shows legs that it no longer has when they are named."""

    def __init__(self, *gone: str, is_there: bool = True) -> None:
        self.gone, self.is_there = gone, is_there
        self.asked: list[dict[str, str]] = []

    def ask_for_list(self, **_action: str) -> list[Message]:
        agent = {"HL_PLACE": "talking", "HL_PHONE": "1006", "HL_AGENT_LEG": "1.2"}
        party = {"HL_ROLE": "party", "HL_PARTY": "7/consulted/phone/1007", "HL_ANSWERED": "yes"}
        legs = {"1.1": agent, "1.2": {"HL_ROLE": "agent"}, "p7-1.9": party}
        if self.asked and not self.is_there:
            return []
        return [
            Message([f"Uniqueid: {key}", f"Channel: SIP/{key}", "Variable: HL_OF=1.1",
                     *(f"Variable: {name}={value}" for name, value in said.items())])
            for key, said in legs.items()
        ]  # fmt: skip

    def ask(self, **action: str) -> Message:
        self.asked.append(action)
        if action.get("Channel") in self.gone:
            raise refusal_of(AmiRefused("No such channel"))
        return Message([])


def test_a_party_that_went_by_itself_meanwhile_is_dropped_as_was_wished() -> None:
    node = NodeWithout("p7-1.9")

    assert CallControl(node).take(DropParty(order_id=9, call_key="1.1", party=7))  # type: ignore[arg-type]

    assert [one["Channel"] for one in node.asked] == ["p7-1.9"]


@pytest.mark.parametrize(("is_there", "code"), [(True, "refused"), (False, "no-such-call")])
def test_a_leg_that_is_gone_is_not_the_callers_call(is_there: bool, code: str) -> None:
    muting = MuteAgent(order_id=10, call_key="1.1", phone="1006", is_muted=True)

    with pytest.raises(ExchangeRefused) as why:
        CallControl(NodeWithout("1.2", is_there=is_there)).take(muting)  # type: ignore[arg-type]

    assert why.value.code == code
