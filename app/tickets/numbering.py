"""Numbers of tickets: the next of the day, and some put aside for a page that loses its server."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.database import db
from app.tickets.list_wanted import NUMBER_KEPT_DAYS
from app.tickets.models import ReservedNumber, TicketSequence
from app.tickets.ticket_numbers import ticket_number

CITY_TIME = ZoneInfo("Asia/Shanghai")
KEPT_ASIDE = 3
"""Numbers that one agent's browser holds: more than calls that end while a server restarts."""


def next_number() -> str:
    """Return the next number of today in the city."""
    return ticket_number(day := _today(), _count(day))


def reserve_numbers(agent_id: int, *, machine: str) -> list[str]:
    """Return today's unused numbers of this agent in this browser, filled up to KEPT_ASIDE.

    Each browser has its own: two of them that cannot ask us may each tell a caller one of theirs.
    Asking again gives the same ones, so a page that is loaded often uses up none. What is unused at
    midnight stays a gap in its day.
    """
    day = _today()
    wanted = select(ReservedNumber.number).where(
        ReservedNumber.agent_id == agent_id,
        ReservedNumber.machine == machine,
        ReservedNumber.day == day,
        ReservedNumber.used_at.is_(None),
    )
    held = list(db.session.scalars(wanted.order_by(ReservedNumber.number)))
    fresh = [ticket_number(day, _count(day)) for _ in range(KEPT_ASIDE - len(held))]
    at = clock.now()
    db.session.add_all(
        ReservedNumber(number=number, agent_id=agent_id, machine=machine, day=day, reserved_at=at)
        for number in fresh
    )
    db.session.flush()
    return held + fresh


def use_reserved(number: str, *, agent_id: int) -> bool:
    """Use up a number that was put aside for this agent; False when it is not there to be used.

    Nor is one of days long gone: lists take a ticket's number for about the day of its opening.
    """
    used = (
        update(ReservedNumber)
        .where(
            ReservedNumber.number == number,
            ReservedNumber.agent_id == agent_id,
            ReservedNumber.used_at.is_(None),
            ReservedNumber.day >= _today() - timedelta(days=NUMBER_KEPT_DAYS),
        )
        .values(used_at=clock.now())
        .returning(ReservedNumber.number)
    )
    return db.session.execute(used).scalar_one_or_none() is not None


def _today() -> date:
    return clock.now().astimezone(CITY_TIME).date()


def _count(day: date) -> int:
    counted = (
        update(TicketSequence)
        .where(TicketSequence.day == day)
        .values(last=TicketSequence.last + 1)
        .returning(TicketSequence.last)
    )
    last = db.session.execute(counted).scalar_one_or_none()
    if last is None:
        dialect = db.session.get_bind().dialect.name
        insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
        first = insert(TicketSequence).values(day=day, last=1)
        first = first.on_conflict_do_update(
            index_elements=["day"], set_={"last": TicketSequence.last + 1}
        )
        last = db.session.execute(first.returning(TicketSequence.last)).scalar_one()
    return last
