"""Keep two weeks of made-up calls, records and tickets, so that no list of the demo is empty.

Calls reach the ledger from an exchange only, and tickets are opened at the present moment only;
the rooms rightly offer no way to write the past. The rows are therefore put into their tables as
they would stand there, through the tables' names.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, insert, select

from app.accounts import service as accounts
from app.callers import service as callers
from app.channels import service as channels
from app.core.database import db
from app.core.phone_numbers import normalise
from app.demo.seed_callers import MadeUpCaller, made_up_name, made_up_number
from app.demo.seed_days import CITY_ZONE, DESKS, PlannedCall, plan_calls
from app.demo.seed_handling import Opened, columns_of, keep, live
from app.demo.seed_outcomes import (
    KnownArticle,
    PlannedEnquiry,
    PlannedTicket,
    plan_enquiry,
    plan_older,
    plan_ticket,
)
from app.organisation import service as organisation
from app.privacy.levels import PrivacyLevel
from app.tickets import list_rows
from app.tickets.ticket_numbers import ticket_number
from knowledge_base import service as knowledge

EXCHANGE_ID: Final = "history"  # no exchange of ours: nobody misses the recordings
BOOT_ID: Final = "demo-history"
STRANGERS: Final = 700
NORMAL_CLEARING: Final = 16

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who a ticket belongs to."""

    caller_id: int
    name: str


def has_history() -> bool:
    """Say whether the made-up calls have been kept before."""
    calls = _table("calls")
    asked = select(calls.c.id).where(calls.c.boot_id == BOOT_ID).limit(1)
    return db.session.execute(asked).first() is not None


def seed_history(dice: random.Random, *, known: Mapping[MadeUpCaller, int], now: datetime) -> int:
    """Keep the calls of the last two weeks; return how many. Ask `has_history` first."""
    strangers = [made_up_number(dice) for _ in range(STRANGERS)]
    planned = plan_calls(dice, now=now, known=[each.number for each in known], strangers=strangers)
    agents = _ids_of_agents()
    ids = _keep_calls(planned, agents=agents)
    _keep_steps(planned, ids=ids, agents=agents)
    _remember(planned)
    _keep_outcomes(dice, planned, ids=ids, agents=agents, known=known, now=now)
    return len(planned)


def _ids_of_agents() -> dict[str, int]:
    found = {desk.work_number: accounts.find_by_work_number(desk.work_number) for desk in DESKS}
    return {work_number: user.id for work_number, user in found.items() if user is not None}


def _keep_calls(planned: Sequence[PlannedCall], *, agents: Mapping[str, int]) -> list[int]:
    lines = {entry.number: entry.id for entry in channels.list_numbers()}
    rows = [
        {
            "exchange_id": EXCHANGE_ID,
            "boot_id": BOOT_ID,
            "call_key": f"{BOOT_ID}-{place:06}",
            "dialled_number": call.line,
            "from_number": normalise(call.from_number),
            "from_name": "",
            "legacy_number_id": lines.get(call.line),
            "state": "ended",
            "state_since": call.ended_at,
            "last_news_at": call.ended_at,
            "invited_at": call.invited_at,
            "waiting_at": call.waiting_at,
            "talk_started_at": call.answered_at,
            "ended_at": call.ended_at,
            "ended_by": "agent" if call.answered_at and place % 4 == 0 else "caller",
            "cause": NORMAL_CLEARING,
            "agent_id": agents[call.work_number] if call.work_number else None,
            "is_kept": False,
        }
        for place, call in enumerate(planned, start=1)
    ]
    return _insert_and_number("calls", rows)


