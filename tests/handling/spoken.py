"""Calls between somebody of ours and a citizen, as the ledger keeps them."""

from datetime import timedelta
from itertools import count

from app.calls.call_states import CallState, Direction
from app.calls.models import Call, CallLeg
from app.core import clock as wall
from app.core.database import db, unit_of_work
from app.core.phone_numbers import normalise
from app.handling import visiting
from app.handling.acting import Doer
from app.handling.models import VisitWay
from tests.handling.cast import Cast, saved

_keys = count(1)
HIS_NUMBER = "13900002817"


def call(
    by: Doer,
    number: str = HIS_NUMBER,
    *,
    talked: bool = True,
    ago: timedelta = timedelta(0),
    direction: Direction = Direction.OUT,
    seconds: int = 40,
    ended_by: str = "caller",
) -> int:
    """Put a call into the ledger that ended `ago`; return its id.

    Our side took it at once; nobody else within `seconds`, unless they talked.
    """
    at = wall.now() - ago
    row = Call(
        exchange_id="sim",
        boot_id="boot",
        call_key=f"spoken-{next(_keys)}",
        direction=direction,
        dialled_number="12345",
        from_number=normalise(number),
        from_name="",
        state=CallState.ENDED,
        state_since=at,
        last_news_at=at,
        invited_at=at,
        talk_started_at=at if talked else None,
        ended_at=at + timedelta(seconds=seconds),
        ended_by=ended_by,
        agent_id=by.user_id,
    )
    with unit_of_work():
        db.session.add(row)
        db.session.flush()
        db.session.add(
            CallLeg(
                call_id=row.id, leg_key="own", phone="8001", agent_id=by.user_id, answered_at=at,
                ended_at=row.ended_at,
            )
        )  # fmt: skip
    return row.id


def miss(cast: Cast, ticket_id: int, *, call_id: int | None = None) -> None:
    """Let the visitor note that the citizen was not reached."""
    new = visiting.NewVisit(way=VisitWay.PHONE, call_id=call_id, note="no_answer")
    saved(visiting.visit, ticket_id, new, doer=cast.visitor)
