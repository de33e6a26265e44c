"""The demonstration's tickets live a life that the handling room itself would have written."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import service as accounts
from app.core.database import db, unit_of_work
from app.handling import clocks, results
from app.handling.models import TicketClock
from app.tickets.ticket_moves import TABLE
from app.tickets.ticket_states import OPEN_STATES
from tests.database import DEMO_NOW as NOW

pytestmark = pytest.mark.usefixtures("app", "seeded_city")

CLERKS = ("1014", "1015", "1016")
WORKED_ON = {"handling", "suspended"}


def rows(name: str) -> list[Any]:
    """Return every row of a table, oldest first."""
    table = db.metadata.tables[name]
    return list(db.session.execute(select(table).order_by(table.c.id)).all())


@pytest.mark.postgresql
def test_every_clock_stands_as_its_steps_say() -> None:
    kept = list(db.session.scalars(select(TicketClock)))

    assert len(kept) > 1500
    with unit_of_work():  # one save: the calendar is read once
        states = [clocks.state_of(row) for row in kept]
    for row, state in zip(kept, states, strict=True):
        copies = (row.due_at, row.is_running, row.done_at, row.extensions)
        assert copies == (state.due, state.is_running, state.done_at, state.extensions)
    assert max(row.extensions for row in kept) == 1
    assert {str(row.kind) for row in kept} == {
        "citizen", "dispatch", "sign", "handle", "visit", "assist", "supervise",
    }  # fmt: skip


def test_a_step_begins_where_the_one_before_ended_and_never_earlier() -> None:
    walked: dict[int, list[Any]] = defaultdict(list)
    for step in rows("ticket_steps"):
        walked[step.ticket_id].append(step)

    assert len(walked) == len(rows("tickets"))
    moves = {(str(move.act), old, move.new) for move in TABLE for old in move.old}
    for steps in walked.values():
        assert (steps[0].act, steps[0].old) == ("open", None)
        for before, step in pairwise(steps):
            assert step.old == before.new
            assert step.at >= before.at
            assert step.old == step.new or (step.act, step.old, step.new) in moves


def test_a_ticket_is_due_when_its_citizens_newest_clock_is() -> None:
    newest = {row.ticket_id: row.due_at for row in rows("ticket_clocks") if row.kind == "citizen"}

    for ticket in rows("tickets"):
        assert ticket.due_at == newest[ticket.id]


def test_who_leads_has_a_part_and_ended_tickets_owe_nothing() -> None:
    live = defaultdict(list)
    for part in rows("assignments"):
        if part.ended_at is None and part.part == "lead":
            live[part.ticket_id].append(part.unit_id)
    running = {row.ticket_id for row in rows("ticket_clocks") if row.done_at is None}

    for ticket in rows("tickets"):
        if ticket.state in OPEN_STATES and ticket.lead_unit_id is not None:
            assert live[ticket.id] == [ticket.lead_unit_id]
        elif ticket.state == "closed":
            assert ticket.id not in live
            assert ticket.id not in running
            assert ticket.closed_at is not None
        if ticket.state == "merged":
            assert ticket.master_id is not None


def test_nothing_was_handed_in_before_the_citizen_was_spoken_with() -> None:
    first = {}
    for contact in rows("ticket_contacts"):
        if contact.is_reached:
            first.setdefault((contact.ticket_id, contact.round), contact.at)

    handed_in = rows("ticket_results")
    assert len(handed_in) > 200
    for result in handed_in:
        assert first[result.ticket_id, result.round] < result.handed_in_at
    copied = [each for each in handed_in if each.copied_from_id is not None]
    assert len(copied) < len(handed_in) / 4
    for each in copied:
        assert each.reply_hash == next(
            row.reply_hash for row in handed_in if row.id == each.copied_from_id
        )
    assert results.results_of(handed_in[0].ticket_id)


@pytest.mark.parametrize("work_number", CLERKS)
def test_each_clerk_of_a_unit_has_something_on_every_tab(work_number: str) -> None:
    clerk = accounts.find_by_work_number(work_number)
    assert clerk is not None
    led = [each for each in rows("tickets") if each.lead_unit_id == clerk.unit_id]
    due = {
        row.ticket_id: row.due_at
        for row in rows("ticket_clocks")
        if row.kind == "handle" and row.done_at is None
    }
    states = Counter(str(each.state) for each in led)

    assert states["to_sign"] >= 1
    assert states["handling"] >= 3
    assert states["closed"] >= 3
    assert any(due[each.id] < NOW for each in led if each.state in WORKED_ON)
    defects = {each.ticket_id for each in rows("ticket_results") if each.defect}
    assert defects & {each.id for each in led if each.state == "handling"}
