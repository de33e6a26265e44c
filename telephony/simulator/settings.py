"""What the address of a simulator may say."""

from collections.abc import Mapping
from dataclasses import dataclass

from telephony.simulator.agents import Habits
from telephony.simulator.faults import NO_FAULTS, FaultRates
from telephony.simulator.traffic import TrafficPlan

_OPTIONS = frozenset(
    {
        "every", "seed", "patience", "talk_min", "talk_max", "waiting", "numbers",
        "faults", "answers_after", "misses", "book",
    },
)  # fmt: skip
_NUMBERS = ("12345", "12315")
_QUIET = TrafficPlan()


@dataclass(frozen=True, kw_only=True)
class SimulatorSettings:
    """How a simulator begins; the panel can change its traffic later."""

    plan: TrafficPlan = _QUIET
    seed: int = 12345
    numbers: tuple[str, ...] = _NUMBERS
    faults: FaultRates = NO_FAULTS
    habits: Habits | None = None  # None: nobody picks up but by a page
    keeps_book: bool = True  # else it remembers nothing of what it told, like a switch


def read_settings(host: str, options: Mapping[str, str]) -> SimulatorSettings:
    """Read the options of an address.

    The host `demo` lets calls arrive by themselves, one in 20 seconds; any other host is quiet
    unless `every` is given. `every=0` is quiet. `faults=0.01` lets one in a hundred of everything
    go wrong. `answers_after=3` lets agents pick up by themselves after about so many seconds, but
    for the share `misses`. `book=no` makes it forget what it told. Raises ValueError, which says
    what is wrong.
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
        plan=plan,
        seed=int(_number(options, "seed", 12345)),
        numbers=numbers or _NUMBERS,
        faults=_faults(options),
        habits=_habits(options),
        keeps_book=options.get("book", "yes") != "no",
    )


def _faults(options: Mapping[str, str]) -> FaultRates:
    rate = _share(options, "faults")
    return FaultRates.all_at(rate) if rate else NO_FAULTS


def _habits(options: Mapping[str, str]) -> Habits | None:
    if "answers_after" not in options:
        return None
    after = _number(options, "answers_after", 3.0)
    return Habits(answers_after=(after / 2, after * 1.5), misses=_share(options, "misses"))


def _share(options: Mapping[str, str], name: str) -> float:
    share = _number(options, name, 0.0)
    if not 0 <= share <= 1:
        raise ValueError(f"{name}: a share from 0 to 1")
    return share


def _number(options: Mapping[str, str], name: str, normal: float) -> float:
    if name not in options:
        return normal
    try:
        return float(options[name])
    except ValueError as why:
        raise ValueError(f"{name}: not a number") from why
