"""Orders to a node: refused where they cannot go or could be misread, never repeated unasked."""

import pytest

from telephony.control_orders import CallOut
from telephony.orders import HangUp, RingAgent
from telephony.port import ExchangeRefused
from tests.bed.fake_ami import Action, FakeAmi, Reply
from tests.services.processes import free_port, wait_until
from tests.telephony.node_link_bench import exchange_at, listening


def test_orders_without_a_link_are_refused_for_now() -> None:
    exchange = exchange_at(free_port())
    with pytest.raises(ExchangeRefused) as why:
        exchange.orders.send(HangUp(order_id=1, call_key="1.1"))
    assert (why.value.code, why.value.is_retryable) == ("link-down", True)


def test_an_order_whose_answer_never_came_is_not_to_be_repeated() -> None:
    def never(fake: FakeAmi, _action: dict[str, str]) -> None:
        fake.hang_up()

    with listening({"Hangup": never}) as (exchange, _fake, _listener):
        with pytest.raises(ExchangeRefused) as why:
            exchange.orders.send(HangUp(order_id=1, call_key="1.1"))
        assert (why.value.code, why.value.is_retryable) == ("no-answer", False)


def test_what_a_node_answers_only_when_it_has_ended_holds_up_no_other_order() -> None:
    def unless_it_rings_the_agent(fake: FakeAmi, action: Action) -> None:
        if action["Channel"].startswith("Local/"):
            fake.answer(action)

    script: dict[str, Reply] = {"Originate": unless_it_rings_the_agent}
    with listening(script) as (exchange, fake, _listener):
        exchange.orders.send(
            CallOut(
                order_id=7,
                call_key="out-1.1",
                phone="1006",
                number="13900000001",
                shown_number="12315",
                ring_seconds=20,
            )
        )
        wait_until(lambda: fake.names().count("Originate") == 2, seconds=2, what="both legs")
        citizen, agent = [one for one in fake.actions if one["Action"] == "Originate"]
        if citizen["Channel"].startswith("Local/"):
            citizen, agent = agent, citizen
        assert citizen["Channel"] == "PJSIP/13900000001@carrier"
        assert citizen["PreDialGoSub"].startswith("out-waits,s,1(7/citizen/number/13900000001,")
        assert "Async" not in citizen
        assert citizen.session is not agent.session
        exchange.orders.send(HangUp(order_id=8, call_key="out-1.1"))
        assert fake.names()[-1] == "Hangup"


def test_a_call_out_whose_name_a_dialplan_could_misread_is_refused() -> None:
    with listening() as (exchange, fake, _listener):
        with pytest.raises(ExchangeRefused):
            exchange.orders.send(
                CallOut(
                    order_id=7,
                    call_key="out-1.1)&x",
                    phone="1006",
                    number="13900000001",
                    shown_number="",
                    ring_seconds=20,
                )
            )
        assert "Originate" not in fake.names()


def test_a_caller_in_the_fallback_queue_is_not_rung_for() -> None:
    def alone(fake: FakeAmi, action: dict[str, str]) -> None:
        fake.answer(action, "Variable: HL_PLACE", "Value: alone")

    with listening({"Getvar": alone}) as (exchange, fake, _listener):
        with pytest.raises(ExchangeRefused) as why:
            exchange.orders.send(
                RingAgent(order_id=1, call_key="1.1", phone="1006", ring_seconds=20)
            )
        assert why.value.is_retryable
        assert "Redirect" not in fake.names()


def test_a_contact_that_a_dialplan_could_misread_is_not_named() -> None:
    def in_line(fake: FakeAmi, action: dict[str, str]) -> None:
        fake.answer(action, "Variable: HL_PLACE", "Value: queue")

    with listening({"Getvar": in_line}) as (exchange, fake, listener):
        fake.say("Event: ContactStatus", "Timestamp: 1.0", "AOR: 1006", "URI: sip:x)b(evil^s^1",
                 "ContactStatus: Created")  # fmt: skip
        wait_until(lambda: len(listener.news) == 2, seconds=2, what="the phone")
        exchange.orders.send(RingAgent(order_id=1, call_key="1.1", phone="1006", ring_seconds=20))
        named = [one["Value"] for one in fake.actions if one.get("Variable") == "HL_CONTACT"]
        assert named == [""]
