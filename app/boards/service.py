"""The board as one picture, ready for the wire: callers masked, each figure with its parts.

A big screen hangs where visitors pass: it gets sums only, no caller and no agent.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from app.accounts import service as accounts
from app.boards import figures
from app.boards.day_calls import DayCalls
from app.boards.figures import Share
from app.call_queue import board_picture
from app.call_queue import service as call_queue
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import BesideReason, PresenceState
from app.calls import counted_calls, outcomes
from app.calls import service as calls
from app.calls.call_policy import CallPolicy
from app.calls.call_spells import SpellKind
from app.calls.exchange_controls import controls_of
from app.channels import service as channels
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.formatting import wire_moment
from app.core.handed_down import given
from app.core.phone_numbers import mask
from app.notifications import service as notifications

Card = dict[str, Any]

MOST_IN_LINE = 50
"""How many callers in line are shown one by one; the others are a number."""

MOST_TO_CALL_BACK = 1000

ALARM_STAYS = timedelta(minutes=2)
"""So long it is shown that nothing came of what an agent wished of his call."""

OFFERED_WITHIN = timedelta(seconds=10)
"""So long a caller may wait beside somebody free who could take him, before the board says so."""

COUNT_AGAIN_AFTER = timedelta(seconds=1)
"""Who waits and who talks is read for every snapshot; figures of a day are a second old at most."""


class CountedLately:
    """The figures as they were counted a moment ago. One for each app; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: datetime | None = None
        self._card: Card = {}

    def card(self, now: datetime) -> Card:
        """Return the figures, counted again where that was long ago, or at another time's clock."""
        with self._lock:
            if self._at is None or not timedelta(0) <= now - self._at < COUNT_AGAIN_AFTER:
                self._card, self._at = _count(now), now
            return self._card


def change_mark() -> tuple[int, int]:
    """Return what is another one as soon as any call or agent has moved: a cheap look."""
    return counted_calls.newest_step(), board_picture.newest_step()


def snapshot() -> Card:
    """Return everything that the board shows. Read it in one steady picture of the database."""
    now = clock.now()
    agents = board_picture.agents_now()
    places = board_picture.line_now(at_most=MOST_IN_LINE)
    on_board = calls.calls_by_id(
        {each.call_id for each in agents if each.call_id} | {each.call_id for each in places}
    )
    names = channels.names_of({call.legacy_number_id for call in on_board.values()})
    people = accounts.people([each.agent_id for each in agents])
    unheard = outcomes.missed_lately(on_board, since=now - ALARM_STAYS)
    return {
        "as_of": wire_moment(now),
        "line": {
            **_line(places, on_board, names, people),
            "stands_still": _stands_still(places, agents, now=now),
        },
        "agents": {
            "counts": Counter(each.state.value for each in agents),
            "rows": [
                {
                    **_agent(each, agents, on_board, names, people),
                    "alarms": _alarms(each, on_board, unheard, now=now),
                }
                for each in agents
            ],
        },
        **given(CountedLately).card(now),
    }


def for_big_screen(board: Mapping[str, Any]) -> Card:
    """Return the same without a single caller or agent."""
    return {
        **board,
        "line": {**board["line"], "rows": []},
        "agents": {"counts": board["agents"]["counts"], "rows": []},
    }


def _line(
    places: Sequence[board_picture.PlaceNow],
    on_board: Mapping[int, calls.Call],
    names: Mapping[int | None, str],
    people: Mapping[int, Any],
) -> Card:
    line = call_queue.board()
    return {
        "waiting": line.waiting,
        "longest_since": wire_moment(line.longest_since) if line.longest_since else None,
        "rows": [
            {
                **_call(on_board[place.call_id], names),
                "number_shown": mask(on_board[place.call_id].from_number),
                "since": wire_moment(place.entered_at),
                "offer_id": place.offer_id,
                "offered_to": _work_number(people, place.offered_to),
            }
            for place in places
            if place.call_id in on_board
        ],
    }


def _stands_still(
    places: Sequence[board_picture.PlaceNow],
    agents: Sequence[board_picture.AgentNow],
    *,
    now: datetime,
) -> int:
    """Return how many callers could be offered now and have been for seconds (peers P13).

    Then something is wrong with us and not with the line: offers are made within milliseconds.
    Routing is asked only where somebody waits while somebody is ready.
    """
    since = now - OFFERED_WITHIN
    waiting = {
        place.call_id for place in places if place.offer_id is None and place.entered_at <= since
    }
    ready = {
        agent.agent_id
        for agent in agents
        if agent.state is PresenceState.READY and agent.since <= since
    }
    if not waiting or not ready:
        return 0
    planned = call_queue.plan_offers()
    return sum(one.call_id in waiting and one.agent_id in ready for one in planned)


