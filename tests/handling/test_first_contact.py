"""The first contact that an enterprise is promised (domain rule R13), and who is in need (R04).

It is kept by a call of the platform in which the citizen talked, and by nothing else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db
from app.handling import (
    calling,
    clocks,
    disputing,
    first_contact,
    following,
    merging,
    results,
    returning,
    timing,
    unit_parts,
    visiting,
)
from app.handling.acting import Doer
from app.handling.clock_rules import ClockKind
from app.handling.counted_tickets import tickets_opened
from app.handling.dispatching import Plan
from app.handling.models import BasisKind, Contact, TicketClock, TimeKind
from app.handling.telling_figures import late_by_kind
from app.handling.ticket_pictures import TicketPicture, as_of_unit
from app.handling.unit_tabs import Tab, tickets_on
from app.measures.formulas import Subject, reckon
from app.measures.reading import shipped_formulas
from app.notifications.models import Message
from app.notifications.occasions import Occasion
from app.privacy.levels import PrivacyLevel
from app.rules.running_clocks import ClockEvent
from app.tickets.person_details import PersonDetails, PersonKind
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import TABLE, Clock, Effect, TicketAct
from app.tickets.ticket_states import Urgency
from tests.call_queue import desks
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.asking_time import agree, ask_time, at_due
from tests.handling.cast import Cast, clock, saved
from tests.handling.test_enterprise_lane import say, switch_on
from tests.handling.test_own_telephones import Told, has_telephone
from tests.ticket_desks.browsers import Desks, doer_in, page, words

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

C = ClockKind.CONTACT
ENTERPRISE = PersonDetails(person_kind=PersonKind.ENTERPRISE)
LATER = timedelta(minutes=20)


@pytest.fixture
def lane(registers: None, app: object, frozen: object) -> None:  # noqa: ARG001 - rules of this app
    """Let the city have its fast lane open."""
    switch_on()


def handled(cast: Cast, **changes: Any) -> int:
    return play.handled(cast, **{"details": ENTERPRISE, **changes})


def is_owed(ticket_id: int) -> bool:
    return clocks.running(ticket_id, C) is not None


def talks(cast: Cast, ticket_id: int, *, by: Doer | None = None, **call: Any) -> None:
    doer = by or cast.unit
    play.reach(cast, ticket_id, by=doer, call_id=spoken.call(doer, **call))


def counted(ticket_id: int) -> TicketPicture:
    day = timedelta(days=400)
    known = tickets_opened(wall.now() - day, wall.now() + day, now=wall.now())
    return next(each for each in known if each.ticket_id == ticket_id)


def in_time(ticket_id: int) -> bool | None:
    return counted(ticket_id).first_contact_in_time


def contacts(ticket_id: int) -> list[TicketClock]:
    return clocks.clocks_of(ticket_id, C)


@pytest.mark.usefixtures("lane")
def test_it_begins_when_the_unit_is_given_the_ticket_and_not_before(cast: Cast) -> None:
    ticket_id = play.open_one(cast, details=ENTERPRISE)
    assert contacts(ticket_id) == []

    play.send(cast, ticket_id)
    [row] = contacts(ticket_id)
    assert (row.limit, row.unit_id, row.started_at) == ("1wh", cast.lead, wall.now())
    assert row.due_at == wall.now() + timedelta(hours=1)


@pytest.mark.usefixtures("lane")
def test_signing_ends_the_clock_for_signing_and_leaves_the_contact_owed(cast: Cast) -> None:
    ticket_id = handled(cast)

    assert clock(ticket_id, ClockKind.SIGN).done_at is not None
    assert is_owed(ticket_id)


@pytest.mark.usefixtures("lane")
def test_a_call_that_was_answered_ends_it_as_of_when_he_began_to_talk(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    frozen.shift(LATER)
    talked_at = wall.now()
    call_id = spoken.call(cast.unit)
    frozen.shift(timedelta(hours=3))  # written down long after it was due
    play.reach(cast, ticket_id, call_id=call_id)

    [row] = contacts(ticket_id)
    assert (row.done_at, in_time(ticket_id)) == (talked_at, True)
    assert [(each.event, each.at) for each in clocks.steps_of(row.id)] == [
        (ClockEvent.STARTED, row.started_at),
        (ClockEvent.DONE, talked_at),
    ]


@pytest.mark.usefixtures("lane")
def test_what_reached_nobody_or_is_not_proven_ends_nothing(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.reach(cast, ticket_id, call_id=spoken.call(cast.unit, talked=False))
    assert is_owed(ticket_id)
    play.reach(cast, ticket_id, note="已上门走访，当面说明")
    assert is_owed(ticket_id)
    talks(cast, ticket_id, by=cast.agent)  # what the hotline asks is no contact of the unit's
    assert is_owed(ticket_id)

    at_due(ticket_id, C, frozen, after=1)
    assert in_time(ticket_id) is False


@pytest.mark.usefixtures("lane")
def test_a_click_on_call_ends_it_the_moment_the_citizen_answers(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    desks.link_up()
    has_telephone(cast.unit)
    ticket_id = handled(cast)
    told = Told(saved(calling.call_citizen, ticket_id, doer=cast.unit).call_id)
    told.taken()
    assert is_owed(ticket_id)
    frozen.shift(timedelta(seconds=30))
    told.citizen_answers(at=20)

    db.session.rollback()
    [row] = contacts(ticket_id)
    assert row.done_at == told.call.talk_started_at
    assert in_time(ticket_id) is True


@pytest.mark.usefixtures("lane")
def test_a_town_that_the_lead_works_through_keeps_its_promise(cast: Cast) -> None:
    ticket_id = play.open_one(cast, details=ENTERPRISE)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id, doer=cast.county)
    talks(cast, ticket_id, by=cast.town)

    assert not is_owed(ticket_id)


@pytest.mark.usefixtures("lane")
def test_who_left_no_number_or_is_confidential_is_promised_no_call(cast: Cast) -> None:
    assert contacts(handled(cast, contact_number="")) == []
    hidden = handled(cast, privacy=PrivacyLevel.CONFIDENTIAL)
    assert contacts(hidden) == []
    assert clock(hidden, ClockKind.HANDLE).limit == "4wd"


def test_what_each_move_does_to_it_stands_in_the_table_beside_the_handling_clock() -> None:
    """It begins where handling begins, and ends with it but for one: handing in spares no call."""
    for move in TABLE:
        handle, contact = move.clocks.get(Clock.HANDLE), move.clocks.get(Clock.CONTACT)
        assert (handle is Effect.START) == (contact is Effect.START), move.act
        if handle is Effect.STOP and move.act is not TicketAct.HAND_IN:
            assert contact is Effect.STOP, move.act
        assert contact not in {Effect.PAUSE, Effect.RESUME}, move.act
    closing = {each.act for each in TABLE if each.new.value == "closed"}
    ends = {each.act for each in TABLE if each.clocks.get(Clock.CONTACT) is Effect.STOP}
    assert closing - {TicketAct.CLOSE_BY_CHANNEL} <= ends


@pytest.mark.usefixtures("lane")
def test_a_unit_that_gives_a_ticket_back_in_time_owes_no_contact_and_the_next_one_does(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    frozen.shift(LATER)
    play.give_back(cast, ticket_id)
    assert is_owed(ticket_id)  # asking stops no clock
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    assert (is_owed(ticket_id), in_time(ticket_id)) == (False, None)

    play.send(cast, ticket_id, lead=cast.second)
    saved(unit_parts.sign, ticket_id, doer=cast.other)
    frozen.shift(LATER)
    talks(cast, ticket_id, by=cast.other)
    first, second = contacts(ticket_id)
    assert (first.unit_id, second.unit_id) == (cast.lead, cast.second)
    assert in_time(ticket_id) is True
    assert as_of_unit(counted(ticket_id), cast.lead).first_contact_in_time is None
    assert as_of_unit(counted(ticket_id), cast.second).first_contact_in_time is True


@pytest.mark.usefixtures("lane")
def test_a_return_that_is_decided_after_the_hour_leaves_the_contact_missed(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.give_back(cast, ticket_id)
    at_due(ticket_id, C, frozen, after=1)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)

    assert in_time(ticket_id) is False


@pytest.mark.usefixtures("lane")
def test_the_hotline_that_names_another_unit_lets_it_owe_the_contact_anew(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.give_back(cast, ticket_id)
    saved(disputing.refer, ticket_id, "职责有争议", doer=cast.dispatcher)
    named(cast, ticket_id, cast.lead, is_final=False)
    [row] = contacts(ticket_id)  # named again, it goes on in the time it had
    assert row.done_at is None

    talks(cast, ticket_id)
    named(cast, ticket_id, cast.lead, is_final=False)
    assert len(contacts(ticket_id)) == 1  # made is made
    frozen.shift(LATER)
    named(cast, ticket_id, cast.second)
    assert [each.unit_id for each in contacts(ticket_id)] == [cast.lead, cast.second]
    assert is_owed(ticket_id)


def named(cast: Cast, ticket_id: int, unit_id: int, *, is_final: bool = True) -> None:
    plan = Plan(lead_unit_id=unit_id, basis_kind=BasisKind.BY_HAND, basis="三定方案")
    saved(disputing.designate, ticket_id, plan, is_final=is_final, doer=cast.manager)


@pytest.mark.usefixtures("lane")
def test_handing_in_without_a_call_spares_nobody_the_call(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    assert is_owed(ticket_id)

    at_due(ticket_id, C, frozen, after=1)
    play.ask(cast, ticket_id)
    assert (play.state(ticket_id), is_owed(ticket_id)) == ("closed", False)
    assert in_time(ticket_id) is False
    assert late_by_kind(contacts(ticket_id), wall.now())[C].times == 1


@pytest.mark.usefixtures("lane")
@pytest.mark.parametrize("asks_redo", [True, False])
def test_however_a_ticket_is_closed_nobody_owes_the_contact_after_that(
    cast: Cast, frozen: time_machine.Traveller, asks_redo: bool
) -> None:
    ticket_id = handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    if asks_redo:
        play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
        saved(visiting.refuse_redo, ticket_id, "无新的事实", doer=cast.dispatcher)
    else:
        for _try in range(3):
            frozen.shift(timedelta(hours=3))
            spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
        saved(visiting.give_up, ticket_id, doer=cast.visitor)

    assert (play.state(ticket_id), is_owed(ticket_id)) == ("closed", False)


@pytest.mark.usefixtures("lane")
def test_handled_again_the_enterprise_is_contacted_again(cast: Cast) -> None:
    ticket_id = handled(cast)
    talks(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
    saved(visiting.send_again, ticket_id, "未解决", doer=cast.dispatcher)

    assert [(each.round, each.done_at is None) for each in contacts(ticket_id)] == [
        (1, False),
        (2, True),
    ]


@pytest.mark.usefixtures("lane")
def test_withdrawn_or_merged_before_the_hour_it_is_neither_kept_nor_missed(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    withdrawn, merged, master = handled(cast), handled(cast), play.handled(cast)
    late = handled(cast)
    he_calls = spoken.call(cast.agent, direction=spoken.Direction.IN)
    saved(following.withdraw, withdrawn, he_calls, doer=cast.agent)
    saved(merging.merge, merged, master, doer=cast.dispatcher)
    at_due(late, C, frozen, after=1)
    saved(merging.merge, late, master, doer=cast.dispatcher)

    assert [is_owed(each) for each in (withdrawn, merged, late)] == [False] * 3
    assert [in_time(each) for each in (withdrawn, merged, late)] == [None, None, False]


@pytest.mark.usefixtures("lane")
def test_neither_more_time_nor_a_pause_moves_it(cast: Cast) -> None:
    ticket_id = handled(cast)
    due = clock(ticket_id, C).due_at
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "2wd")
    agree(cast, ticket_id)
    ask_time(cast, ticket_id, TimeKind.SUSPENSION)
    agree(cast, ticket_id)

    row = clock(ticket_id, C)
    assert (row.due_at, row.is_running, row.extensions) == (due, True, 0)


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
