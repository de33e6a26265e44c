"""What the desk is told around a call: missed callers, own figures, why no call comes."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.accounts import service as accounts
from app.call_queue import at_the_desk
from app.calls import call_backs
from app.calls import service as calls
from app.channels import service as channels
from app.core import clock
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask

Card = dict[str, Any]

LONGEST_LOOK_BACK = 30
CITY_TIME = ZoneInfo("Asia/Shanghai")


def call_back_cards(days: int, *, agent_id: int) -> list[Card]:
    """Return missed callers with masked numbers; `days` back, a month at most.

    Those that still wait come first, the one due soonest before all.
    """
    back = timedelta(days=max(1, min(days, LONGEST_LOOK_BACK)))
    found = call_backs.list_missed(since=clock.now() - back)
    people = accounts.people(
        [each for one in found for each in (one.owner_id, one.verdict.by) if each is not None]
    )
    lines = channels.names_of({one.call.legacy_number_id for one in found})

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""

    cards: list[Card] = [
        {
            "call_id": one.call.id,
            "number_shown": mask(one.call.from_number),
            "dialled_number": one.call.dialled_number,
            "line_name": lines.get(one.call.legacy_number_id, one.call.dialled_number),
            "called_at": wire_moment(one.call.invited_at),
            "waited_seconds": round(calls.waits_of(one.call).until_answer),
            "result": one.call.result.value if one.call.result else None,
            "state": one.verdict.state.value,
            "owner_name": name(one.owner_id),
            "is_mine": one.owner_id == agent_id,
            "by_name": name(one.verdict.by),
            "at": wire_moment(one.verdict.at) if one.verdict.at else None,
            "due_at": wire_moment(one.verdict.due_at),
            "is_late": one.verdict.is_late,
            "tries": one.tries,
            "why": one.why,
        }
        for one in found
    ]
    waits = ("open", "taken")
    waiting = sorted(
        (c for c in cards if c["state"] in waits), key=lambda card: str(card["due_at"])
    )
    return waiting + [card for card in cards if card["state"] not in waits]


def own_day_card(agent_id: int) -> Card:
    """Return the agent's figures since midnight, with the parts that each is made of."""
    since = midnight(clock.now())
    day = at_the_desk.own_day(agent_id, since=since)
    return {
        **asdict(day),
        "handled": day.handled,
        "handling_seconds": day.handling_seconds,
        "occupancy": day.occupancy,
        "since": wire_moment(since),
        "as_of": wire_moment(clock.now()),
    }


def no_call_card(agent_id: int) -> Card:
    """Return the verdict as a code with what its sentence needs."""
    verdict = at_the_desk.why_no_call_comes(agent_id)
    return {"code": verdict.code, "parameters": verdict.parameters}


def midnight(at: datetime) -> datetime:
    """Return the beginning of this day in the city."""
    return at.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
