"""Keep the lives of the demonstration's tickets: parts, clocks, contacts, results, visits."""

import hashlib
import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, insert, update

from app.accounts import people_register
from app.accounts import service as accounts
from app.accounts.password_hashing import hash_password
from app.core.database import db
from app.core.errors import NotFound
from app.demo.seed_callers import made_up_name
from app.demo.seed_lives import Life, PlannedClock, Row, Rules, reckoned
from app.demo.seed_outcomes import CLERKS_TOWN, PlannedTicket
from app.demo.seed_plots import Dealer, merge
from app.demo.seed_stories import Hands, Teller
from app.handling import clocks
from app.handling.reply_checks import bare
from app.organisation import service as organisation
from app.rules import rule_register, working_calendar
from app.rules import service as rules
from app.tickets.ticket_states import TicketState

DISPATCHER: Final = "1003"
AUDITOR: Final = "1001"
VISITOR: Final = "1004"
MANAGER: Final = "1001"
SUPERVISOR: Final = "1012"
STAFF = (DISPATCHER, AUDITOR, VISITOR, MANAGER, SUPERVISOR)
FALLBACK: Final = "gov-services"
MERGED_AT_MOST: Final = 14
FIRST_CLERK: Final = 2001
ROLE_OF: Final = {
    "county": "county_dispatcher", "functional_area": "county_dispatcher", "town": "town_clerk",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A ticket as it was opened; `call_ended_at`: when its citizen's clock begins."""

    number: str
    ticket: PlannedTicket
    call_ended_at: datetime
    opened_by: int


def live(dice: random.Random, opened: Sequence[Opened], *, now: datetime) -> list[Life]:
    """Let every ticket live up to now; return the lives in the order of the tickets."""
    known = Rules(book=rule_register.read_book(), working=working_calendar.working_time())
    units = {unit.code: unit.id for unit in organisation.list_units()}
    leads = [_units_for(dice, each.ticket, units) for each in opened]
    wanted = {unit_id for row in leads for unit_id in row if unit_id is not None}
    clerks = _clerks(dice, wanted, now=now)
    staff = {each: _of_number(each) for each in STAFF}
    dealer = Dealer(dice=dice)
    tellers = []
    for each, (lead, other, below) in zip(opened, leads, strict=True):
        life = Life(
            rules=known,
            request_type=each.ticket.request_type,
            is_urgent=each.ticket.urgency != "normal",
        )
        life.open(call_ended_at=each.call_ended_at, at=each.ticket.opened_at, by=each.opened_by)
        place = organisation.get_region(each.ticket.town_code).name
        teller = Teller(
            life=life,
            hands=_hands(each, lead=lead, other=other, below=below, clerks=clerks, staff=staff),
            place=place,
            category=each.ticket.category_code,
            now=now,
            dice=dice,
        )
        dealer.deal(teller)
        tellers.append(teller)
    _merge_some(opened, tellers)
    return [each.life for each in tellers]


def columns_of(life: Life) -> Row:
    """Return what a ticket's own row says of its life; `master_id` follows by `keep`."""
    return {
        "state": life.state,
        "closed_at": life.closed_at,
        "round": life.round,
        "lead_unit_id": life.lead_unit_id,
        "due_at": next(
            reckoned(each, life.rules)["due_at"]
            for each in reversed(life.clocks)
            if each.kind == "citizen"
        ),
        "version": len(life.steps),
    }


def keep(ids: Sequence[int], lives: Sequence[Life], *, now: datetime) -> None:
    """Keep everything that was done with these tickets."""
    pairs = list(zip(ids, lives, strict=True))
    ids_of = {id(life): ticket_id for ticket_id, life in pairs}
    masters = [
        {"ticket": ticket_id, "master": ids_of[id(life.master)]}
        for ticket_id, life in pairs
        if life.master is not None
    ]
    for each in masters:
        tickets = _table("tickets")
        db.session.execute(
            update(tickets).where(tickets.c.id == each["ticket"]).values(master_id=each["master"])
        )
    parts = _keep_each("assignments", pairs, [life.parts for life in lives])
    contacts = _keep_each("ticket_contacts", pairs, [life.contacts for life in lives])
    _keep_steps(pairs, contacts, masters=ids_of)
    _keep_clocks(pairs, now=now)
    _keep_results(pairs)
    for name, rows in (
        ("visits", [life.visits for life in lives]),
        ("follow_ups", [life.follow_ups for life in lives]),
        ("disputes", [life.disputes for life in lives]),
    ):
        _keep_each(name, pairs, rows)
    returns = [_linked(life.returns, "assignment", "assignment_id", own)
               for life, own in zip(lives, parts, strict=True)]  # fmt: skip
    _keep_each("return_wishes", pairs, returns)
    times = [_linked(life.times, "contact", "told_in_contact_id", own)
             for life, own in zip(lives, contacts, strict=True)]  # fmt: skip
    _keep_each("time_wishes", pairs, times)


def _units_for(
    dice: random.Random, ticket: PlannedTicket, units: Mapping[str, int]
) -> tuple[int, int, int | None]:
    """Return who leads, who else might, and who is below the lead."""
    category = rules.get_category(ticket.category_code)
    bureau = units.get(category.default_unit_code or "", units[FALLBACK])
    county = units.get(f"county-{ticket.county_code}") or units[ticket.county_code.lower()]
    town = units.get(f"town-{ticket.town_code}")
    chance = dice.random()
    if ticket.town_code == CLERKS_TOWN and town is not None and chance < 0.6:
        return town, county, None
    if chance < 0.55:
        return bureau, county, None
    return county, bureau, town


def _hands(
    each: Opened,
    *,
    lead: int,
    other: int,
    below: int | None,
    clerks: Mapping[int, int],
    staff: Mapping[str, int],
) -> Hands:
    return Hands(
        agent=each.opened_by,
        dispatcher=staff[DISPATCHER],
        auditor=staff[AUDITOR],
        visitor=staff[VISITOR],
        manager=staff[MANAGER],
        supervisor=staff[SUPERVISOR],
        lead=lead,
        other=other,
        below=below,
        of_unit=clerks,
    )


def _of_number(work_number: str) -> int:
    found = accounts.find_by_work_number(work_number)
    if found is None:
        raise NotFound
    return found.id


def _clerks(dice: random.Random, unit_ids: Iterable[int], *, now: datetime) -> dict[int, int]:
    """Return somebody of each of these units; who is not there is made, and cannot sign in."""
    known = {
        person.unit_id: person.id
        for person in people_register.list_demo_people()
        if person.unit_id is not None
        and person.role in {"city_liaison", "county_dispatcher", "town_clerk", "section_clerk"}
    }
    password_hash = hash_password(secrets.token_urlsafe(32))
    missing = sorted(set(unit_ids) - set(known))
    rows = [
        {
            "work_number": str(FIRST_CLERK + at),
            "name": made_up_name(dice),
            "password_hash": password_hash,
            "role": ROLE_OF.get(str(organisation.get_unit(unit_id).kind), "city_liaison"),
            "unit_id": unit_id,
            "is_active": True,
            "must_change_password": True,
            "password_changed_at": now,
            "created_at": now - timedelta(days=60),
        }
        for at, unit_id in enumerate(missing)
    ]
    return {**known, **dict(zip(missing, _insert_and_number("users", rows), strict=True))}


def _merge_some(opened: Sequence[Opened], tellers: Sequence[Teller]) -> None:
    mergeable = {TicketState.TO_DISPATCH, TicketState.TO_SIGN, TicketState.HANDLING}
    masters: dict[tuple[str, str], int] = {}
    merged = 0
    for at, each in enumerate(opened):
        key = (each.ticket.category_code, each.ticket.county_code)
        if tellers[at].life.state not in mergeable or merged >= MERGED_AT_MOST:
            continue
        if key in masters and merge(tellers[at], tellers[masters[key]], child_number=each.number):
            merged += 1
        else:
            masters[key] = at


def _keep_steps(
    pairs: Sequence[tuple[int, Life]],
    contacts: Sequence[Sequence[int]],
    *,
    masters: Mapping[int, int],
) -> None:
    rows = []
    for (ticket_id, life), own in zip(pairs, contacts, strict=True):
        of_contacts = iter(own)
        for step in life.steps:
            carried = step["carried"]
            if step["act"] == "contact":
                carried = {"contact": next(of_contacts), **carried}
            if step["act"] == "merge":
                carried = {"master": masters[id(life.master)]}
            rows.append({**step, "ticket_id": ticket_id, "carried": carried})
    _insert("ticket_steps", rows)


def _keep_clocks(pairs: Sequence[tuple[int, Life]], *, now: datetime) -> None:
    rows: list[Row] = []
    planned: list[PlannedClock] = []
    for ticket_id, life in pairs:
        nth: dict[Any, int] = {}
        for clock in life.clocks:
            nth[clock.kind] = nth.get(clock.kind, 0) + 1
            row = reckoned(clock, life.rules)
            told = {
                # what has been so for days is no news when the demonstration opens
                "told_nearly_due_at": _if_past(row["warns_at"], now),
                "told_ran_out_at": _if_past(row["due_at"], now),
            }
            by_calendar = {
                "calendar_version": working_calendar.newest_version(),
                "calendar_region": clocks.region_for(clock.kind, clock.unit_id),
            }
            of_ticket = {"ticket_id": ticket_id, "nth": nth[clock.kind]}
            rows.append({**row, **told, **by_calendar, **of_ticket})
            planned.append(clock)
    ids = _insert_and_number("ticket_clocks", rows)
    steps = [
        {
            "clock_id": clock_id,
            "event": step.event,
            "at": step.at,
            "by_limit": str(step.by or ""),
            "saved_at": step.at,
            "saved_by": by,
        }
        for clock_id, clock in zip(ids, planned, strict=True)
        for step, by in clock.steps
    ]
    _insert("ticket_clock_steps", steps)


def _keep_results(pairs: Sequence[tuple[int, Life]]) -> None:
    rows = [
        {
            **each,
            "ticket_id": ticket_id,
            "reply_hash": hashlib.sha256(bare(each["public_reply"]).encode()).hexdigest(),
        }
        for ticket_id, life in pairs
        for each in life.results
    ]
    rows.sort(key=lambda row: row["handed_in_at"])
    ids = _insert_and_number("ticket_results", rows)
    first: dict[tuple[int, str], tuple[int, int]] = {}
    table = _table("ticket_results")
    for result_id, row in zip(ids, rows, strict=True):
        key = (row["unit_id"], row["reply_hash"])
        found, of_ticket = first.setdefault(key, (result_id, row["ticket_id"]))
        if of_ticket != row["ticket_id"]:
            copied = update(table).where(table.c.id == result_id).values(copied_from_id=found)
            db.session.execute(copied)


def _keep_each(
    name: str, pairs: Sequence[tuple[int, Life]], rows: Sequence[Sequence[Row]]
) -> list[list[int]]:
    """Insert rows of many lives; return their ids, life by life."""
    flat = [
        {**row, "ticket_id": ticket_id}
        for (ticket_id, _life), own in zip(pairs, rows, strict=True)
        for row in own
    ]
    ids = iter(_insert_and_number(name, flat))
    return [[next(ids) for _row in own] for own in rows]


def _linked(rows: Sequence[Row], name: str, column: str, ids: Sequence[int]) -> list[Row]:
    linked = []
    for row in rows:
        at = row[name]
        kept = {key: value for key, value in row.items() if key != name}
        linked.append({**kept, column: ids[at] if at is not None else None})
    return linked


def _if_past(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment < now else None


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
