"""On which machine an agent's desk works: the last one he sat down at; others are told why not.

Tabs of one browser settle it among themselves; here stands what they cannot see: another machine. A
page that is not the holder lets go of the phone at once, keeps what was typed, and may take back.
"""

from typing import Any

from app.core import clock
from app.core.database import db
from app.core.facts import agent_audience, record_fact
from app.core.formatting import wire_moment
from app.workstation.models import DeskHolder


def holder_card(agent_id: int) -> dict[str, Any] | None:
    """Return the machine that holds the desk, and since when; None before the first."""
    row = db.session.get(DeskHolder, agent_id)
    return None if row is None else {"machine": row.machine, "since": wire_moment(row.since)}


def take_desk(agent_id: int, *, machine: str) -> None:
    """Let this machine's page have the desk from now on; nothing where it has it already."""
    row = db.session.get(DeskHolder, agent_id, with_for_update=True)
    at = clock.now()
    if row is None:
        db.session.add(DeskHolder(agent_id=agent_id, machine=machine, since=at))
    elif row.machine == machine:
        return
    else:
        row.machine, row.since = machine, at
    db.session.flush()
    record_fact(
        agent_audience(agent_id),
        name="desk.holder_changed",
        body={"holder": holder_card(agent_id)},
        at=at,
    )
