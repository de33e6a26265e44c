"""Puts a simulator behind the port."""

from collections.abc import Mapping
from urllib.parse import SplitResult

from telephony.control_orders import Control
from telephony.port import Exchange
from telephony.simulator.settings import read_settings
from telephony.simulator.simulator import Simulator

__all__ = ["Simulator", "as_exchange", "build", "simulator_of"]


def build(exchange_id: str, parts: SplitResult, options: Mapping[str, str]) -> Exchange:
    """Build a simulator from `simulator://demo?every=20&seed=7`; ValueError says what is wrong."""
    return as_exchange(Simulator(exchange_id, read_settings(parts.hostname or "", options)))


def as_exchange(simulator: Simulator) -> Exchange:
    """Put a simulator behind the port."""
    return Exchange(
        exchange_id=simulator.exchange_id,
        kind="simulator",
        orders=simulator,
        stream=simulator,
        snapshot=simulator,
        clock=simulator,
        history=simulator if simulator.keeps_book else None,
        phones=simulator,
        desk_phones=simulator,
        fallback=simulator,
        recordings=simulator,
        controls=frozenset(Control),
        answers_by_http=True,
    )


def simulator_of(exchange: Exchange) -> Simulator | None:
    """Return the simulator behind this exchange, or None when it is a real one."""
    return exchange.orders if isinstance(exchange.orders, Simulator) else None
