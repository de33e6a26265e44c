"""Many agents at open desks, made in one save: signing in a thousand is not what we measure."""

from datetime import timedelta

from flask import Flask

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.call_queue.policy import QueuePolicy
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.handed_down import hand_down
from app.core.permissions import Role
from app.organisation.models import Unit, UnitKind
from config import Settings


def set_policy(app: Flask, settings: Settings) -> None:
    """No page answers for these desks: their leases last as long as the bench."""
    hand_down(
        app,
        QueuePolicy(
            ring=timedelta(seconds=settings.ring_seconds),
            wrap_up=timedelta(hours=1),
            link_lease=timedelta(days=1),
            is_ready_at_sign_in=False,
        ),
    )


def open_desks(agents: int, *, first_phone: int = 2001) -> list[int]:
    """Make agents and open their desks; return their ids. Needs an app context."""
    with unit_of_work():
        people = [person(str(first_phone + number)) for number in range(agents)]
        db.session.add_all(people)
        db.session.flush()
        ids = [person.id for person in people]
        for agent_id in ids:
            call_queue.open_desk(agent_id, link_id=f"bench-{agent_id}")
    return ids


def register_hotline() -> None:
    """Put 12345 into the register, as every site has it: each call asks what it is."""
    with unit_of_work():
        unit = Unit(code="BENCH", name="12345", kind=UnitKind.CITY_BUREAU)
        db.session.add(unit)
        db.session.flush()
        channels.register_number(
            channels.NewNumber(
                number="12345",
                name="12345",
                owner_unit_id=unit.id,
                mode=channels.MergeMode.MAIN,
                is_sample=False,
                greeting="您好",
                valid_from=clock.now() - timedelta(days=1),
            )
        )


def become_ready(ids: list[int]) -> None:
    """Let them all take calls."""
    with unit_of_work():
        for agent_id in ids:
            call_queue.become_ready(agent_id)


def person(phone: str, *, role: Role = Role.AGENT) -> User:
    """Make somebody who never signs in with a password; not saved yet."""
    at = clock.now()
    return User(
        work_number=phone,
        name=f"坐席{phone}",
        role=role,
        password_hash="nobody signs in here",
        languages=["mandarin"],
        skills=[],
        password_changed_at=at,
        created_at=at,
    )
