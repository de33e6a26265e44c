"""What the simulator panel does: people who call because somebody clicked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.callers import service as callers
from app.channels import service as channels
from app.core import clock
from app.core.errors import Conflict, NotFound
from telephony.port import Exchange, ExchangeRefused
from telephony.simulator.provider import simulator_of
from telephony.simulator.sim_call import SimCallShown
from telephony.simulator.simulator import Simulator

CALLS_SHOWN = 20

Exchanges = Mapping[str, Exchange]


class NoSimulator(NotFound):
    """No exchange of this name is a simulator."""

    code = "no-simulator"


class SimulatedCallerGone(Conflict):
    """The caller has hung up already."""

    code = "simulated-caller-gone"


@dataclass(frozen=True, kw_only=True)
class LineChoice:
    """A number that a caller may dial now."""

    number: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Everything the panel shows."""

    exchange_id: str
    exchange_ids: list[str]
    is_listening: bool
    phones: list[str]
    is_traffic_on: bool
    every: float
    most_waiting: int
    lines: list[LineChoice]
    calls: list[SimCallShown]
    now: datetime

    @property
    def line_names(self) -> Mapping[str, str]:
        """Return number → name of the lines that may be dialled."""
        return {line.number: line.name for line in self.lines}


def show_panel(exchanges: Exchanges, *, exchange_id: str = "") -> Panel:
    """Return the panel of one simulator, the first when none is named; raises NoSimulator."""
    simulator = _simulator(exchanges, exchange_id)
    plan = simulator.traffic_plan
    return Panel(
        exchange_id=simulator.exchange_id,
        exchange_ids=[each.exchange_id for each in _simulators(exchanges)],
        is_listening=simulator.is_listening,
        phones=sorted(simulator.phones_in_reach()),
        is_traffic_on=plan.is_on,
        every=plan.every,
        most_waiting=plan.most_waiting,
        lines=list_lines(),
        calls=simulator.recent(CALLS_SHOWN),
        now=clock.now(),
    )


def list_lines() -> list[LineChoice]:
    """Return the numbers of the register that hold now."""
    return [
        LineChoice(number=line.number, name=line.name)
        for line in channels.list_numbers()
        if line.is_taken_by_us
    ]


def place_calls(
    exchanges: Exchanges,
    exchange_id: str,
    *,
    dialled: str,
    from_number: str | None,
    patience: float,
    talk_seconds: float,
    count: int,
) -> list[str]:
    """Let so many people dial a number; return the keys of their calls.

    Lengths in seconds. `from_number`: None makes one up for each caller, empty withholds it; a
    given one is used by each, as one household's telephone is.
    """
    simulator = _simulator(exchanges, exchange_id)
    return [
        simulator.place_call(
            dialled, from_number=from_number, patience=patience, talk_seconds=talk_seconds
        )
        for _ in range(count)
    ]


def hang_up(exchanges: Exchanges, exchange_id: str, *, call_key: str) -> None:
    """Let a simulated caller hang up; raises SimulatedCallerGone when he has."""
    try:
        _simulator(exchanges, exchange_id).caller_hangs_up(call_key)
    except ExchangeRefused as why:
        raise SimulatedCallerGone from why


def plan_traffic(exchanges: Exchanges, exchange_id: str, *, is_on: bool, every: float) -> None:
    """Let calls arrive by themselves, one in `every` seconds on average, or let none arrive."""
    simulator = _simulator(exchanges, exchange_id)
    simulator.plan_traffic(replace(simulator.traffic_plan, is_on=is_on, every=every))


def name_numbers(exchanges: Exchanges, exchange_id: str) -> None:
    """Tell a simulator which numbers its callers may dial and whom we know.

    Does nothing for a real exchange.
    """
    exchange = exchanges.get(exchange_id)
    simulator = simulator_of(exchange) if exchange is not None else None
    if simulator is not None:
        simulator.use_numbers(
            [line.number for line in list_lines()], known_callers=callers.known_numbers()
        )


def _simulators(exchanges: Exchanges) -> list[Simulator]:
    found = [simulator_of(exchange) for exchange in exchanges.values()]
    return [simulator for simulator in found if simulator is not None]


def _simulator(exchanges: Exchanges, exchange_id: str) -> Simulator:
    for simulator in _simulators(exchanges):
        if exchange_id in ("", simulator.exchange_id):
            return simulator
    raise NoSimulator
