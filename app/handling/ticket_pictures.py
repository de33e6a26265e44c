"""One ticket as figures count it; nothing that tells who asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class UnitShare:
    """What of a ticket is one unit's own doing: its own clocks, and what it gave back itself.

    The time in which a return waits to be decided is not the unit's.
    """

    signed_in_time: bool | None = None
    handled_in_time: bool | None = None
    first_contact_in_time: bool | None = None
    sign_seconds: float | None = None
    handle_seconds: float | None = None
    returns: int = 0
    improper_returns: int = 0


@dataclass(frozen=True, kw_only=True)
class TicketPicture:
    """One ticket as it is counted.

    Whether something was in time is None as long as it is neither done nor due; how long it took
    (natural time, all rounds together) as long as it is not done. `channel` is what it came by: the
    id of a channel of the register, else the way of entry. A ticket that was
    merged into another is a demand (件) of its own and no ticket (单) of its own.
    `first_contact_in_time`: a call proves that a unit spoke with him within the time promised.
    `is_answer_unproven`: somebody of ours wrote his answers down, and no call proves them.
    """

    ticket_id: int
    opened_at: datetime
    request_type: str
    category_code: str = ""
    county_code: str = ""
    unit_id: int | None = None
    first_unit_id: int | None = None
    channel: str = ""
    dispatches: int = 0
    dispatched_in_time: bool | None = None
    signed_in_time: bool | None = None
    handled_in_time: bool | None = None
    answered_in_time: bool | None = None
    contacted_in_time: bool | None = None
    first_contact_in_time: bool | None = None
    dispatch_seconds: float | None = None
    sign_seconds: float | None = None
    handle_seconds: float | None = None
    answer_seconds: float | None = None
    returns: int = 0
    improper_returns: int = 0
    extensions: int = 0
    suspensions: int = 0
    urges: int = 0
    supervisions: int = 0
    repeats: int = 0
    rounds: int = 1
    is_handed_in: bool = False
    is_visit_due: bool = False
    visit_attempts: int = 0
    is_reached: bool = False
    is_answer_unproven: bool = False
    is_solved: bool | None = None
    result_mark: int | None = None
    attitude_mark: int | None = None
    efficiency_mark: int | None = None
    is_closed: bool = False
    is_merged: bool = False
    exclusions: frozenset[str] = field(default_factory=frozenset)
    by_unit: Mapping[int, UnitShare] = field(default_factory=dict, hash=False)


NOT_A_FORMER_UNITS = {
    "is_handed_in": False,
    "is_visit_due": False,
    "is_reached": False,
    "is_answer_unproven": False,
    "is_solved": None,
    "result_mark": None,
    "attitude_mark": None,
    "efficiency_mark": None,
    "answered_in_time": None,
    "answer_seconds": None,
    "contacted_in_time": None,
}


def as_of_unit(picture: TicketPicture, unit_id: int) -> TicketPicture:
    """Return a ticket as it counts for one of its units; for a former one only what it did."""
    share = picture.by_unit[unit_id]
    own = {each.name: getattr(share, each.name) for each in fields(share)}
    rest = {} if unit_id == picture.unit_id else NOT_A_FORMER_UNITS
    return replace(picture, unit_id=unit_id, **{**own, **rest})
