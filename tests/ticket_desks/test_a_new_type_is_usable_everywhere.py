"""A type is a row of the dictionary: planned on its page, it is usable everywhere from its day."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from app.core import clock
from app.core.database import db
from app.handling import clocks, results, timing
from app.handling.clock_rules import ClockKind
from app.handling.refusals import WouldStopItsClocks
from app.handling.telling_cases import cases_between
from app.measures import service as measures
from app.measures.periods import PeriodKind, period_of
from app.rules.type_versions import TypeNotOffered
from app.tickets import reading
from app.tickets.models import Ticket
from app.tickets.ticket_moves import MoveNotPossible
from app.tickets.ticket_states import TicketState
from tests.administration.keepers import errors_of
from tests.channel_entries.clerks import (
    GOOD,
    all_cases,
    all_tickets,
    enter,
    load_channels,
    look,
    workbook,
)
from tests.channel_entries.test_import import CLOSED, take
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, page, send
from tests.ticket_desks.browsers import seen_in as version_in
from tests.ticket_desks.new_types import (
    OFFENCE,
    PRAISE,
    SECRET,
    TYPES,
    WAYS,
    by_call,
    by_form,
    plan,
)
from tests.workstation.desk_answers import at
from tests.workstation.desk_people import take_call, ticket

pytestmark = pytest.mark.postgresql


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "CHANNEL_SECRETS": f"police-110={SECRET}"}


@pytest.fixture
def manager(desks: Desks) -> PageClient:
    load_channels()
    return desks.at("hotline_manager")


@pytest.fixture
def planned(manager: PageClient, frozen: time_machine.Traveller) -> PageClient:
    """Plan two new types on the page of types, and let their day come."""
    answer = plan(manager)
    assert answer.status_code == 302, errors_of(answer.text, "kinds")
    frozen.shift(timedelta(days=3, minutes=1))
    db.session.rollback()
    return manager


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("way", WAYS)
def test_a_ticket_of_a_new_type_comes_by_every_way_of_entry(
    desks: Desks, way: Callable[[Desks, str], Ticket]
) -> None:
    made = way(desks, OFFENCE)

    assert (made.request_type, made.state) == (OFFENCE, TicketState.TO_DISPATCH)
    assert made.is_confidential  # a report by its nature
    citizens = clocks.newest(made.id, ClockKind.CITIZEN)
    if citizens is not None:  # of a call it begins with the call's end
        assert (citizens.limit, citizens.basis) == ("20wd", "市里通知")


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("way", WAYS)
def test_what_is_counted_only_is_closed_at_once_and_nobody_handles_it(
    desks: Desks, way: Callable[[Desks, str], Ticket]
) -> None:
    made = way(desks, PRAISE)

    assert (made.request_type, made.state) == (PRAISE, TicketState.CLOSED)
    assert made.closed_at == made.opened_at
    assert clocks.clocks_of(made.id) == []
    assert made.number not in page(desks.at("dispatcher"), "/dispatch")
    told = page(desks.at("dispatcher"), f"/tickets/{made.id}")
    assert "感谢" in told


def test_new_types_are_offered_found_by_filters_and_counted(
    planned: PageClient,  # noqa: ARG001 - the types
    desks: Desks,
) -> None:
    made = by_call(desks, OFFENCE), by_form(desks, PRAISE)
    manager = desks.at("hotline_manager")
    snapshot = desks.at("agent").get("/desk/snapshot").get_json()["form_rules"]
    assert [(each["code"], each["nature"]) for each in snapshot["types"][-2:]] == [
        (OFFENCE, "report"), (PRAISE, "statistical"),
    ]  # fmt: skip
    assert snapshot["types"][-2]["is_confidential"]
    assert "respondent" in snapshot["elements"][OFFENCE]

    html = page(manager, f"/tickets?request_type={PRAISE}")
    assert made[1].number in html
    assert made[0].number not in html
    assert made[0].number in page(manager, f"/tickets?request_type={OFFENCE}")
    filters = html[html.index('id="request_type"') :].split("</select>")[0]
    assert [name in filters for name in ("涉税违法", "感谢", "举报", "行政效能投诉")] == [True] * 4

    leader = desks.at("leader")
    assert "涉税违法" in page(leader, "/results")
    month = f"/figures?kind=month&day={clock.now():%Y-%m-%d}&by=type"
    figures = page(manager, month)
    assert "涉税违法" in figures
    assert "感谢" in figures
    period = period_of(clock.now().date(), PeriodKind.MONTH)
    changes = measures.types_beside_the_period_before(period)
    later = {each.request_type: each.later for each in changes}
    assert (later[OFFENCE], later[PRAISE], later["complaint"]) == (1, 1, 0)


def test_what_has_ended_is_read_and_found_and_given_to_nobody_any_more(
    manager: PageClient, desks: Desks, frozen: time_machine.Traveller, cast: Cast
) -> None:
    load_channels()
    old = play.open_one(cast, request_type="suggestion")
    number = db.session.get_one(Ticket, old).number
    plan(manager)
    frozen.shift(timedelta(days=3, minutes=1))
    db.session.rollback()

    manager = desks.at("hotline_manager")
    assert number in page(manager, "/tickets?request_type=suggestion")
    assert "建议" in page(manager, f"/tickets/{old}")
    agent = desks.at("agent")
    gone = agent.post(at(take_call(agent), "ticket"), json=ticket(request_type="suggestion"))
    assert gone.status_code == 422
    assert "request_type" in gone.get_json()["refusal"]["fields"]
    with pytest.raises(TypeNotOffered):
        play.open_one(cast, request_type="suggestion")
    # it still runs as long as it was promised, and can be called something that is there now
    assert clocks.newest(old, ClockKind.CITIZEN).limit == "10wd"  # type: ignore[union-attr]
    saved(timing.retype, old, OFFENCE, "实为举报", doer=cast.dispatcher)
    assert db.session.get_one(Ticket, old).is_confidential


@pytest.mark.usefixtures("planned")
def test_a_unit_that_a_new_type_is_about_is_kept_out(cast: Cast) -> None:
    made = play.open_one(cast, request_type=OFFENCE, respondent_unit_id=cast.lead)

    stranger = reading.reader_of(cast.unit.user_id)
    seen = db.session.get_one(Ticket, made)
    assert not reading.may_read(seen, stranger)
    about = reading.is_for(stranger)
    assert made not in db.session.scalars(db.select(Ticket.id).where(about)).all()


@pytest.mark.usefixtures("planned")
def test_no_clock_is_stopped_by_calling_a_demand_praise(cast: Cast, desks: Desks) -> None:
    made = play.open_one(cast)
    html = page(desks.at("dispatcher"), f"/dispatch/{made}")
    offered = html[html.index('id="retype-request_type"') :].split("</select>")[0]

    assert "涉税违法" in offered
    assert "感谢" not in offered
    with pytest.raises(WouldStopItsClocks):
        saved(timing.retype, made, PRAISE, "其实是表扬", doer=cast.dispatcher)


@pytest.mark.usefixtures("planned")
def test_a_channel_neither_makes_praise_of_what_is_handled_nor_the_other_way(desks: Desks) -> None:
    clerk = desks.at("channel_clerk", "culture-tourism")
    case = enter(clerk).location
    version = re.search(r'name="version"[^>]*value="(\d+)"', page(clerk, f"{case}/correct"))
    assert version
    given = {"act": "enter", "version": version[1], "title": "改", "content": "改",
             "category_code": "1602", "place": "441625", "urgency": "normal"}  # fmt: skip

    answer = send(clerk, f"{case}/correct", **given, request_type=PRAISE)

    assert answer.status_code == 409
    assert "不能互改" in errors_of(answer.text, "request_type")


def test_a_case_of_a_type_that_ended_meanwhile_is_corrected_and_sent_again_as_it_is(
    manager: PageClient, desks: Desks, frozen: time_machine.Traveller
) -> None:
    clerk = desks.at("channel_clerk", "culture-tourism")
    assert take(clerk, workbook({**GOOD, "诉求类型": "建议"})) == 302
    plan(manager, minutes=5)
    frozen.shift(timedelta(minutes=6))
    db.session.rollback()

    assert take(clerk, workbook({**GOOD, "诉求类型": "建议", "标题": "改了标题"})) == 302
    path = f"/channel-cases/{all_cases()[0].id}/correct"
    html = page(clerk, path)
    version = re.search(r'name="version"[^>]*value="(\d+)"', html)
    assert version
    given = {"act": "enter", "version": version[1], "title": "又改", "content": "改",
             "category_code": "1602", "place": "441625", "urgency": "normal"}  # fmt: skip
    assert send(clerk, path, **given, request_type="suggestion").status_code == 302
    assert [each.title for each in all_tickets()] == ["又改"]
    new = look(clerk, workbook({**GOOD, "渠道编号": "WL-2", "诉求类型": "建议"}))
    assert new.status_code == 422


@pytest.mark.usefixtures("planned")
def test_praise_that_a_channel_answered_itself_is_taken_over_with_its_answer(desks: Desks) -> None:
    clerk = desks.at("channel_clerk", "culture-tourism")
    row = {**GOOD, "诉求类型": "感谢", **CLOSED}

    assert take(clerk, workbook(row)) == 302

    [praise] = all_tickets()
    assert (praise.state, praise.is_channels_own) == (TicketState.CLOSED, True)
    assert take(clerk, workbook({**row, "标题": "改了标题"})) == 302
    assert [each.title for each in all_tickets()] == ["改了标题"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("novel, 新的, New", "性质"),
        ("novel, 新的, New, 举报, soon", "时限"),
        ("thanks, 感谢, Thanks, 仅统计, 5wd", "时限"),
        ("report, 举报, Report, 求助", "report"),
    ],
)
def test_a_new_type_that_nobody_could_handle_is_refused_at_its_planning(
    manager: PageClient, line: str, told: str
) -> None:
    answer = plan(manager, f"consult, 咨询, Enquiry\n{line}")

    assert answer.status_code == 422
    assert told in errors_of(answer.text, "kinds")
    assert line in answer.text


def test_a_new_type_without_a_limit_has_that_of_its_nature_also_when_it_changes(
    manager: PageClient, frozen: time_machine.Traveller, cast: Cast
) -> None:
    plan(manager, "consult, 咨询, Enquiry\nnovel, 新的, New, 举报")
    assert "15 个工作日" in page(manager, TYPES)
    frozen.shift(timedelta(days=3, minutes=1))
    db.session.rollback()

    made = play.open_one(cast, request_type="novel")
    assert clocks.newest(made, ClockKind.CITIZEN).limit == "15wd"  # type: ignore[union-attr]
    play.own_limits("0201", report="7wd")
    again = play.open_one(cast, request_type="novel")
    assert clocks.newest(again, ClockKind.CITIZEN).limit == "7wd"  # type: ignore[union-attr]


@pytest.mark.usefixtures("planned")
def test_praise_makes_no_rate_better_and_whoever_writes_much_of_it_shows(cast: Cast) -> None:
    play.open_one(cast)
    for _ in range(3):
        play.open_one(cast, request_type=PRAISE)

    day = period_of(clock.now().date(), PeriodKind.MONTH)
    reckoning = measures.reckon_period(day)
    [closing] = reckoning.rows["closing"]
    assert (len(closing.figure.numerator), len(closing.figure.denominator)) == (0, 1)
    assert {why: len(ids) for why, ids in closing.figure.excluded.items()} == {"counted_only": 3}
    assert reckoning.demands == 4
    found = cases_between(day.begins, day.ends, now=clock.now())["counted_only"]
    assert (sum(each.times for each in found), len(found)) == (3, 4)
    assert {each.person_id for each in found} == {cast.agent.user_id}


@pytest.mark.usefixtures("planned")
def test_what_was_called_praise_and_is_a_demand_is_taken_up_and_its_citizen_has_waited(
    cast: Cast, desks: Desks, tick: Callable[..., None]
) -> None:
    made = play.open_one(cast, request_type=PRAISE)
    since = clock.now()
    tick(hours=2)
    browser = desks.at("dispatcher")
    html = page(browser, f"/dispatch/{made}")
    assert "只作了统计" in html
    given = {"retype-seen": version_in(html, "retype"), "retype-request_type": OFFENCE}

    lacking = send(browser, f"/dispatch/{made}/retype", **given, **{"retype-reason": ""})
    taken = send(browser, f"/dispatch/{made}/retype", **given, **{"retype-reason": "实为举报"})

    assert (lacking.status_code, taken.status_code) == (422, 302)
    db.session.rollback()
    seen = db.session.get_one(Ticket, made)
    assert (seen.state, seen.request_type, seen.closed_at) == (
        TicketState.TO_DISPATCH, OFFENCE, None,
    )  # fmt: skip
    assert seen.is_confidential
    citizens, dispatch = (
        clocks.newest(made, kind) for kind in (ClockKind.CITIZEN, ClockKind.DISPATCH)
    )
    assert citizens is not None
    assert dispatch is not None
    assert (citizens.started_at, citizens.limit, dispatch.started_at) == (
        since, "20wd", clock.now(),
    )  # fmt: skip
    assert "转为办理" in page(browser, f"/dispatch/{made}")
    play.send(cast, made)


@pytest.mark.usefixtures("planned")
def test_what_was_counted_only_is_not_handled_again_and_what_was_handled_is_not_taken_up(
    cast: Cast, desks: Desks
) -> None:
    praise = play.open_one(cast, request_type=PRAISE)
    manager = desks.at("hotline_manager")
    html = page(manager, f"/dispatch/{praise}")
    assert "/reopen" not in html
    assert "只作了统计" in html

    made = play.audited(cast)
    saved(results.close_unvisited, made, "suggestion_only", doer=cast.auditor)
    html = page(manager, f"/dispatch/{made}")
    assert "只作了统计" not in html
    with pytest.raises(MoveNotPossible):
        saved(timing.retype, made, OFFENCE, "实为举报", doer=cast.dispatcher)
