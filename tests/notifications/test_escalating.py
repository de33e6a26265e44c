"""An urgent ticket that nobody signs for wakes one person after another, once each."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core import clock as wall
from app.core.database import unit_of_work
from app.duty_roster import service as roster
from app.duty_roster.roster_rules import DutyPart
from app.handling import sweeping, unit_parts
from app.notifications import jobs
from app.notifications.message_states import MessageState
from app.notifications.occasions import Occasion, Way
from app.organisation import service as organisation
from app.rules import rule_register
from app.tickets.service import Urgency
from tests import people
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved
from tests.notifications.stage import messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]
NUMBERS = {
    DutyPart.FIRST: "+8613800000001",
    DutyPart.SECOND: "+8613800000002",
    DutyPart.LEADER: "+8613800000003",
}
SHIFT_LEADER = "+8613800000009"


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    made = make_cast()
    people.one_person("shift_leader", contact_number=SHIFT_LEADER)
    return made


def put_on_duty(cast: Cast, *parts: DutyPart, unit_id: int | None = None) -> None:
    now, unit = wall.now(), unit_id or cast.lead
    with unit_of_work():
        for part in parts:
            person_id = roster.set_person(
                unit, name=str(part), number=NUMBERS[part], by=cast.unit.user_id
            )
            roster.plan(
                unit,
                person_id=person_id,
                part=part,
                begins_at=now,
                ends_at=now + timedelta(days=1),
                by=cast.unit.user_id,
            )


def dispatch_urgent(cast: Cast) -> int:
    """Send out what must be signed for within fifteen minutes."""
    ticket_id = play.open_one(cast, urgency=Urgency.URGENT, urgency_reason="测试")
    play.send(cast, ticket_id)
    return ticket_id


def woken() -> list[str]:
    """Give whom a call was to wake, in the order of writing."""
    return [
        each.address or each.reason
        for each in messages()
        if each.occasion is Occasion.ESCALATED and each.way is Way.VOICE
    ]


def test_one_person_after_another_is_called_and_texted(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    dispatch_urgent(cast)
    heard = []
    for _minute in range(17):
        jobs.watch_once()
        heard.append(len(woken()))
        tick(minutes=1)

    # 33 % and 67 % of fifteen minutes, and the limit itself
    assert heard == [0] * 5 + [1] * 6 + [2] * 4 + [3] * 2
    assert woken() == [NUMBERS[DutyPart.SECOND], NUMBERS[DutyPart.LEADER], SHIFT_LEADER]
    calls = [each for each in messages() if each.occasion is Occasion.ESCALATED]
    assert [each.way for each in calls] == [Way.VOICE, Way.SMS] * 3
    assert all(each.due_at == each.made_at for each in calls)
    assert "至今未签收，签收时限2026年11月23日10:15" in calls[0].body


def test_it_goes_on_at_night(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    tick(hours=13)  # 23:00 in Heyuan
    dispatch_urgent(cast)
    tick(minutes=6)
    jobs.watch_once()

    [call, text] = [each for each in messages() if each.occasion is Occasion.ESCALATED]
    assert call.due_at == text.due_at == wall.now()


def test_who_signs_is_left_in_peace(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    ticket_id = dispatch_urgent(cast)
    tick(minutes=6)
    jobs.watch_once()
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    tick(hours=1)
    jobs.watch_once()

    assert woken() == [NUMBERS[DutyPart.SECOND]]


def test_what_was_taken_up_by_itself_still_comes_to_the_hotlines_shift_leader(
    cast: Cast, tick: Tick
) -> None:
    put_on_duty(cast, *DutyPart)
    dispatch_urgent(cast)
    tick(minutes=16)
    for act in sweeping.find_due(wall.now()):
        with unit_of_work():
            act()
    jobs.watch_once()

    assert woken()[-1] == SHIFT_LEADER


def test_a_ticket_that_does_not_hurry_wakes_nobody(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    play.send(cast, play.open_one(cast))
    tick(days=5)
    jobs.watch_once()

    assert woken() == []


def test_after_a_time_in_which_nobody_looked_everybody_is_told_once(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    dispatch_urgent(cast)
    tick(hours=2)
    jobs.watch_once()
    jobs.watch_once()

    assert len(woken()) == 3


def test_where_the_roster_has_a_hole_the_next_above_is_woken(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, DutyPart.FIRST, DutyPart.LEADER)
    dispatch_urgent(cast)
    tick(minutes=6)
    jobs.watch_once()

    assert woken() == [NUMBERS[DutyPart.LEADER]]


def test_where_nobody_is_on_duty_the_row_says_so_and_the_hotline_is_woken_at_once(
    cast: Cast, tick: Tick
) -> None:
    dispatch_urgent(cast)
    tick(minutes=6)
    jobs.watch_once()

    assert woken() == ["nobody_on_duty", SHIFT_LEADER]
    states = {each.reason: each.state for each in messages()}
    assert states["nobody_on_duty"] is MessageState.WITHHELD


def test_the_hotlines_own_roster_says_who_its_shift_leader_is(cast: Cast, tick: Tick) -> None:
    hotline = organisation.find_unit_by_code("hotline").id
    put_on_duty(cast, DutyPart.LEADER, unit_id=hotline)
    dispatch_urgent(cast)
    tick(minutes=16)
    jobs.watch_once()

    assert woken()[-1] == NUMBERS[DutyPart.LEADER]


def test_the_shares_are_dated_rules(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    with unit_of_work():
        rule_register.set_value("share.escalate_second", "10%", basis="x", valid_from=None)
    dispatch_urgent(cast)
    tick(minutes=2)
    jobs.watch_once()

    assert woken() == [NUMBERS[DutyPart.SECOND]]


def test_the_same_ticket_dispatched_anew_begins_anew(cast: Cast, tick: Tick) -> None:
    put_on_duty(cast, *DutyPart)
    ticket_id = dispatch_urgent(cast)
    tick(minutes=6)
    jobs.watch_once()
    play.give_back(cast, ticket_id)
    saved(play.returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id)
    tick(minutes=6)
    jobs.watch_once()

    assert woken() == [NUMBERS[DutyPart.SECOND]] * 2
