"""What promises about a call in progress send and ask: orders with ids that they know."""

from collections.abc import Callable

from telephony.control_events import PartyAnswered, PartyRinging
from telephony.control_orders import CallParty, Target, TargetKind
from telephony.orders import Order
from telephony.port import LiveCall
from tests.telephony.exchange_bench import Bench
from tests.telephony.reaching import talking_caller

AGENT, COLLEAGUE, LEADER = "1006", "1007", "1008"
OF_ORDER = 500  # beyond the ids that a bench gives by itself


def order(link: Bench, kind: Callable[..., Order], key: str, nth: int, /, **what: object) -> None:
    """Send an order whose id the promise must know."""
    link.exchange.orders.send(kind(order_id=OF_ORDER + nth, call_key=key, **what))


def colleague(phone: str = COLLEAGUE) -> Target:
    """Give the colleague who is asked."""
    return Target(kind=TargetKind.PHONE, address=phone)


def consulting(link: Bench, *, is_answered: bool = True) -> str:
    """Begin a talk whose agent has rung a colleague, under order 1."""
    key = talking_caller(link, AGENT)
    link.phone_comes(COLLEAGUE)
    order(link, CallParty, key, 1, phone=AGENT, target=colleague(), ring_seconds=20)
    link.ear.wait_for(PartyRinging, call_key=key, order_id=OF_ORDER + 1)
    if is_answered:
        link.phone_answers(key, COLLEAGUE)
        link.ear.wait_for(PartyAnswered, call_key=key, order_id=OF_ORDER + 1)
    return key


def live(link: Bench, key: str) -> LiveCall:
    """Give a call as the exchange lists it now."""
    assert link.exchange.snapshot is not None
    return next(call for call in link.exchange.snapshot.live_calls() if call.call_key == key)
