"""A column that somebody adds to a ticket or a call is emptied at the end, or said to stay."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Enum,
    Integer,
    Numeric,
    String,
    Table,
    func,
    select,
)

from app.calls.models import Call
from app.core import clock
from app.core.column_types import Moment
from app.core.database import db, unit_of_work
from app.keeping import jobs
from app.tickets.models import Ticket
from tests.channel_entries.clerks import load_channels
from tests.recordings.ended_calls import an_ended_call
from tests.recordings.tickets_opened import a_ticket_of, close

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen", "lengths")]

SECRET = "钟离三秘"

OTHERS: tuple[tuple[type[Any], Any], ...] = (
    (JSON, {"text": SECRET, "note": SECRET}),
    (Boolean, False),
    (Integer, 1),
    (Numeric, 1),
    (Moment, datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),
)

# Classes of their own, or what is no part of a ticket: they have ends of their own, or none yet.
ELSEWHERE = frozenset(
    {
        "ticket_holds", "recording_holds", "recordings", "recording_plays", "recording_deletions",
        "misuse_marks", "caller_restrictions", "restriction_appeals",
    }
)  # fmt: skip

# Codes, keys and names of ours: figures or other rows stand on them, and nobody is in them.
WRITTEN_BY_NOBODY = """
    attachment_deletions.path attachment_deletions.sha256
    call_forwards.number call_forwards.outcome
    call_legs.end_reason call_legs.leg_key call_legs.phone
    call_orders.answer_code call_orders.body call_orders.exchange_id call_orders.kind
    call_spells.mode call_spells.phone call_state_changes.because
    call_transfers.address call_transfers.end_reason call_transfers.to_entry
    calls.boot_id calls.call_key calls.dialled_number calls.door_reason calls.ended_by
    calls.exchange_id calls.lost_contact calls.resume_contact calls.talk_contact
    channel_cases.source_no
    clock_rule_changes.new_limit clock_rule_changes.new_version
    clock_rule_changes.old_limit clock_rule_changes.old_version
    desk_notices.reason desk_notices.state desk_notices.why_code
    enquiry_records.category_code enquiry_records.exclusion_code enquiry_records.once_key
    inbound_messages.close_reason inbound_messages.limit inbound_messages.message_key
    message_tries.detail message_tries.key message_tries.outcome message_tries.provider
    messages.channel messages.key messages.language messages.lease messages.once_key
    messages.reason messages.recipient_name messages.template
    outside_numbers.number outside_numbers.searched
    precedents.basis precedents.category_code precedents.county_code
    presence_changes.reason presences.next_reason presences.phone presences.reason
    queue_entries.exchange_id queue_entries.needs
    return_wishes.reason ticket_clock_steps.by_limit ticket_list_rows.number
    ticket_clocks.basis ticket_clocks.calendar_region ticket_clocks.limit
    ticket_clocks.rules_version ticket_clocks.warns_before
    ticket_results.defect ticket_results.once_key ticket_results.procedure ticket_steps.act
    tickets.category_code tickets.county_code tickets.flags tickets.number tickets.once_key
    tickets.request_type
    tickets.source_no tickets.tags tickets.town_code
    time_wishes.by_limit time_wishes.reason visits.exclusion wrap_ups.code
"""
STAYS = frozenset(WRITTEN_BY_NOBODY.split())
"""An order's body loses the caller's number and name (`calls.erasing`), a precedent's words its
caller's name and every number; a leg's phone goes where it is the citizen's."""


def value_for(column: Column[Any], ids: dict[str, int]) -> Any:
    """Return what fits: the ticket's own rows, else any row, and words wherever they can stand."""
    for key in column.foreign_keys:
        target = key.column.table.name
        if target in ids or column.nullable:
            return ids.get(target)
        return db.session.scalar(select(func.min(key.column)))
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class or column.type.enums))
    if isinstance(column.type, String):
        return f"{SECRET}{column.table.name}{column.name}"[: column.type.length or 99]
    return next(value for kind, value in OTHERS if isinstance(column.type, kind))


def fill(ids: dict[str, int]) -> set[str]:
    """Put a row full of words into every table that hangs on the ticket or its call."""
    filled = set()
    for table in db.metadata.sorted_tables:
        hangs = {key.column.table.name for key in table.foreign_keys} & ids.keys()
        if not hangs or table.name in ids or table.name in ELSEWHERE:
            continue
        of_ours = _of(table, ids)
        if db.session.execute(table.select().where(of_ours)).first() is None:
            key = [each for each in table.primary_key.columns if not each.foreign_keys]
            row = {each.name: value_for(each, ids) for each in table.columns if each not in key}
            named = {each.name: value_for(each, ids) for each in key if each.name != "id"}
            db.session.execute(table.insert().values({**row, **named}))
        else:
            speak(table, of_ours)
        if "id" in table.columns:
            first = db.session.execute(table.select().where(of_ours)).mappings().first()
            ids[table.name] = first["id"] if first else 0
        filled.add(table.name)
    return filled


def _of(table: Table, ids: dict[str, int]) -> Any:
    key = next(each for each in table.foreign_keys if each.column.table.name in ids)
    return key.parent == ids[key.column.table.name]


def speak(table: Table, of_ours: Any) -> None:
    """Write words into whatever a row that is there has room for."""
    words = {
        each.name: value_for(each, {})
        for each in table.columns
        if isinstance(each.type, String | JSON)
        and not isinstance(each.type, Enum)
        and not (each.foreign_keys or each.primary_key)
        and f"{table.name}.{each.name}" not in STAYS
    }
    if words:
        db.session.execute(table.update().where(of_ours).values(words))


def left() -> set[str]:
    """Return the columns in which the words still stand."""
    db.session.rollback()
    found = set()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(table.select()).mappings():
            found |= {f"{table.name}.{name}" for name, value in row.items() if SECRET in str(value)}
    return found


def test_no_column_of_what_hangs_on_a_ticket_keeps_words_that_nobody_decided_to_keep(
    agent: Any, tick: Callable[..., None]
) -> None:
    load_channels()
    call_id = an_ended_call("boot.1", phone=agent.work_number)
    ticket_id = a_ticket_of(call_id, by=agent.id)
    close(ticket_id, at=clock.now())
    with unit_of_work():
        filled = fill({"tickets": ticket_id, "calls": call_id})
        for model, row_id in ((Ticket, ticket_id), (Call, call_id)):
            speak(model.__table__, model.__table__.c.id == row_id)
    assert len(filled) > 30, filled

    tick(days=3651)
    jobs.run_due(jobs.WORKS, now=clock.now(), stopped=Flag())

    assert sorted(left() - STAYS) == []
