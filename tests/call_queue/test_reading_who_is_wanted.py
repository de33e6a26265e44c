"""Only those of the free are read who could be wanted, and the decisions are those of all."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import insert, update

from app.call_queue import line_picture, offering
from app.call_queue.models import Offer, Presence, QueueEntry
from app.call_queue.presence_states import OfferState, PresenceState
from app.call_queue.routing import match
from app.core import clock
from app.core.database import db, unit_of_work
from app.organisation.models import Unit, UnitKind
from tests.call_queue import desks
from tests.calls.line_news import Line

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]

SKILLS = (["tax"], ["hakka"], ["tax", "hakka"], [])


def sub_centre() -> int:
    with unit_of_work():
        unit = Unit(code="TAX", name="税务局", kind=UnitKind.CITY_BUREAU)
        db.session.add(unit)
        db.session.flush()
        return unit.id


def offer(call_id: int, agent_id: int, *, state: OfferState, rests: bool) -> None:
    at = clock.now()
    db.session.execute(
        insert(Offer).values(
            call_id=call_id,
            agent_id=agent_id,
            state=state,
            made_at=at,
            ring_until=at,
            ended_at=at,
            rest_until=at + timedelta(minutes=1) if rests else None,
        )
    )


def shuffle(
    pick: Random, agents: list[int], lines: list[int], unit_id: int, *, owners: list[int | None]
) -> None:
    """Give everybody another place, another need, and another past."""
    at = clock.now()
    with unit_of_work():
        db.session.execute(db.delete(Offer))
        for agent_id in agents:
            state = pick.choice([PresenceState.READY, PresenceState.READY, PresenceState.NOT_READY])
            since = at - timedelta(seconds=pick.randrange(5))
            there = update(Presence).where(Presence.agent_id == agent_id)
            db.session.execute(there.values(state=state, idle_since=since, until=None))
        for call_id in lines:
            needs = " ".join(sorted(pick.choice(SKILLS)))
            place = update(QueueEntry).where(QueueEntry.call_id == call_id)
            db.session.execute(
                place.values(
                    needs=needs,
                    sub_centre_id=pick.choice([None, None, unit_id]),
                    city_from=pick.choice([None, at, at + timedelta(minutes=1)]),
                    stands_since=at - timedelta(seconds=pick.randrange(50)),
                    preferred_agent_id=pick.choice(owners),
                    rest_until=pick.choice([None, None, None, at + timedelta(minutes=1)]),
                )
            )
            for agent_id in pick.sample(agents, pick.randrange(3)):
                state = pick.choice([OfferState.MISSED, OfferState.WITHDRAWN])
                offer(call_id, agent_id, state=state, rests=state is OfferState.WITHDRAWN)


@pytest.mark.parametrize(("has_owners", "callers"), [(True, 4), (False, 4), (False, 2), (True, 1)])
def test_whatever_the_picture_the_decisions_are_those_of_the_whole_picture(
    monkeypatch: pytest.MonkeyPatch, has_owners: bool, callers: int
) -> None:
    monkeypatch.setattr(line_picture, "SPARE", 1)
    desks.link_up()
    unit_id = sub_centre()
    centre = {"unit_id": unit_id, "role": "sub_centre_agent"}
    agents = [desks.ready_agent(skills=SKILLS[count % 4]).id for count in range(11)]
    agents += [desks.ready_agent(skills=skills, **centre).id for skills in (["city"], [], ["tax"])]
    lines = [desks.caller_in_line(f"call-{count}").call().id for count in range(callers)]
    owners = agents[::5] if has_owners else []
    pick = Random(5)
    saved = 0

    for _ in range(20):
        shuffle(pick, agents, lines, unit_id, owners=[None, None, *owners])
        now = clock.now()
        free = line_picture.read_free()
        saved += len(free) - len(line_picture.read_wanted(line_picture.read_line(now)))
        with monkeypatch.context() as asked:
            asked.setattr(line_picture.Line, "only", None)  # one caller is read as many are
            waiting = line_picture.read_waiting(line_picture.read_line(now), free)
        whole = match(waiting, free, now=now)

        assert sorted(offering.plan(), key=str) == sorted(whole, key=str)
    assert saved > 0 or callers > 2


def test_of_many_who_are_alike_only_as_many_are_read_as_wait() -> None:
    desks.link_up()
    longest = desks.ready_agent()
    for _ in range(9):
        desks.ready_agent()
    owner = desks.ready_agent()
    line: Line = desks.caller_in_line()
    other = desks.caller_in_line("call-2")
    other_id = other.call().id
    with unit_of_work():
        place = update(QueueEntry).where(QueueEntry.call_id == other_id)
        db.session.execute(place.values(preferred_agent_id=owner.id))

    wanted = {
        agent.agent_id for agent in line_picture.read_wanted(line_picture.read_line(clock.now()))
    }

    assert len(wanted) == 3
    assert {longest.id, owner.id} <= wanted
    assert {each.call_id: each.agent_id for each in offering.plan()} == {
        line.call().id: longest.id,
        other_id: owner.id,
    }