def _keep_steps(
    planned: Sequence[PlannedCall], *, ids: Sequence[int], agents: Mapping[str, int]
) -> None:
    """Keep what durations are computed from: the steps, the agents' legs, places in line."""
    steps: list[Row] = []
    legs: list[Row] = []
    entries: list[Row] = []
    offers: list[Row] = []
    for call_id, call in zip(ids, planned, strict=True):
        agent_id = agents[call.work_number] if call.work_number else None
        steps.extend(_steps(call, call_id=call_id, agent_id=agent_id))
        entries.append(
            {
                "call_id": call_id,
                "exchange_id": EXCHANGE_ID,
                "state": "taken" if call.answered_at else "left",
                "entered_at": call.waiting_at,
                "priority": 0,
                "stands_since": call.waiting_at,
                "needs": "",
                "is_restricted": False,
                "left_at": call.answered_at or call.ended_at,
            }
        )
        if agent_id is None:
            continue
        legs.append(
            {
                "call_id": call_id,
                "leg_key": f"{BOOT_ID}-leg-{call_id}",
                "phone": call.work_number,
                "agent_id": agent_id,
                "ringing_at": call.ringing_at,
                "answered_at": call.answered_at,
                "ended_at": call.ended_at,
                "end_reason": "call_ended",
            }
        )
        offers.append(
            {
                "call_id": call_id,
                "agent_id": agent_id,
                "state": "answered",
                "made_at": call.ringing_at,
                "ring_until": call.answered_at,
                "ended_at": call.answered_at,
            }
        )
    _insert("call_state_changes", steps)
    _insert("call_legs", legs)
    _insert("queue_entries", entries)
    _insert("offers", offers)


def _steps(call: PlannedCall, *, call_id: int, agent_id: int | None) -> list[Row]:
    walked = [
        ("intake", call.invited_at, "call_arrived", None),
        ("waiting", call.waiting_at, "caller_placed", None),
        ("ringing", call.ringing_at, "agent_ringing", None),
        ("talking", call.answered_at, "agent_answered", agent_id),
        ("ended", call.ended_at, "call_ended", agent_id),
    ]
    rows: list[Row] = []
    old = None
    for new, at, because, who in walked:
        if at is None:
            continue
        rows.append(
            {
                "call_id": call_id,
                "old": old,
                "new": new,
                "at": at,
                "because": because,
                "agent_id": who,
            }
        )
        old = new
    return rows


def _remember(planned: Sequence[PlannedCall]) -> None:
    last = {call.from_number: call.invited_at for call in planned if call.from_number}
    for number, at in last.items():
        callers.remember_call(number, at=at)


def _keep_outcomes(
    dice: random.Random,
    planned: Sequence[PlannedCall],
    *,
    ids: Sequence[int],
    agents: Mapping[str, int],
    known: Mapping[MadeUpCaller, int],
    now: datetime,
) -> None:
    articles = _known_articles()
    towns = {area.code: organisation.towns_of(area.code) for area in organisation.list_counties()}
    enquiries: list[Row] = []
    wrap_ups: list[Row] = []
    tickets: list[tuple[int | None, PlannedCall | None, PlannedTicket]] = [
        (None, None, ticket) for ticket in plan_older(dice, towns=towns, now=now)
    ]
    for call_id, call in zip(ids, planned, strict=True):
        if call.work_number is None:
            continue
        agent_id = agents[call.work_number]
        if call.leaves_ticket:
            tickets.append((call_id, call, _ticket_of(dice, call, towns)))
            code = "ticket_opened"
        else:
            enquiry = plan_enquiry(dice, call, articles=articles)
            enquiries.append(_enquiry_row(enquiry, call, call_id=call_id, agent_id=agent_id))
            code = enquiry.wrap_up_code
        wrap_ups.append(
            {
                "call_id": call_id,
                "agent_id": agent_id,
                "code": code,
                "started_at": call.ended_at,
                "finished_at": call.wrapped_up_at,
                "extensions": 0,
            }
        )
    _insert("enquiry_records", enquiries)
    _insert("wrap_ups", wrap_ups)
    _keep_tickets(dice, tickets, agents=agents, known=known, now=now)


def _ticket_of(
    dice: random.Random, call: PlannedCall, towns: Mapping[str, Sequence[Any]]
) -> PlannedTicket:
    ended = call.wrapped_up_at or call.ended_at
    at = ended - timedelta(seconds=dice.uniform(1, 12))
    return plan_ticket(dice, call.line, towns=towns, at=at)


