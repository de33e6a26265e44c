"""Builds the exchanges that the settings ask for. The only module that knows all adapters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from telephony.asterisk.provider import build as build_asterisk
from telephony.port import Exchange
from telephony.simulator.provider import build as build_simulator
from telephony.twilio.provider import build as build_twilio

Builder = Callable[[str, SplitResult, Mapping[str, str]], Exchange]

BUILDERS: dict[str, Builder] = {
    "asterisk": build_asterisk,
    "simulator": build_simulator,
    "twilio": build_twilio,
}


class BadExchangeAddress(ValueError):
    """An exchange in the settings cannot be understood."""


@dataclass(frozen=True)
class ExchangeAddress:
    """One exchange as the settings name it: an id and a URL."""

    exchange_id: str
    url: str


def build_exchanges(addresses: list[ExchangeAddress]) -> dict[str, Exchange]:
    """Build each exchange by the scheme of its URL; raises BadExchangeAddress."""
    exchanges: dict[str, Exchange] = {}
    for address in addresses:
        parts = urlsplit(address.url)
        if parts.scheme not in BUILDERS:
            raise BadExchangeAddress(f"{address.exchange_id}: no such kind: {parts.scheme}")
        if address.exchange_id in exchanges:
            raise BadExchangeAddress(f"{address.exchange_id}: named twice")
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            exchanges[address.exchange_id] = BUILDERS[parts.scheme](
                address.exchange_id, parts, options
            )
        except (KeyError, ValueError) as why:
            raise BadExchangeAddress(f"{address.exchange_id}: {why}") from why
    return exchanges
