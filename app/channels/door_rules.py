"""What happens to a call at the door: its number's state, its landing's route, its way here. Pure.

A call that has been here before goes to a human and is never forwarded again. It is known by our
own hop header, by Diversion and History-Info, by few forwards left, or, where a carrier strips
headers, by the same caller coming again while his first leg is still being forwarded.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from app.channels.landing_routes import Moved, OldSeats, Ours, Place, Route, place_for, targets_of
from app.channels.number_states import NumberState
from app.channels.registrable_numbers import is_same_number, spellings_of
from app.core.emergency_numbers import is_emergency

MOVED_ANNOUNCEMENT = "number-moved"
"""The sound that every exchange has for a number that is closed."""

FEWEST_FORWARDS = 10
"""Max-Forwards starts at 70; a call with so few left is going round."""

MOST_DIVERSIONS = 5

SAME_CALL = timedelta(seconds=60)
SAME_WITHHELD_CALL = timedelta(seconds=5)
"""How long after a forward the same caller on the same line counts as the same call, while its
first leg is up. Callers without a number are told apart by nothing, so they have less."""


OURS = Ours()


class DoorAction(StrEnum):
    """Where a call goes."""

    QUEUE = "queue"
    ANNOUNCE = "announce"
    FORWARD = "forward"
    HUMAN_FIRST = "human_first"


class Sign(StrEnum):
    """What was wrong with a call, or its route."""

    HOP = "hop"
    DIVERSION = "diversion"
    MAX_FORWARDS = "max_forwards"
    SAME_CALLER = "same_caller"
    TARGET_IS_OURS = "target_is_ours"
    TARGET_IS_EMERGENCY = "target_is_emergency"


class TurnedAway(StrEnum):
    """Why a caller hears an announcement instead of coming to our queue."""

    NUMBER_CLOSED = "number_closed"
    NUMBER_MOVED = "number_moved"  # the landing's route at this moment


LOOPS = frozenset({Sign.HOP, Sign.DIVERSION, Sign.MAX_FORWARDS, Sign.SAME_CALLER})


@dataclass(frozen=True, kw_only=True)
class CallAtDoor:
    """A call as it came in, and what its headers tell of its way: `diverted_from` latest first."""

    exchange_id: str
    call_key: str
    from_number: str
    delivered: str
    trunk: str = ""
    hops: tuple[str, ...] = ()
    diverted_from: tuple[str, ...] = ()
    max_forwards: int | None = None


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """A call that was sent on to old seats a moment ago."""

    call_key: str
    from_number: str
    number_id: int
    forward_to: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DoorPicture:
    """What the register says about a call at one moment.

    `leads_to_us` are the numbers whose calls carriers bring to us, in one spelling each.
    """

    number_id: int | None = None
    state: NumberState = NumberState.LIVE
    landing_id: int | None = None
    route: Route = OURS
    leads_to_us: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class DoorDecision:
    """Where the call goes, and the sign if something was wrong."""

    action: DoorAction
    announcement: str = ""
    forward_to: str = ""
    ring_seconds: int = 0
    sign: Sign | None = None
    because: TurnedAway | None = None

    @property
    def reason(self) -> str:
        """Say why it is not the ordinary way, in one word; empty for the ordinary way."""
        return str(self.sign or self.because or "")


def decide(
    call: CallAtDoor,
    picture: DoorPicture,
    *,
    at: datetime,
    zone: tzinfo,
    before: Collection[Forwarded] = (),
    is_up: Callable[[str], bool] = lambda _call_key: True,
) -> DoorDecision:
    """Say where a call goes at `at`.

    `before` are calls forwarded lately; `is_up` says of a call key whether that call still stands.
    A number outside the register, one not yet live and one that is suspended go to our queue.
    """
    sign = sign_of_second_passage(call, picture, at=at, before=before, is_up=is_up)
    if sign is not None:
        return DoorDecision(action=DoorAction.HUMAN_FIRST, sign=sign)
    if picture.number_id is not None and picture.state is NumberState.CLOSED:
        return DoorDecision(
            action=DoorAction.ANNOUNCE,
            announcement=MOVED_ANNOUNCEMENT,
            because=TurnedAway.NUMBER_CLOSED,
        )
    if picture.number_id is None or picture.state is not NumberState.LIVE:
        return DoorDecision(action=DoorAction.QUEUE)
    place = place_for(picture.route, call=_name_of(call, picture), at=at, zone=zone)
    return _go(place, picture)


def sign_of_second_passage(
    call: CallAtDoor,
    picture: DoorPicture,
    *,
    at: datetime,
    before: Collection[Forwarded],
    is_up: Callable[[str], bool],
) -> Sign | None:
    """Return by what a call is known to have been here before, or None."""
    if call.hops:
        return Sign.HOP
    if _was_diverted_by_us(call, picture):
        return Sign.DIVERSION
    if call.max_forwards is not None and call.max_forwards <= FEWEST_FORWARDS:
        return Sign.MAX_FORWARDS
    targets = targets_of(picture.route)
    for earlier in before:
        is_same_line = earlier.number_id == picture.number_id or earlier.forward_to in targets
        if is_same_line and _is_same_call(call, earlier, at=at) and is_up(earlier.call_key):
            return Sign.SAME_CALLER
    return None


def leads_to(target: str, numbers: Collection[str]) -> bool:
    """Say whether a forward to `target` comes back to one of these numbers."""
    return any(is_same_number(target, number) for number in numbers)


def _was_diverted_by_us(call: CallAtDoor, picture: DoorPicture) -> bool:
    # A carrier that diverts the public number to us names the public number, or the very number it
    # delivers: the latest diversion is then that number's own, the ordinary first passage. Anybody
    # who diverted after the delivered number had it from us; old seats of ours have it from nobody
    # else.
    diverted = call.diverted_from
    from_us = targets_of(picture.route)
    return (
        len(set(diverted)) > MOST_DIVERSIONS
        or any(is_same_number(number, seat) for number in diverted for seat in from_us)
        or any(is_same_number(number, call.delivered) for number in diverted[1:])
    )


def _is_same_call(call: CallAtDoor, earlier: Forwarded, *, at: datetime) -> bool:
    if call.call_key == earlier.call_key:
        return False
    ago = at - earlier.at
    if not call.from_number and not earlier.from_number:
        return ago <= SAME_WITHHELD_CALL
    is_same_caller = bool(spellings_of(call.from_number) & spellings_of(earlier.from_number))
    return is_same_caller and ago <= SAME_CALL


def _name_of(call: CallAtDoor, picture: DoorPicture) -> str:
    return f"{picture.landing_id}/{call.exchange_id}/{call.call_key}"


def _go(place: Place, picture: DoorPicture) -> DoorDecision:
    match place:
        case Moved():
            return DoorDecision(
                action=DoorAction.ANNOUNCE,
                announcement=place.announcement,
                because=TurnedAway.NUMBER_MOVED,
            )
        case OldSeats() if is_emergency(place.forward_to):
            return DoorDecision(action=DoorAction.HUMAN_FIRST, sign=Sign.TARGET_IS_EMERGENCY)
        case OldSeats() if leads_to(place.forward_to, picture.leads_to_us):
            return DoorDecision(action=DoorAction.HUMAN_FIRST, sign=Sign.TARGET_IS_OURS)
        case OldSeats():
            return DoorDecision(
                action=DoorAction.FORWARD,
                forward_to=place.forward_to,
                ring_seconds=place.ring_seconds,
            )
        case _:
            return DoorDecision(action=DoorAction.QUEUE)