def _agent(
    agent: board_picture.AgentNow,
    agents: Sequence[board_picture.AgentNow],
    on_board: Mapping[int, calls.Call],
    names: Mapping[int | None, str],
    people: Mapping[int, Any],
) -> Card:
    call = on_board.get(agent.call_id) if agent.call_id else None
    is_his = call is not None and call.agent_id == agent.agent_id
    person = people.get(agent.agent_id)
    return {
        "agent_id": agent.agent_id,
        "work_number": agent.phone,
        "name": person.name if person else "",
        "state": agent.state.value,
        "reason": agent.reason,
        "since": wire_moment(agent.since),
        "until": wire_moment(agent.until) if agent.until else None,
        "next_state": agent.next_state.value if agent.next_state else None,
        "call": {**_call(call, names), "state": call.state.value} if call else None,
        "can_be_heard": is_his and call is not None and _can_be_heard(call),
        "heard_by": _heard_by(agent, agents) if is_his else [],
    }


def _alarms(
    agent: board_picture.AgentNow,
    on_board: Mapping[int, calls.Call],
    unheard: Collection[int],
    *,
    now: datetime,
) -> list[str]:
    """Return what somebody should look at: told to supervisors, and seen by them here."""
    found = ["not_ready_too_long"] if agent.is_too_long else []
    call = on_board.get(agent.call_id) if agent.call_id else None
    if call is None or call.agent_id != agent.agent_id:
        return found
    limit = given(QueuePolicy).hold_reminder
    if call.state is calls.CallState.HELD and limit and now - call.state_since >= limit:
        found.append("held_too_long")
    if call.id in unheard:
        found.append("outcome_missing")
    return found


def _heard_by(
    agent: board_picture.AgentNow, agents: Sequence[board_picture.AgentNow]
) -> list[Card]:
    """Return who is in this agent's call as a supervisor, and whether he listens or speaks."""
    inside = [
        each.phone
        for each in agents
        if each.call_id == agent.call_id and each.reason == BesideReason.SUPERVISING
    ]
    if not inside or agent.call_id is None:
        return []
    modes = {
        spell.phone: spell.mode
        for spell in calls.going_on(agent.call_id)
        if spell.kind == SpellKind.SUPERVISION
    }
    return [{"work_number": phone, "mode": modes.get(phone, "listen")} for phone in inside]


def _can_be_heard(call: calls.Call) -> bool:
    is_talk = call.state in {calls.CallState.TALKING, calls.CallState.HELD}
    return is_talk and "supervise" in controls_of(call.exchange_id)


def _call(call: calls.Call, names: Mapping[int | None, str]) -> Card:
    return {
        "call_id": call.id,
        "dialled_number": call.dialled_number,
        "line_name": names.get(call.legacy_number_id, ""),
    }


def _work_number(people: Mapping[int, Any], agent_id: int | None) -> str | None:
    person = people.get(agent_id) if agent_id is not None else None
    return person.work_number if person else None


def _count(now: datetime) -> Card:
    untold = notifications.backlog(now=now)
    counted = given(DayCalls).up_to(now)
    names = channels.names_of({call.line_id for call in counted})
    today = now.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    waits = figures.waits(counted, since=today, now=now)
    return {
        "today_since": wire_moment(today),
        "policy": {
            "in_time_seconds": figures.IN_TIME.seconds,
            "short_seconds": given(CallPolicy).short.seconds,
            "connect_goal": figures.CONNECT_GOAL,
            "in_time_goal": figures.IN_TIME_GOAL,
        },
        "figures": {
            "connect": _share(figures.connect_rate(counted, now=now)),
            "connect_with_short": _share(figures.connect_rate(counted, now=now, counts_short=True)),
            "in_time": _share(figures.in_time_rate(counted, since=today, now=now)),
            "in_time_without_short": _share(
                figures.in_time_rate(counted, since=today, now=now, counts_short=False)
            ),
            "missed": figures.missed(counted, since=today, now=now),
            "to_call_back": len(calls.missed_calls(since=today, limit=MOST_TO_CALL_BACK)),
            "waits": {
                "answered": waits.answered,
                "mean": waits.mean,
                "median": waits.median,
                "ninetieth": waits.ninetieth,
            },
        },
        "messages": {"dead": untold.dead, "late": untold.late},
        "numbers": [
            {
                "dialled_number": row.dialled_number,
                "line_name": names.get(row.line_id, ""),
                "requested": row.requested,
                "answered": row.answered,
                "missed": row.missed,
                "waiting": row.waiting,
                "in_time": _share(row.in_time),
            }
            for row in figures.by_number(counted, since=today, now=now)
        ],
        "curve": [
            {
                "at": wire_moment(slot.at),
                "requested": slot.requested,
                "answered": slot.answered,
                "in_time": _share(slot.in_time),
            }
            for slot in figures.curve(counted, now=now)
        ],
    }


def _share(share: Share) -> Card:
    return {"part": share.part, "whole": share.whole, "value": share.value}
