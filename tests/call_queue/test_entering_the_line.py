"""What is written down of a caller when he enters the line, and how it leads him to his agent."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.callers import service as callers
from app.calls import service as calls
from app.channels import service as channels
from app.core import clock
from app.core.database import unit_of_work
from app.rules import service as rules
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

pytestmark = pytest.mark.usefixtures("city")

TAX_NUMBER = "12366"


@pytest.fixture
def city(registers: None, app: object, frozen: object) -> None:  # noqa: ARG001 - tables of this app
    """The register with its units; the exchange can be reached."""
    with unit_of_work():
        channels.load_numbers()
    desks.link_up()


def tax_office() -> int:
    with unit_of_work():
        found = channels.recognise_number(TAX_NUMBER, clock.now())
        assert found is not None
        return found.owner_unit_id


def caller_for(number: str, key: str, *, since: float = 0, who: str = "13900002817") -> Line:
    line = Line(call_key=key, dialled_number=number, from_number=who)
    tell(line.arrived(since), line.queued(since + 1))
    return line


def test_a_sub_centres_caller_waits_for_its_seats_and_overflows_once(
    tick: Callable[..., None],
) -> None:
    knows_taxes = desks.ready_agent(skills=["tax"])
    line = caller_for(TAX_NUMBER, "about-taxes")
    assert desks.offer_all() == 0

    tick(seconds=31)

    assert desks.offer_all() == 1
    assert desks.presence(knows_taxes).call_id == line.call().id


def test_the_sub_centres_own_seat_has_its_caller_at_once_and_none_of_the_citys() -> None:
    own = desks.ready_agent(skills=["tax"], unit_id=tax_office(), role="sub_centre_agent")
    caller_for("12345", "for-the-city")
    assert desks.offer_all() == 0

    line = caller_for(TAX_NUMBER, "about-taxes", since=5)

    assert desks.offer_all() == 1
    assert desks.presence(own).call_id == line.call().id


def test_a_sub_centres_seat_that_helps_the_city_takes_its_calls() -> None:
    own = desks.ready_agent(skills=["city"], unit_id=tax_office(), role="sub_centre_agent")
    line = caller_for("12345", "for-the-city")

    assert desks.offer_all() == 1
    assert desks.presence(own).call_id == line.call().id


def open_ticket(agent_id: int, call_id: int) -> None:
    with unit_of_work():
        tickets.open_ticket(
            tickets.NewTicket(
                call_id=call_id,
                opened_by=agent_id,
                request_type=Nature.COMPLAINT,
                title="路灯不亮",
                content="路灯三天不亮",
                category_code=rules.list_categories()[-1].code,
                county_code="441602",
                urgency=tickets.Urgency.NORMAL,
            )
        )


def test_the_first_contact_owner_of_an_open_ticket_gets_his_caller_again() -> None:
    owner = desks.ready_agent()
    first = caller_for("12345", "first-time")
    desks.offer_all()
    tell(first.answered(owner.work_number, 5))
    open_ticket(owner.id, first.call().id)
    tell(first.ended(60))
    desks.ready_agent()  # idle for longer than the owner
    desks.finish_call(owner)

    again = caller_for("12345", "second-time", since=100)

    assert desks.offer_all() == 1
    assert desks.presence(owner).call_id == again.call().id


def restrict(number: str, **lasts: float) -> int:
    with unit_of_work():
        until = clock.now() + timedelta(**lasts)
        return callers.restrict(number, until=until, why="连续骚扰").id


def test_a_restricted_caller_stands_behind_the_others_until_the_mark_is_lifted() -> None:
    mark_id = restrict("13900009999", days=3)
    restricted = caller_for("12345", "restricted", who="13900009999")
    ordinary = caller_for("12345", "ordinary", since=20)
    agent = desks.ready_agent()
    desks.offer_all()
    assert desks.presence(agent).call_id == ordinary.call().id
    assert desks.entry(restricted).is_restricted

    with unit_of_work():
        callers.lift_restriction(mark_id)

    assert not desks.entry(caller_for("12345", "appealed", who="13900009999")).is_restricted


def test_a_mark_ends_on_its_day(tick: Callable[..., None]) -> None:
    restrict("13900009999", hours=1)
    tick(hours=1)

    assert not callers.is_restricted("+8613900009999", at=clock.now())


def test_a_withheld_number_cannot_be_restricted_and_a_mark_has_a_reason() -> None:
    with unit_of_work(), pytest.raises(callers.NumberNeeded):
        callers.restrict("", until=clock.now(), why="骚扰")
    with unit_of_work(), pytest.raises(callers.RestrictionNeedsReason):
        callers.restrict("13900009999", until=clock.now(), why=" ")


def test_a_mark_is_lifted_once() -> None:
    mark_id = restrict("13900009999", days=3)
    leader = people.one_person("shift_leader")
    with unit_of_work():
        callers.lift_restriction(mark_id, lifted_by=leader.id)

    with unit_of_work(), pytest.raises(callers.UnknownRestriction):
        callers.lift_restriction(mark_id)


def test_a_number_that_stands_in_no_register_is_anybodys() -> None:
    agent = desks.ready_agent()
    line = caller_for("99999", "hole-in-the-register")

    assert desks.offer_all() == 1
    assert desks.presence(agent).call_id == line.call().id
    assert calls.get_call(line.call().id).state.value == "waiting"
