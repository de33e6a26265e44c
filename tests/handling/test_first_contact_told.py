"""Units are told of the first contact they owe, the city's rules decide on it, a rate counts it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db
from app.handling import (
    first_contact,
    following,
    timing,
)
from app.handling.clock_rules import ClockKind
from app.handling.models import Contact
from app.handling.unit_tabs import Tab, tickets_on
from app.measures.formulas import Subject, reckon
from app.measures.reading import shipped_formulas
from app.notifications.models import Message
from app.notifications.occasions import Occasion
from app.privacy.levels import PrivacyLevel
from app.tickets.service import get_ticket
from app.tickets.ticket_states import Urgency
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.asking_time import at_due
from tests.handling.cast import Cast, clock, saved
from tests.handling.fast_lane import say, switch_on
from tests.handling.owed_contact import C, contacts, counted, handled, is_owed, talks
from tests.ticket_desks.browsers import Desks, doer_in, page, words

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


@pytest.mark.usefixtures("lane")
def test_the_unit_is_warned_half_way_and_told_once_it_is_late(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    frozen.shift(timedelta(minutes=31))
    play.sweep()
    at_due(ticket_id, C, frozen, after=1)
    play.sweep()
    play.sweep()

    rows = db.session.query(Message).filter_by(ticket_id=ticket_id).all()
    told = {
        occasion: [each for each in rows if each.occasion is occasion]
        for occasion in (Occasion.CLOCK_NEARLY_DUE, Occasion.CLOCK_RAN_OUT)
    }
    assert all(told.values())
    assert {each.unit_id for each in rows if each.occasion in told} == {cast.lead}


@pytest.mark.usefixtures("lane")
def test_the_unit_reads_until_when_it_must_call_and_finds_the_late_one(
    cast: Cast, sign_in_as: Callable[..., PageClient], frozen: time_machine.Traveller
) -> None:
    browser = Desks(cast, sign_in_as).at("city_liaison", "urban-management")
    ticket_id = handled(cast)
    shown = f"/unit/tickets/{ticket_id}"
    read = words(page(browser, shown))
    assert "首次联系时限" in read
    assert f"首次联系：要在 {local(clock(ticket_id, C).due_at)} 前通过平台电话联系到诉求人" in read
    assert "首次联系时限" in words(page(browser, "/unit?tab=handling"))

    at_due(ticket_id, C, frozen, after=1)
    browser = Desks(cast, sign_in_as).at("city_liaison", "urban-management")
    assert "已超时，请尽快联系" in words(page(browser, shown))
    overdue = tickets_on(Tab.OVERDUE, cast.lead, now=wall.now(), page=1, per_page=9)
    assert [each.id for each in overdue.items] == [ticket_id]
    talks(cast, ticket_id, by=doer_in(browser))
    assert "首次联系：" not in words(page(browser, shown))


def local(at: datetime | None) -> str:
    assert at is not None
    return f"{at + timedelta(hours=8):%Y-%m-%d %H:%M}"


@pytest.mark.usefixtures("lane")
def test_of_who_is_confidential_no_basis_tells_the_unit_that_an_enterprise_asks(
    cast: Cast, sign_in_as: Callable[..., PageClient]
) -> None:
    browser = Desks(cast, sign_in_as).at("city_liaison", "urban-management")
    read = words(page(browser, f"/unit/tickets/{handled(cast, privacy=PrivacyLevel.CONFIDENTIAL)}"))

    assert "时限 4 个工作日" in read
    assert "企业" not in read


def test_a_clock_that_ran_when_the_lane_closed_runs_on_by_its_own_rule(cast: Cast) -> None:
    switch_on()
    ticket_id = handled(cast)
    say("enterprise.fast_lane", "lane_off")

    kinds = {row.kind for row, _limit in timing.clocks_under_other_rules(get_ticket(ticket_id))}
    assert is_owed(ticket_id)
    assert C not in kinds  # nothing of today could be followed
    assert ClockKind.HANDLE in kinds


def test_the_manager_lets_it_follow_another_limit_of_today(cast: Cast) -> None:
    switch_on()
    ticket_id = handled(cast)
    say("limit.enterprise_contact", "2wh")
    saved(
        timing.follow_rules_of_today, ticket_id, clock(ticket_id, C).id, "新规", doer=cast.manager
    )

    assert clock(ticket_id, C).due_at == wall.now() + timedelta(hours=2)


URGENT = {"urgency": Urgency.URGENT, "content": "井盖缺失，有人跌落", "details": None}


def test_as_shipped_what_is_urgent_has_a_limit_for_signing_and_none_for_contact(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast, urgency=Urgency.URGENT, content="井盖缺失，有人跌落")

    assert clock(ticket_id, ClockKind.SIGN).limit == "15min"
    assert contacts(ticket_id) == []


@pytest.mark.parametrize(
    ("content", "limit"), [("井盖缺失，有人跌落", "15min"), ("大面积停水", "30min")]
)
def test_a_city_may_promise_who_is_in_need_a_contact_on_any_day(
    cast: Cast, frozen: time_machine.Traveller, content: str, limit: str
) -> None:
    say("contact.urgent", "contact_on")
    frozen.move_to(datetime(2026, 11, 28, 15, 0, tzinfo=wall.now().tzinfo))  # Saturday, 23:00
    ticket_id = play.handled(cast, urgency=Urgency.URGENT, content=content)

    row = clock(ticket_id, C)
    assert row.limit == limit
    assert row.due_at == row.started_at + timedelta(minutes=int(limit[:2]))
    assert contacts(play.handled(cast)) == []


def test_of_two_promises_the_shorter_one_holds(cast: Cast) -> None:
    switch_on()
    say("contact.urgent", "contact_on")
    in_need = {"urgency": Urgency.URGENT, "content": "大面积停水"}
    assert clock(handled(cast, **in_need), C).limit == "30min"
    say("limit.enterprise_contact", "10min")
    assert clock(handled(cast, **in_need), C).limit == "10min"


@pytest.mark.usefixtures("lane")
def test_the_rate_counts_what_was_owed_and_names_what_is_left_out(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    kept, missed, open_still, nobodys = handled(cast), handled(cast), None, play.handled(cast)
    talks(cast, kept)
    withdrawn = handled(cast)
    at_due(missed, C, frozen, after=1)
    saved(
        following.withdraw, withdrawn, spoken.call(cast.agent, direction=spoken.Direction.IN),
        doer=cast.agent,
    )  # fmt: skip
    open_still = handled(cast)

    formula = next(each for each in shipped_formulas() if each.code == "first_contact")
    assert (formula.subject, formula.is_tiered) == (Subject.TICKETS, True)
    figure = reckon(formula, [counted(e) for e in (kept, missed, withdrawn, open_still, nobodys)])
    assert (figure.numerator, figure.denominator) == ((kept,), (kept, missed))
    assert figure.excluded == {"withdrawn": (withdrawn,)}


@pytest.mark.usefixtures("lane")
def test_whether_it_was_kept_can_be_reckoned_again_from_what_the_log_says(cast: Cast) -> None:
    ticket_id = handled(cast)
    talks(cast, ticket_id)
    [row] = contacts(ticket_id)
    [contact] = db.session.query(Contact).filter_by(ticket_id=ticket_id).all()

    assert contact.talked_at == row.done_at
    assert first_contact.was_kept(row, first_contact.talks_of(ticket_id), now=wall.now())
