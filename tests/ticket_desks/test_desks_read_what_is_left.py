"""What the desks list costs does not grow with the tickets that are over."""

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.pagination import count_of, page_of
from app.handling import desk_pools, following, merging, results, sweeping, unit_tabs, visit_lists
from app.handling.desk_pools import Pool
from app.handling.unit_tabs import Tab
from app.tickets import outside_numbers, reading
from app.tickets.models import Ticket
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved
from tests.plans import tables_read_whole

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

GROW = {"tickets", "assignments", "ticket_clocks", "visits", "time_wishes", "hand_overs"}
"""Tables in which what is over stays."""
FEW = 12


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return make_cast()


@pytest.fixture
def much_is_over(cast: Cast) -> Cast:
    """Let more be over than any desk may look at: closed, and merged with an answer."""
    for _ in range(FEW):
        play.ask(cast, play.audited(cast))
    master, followers = play.handled(cast), [play.open_one(cast) for _ in range(FEW)]
    for each in followers:
        saved(merging.merge, each, master, doer=cast.dispatcher)
    play.reach(cast, master)
    play.hand_in(cast, master)
    saved(results.approve, master, doer=cast.auditor)
    for each in [*followers, master]:
        play.ask(cast, each)
    return cast


def test_no_list_of_a_desk_reads_a_table_of_what_is_over_whole(much_is_over: Cast) -> None:
    cast, now = much_is_over, clock.now()
    left = [play.audited(cast), play.handled(cast)]
    lists = {
        "call back": lambda: visit_lists.to_ask(now=now, reads_confidential=True),
        "redo": lambda: visit_lists.waiting_for_decision(reads_confidential=True),
        "follow up": lambda: following.owned_by(cast.agent.user_id, there=[cast.agent.user_id]),
        "pools": desk_pools.counted,
        "time": lambda: desk_pools.waiting_in(desk_pools.Asked(pool=Pool.TIMES)),
        "unit": lambda: unit_tabs.tickets_on(Tab.HANDLING, cast.lead, now=now, page=1, per_page=25),
        "sweep": lambda: sweeping.find_due(now),
    }
    for name, ask in lists.items():
        with tables_read_whole() as whole:
            ask()
        db.session.rollback()
        assert whole & GROW == set(), name
    assert [each.ticket.id for each in visit_lists.to_ask(now=now, reads_confidential=True)] == [
        left[0]
    ]


def test_whose_ticket_follows_one_with_a_reply_is_asked_until_he_has_heard_it(cast: Cast) -> None:
    master, child = play.handled(cast), play.open_one(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    play.reach(cast, master)
    play.hand_in(cast, master)
    saved(results.approve, master, doer=cast.auditor)

    def listed() -> set[int]:
        found = visit_lists.to_ask(now=clock.now(), reads_confidential=True)
        return {each.ticket.id for each in found}

    assert listed() == {master, child}
    play.ask(cast, master)
    assert listed() == {child}
    play.ask(cast, child)
    assert listed() == set()


def test_what_grows_for_ever_is_counted_and_paged_to_a_bound_and_says_so(cast: Cast) -> None:
    for _ in range(5):
        play.open_one(cast)
    every = select(Ticket).order_by(Ticket.id.desc())

    cut, whole = (page_of(every, page=9, per_page=2, most=most) for most in (3, 5))

    assert (cut.total, cut.pages, cut.is_cut, len(cut.items)) == (3, 2, True, 2)
    assert (whole.total, whole.is_cut) == (5, False)
    assert (count_of(every, most=3), count_of(every)) == (4, 5)


def test_a_number_without_its_letters_is_found_in_no_table_read_whole(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    number, asked = get_ticket(ticket_id).number, reading.reader_of(cast.manager.user_id)
    with tables_read_whole() as whole:
        found = [each.id for each in outside_numbers.tickets_called(number[2:], asked)]

    assert found == [ticket_id]
    assert "tickets" not in whole
