"""特急: limits of its own by dated rules, and the first place wherever something waits."""

import pytest

from app.core import clock as wall
from app.core.database import db, unit_of_work
from app.handling import clocks, desk_pools, unsigned
from app.handling.acting import matter_of
from app.handling.clock_rules import ClockKind
from app.handling.unit_tabs import Tab, tickets_on
from app.rules import rule_register
from app.rules.models import RuleValueRow
from app.rules.rule_book import ReviewGate
from app.tickets.intake_gate import first_state
from app.tickets.service import get_ticket
from app.tickets.ticket_states import EntryMode, TicketState, Urgency
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

VERY = Urgency.VERY_URGENT
HURRYING = [ClockKind.DISPATCH, ClockKind.SIGN, ClockKind.HANDLE, ClockKind.CITIZEN]


def limits(cast: Cast, urgency: Urgency, content: str = "三盏路灯坏了一周") -> list[str]:
    ticket_id = play.open_one(cast, urgency=urgency, content=content, urgency_reason="现场核实")
    play.send(cast, ticket_id)
    return [clock(ticket_id, kind).limit for kind in HURRYING]


def test_what_hurries_most_has_the_limits_of_its_own_rules(cast: Cast) -> None:
    assert limits(cast, VERY) == ["5min", "10min", "1h", "1h"]
    assert limits(cast, Urgency.URGENT) == ["10min", "15min", "2h", "2h"]
    assert limits(cast, VERY, "大面积停水") == ["5min", "10min", "1h", "1h"]
    assert limits(cast, Urgency.URGENT, "大面积停水") == ["10min", "30min", "24h", "24h"]


def test_it_runs_on_any_day(cast: Cast) -> None:
    ticket_id = play.open_one(cast, urgency=VERY)

    assert clock(ticket_id, ClockKind.CITIZEN).is_urgent


def test_a_city_sets_its_limit_from_a_day_on_and_what_runs_goes_on(cast: Cast) -> None:
    before = play.open_one(cast, urgency=VERY)
    saved(
        rule_register.set_value, "limit.very_urgent_result", "30min", basis="试行", valid_from=None
    )
    after = play.open_one(cast, urgency=VERY)

    assert clock(before, ClockKind.CITIZEN).limit == "1h"
    assert clock(after, ClockKind.CITIZEN).limit == "30min"
    assert clock(after, ClockKind.CITIZEN).basis == "试行"


def test_a_city_without_such_a_rule_goes_by_the_limits_of_the_class(cast: Cast) -> None:
    with unit_of_work():
        very = RuleValueRow.key.startswith("limit.very_urgent", autoescape=True)
        db.session.execute(db.delete(RuleValueRow).where(very))

    assert limits(cast, VERY) == limits(cast, Urgency.URGENT)
    assert limits(cast, VERY, "大面积停水") == limits(cast, Urgency.URGENT, "大面积停水")


def test_handled_again_it_hurries_as_before(cast: Cast) -> None:
    ticket_id = play.open_one(cast, urgency=VERY)
    play.send(cast, ticket_id)
    saved(begin_again, ticket_id)

    assert clock(ticket_id, ClockKind.HANDLE).limit == "1h"


def begin_again(ticket_id: int) -> None:
    """Begin the next round as a redo does: its clock asks the rules with that round."""
    ticket = get_ticket(ticket_id)
    ticket.round = 2
    at = wall.now()
    clocks.begin(ticket, clocks.Begin(kind=ClockKind.HANDLE, matter=matter_of(ticket), at=at))


def test_it_stands_first_in_the_pool_before_older_urgent_ones(cast: Cast) -> None:
    plain = play.open_one(cast)
    urgent = play.open_one(cast, urgency=Urgency.URGENT)
    very = play.open_one(cast, urgency=VERY)

    page = desk_pools.waiting_in(desk_pools.Asked(), limit=2)
    rest = desk_pools.waiting_in(desk_pools.Asked(after=page.after), limit=2)
    hurried = desk_pools.waiting_in(desk_pools.Asked(only_urgent=True))
    assert [each.ticket.id for each in page.rows] == [very, urgent]
    assert [each.ticket.id for each in rest.rows] == [plain]
    assert [each.ticket.id for each in hurried.rows] == [very, urgent]


def test_it_stands_first_on_the_desk_of_its_unit(cast: Cast) -> None:
    sent = [play.open_one(cast, urgency=each) for each in (Urgency.NORMAL, Urgency.URGENT, VERY)]
    for ticket_id in sent:
        play.send(cast, ticket_id)

    rows = tickets_on(Tab.TO_SIGN, cast.lead, now=wall.now(), page=1, per_page=9).items
    assert [each.id for each in rows] == sent[::-1]


def test_nobody_looks_at_it_before_and_whoever_does_not_sign_is_woken(cast: Cast) -> None:
    state = first_state(
        EntryMode.TEXT, is_channels_own=False, is_urgent=VERY.hurries, gate=ReviewGate.ALL
    )
    assert state is TicketState.TO_DISPATCH
    ticket_id = play.open_one(cast, urgency=VERY)
    play.send(cast, ticket_id)

    [waiting] = unsigned.urgent_unsigned(wall.now())
    assert waiting.ticket_id == ticket_id
    assert VERY.hurries
    assert not Urgency.NORMAL.hurries
