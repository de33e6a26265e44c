"""How a promise gets a caller to where it begins: waiting, ringing, talking."""

from telephony.events import AgentAnswered, AgentRinging, CallerPlaced, Place
from telephony.orders import RingAgent
from tests.telephony.exchange_bench import Bench


def waiting_caller(bench: Bench, **how: object) -> str:
    call_key = bench.caller(**how)  # type: ignore[arg-type]
    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)
    return call_key


def ring(bench: Bench, call_key: str, phone: str = "1006", **how: object) -> None:
    bench.send(RingAgent, call_key, **{"phone": phone, "ring_seconds": 20, **how})


def ringing_caller(bench: Bench, phone: str = "1006") -> str:
    bench.phone_comes(phone)
    call_key = waiting_caller(bench)
    ring(bench, call_key, phone)
    bench.ear.wait_for(AgentRinging, call_key=call_key)
    return call_key


def talking_caller(bench: Bench, phone: str = "1006") -> str:
    call_key = ringing_caller(bench, phone)
    bench.phone_answers(call_key, phone)
    bench.ear.wait_for(AgentAnswered, call_key=call_key)
    return call_key
