"""What two weeks at a hotline of four desks look like: calls planned with dice, not yet kept. Pure.

The shape is that of a real day: peaks in the office hours, few callers at night, half as many on
Sundays, most answered at once, a few who give up on hold. Nothing here is a real call.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CITY_ZONE: Final = ZoneInfo("Asia/Shanghai")
DAYS: Final = 14
CALLS_A_DAY: Final = 180
# The newest planned call has been over for a while when the demonstration opens.
QUIET_BEFORE_NOW: Final = timedelta(minutes=20)
# Monday first.
WEEKDAY_SHARE: Final = (1.15, 1.05, 1.0, 1.0, 1.0, 0.6, 0.5)
# Weight of each hour of the day, from midnight: two hills, at ten and at four.
HOUR_SHARE: Final = (
    0.3, 0.2, 0.2, 0.2, 0.2, 0.4, 0.9, 2.2,
    6.5, 9.8, 10.4, 8.2, 4.6, 4.9, 8.4, 9.6,
    9.2, 7.1, 4.3, 3.6, 3.2, 2.4, 1.3, 0.7,
)  # fmt: skip
LINE_SHARE: Final = {
    "12345": 55.0, "12315": 9.5, "12333": 8.5, "12329": 5.0, "12393": 5.0, "12328": 3.0,
    "12319": 3.0, "12369": 2.5, "12366": 2.5, "12348": 1.5, "12320": 1.5, "12316": 1.0,
    "12349": 0.6, "96119": 0.4, "12351": 0.4, "12385": 0.3, "12338": 0.3,
}  # fmt: skip
WITHHELD_SHARE: Final = 0.04
KNOWN_SHARE: Final = 0.45
TICKET_SHARE: Final = 0.28
RINGS: Final = timedelta(seconds=4)


@dataclass(frozen=True)
class Desk:
    """Who may take which lines, and between which hours of the city's day."""

    work_number: str
    from_hour: int
    to_hour: int
    own_line: str | None = None


# Three desks share the hotline, day and night; the fourth is the sub-centre's own.
DESKS: Final = (
    Desk("1006", 7, 22),
    Desk("1007", 8, 20),
    Desk("1008", 0, 24),
    Desk("1009", 8, 18, own_line="12366"),
)


@dataclass(frozen=True, kw_only=True)
class PlannedCall:
    """One call as it went. `answered_at` None: the caller gave up on hold."""

    line: str
    from_number: str
    invited_at: datetime
    waiting_at: datetime
    work_number: str | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    wrapped_up_at: datetime | None
    leaves_ticket: bool


def plan_calls(
    dice: random.Random, *, now: datetime, known: Sequence[str], strangers: Sequence[str]
) -> list[PlannedCall]:
    """Return two weeks of calls that were over before `now`, oldest first.

    `known`: numbers of callers we know; `strangers`: numbers to draw from for everybody else.
    """
    free_at = {desk.work_number: datetime.min.replace(tzinfo=UTC) for desk in DESKS}
    calls = []
    for at in _moments(dice, now=now):
        line = dice.choices(list(LINE_SHARE), weights=list(LINE_SHARE.values()))[0]
        number = _number(dice, known=known, strangers=strangers)
        call = _one_call(dice, line=line, number=number, at=at, free_at=free_at)
        if call.answered_at and call.work_number and call.wrapped_up_at:
            free_at[call.work_number] = call.wrapped_up_at
        calls.append(call)
    return calls


def _moments(dice: random.Random, *, now: datetime) -> Iterator[datetime]:
    last = now - QUIET_BEFORE_NOW
    today = now.astimezone(CITY_ZONE).date()
    moments = (
        at for ago in range(DAYS, -1, -1) for at in _moments_of(dice, today - timedelta(days=ago))
    )
    return iter(sorted(at for at in moments if at < last))


def _moments_of(dice: random.Random, day: date) -> list[datetime]:
    wanted = CALLS_A_DAY * WEEKDAY_SHARE[day.weekday()] * dice.uniform(0.9, 1.1)
    hours = dice.choices(range(24), weights=HOUR_SHARE, k=round(wanted))
    midnight = datetime.combine(day, time(), tzinfo=CITY_ZONE)
    return [
        (midnight + timedelta(hours=hour, seconds=dice.uniform(0, 3600))).astimezone(UTC)
        for hour in hours
    ]


def _number(dice: random.Random, *, known: Sequence[str], strangers: Sequence[str]) -> str:
    chance = dice.random()
    if chance < WITHHELD_SHARE:
        return ""
    return dice.choice(known if chance < WITHHELD_SHARE + KNOWN_SHARE else strangers)


def _one_call(
    dice: random.Random, *, line: str, number: str, at: datetime, free_at: dict[str, datetime]
) -> PlannedCall:
    waiting_at = at + timedelta(milliseconds=dice.randrange(300, 900))
    gives_up_at = waiting_at + timedelta(seconds=5 + dice.expovariate(1 / 120))
    desk = _desk_for(line, at=at, free_at=free_at)
    ringing_at = max(waiting_at, free_at[desk]) if desk else None
    if desk is None or ringing_at is None or ringing_at + RINGS > gives_up_at:
        return PlannedCall(
            line=line,
            from_number=number,
            invited_at=at,
            waiting_at=waiting_at,
            work_number=None,
            ringing_at=None,
            answered_at=None,
            ended_at=gives_up_at,
            wrapped_up_at=None,
            leaves_ticket=False,
        )
    leaves_ticket = bool(number) and dice.random() < TICKET_SHARE
    answered_at = ringing_at + RINGS * dice.uniform(0.5, 1.8)
    talk = dice.lognormvariate(5.15 if leaves_ticket else 4.6, 0.55)
    ended_at = answered_at + timedelta(seconds=min(max(talk, 12), 1500))
    wrap_up = timedelta(seconds=dice.uniform(15, 58 if leaves_ticket else 30))
    return PlannedCall(
        line=line,
        from_number=number,
        invited_at=at,
        waiting_at=waiting_at,
        work_number=desk,
        ringing_at=ringing_at,
        answered_at=answered_at,
        ended_at=ended_at,
        wrapped_up_at=ended_at + wrap_up,
        leaves_ticket=leaves_ticket,
    )


def _desk_for(line: str, *, at: datetime, free_at: dict[str, datetime]) -> str | None:
    """Return the desk that is free first (longest), among those that take this line now."""
    hour = at.astimezone(CITY_ZONE).hour
    open_now = [desk for desk in DESKS if desk.from_hour <= hour < desk.to_hour]
    own = [desk for desk in open_now if desk.own_line == line]
    # Outside its hours a sub-centre's callers are taken by the city's desks.
    able = own or [desk for desk in open_now if desk.own_line is None]
    numbers = [desk.work_number for desk in able]
    return min(numbers, key=lambda work_number: free_at[work_number]) if numbers else None
