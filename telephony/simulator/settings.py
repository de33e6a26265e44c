"""What the address of a simulator may say."""

from collections.abc import Mapping
from dataclasses import dataclass

from telephony.simulator.traffic import TrafficPlan

_OPTIONS = frozenset(
    {"every", "seed", "patience", "talk_min", "talk_max", "waiting", "numbers"},
)
_NUMBERS = ("12345", "12315")
_QUIET = TrafficPlan()


@dataclass(frozen=True, kw_only=True)
class SimulatorSettings:
    """How a simulator begins; the panel can change its traffic later."""

    plan: TrafficPlan = _QUIET
    seed: int = 12345
    numbers: tuple[str, ...] = _NUMBERS


def read_settings(host: str, options: Mapping[str, str]) -> SimulatorSettings:
    """Read the options of an address.

    The host `demo` lets calls arrive by themselves, one in 20 seconds; any other host is quiet
    unless `every` is given. `every=0` is quiet. Raises ValueError, which says what is wrong.
    """
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise ValueError(f"no such option: {', '.join(unknown)}")
    every = _number(options, "every", 20.0)
    plan = TrafficPlan(
        is_on=every > 0 and (host == "demo" or "every" in options),
        every=every or _QUIET.every,
        patience=_number(options, "patience", _QUIET.patience),
        talk_min=_number(options, "talk_min", _QUIET.talk_min),
        talk_max=_number(options, "talk_max", _QUIET.talk_max),
        most_waiting=int(_number(options, "waiting", _QUIET.most_waiting)),
    )
    numbers = tuple(n.strip() for n in options.get("numbers", "").split(",") if n.strip())
    return SimulatorSettings(
        plan=plan, seed=int(_number(options, "seed", 12345)), numbers=numbers or _NUMBERS
    )


def _number(options: Mapping[str, str], name: str, normal: float) -> float:
    if name not in options:
        return normal
    try:
        return float(options[name])
    except ValueError as why:
        raise ValueError(f"{name}: not a number") from why
