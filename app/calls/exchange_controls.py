"""What each exchange can do with a call that is talked on: handed down by the factory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.errors import Conflict
from app.core.handed_down import given
from telephony.control_orders import CONTROL_OF, Control
from telephony.orders import Order


class NotOnThisExchange(Conflict):
    """The exchange that carries the call cannot do this."""

    code = "not-on-this-exchange"


@dataclass(frozen=True, kw_only=True)
class ExchangeControls:
    """The abilities of each exchange of the settings, by its id."""

    by_exchange: Mapping[str, frozenset[Control]] = field(default_factory=dict)


def controls_of(exchange_id: str) -> list[str]:
    """Return what this exchange can do, in a desk's words, in a fixed order."""
    able = given(ExchangeControls).by_exchange.get(exchange_id, frozenset())
    return [control.value for control in Control if control in able]


def need_control(exchange_id: str, kind: type[Order]) -> None:
    """Refuse a wish that the exchange would refuse anyway. Raises NotOnThisExchange."""
    if kind in CONTROL_OF and CONTROL_OF[kind].value not in controls_of(exchange_id):
        raise NotOnThisExchange
