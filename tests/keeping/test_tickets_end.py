"""A ticket whose time is over leaves what is counted, and nothing that was said or whom it was."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event as Flag

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.audit import line_ends
from app.callers.models import Caller, CallerNumber, CallerRestriction, MisuseMark
from app.calls.models import Call
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.phone_numbers import ERASED
from app.handling.counted_tickets import tickets_opened
from app.handling.models import Assignment, Contact, TicketClock, Visit
from app.keeping import holding, jobs, rounds
from app.notifications.models import Message
from app.recordings import jobs as recording_jobs
from app.rules import service as rules
from app.tickets.models import Ticket, TicketStep
from app.tickets.ticket_states import OPEN_STATES
from tests.database import DEMO_NOW
from tests.keeping.all_rows import everything, found_in

pytestmark = pytest.mark.postgresql

TEN_YEARS = timedelta(days=3650)


@pytest.fixture
def afterwards(seeded_city: None, app: Flask) -> Iterator[time_machine.Traveller]:  # noqa: ARG001
    """Stand in the demonstration's city, with the clock to be moved."""
    with time_machine.travel(DEMO_NOW, tick=False) as traveller:
        with unit_of_work():
            rules.load_retention_rules()
        yield traveller


def all_rounds() -> None:
    """Let the day's rounds run, those of recordings first, as they do every morning."""
    recording_jobs.delete_due(now=clock.now())
    jobs.run_due((*jobs.WORKS, line_ends.WORK), now=clock.now(), stopped=Flag())


def said_of(ticket: Ticket) -> set[str]:
    """Return what leads to the person of a ticket, and what was said."""
    texts = (ticket.content, ticket.demand, ticket.address, ticket.respondent)
    person = (ticket.caller_name, ticket.contact_number, ticket.calling_number)
    exactly = {repr(each) for each in person if len(each) > 1}  # as a row shows it
    return exactly | {each for each in texts if len(each) > 5}


def test_a_city_ten_years_on_holds_nothing_of_its_old_tickets_and_counts_them_as_before(
    afterwards: time_machine.Traveller,
) -> None:
    said = {each.id: said_of(each) for each in db.session.scalars(select(Ticket))}
    begins = DEMO_NOW - timedelta(days=60)
    before = tickets_opened(begins, DEMO_NOW, now=DEMO_NOW)
    rows = how_many()

    afterwards.move_to(DEMO_NOW + TEN_YEARS + timedelta(days=2))
    all_rounds()

    db.session.rollback()
    erased = {each.id for each in db.session.scalars(select(Ticket)) if each.erased_at}
    assert len(erased) > 400
    gone = set().union(*(said[each] for each in erased))
    still = set().union(*(said[each] for each in said.keys() - erased))
    # who also called without leaving a ticket is known from that call, and by his name
    others = {repr(each.from_number) for each in db.session.scalars(select(Call))}
    others |= {repr(each.name) for each in db.session.scalars(select(Caller)) if each.name}
    tables = everything()
    tables.pop("users")  # people of ours may be called the same
    assert found_in(gone - still - others, tables) == set()
    assert tickets_opened(begins, DEMO_NOW, now=DEMO_NOW) == before
    assert how_many() == rows


def test_a_person_of_whom_no_ticket_is_left_is_forgotten(
    afterwards: time_machine.Traveller,
) -> None:
    of_person: dict[int, set[int]] = {}
    for each in db.session.scalars(select(Ticket).where(Ticket.caller_id.is_not(None))):
        of_person.setdefault(each.caller_id or 0, set()).add(each.id)
    marked = {each.number for each in db.session.scalars(select(CallerRestriction))}
    marked |= {each.number for each in db.session.scalars(select(MisuseMark))}
    of_marked = select(CallerNumber.caller_id).where(CallerNumber.number.in_(marked))
    kept = set(db.session.scalars(of_marked))

    afterwards.move_to(DEMO_NOW + TEN_YEARS + timedelta(days=2))
    all_rounds()

    db.session.rollback()
    erased = {each.id for each in db.session.scalars(select(Ticket)) if each.erased_at}
    gone = {person for person, ids in of_person.items() if ids <= erased} - kept
    assert len(gone) > 50
    for person in db.session.scalars(select(Caller).where(Caller.id.in_(of_person))):
        assert (person.forgotten_at is not None) is (person.id in gone), person.id
        assert (person.name is None) or person.id not in gone


def how_many() -> dict[str, int | None]:
    """Count the rows that figures are made of."""
    return {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model))
        for model in (Ticket, TicketStep, Call, Message, TicketClock, Assignment, Contact, Visit)
    }


def test_nothing_is_left_behind_that_belonged_to_no_other_ticket(
    afterwards: time_machine.Traveller,
) -> None:
    afterwards.move_to(DEMO_NOW + TEN_YEARS + timedelta(days=2))
    all_rounds()

    db.session.rollback()
    tickets = {each.id: each for each in db.session.scalars(select(Ticket))}
    ties = holding.ties_of_tickets(tickets)
    of_call: dict[int, list[Ticket]] = {}
    for ticket_id, call_id in ties:
        of_call.setdefault(call_id, []).append(tickets[ticket_id])
    for call in db.session.scalars(select(Call).where(Call.id.in_(of_call))):
        is_over = all(each.erased_at for each in of_call[call.id])
        assert (call.from_number == ERASED) is is_over, call.id
    for each in tickets.values():
        if each.erased_at is None and each.state not in OPEN_STATES:
            assert why_kept(each, tickets), each.number
    assert rounds.last_round("ticket").waiting == sum(  # type: ignore[union-attr]
        each.erased_at is None and each.state not in OPEN_STATES for each in tickets.values()
    )


def why_kept(ticket: Ticket, tickets: dict[int, Ticket]) -> bool:
    """Say whether an open ticket has something to do with one that is over."""
    group = {ticket.id, ticket.sibling_of_id, ticket.master_id}
    others = [each for each in tickets.values() if each.id in group or each.sibling_of_id in group]
    return any(each.state in OPEN_STATES for each in others if each is not ticket)
