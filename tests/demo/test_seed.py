import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app.accounts import people_register
from app.accounts import service as accounts
from app.calls import service as calls
from app.core.database import db
from app.core.permissions import Role
from app.core.phone_numbers import normalise
from app.demo.seed import DemoOnly, seed_demo
from app.demo.seed_callers import COUNT, made_up_callers
from app.organisation import service as organisation
from app.tickets.ticket_numbers import is_ticket_number
from tests.database import DEMO_NOW as NOW


def rows(name: str) -> list[Any]:
    """Return every row of a table, in the order of its key."""
    table = db.metadata.tables[name]
    return list(db.session.execute(select(table).order_by(*table.primary_key)).all())


def counts() -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in db.metadata.sorted_tables
    }


@pytest.mark.postgresql
@pytest.mark.usefixtures("app", "seeded_city")
def test_a_second_run_changes_nothing() -> None:
    before = counts()
    tickets = rows("tickets")

    added = seed_demo(NOW + timedelta(days=2))

    assert set(added.values()) == {0}
    assert counts() == before
    assert rows("tickets") == tickets


@pytest.mark.usefixtures("app")
def test_the_first_run_takes_less_than_twenty_seconds_of_computing() -> None:
    began = time.process_time()
    with time_machine.travel(NOW):  # nobody is put on duty in a week that is over
        seed_demo(NOW)

    # its tickets live: with their clocks, results and visits that is half as much again
    assert time.process_time() - began < 20


@pytest.mark.usefixtures("app", "seeded_city")
def test_there_is_at_least_one_person_of_each_role() -> None:
    people = people_register.list_demo_people()

    assert {person.role for person in people} == set(Role)
    assert [person.work_number for person in people] == [str(1001 + at) for at in range(21)]
    assert all(person.is_demo for person in people)


@pytest.mark.usefixtures("app", "seeded_city")
def test_four_agents_take_calls_one_speaks_hakka_one_is_outsourced_one_at_a_sub_centre() -> None:
    at_desks = {"agent", "outsourced_agent", "sub_centre_agent"}
    agents = [person for person in people_register.list_demo_people() if person.role in at_desks]

    assert Counter(str(agent.role) for agent in agents) == {
        "agent": 2,
        "outsourced_agent": 1,
        "sub_centre_agent": 1,
    }
    assert any("hakka" in agent.languages for agent in agents if agent.role == Role.AGENT)
    own = next(agent for agent in agents if agent.role == Role.SUB_CENTRE_AGENT)
    assert own.unit_id is not None
    assert organisation.get_unit(own.unit_id).kind == "sub_centre"


@pytest.mark.usefixtures("app", "seeded_city")
def test_demo_people_sign_in_with_the_password_the_page_shows() -> None:
    assert accounts.prove_password("1006", password=accounts.DEMO_PASSWORD).is_right


@pytest.mark.postgresql
@pytest.mark.usefixtures("app", "seeded_city")
def test_nine_of_ten_tickets_are_complaints_and_most_calls_are_answered_at_once() -> None:
    tickets, enquiries = rows("tickets"), rows("enquiry_records")
    types = Counter(str(ticket.request_type) for ticket in tickets)

    assert 0.85 < types["complaint"] / len(tickets) < 0.96
    assert len(enquiries) > 2 * len(tickets)


@pytest.mark.usefixtures("app", "seeded_city")
def test_every_answered_call_has_one_outcome_and_a_missed_one_has_none() -> None:
    outcomes = Counter(
        [ticket.call_id for ticket in rows("tickets")]
        + [record.call_id for record in rows("enquiry_records")]
    )

    for call in rows("calls"):
        assert outcomes[call.id] == (1 if call.talk_started_at else 0)


@pytest.mark.usefixtures("app", "seeded_city")
def test_the_ledger_computes_from_its_steps_what_the_call_says() -> None:
    for call in rows("calls")[::97]:
        talked = calls.talk_seconds(call.id)
        expected = call.ended_at - call.talk_started_at if call.talk_started_at else timedelta()
        assert talked == pytest.approx(expected.total_seconds(), abs=0.01)


@pytest.mark.usefixtures("app", "seeded_city")
def test_ticket_numbers_are_whole_and_unique_and_the_days_count_goes_on() -> None:
    numbers = [ticket.number for ticket in rows("tickets")]
    counted = Counter(number[2:10] for number in numbers)

    assert all(is_ticket_number(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert {f"{each.day:%Y%m%d}": each.last for each in rows("ticket_sequences")} == counted


@pytest.mark.usefixtures("app", "seeded_city")
def test_tickets_stand_in_every_state_and_none_is_from_the_future() -> None:
    tickets = rows("tickets")
    steps = rows("ticket_steps")

    assert set(Counter(str(ticket.state) for ticket in tickets)) == {
        "to_review",
        "to_dispatch",
        "to_sign",
        "handling",
        "suspended",
        "return_review",
        "adjudication",
        "to_audit",
        "to_visit",
        "closed",
        "merged",
    }
    assert max(step.at for step in steps) < NOW
    last = {step.ticket_id: step.new for step in steps}
    assert all(last[ticket.id] == ticket.state for ticket in tickets)


@pytest.mark.usefixtures("app", "seeded_city")
def test_a_ticket_lies_in_a_town_of_its_county() -> None:
    towns = {
        county.code: {town.code for town in organisation.towns_of(county.code)}
        for county in organisation.list_counties()
    }

    for ticket in rows("tickets"):
        assert ticket.town_code in towns[ticket.county_code]
        assert len(ticket.title) <= 50


@pytest.mark.usefixtures("app", "seeded_city")
def test_texts_wait_in_time_and_late_one_is_with_a_colleague_and_a_clerk_left_a_draft() -> None:
    texts = rows("inbound_messages")
    waiting = [text for text in texts if text.state == "waiting"]

    assert {str(text.state) for text in texts} == {"waiting", "taken", "closed"}
    assert {text.due_at < NOW for text in waiting} == {True, False}
    assert all(text.received_at < NOW for text in texts)
    assert [case.ticket_id for case in rows("channel_cases")] == [None]


@pytest.mark.usefixtures("app", "seeded_city")
def test_reports_are_confidential() -> None:
    assert all(
        ticket.privacy == "confidential"
        for ticket in rows("tickets")
        if ticket.request_type == "report"
    )


def test_one_number_may_belong_to_two_persons_of_different_names() -> None:
    made = made_up_callers(random.Random(12345))
    by_number = Counter(each.number for each in made)
    shared = [number for number, persons in by_number.items() if persons == 2]

    assert len(made) == COUNT
    assert len(shared) == 6
    for number in shared:
        surnames = {each.name[0] for each in made if each.number == number}
        assert len(surnames) == 2


def test_made_up_numbers_lie_where_no_operator_has_given_any() -> None:
    for each in made_up_callers(random.Random(12345)):
        assert normalise(each.number).startswith(("+86154", "+8676220000"))


class TestOnALiveSite:
    """A live site takes no made-up people."""

    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """Run the app as a live site."""
        return {**environment, "SITE_MODE": "live", "EXCHANGES": ""}

    @pytest.mark.usefixtures("app")
    def test_made_up_people_are_refused(self) -> None:
        before = counts()

        with pytest.raises(DemoOnly):
            seed_demo(NOW)

        assert counts() == before
