"""Reads office hours as they are written: `08:30-12:00 14:30-17:30`. Pure."""

import re
from datetime import time
from itertools import pairwise

from app.core.errors import Invalid
from app.rules.working_time import Session

SESSION = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
LAST_HOUR = 23


class UnfitOfficeHours(Invalid):
    """Office hours are spells of one day, in their order, none into another."""

    code = "office-hours-unfit"


def read_sessions(written: str, *, field: str | None = None) -> tuple[Session, ...]:
    """Read the spells in which offices are open on a working day; raises UnfitOfficeHours."""
    sessions = [_session(each) for each in written.split()]
    if not sessions or None in sessions:
        raise UnfitOfficeHours(field=field, hours=written[:40])
    known = tuple(each for each in sessions if each is not None)
    moments = [moment for session in known for moment in session]
    if any(a >= b for a, b in pairwise(moments)):
        raise UnfitOfficeHours(field=field, hours=written[:40])
    return known


def write_sessions(sessions: tuple[Session, ...]) -> str:
    """Write them as they are read."""
    return " ".join(f"{since:%H:%M}-{until:%H:%M}" for since, until in sessions)


def _session(written: str) -> Session | None:
    found = SESSION.fullmatch(written)
    if found is None or int(found[1]) > LAST_HOUR or int(found[3]) > LAST_HOUR:
        return None
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