def _enquiry_row(enquiry: PlannedEnquiry, call: PlannedCall, *, call_id: int, agent_id: int) -> Row:
    row = asdict(enquiry)
    del row["wrap_up_code"]
    saved_at = call.wrapped_up_at
    return {
        **row,
        "call_id": call_id,
        "agent_id": agent_id,
        "caller_name": "",
        "saved_at": saved_at,
    }


def _keep_tickets(
    dice: random.Random,
    tickets: Sequence[tuple[int | None, PlannedCall | None, PlannedTicket]],
    *,
    agents: Mapping[str, int],
    known: Mapping[MadeUpCaller, int],
    now: datetime,
) -> None:
    lines = {entry.number: entry.id for entry in channels.list_numbers()}
    by_number = _callers_by_number(known)
    of_day: Counter[Any] = Counter()
    rows: list[Row] = []
    opened: list[Opened] = []
    for call_id, call, ticket in sorted(tickets, key=lambda each: each[2].opened_at):
        day = ticket.opened_at.astimezone(CITY_ZONE).date()
        of_day[day] += 1
        number = call.from_number if call else dice.choice(sorted(by_number))
        who = dice.choice(by_number.get(number) or [_stranger(dice, number)])
        by_number.setdefault(number, [who])
        desk = call.work_number if call and call.work_number else dice.choice(DESKS).work_number
        opened.append(
            Opened(
                number=ticket_number(day, of_day[day]),
                ticket=ticket,
                call_ended_at=call.ended_at if call else ticket.opened_at,
                opened_by=agents[desk],
            )
        )
        row = asdict(ticket)
        is_confidential = row.pop("is_confidential")
        rows.append(
            {
                **row,
                "privacy": PrivacyLevel.CONFIDENTIAL if is_confidential else PrivacyLevel.ORDINARY,
                "number": opened[-1].number,
                "call_id": call_id,
                "legacy_number_id": lines.get(call.line) if call else None,
                "caller_id": who.caller_id,
                "caller_name": who.name,
                "calling_number": normalise(call.from_number) if call else "",
                "contact_number": normalise(number),
                "first_contact_id": agents[desk],
            }
        )
    lives = live(dice, opened, now=now)
    kept = [{**row, **columns_of(life)} for row, life in zip(rows, lives, strict=True)]
    keep(_insert_and_number("tickets", kept), lives, now=now)
    list_rows.make_all_anew()  # these rows were written past the objects that keep them
    _insert("ticket_sequences", [{"day": day, "last": last} for day, last in of_day.items()])


def _callers_by_number(known: Mapping[MadeUpCaller, int]) -> dict[str, list[Caller]]:
    found: dict[str, list[Caller]] = {}
    for made, caller_id in known.items():
        found.setdefault(made.number, []).append(Caller(caller_id=caller_id, name=made.name))
    return found


def _stranger(dice: random.Random, number: str) -> Caller:
    name = made_up_name(dice)
    return Caller(caller_id=callers.get_or_open_caller(number, name).id, name=name)


def _known_articles() -> list[KnownArticle]:
    units = {unit.id: unit.name for unit in organisation.list_units()}
    return [
        KnownArticle(
            article_id=article.id,
            title=article.title,
            category_code=article.category_code,
            unit_name=units[article.unit_id],
            lines=tuple(article.legacy_numbers),
        )
        for article in knowledge.list_articles()
        if article.is_sample
    ]


def _table(name: str) -> Table:
    return db.metadata.tables[name]


def _insert(name: str, rows: list[Row]) -> None:
    if rows:
        db.session.execute(insert(_table(name)), rows)


def _insert_and_number(name: str, rows: list[Row]) -> list[int]:
    """Insert rows and return their ids in the order of the rows."""
    if not rows:
        return []
    table = _table(name)
    wanted = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(db.session.execute(wanted, rows).scalars())
