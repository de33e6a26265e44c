"""The first page of the list of tickets, and of the results within each scope.

Every filter alone, pairs, and more by chance.
"""

import itertools
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import event

from app.core.database import db
from app.factory import create_app
from app.handling import scope as handling_scope
from app.organisation import service as organisation
from app.results import service as results
from app.results.scopes import scope_of
from app.tickets import reading
from app.tickets.list_search import Asked, found_ids
from app.tickets.list_wanted import TicketsWanted
from app.tickets.list_within import Within
from app.tickets.ticket_list import PER_PAGE, Reader, page_of_list
from config import read_settings
from tests import people
from tests.bench import many_tickets, postgres
from tests.bench.rows import Row, at_most, quantile
from tests.conftest import PageClient

TICKETS = 1_000_000
GOAL_MS = 50
TIMES = 2
BY_CHANCE = 100
PAIRS = 150
NOW = "2026-11-23T02:00:00Z"
OFFERED: dict[str, list[str]] = {
    "text": ["停水", "噪声", "水", "求", "夜间施工噪声", "宏图花园停水", "编号00997",
             "从未有过的词", "HY2024", "HY20250302"],
    "state": ["open", "suspended", "closed", "archived", "void", "adjudication"],
    "request_type": ["complaint", "suggestion"],
    "category": ["01", "0501"],
    "county": ["441602", "441623"],
    "urgency": ["urgent"],
    "first_contact": ["900007"],
    "unit": ["3"],
    "overdue": ["yes"],
    "confidential": ["yes", "no"],
    "opened_from": ["2026-10-01"],
    "opened_until": ["2024-12-31"],
    "closed_from": ["2026-01-01"],
    "closed_until": ["2024-06-30"],
    "sort": ["oldest", "due_first", "due_last"],
}  # fmt: skip
OF_RESULTS: dict[str, list[str]] = {
    "text": ["停水", "水", "求", "编号00997", "从未有过的词", "HY20250302"],
    "channel": ["phone"],
    "request_type": ["complaint", "suggestion"],
    "county_code": ["441602", "441623"],
    "state": ["open", "done", "void"],
    "since": ["2026-10-01"],
    "until": ["2024-12-31"],
}
OWN_NAMES = {"county_code": "county", "since": "opened_from", "until": "opened_until"}
READERS = {
    "leader": "hotline",
    "county_dispatcher": "county-441602",
    "city_liaison": "urban-management",
}


def run(size: float, work: Path) -> list[Row]:
    """Seed, ask for every page, look at every plan."""
    count = max(2000, int(TICKETS * size))
    with postgres.running(work) as template:
        url = template.copy(work, content="registers")
        seconds = many_tickets.put(url, count)
        app = create_app(
            read_settings(
                {**postgres.ENVIRONMENT, "DATABASE_URL": url, "INSTANCE_DIR": str(work / "lists")}
            )
        )
        app.test_client_class = PageClient
        with app.app_context(), time_machine.travel(NOW, tick=True):
            rows = _measured(app, count, seconds, is_whole=size >= 1)
            rows += _of_results(app, count, is_whole=size >= 1)
            db.session.remove()
            db.engine.dispose()
        template.drop(url)
    return rows


def choices() -> Iterator[dict[str, str]]:
    """Give nothing chosen, every filter alone, many pairs, and more by chance."""
    yield {}
    for name, values in OFFERED.items():
        yield from ({name: value} for value in values)
    dice = random.Random(12345)  # the same each time
    pairs = [
        {one: value, other: beside}
        for one, other in itertools.combinations(OFFERED, 2)
        for value in OFFERED[one]
        for beside in OFFERED[other]
    ]
    yield from dice.sample(pairs, PAIRS)
    for _ in range(BY_CHANCE):
        names = dice.sample(list(OFFERED), dice.randint(3, 6))
        yield {name: dice.choice(OFFERED[name]) for name in names}


