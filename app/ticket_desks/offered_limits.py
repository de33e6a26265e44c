"""Which limits a form offers for what is asked of others, and for more time. Pure.

What is offered can be chosen: more time is counted as the clock itself is, and is no longer than
its limit (domain rule R09); of what is due within hours others are asked for minutes.
"""

from collections.abc import Mapping

from app.rules.time_limits import Limit, LimitUnit

INNER = (
    "15min", "30min", "1h", "2h", "4h", "24h", "4wh", "1wd", "2wd", "3wd", "5wd", "7wd", "10wd",
)  # fmt: skip
"""By when another unit gives its part; one that ends behind the lead's own time is refused."""
STATUTORY = ("7wd", "15wd", "30d", "45d", "60d", "90d")
"""What the longer procedures of laws take in all."""
STEPS: Mapping[LimitUnit, tuple[int, ...]] = {
    LimitUnit.MINUTES: (5, 10, 15, 30, 60),
    LimitUnit.HOURS: (1, 2, 4, 8, 12, 24),
    LimitUnit.WORKING_HOURS: (1, 2, 4, 7),
    LimitUnit.WORKING_DAYS: (1, 2, 3, 5, 10, 15),
    LimitUnit.DAYS: (1, 2, 3, 5, 7, 10, 15, 30),
}


def extensions(own: Limit) -> tuple[str, ...]:
    """Return how much more time may be asked for by a clock with this limit, the whole of it last.

    Written as `time_limits` reads them: `5wd`.
    """
    steps = [each for each in STEPS[own.unit] if each < own.amount]
    return tuple(str(Limit(each, own.unit)) for each in (*steps, own.amount))
