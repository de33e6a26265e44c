"""A figure of the past stays when tickets are put away, and a unit's figure counts its own acts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import unit_of_work
from app.handling import results, returning, sweeping, unit_parts, visiting
from app.handling.clock_rules import ClockKind
from app.handling.counted_tickets import tickets_opened
from app.handling.refusals import CitizenHasAnswered
from app.handling.ticket_pictures import TicketPicture
from app.measures import service
from app.measures.grouping import Group
from app.measures.periods import PeriodKind, period_of
from app.rules.type_natures import Nature
from app.tickets import stepping
from app.tickets.person_details import PersonDetails, PersonKind
from app.tickets.ticket_states import TicketState
from tests.conftest import A_WORKING_MORNING
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, make_cast, saved, state
from tests.handling.fast_lane import switch_on

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")


@pytest.fixture
def cast(frozen: time_machine.Traveller) -> Cast:  # noqa: ARG001 - stops the clock first
    """Give one person of each role."""
    return make_cast()


def counted() -> TicketPicture:
    """Return the newest ticket as figures count it."""
    now = wall.now()
    return tickets_opened(now - timedelta(days=400), now + timedelta(days=1), now=now)[-1]


@pytest.mark.parametrize("ending", [TicketState.WITHDRAWN, TicketState.VOID])
def test_what_was_withdrawn_or_struck_out_is_left_out_after_it_was_put_away_too(
    cast: Cast, frozen: time_machine.Traveller, ending: TicketState
) -> None:
    ticket_id = play.open_one(cast)
    with unit_of_work():
        ticket = stepping.read_for_change(ticket_id)
        stepping.write_step(ticket, "withdraw", at=wall.now(), by=None, new=ending)
    before = counted().exclusions
    assert str(ending) in before

    frozen.shift(timedelta(days=100))
    for do in sweeping.find_due(wall.now()):
        saved(do)
    assert state(ticket_id) == "archived"
    assert counted().exclusions == before


def test_what_was_closed_is_left_out_for_no_ending_when_it_is_put_away(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id)
    frozen.shift(timedelta(days=100))
    for do in sweeping.find_due(wall.now()):
        saved(do)

    assert state(ticket_id) == "archived"
    assert counted().exclusions == frozenset()


def of_unit(code: str, unit_id: int) -> tuple[int, int]:
    """Return how many of how many a rate by units counts for one unit."""
    period = period_of(A_WORKING_MORNING.date(), PeriodKind.MONTH)
    rows = service.reckon_period(period, Group.UNIT).rows[code]
    mine = [row.figure for row in rows if row.key == str(unit_id)]
    return sum(len(f.numerator) for f in mine), sum(len(f.denominator) for f in mine)


def passed_on(cast: Cast, frozen: time_machine.Traveller, *, waits: timedelta) -> int:
    """Let a unit give a ticket back, the dispatcher sit on it, and another unit get it."""
    ticket_id = play.open_one(cast, request_type=Nature.CONSULT)
    play.send(cast, ticket_id)
    play.give_back(cast, ticket_id)
    frozen.shift(waits)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=cast.second)
    saved(unit_parts.sign, ticket_id, doer=cast.other)
    play.reach(cast, ticket_id, by=cast.other)
    new = results.NewResult(public_reply=play.REPLY, is_solved=True)
    saved(results.hand_in, ticket_id, new, doer=cast.other)
    return ticket_id


def test_a_return_counts_for_the_unit_that_gave_it_back_and_not_for_the_next_one(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    passed_on(cast, frozen, waits=timedelta(hours=1))

    assert of_unit("return", cast.lead) == (1, 1)
    assert of_unit("return", cast.second) == (0, 1)


def test_time_in_which_the_dispatcher_sat_on_a_return_makes_neither_unit_late(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    passed_on(cast, frozen, waits=timedelta(days=7))

    for unit_id in (cast.lead, cast.second):
        assert of_unit("sign_in_time", unit_id) == (1, 1)
        assert of_unit("handle_in_time", unit_id) == (1, 1)
    assert counted().handled_in_time is False  # the city was late all the same


def test_who_signs_after_his_time_is_late_himself(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    due = play.clock(ticket_id, ClockKind.SIGN).due_at
    assert due is not None
    frozen.move_to(due + timedelta(minutes=1))
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    assert of_unit("sign_in_time", cast.lead) == (0, 1)


def test_five_stars_that_no_call_proves_show_in_a_figure_that_names_them(cast: Cast) -> None:
    play.ask(cast, play.audited(cast), result_mark=5)
    proven = play.audited(cast)
    play.ask(cast, proven, result_mark=4, call_id=spoken.call(cast.visitor))

    period = period_of(A_WORKING_MORNING.date(), PeriodKind.MONTH)
    [row] = service.reckon_period(period).rows["unproven_answers"]
    assert (len(row.figure.numerator), len(row.figure.denominator)) == (1, 2)


def sent_again(cast: Cast) -> int:
    """Let the citizen say that it is bad, and the unit hand in once more."""
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
    saved(visiting.send_again, ticket_id, "重办", doer=cast.dispatcher)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    play.reach(cast, ticket_id)
    reply = "再次核查，三盏路灯线路已重新铺设完毕，恢复照明。"
    play.hand_in(cast, ticket_id, public_reply=reply)
    return ticket_id


def test_a_bad_answer_of_the_first_round_is_not_left_out_in_the_second(cast: Cast) -> None:
    ticket_id = sent_again(cast)

    with pytest.raises(CitizenHasAnswered):
        saved(results.close_unvisited, ticket_id, "declined_visit", doer=cast.auditor)
    assert (counted().result_mark, counted().exclusions) == (1, frozenset())


def test_a_reason_to_ask_nobody_holds_for_its_round_and_not_for_one_that_was_taken_up_again(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.close_unvisited, ticket_id, "declined_visit", doer=cast.auditor)
    assert counted().exclusions == {"declined_visit"}

    saved(visiting.reopen, ticket_id, "复核成立", doer=cast.manager)
    assert counted().exclusions == frozenset()


def test_told_apart_by_unit_the_page_opens_on_a_rate_that_units_have(
    cast: Cast, sign_in_as: Callable[..., Any]
) -> None:
    play.handled(cast)
    browser = sign_in_as("data_analyst")
    for by, name in (("unit", "按时签收率"), ("county", "派单准确率"), ("none", "接通率")):
        html = browser.get(f"/figures?kind=month&day=2026-11-23&by={by}").text
        body = html[html.index("<tbody>") : html.index("</tbody>")]
        assert body.index(name) < 600, by  # the first row

    asked = browser.get("/figures?kind=month&day=2026-11-23&by=unit&formula=connect").text
    assert "接通率" in asked[asked.index("<tbody>") : asked.index("</tbody>")]


def test_each_unit_is_counted_for_its_own_first_contact(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    switch_on()
    ticket_id = play.handled(cast, details=PersonDetails(person_kind=PersonKind.ENTERPRISE))
    due = play.clock(ticket_id, ClockKind.CONTACT).due_at
    assert due is not None
    frozen.move_to(due + timedelta(minutes=1))
    play.give_back(cast, ticket_id)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=cast.second)
    saved(unit_parts.sign, ticket_id, doer=cast.other)
    frozen.shift(timedelta(minutes=5))
    play.reach(cast, ticket_id, by=cast.other, call_id=spoken.call(cast.other))

    assert of_unit("first_contact", cast.lead) == (0, 1)
    assert of_unit("first_contact", cast.second) == (1, 1)
    assert counted().first_contact_in_time is False