def _measured(app: Flask, count: int, seconds: float, *, is_whole: bool) -> list[Row]:
    pages: list[tuple[float, str]] = []
    read: list[float] = []
    scans: set[str] = set()
    for role in ("hotline_manager", "agent"):
        browser = app.test_client()
        person = people.one_person(role)
        people.sign_in(browser, person.work_number)  # type: ignore[arg-type]  # a PageClient
        reader = Reader(person_id=person.id, reads_confidential=role == "hotline_manager")
        for choice in choices() if is_whole else itertools.islice(choices(), 80):
            chosen = {"sort": "newest", **choice}
            pages.append((_page_ms(browser, chosen), f"{role} {choice}"))
            read.append(_reading_ms(TicketsWanted(**chosen), reader))
            if _scans(TicketsWanted(**chosen), reader):
                scans.add(f"{role} {choice}")
    pages.sort()
    taken = [each for each, _ in pages]
    slowest, which = pages[-1]
    beside = f"{count} tickets, {len(pages)} pages; slowest: {which}"
    return [
        at_most("ticket list: slowest first page", slowest, "ms", goal=GOAL_MS, peer=beside),
        Row(name="ticket list: first page, p50", value=quantile(taken, 0.5), unit="ms"),
        Row(name="ticket list: first page, p99", value=quantile(taken, 0.99), unit="ms"),
        Row(name="ticket list: slowest reading alone", value=max(read), unit="ms"),
        Row(
            name="ticket list: plans that read a whole table",
            value=len(scans),
            unit="plans",
            peer="; ".join(sorted(scans)[:3]),
            goal="0" if is_whole else "",
            ok=not scans if is_whole else None,
        ),
        Row(name="ticket list: seeding", value=seconds, unit="s", peer=f"{count} tickets"),
    ]


def _of_results(app: Flask, count: int, *, is_whole: bool) -> list[Row]:
    """Ask for the results as a leader of the city, a county and a unit."""
    pages: list[tuple[float, str]] = []
    scans: set[str] = set()
    for role, unit_code in READERS.items():
        unit = organisation.find_unit_by_code(unit_code)
        browser = app.test_client()
        person = people.one_person(role, unit_id=unit.id)
        people.sign_in(browser, person.work_number)  # type: ignore[arg-type]  # a PageClient
        for chosen in result_choices() if is_whole else itertools.islice(result_choices(), 12):
            pages.append((_page_ms(browser, chosen, path="/results"), f"{role} {chosen}"))
            wanted = TicketsWanted(
                **{OWN_NAMES.get(name, name): value for name, value in chosen.items()}
            )
            scope = scope_of(
                role,
                unit_region=unit.region_code,
                unit_ids=handling_scope.units_of(unit.id),
            )
            if _scans(wanted, reading.reader_of(person.id), within=results.within_of(scope)):
                scans.add(f"{role} {chosen}")
    slowest, which = max(pages)
    beside = f"{count} tickets, {len(pages)} pages; slowest: {which}"
    taken = [each for each, _ in pages]
    return [
        at_most("results: slowest first page", slowest, "ms", goal=GOAL_MS, peer=beside),
        Row(name="results: first page, p50", value=quantile(taken, 0.5), unit="ms"),
        Row(
            name="results: plans that read a whole table",
            value=len(scans),
            unit="plans",
            peer="; ".join(sorted(scans)[:3]),
            goal="0" if is_whole else "",
            ok=not scans if is_whole else None,
        ),
    ]


def result_choices() -> Iterator[dict[str, str]]:
    """Give nothing chosen, every filter of the results alone, and every pair that can be."""
    yield {}
    for name, values in OF_RESULTS.items():
        yield from ({name: value} for value in values)
    for one, other in itertools.combinations(OF_RESULTS, 2):
        if (one, other) == ("since", "until"):
            continue  # the wrong way round: refused beside the field
        for value in OF_RESULTS[one]:
            yield from ({one: value, other: beside} for beside in OF_RESULTS[other])


def _page_ms(browser: Any, chosen: dict[str, str], *, path: str = "/tickets") -> float:
    """Return the server's time for a page, the least of a few: others use the machine too."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = browser.get(path, query_string=chosen)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    return min(taken)


def _reading_ms(wanted: TicketsWanted, reader: Reader) -> float:
    """Return the time for reading the rows of a page, the least of a few."""
    taken = []
    for _ in range(TIMES):
        db.session.rollback()
        began = time.perf_counter()
        page_of_list(wanted, reader)
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def _scans(wanted: TicketsWanted, reader: Reader, *, within: Within | None = None) -> bool:
    """Say whether anything asked for a page reads tickets or their rows from end to end."""
    asked = Asked(wanted=wanted, reader=reader, place=None, most=PER_PAGE + 1, within=within)
    plans: list[str] = []

    def explain(_conn: Any, cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        said = cursor.connection.cursor().execute(f"EXPLAIN {statement}", given)
        plans.append("\n".join(line for (line,) in said))

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        found_ids(asked)
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)
    return any("Seq Scan on ticket" in plan for plan in plans)
