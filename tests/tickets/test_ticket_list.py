"""The list of tickets finds what plain Python finds, on every database, page by page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.core.database import db, unit_of_work
from app.rules import type_register
from app.tickets import list_rows, list_search
from app.tickets import service as tickets
from app.tickets.list_search import Asked, Closed
from app.tickets.list_wanted import OPEN, TicketsWanted
from app.tickets.models import Ticket
from app.tickets.search_words import is_in, looked_for, searched_text
from app.tickets.ticket_flags import TicketFlag
from app.tickets.ticket_list import Reader, page_of_list
from app.tickets.ticket_states import OPEN_STATES
from app.tickets.unit_view import hidden_in_text
from tests.people import one_person

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

PLACES = ["宏图花园", "建设大道", "和平路", "WiFi 广场", "忠信镇"]
MATTERS = ["停水三天", "夜间施工噪声", "路灯不亮", "停电。水压低", "拖欠工资", "100% 收费"]
COUNTIES = ["441602", "441623", "441622"]
FIRST = datetime(2024, 2, 1, tzinfo=UTC)
HOW_MANY = 160
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
def open_many(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], list[Ticket]]:
    """Open tickets of every sort over three years; only a few are looked through in order."""
    monkeypatch.setattr(list_search, "WALKED", 20)
    monkeypatch.setattr(list_search, "WALKED_FOR_RARE", 20)
    monkeypatch.setattr(list_search, "READ_FOR_WORDS", 20)

    def open_them(mine: int, others: int) -> list[Ticket]:
        dice = Random(12345)  # the same tickets each time
        for number in range(HOW_MANY):
            at = FIRST + timedelta(days=6.4 * number)
            with time_machine.travel(at, tick=False), unit_of_work():
                ticket = tickets.open_ticket(_demand(dice, dice.choice([mine, others]), number))
                ticket.state = dice.choice(list(tickets.TicketState))
                ticket.lead_unit_id = dice.choice([None, 1, 2])
                ticket.due_at = dice.choice([None, at + timedelta(days=dice.randint(1, 900))])
                if ticket.state not in OPEN_STATES:
                    over_at = at + timedelta(days=dice.randint(1, 60) * dice.choice([1, 1, 8]))
                    ticket.closed_at = min(over_at, NOW)
        return list(db.session.query(Ticket).order_by(Ticket.opened_at.desc(), Ticket.id.desc()))

    return open_them


def _demand(dice: Random, opened_by: int, number: int) -> tickets.NewTicket:
    return tickets.NewTicket(
        call_id=None,
        opened_by=opened_by,
        request_type=dice.choice(sorted(type_register.offered_codes() - {"praise", "void"})),
        title=f"{dice.choice(PLACES)}{dice.choice(MATTERS)}",
        content=f"第{number}号楼反映：{dice.choice(MATTERS)}",
        category_code=dice.choice(["1201", "0205", "0201"]),
        county_code=dice.choice(COUNTIES),
        urgency=dice.choice(list(tickets.Urgency)),
        urgency_reason="已核实",
        is_confidential=dice.random() < 0.2,
        flags=[flag for flag in TicketFlag if dice.random() < 0.2],
    )


def chosen_by_hand(each: Ticket, wanted: TicketsWanted, reader: Reader) -> bool:
    """Decide in plain Python whether a ticket belongs into a list."""
    texts = [each.title, each.content, each.demand, each.respondent]
    if each.is_confidential:  # what leads to the caller is not searched
        texts = [hidden_in_text(said, caller_name=each.caller_name) for said in texts]
    text = searched_text(*texts, *([] if each.is_confidential else [each.address]))
    is_mine = each.first_contact_id == reader.person_id
    fits = [
        reader.reads_confidential or not each.is_confidential or is_mine,
        is_in(text, looked_for(wanted.text)) or bool(wanted.number),
        each.number.startswith(wanted.number),
        wanted.state in {"", each.state} or (wanted.state == OPEN and each.state in OPEN_STATES),
        wanted.request_type in {"", each.request_type},
        wanted.category in {"", each.category_code, each.category_code[:2]},
        wanted.county in {"", each.county_code},
        wanted.urgency in {"", each.urgency},
        wanted.first_contact in {"", str(each.first_contact_id)},
        wanted.confidential in {"", "yes" if each.is_confidential else "no"},
        wanted.unit in {"", str(each.lead_unit_id)},
        not wanted.flag or wanted.flag in each.flags,
        not wanted.overdue or (is_owed(each) and each.due_at < NOW),
        not wanted.order.is_by_due or is_owed(each),
        not wanted.opened_from or _day(each.opened_at) >= wanted.opened_from,
        not wanted.opened_until or _day(each.opened_at) <= wanted.opened_until,
        not wanted.closed_from or _day(each.closed_at) >= wanted.closed_from,
        not wanted.closed_until or "" < _day(each.closed_at) <= wanted.closed_until,
    ]  # fmt: skip
    return all(fits)


def is_owed(each: Ticket) -> bool:
    """Say whether something with a moment is still owed."""
    return each.due_at is not None and each.state in OPEN_STATES


def _day(moment: datetime | None) -> str:
    return (moment + timedelta(hours=8)).date().isoformat() if moment else ""


def choices(dice: Random, me: int) -> Iterator[TicketsWanted]:
    """Give many choices of filters; each takes some of them."""
    offered: dict[str, list[str]] = {
        "text": ["停水", "水", "施工 噪声", "wifi", "100%", "%", "花园停水", "HY2025", "HY20240302",
                 "2025", "'; DROP TABLE tickets; --", "不存在的字"],
        "state": [OPEN, "handling", "closed", "void"],
        "request_type": ["complaint", "consult", "general_complaint"],
        "category": ["12", "1201", "02"],
        "county": COUNTIES,
        "urgency": ["urgent"],
        "first_contact": [str(me)],
        "confidential": ["yes", "no"],
        "opened_from": ["2024-06-01", "2025-12-31"],
        "opened_until": ["2025-03-09"],
        "closed_from": ["2024-08-01", "2025-09-01"],
        "closed_until": ["2024-12-31", "2026-06-30"],
        "unit": ["1"],
        "flag": ["risk", "group", "no_flag"],
        "overdue": ["yes"],
        "sort": ["newest", "oldest", "due_first", "due_last"],
    }  # fmt: skip
    for name, values in offered.items():
        for value in values:
            yield TicketsWanted(**{name: value})
    for _ in range(150):
        names = dice.sample(list(offered), dice.randint(2, 4))
        yield TicketsWanted(**{name: dice.choice(offered[name]) for name in names})


def walked(wanted: TicketsWanted, reader: Reader, per_page: int) -> list[int]:
    """Walk a list to its end and back again; both ways must show the same."""
    page = page_of_list(wanted, reader, per_page=per_page)
    pages = [[each.id for each in page.tickets]]
    while page.behind is not None:
        page = page_of_list(wanted, reader, place=page.behind, per_page=per_page)
        pages.append([each.id for each in page.tickets])
    back = [pages[-1]]
    while page.before is not None:
        page = page_of_list(wanted, reader, place=page.before, per_page=per_page)
        back.insert(0, [each.id for each in page.tickets])
    assert [one for each in back for one in each] == [one for each in pages for one in each]
    return [one for each in pages for one in each]


def test_every_choice_finds_what_plain_python_finds_forth_and_back(
    open_many: Callable[[int, int], list[Ticket]], frozen: time_machine.Traveller
) -> None:
    me, other = one_person("agent").id, one_person("agent").id
    everything = open_many(me, other)
    dice = Random(7)
    keys = {
        True: {each.id: (each.due_at or NOW, each.id) for each in everything},
        False: {each.id: (each.opened_at, each.id) for each in everything},
    }

    frozen.move_to(NOW)
    for wanted in choices(dice, me):
        reader = Reader(person_id=me, reads_confidential=dice.random() < 0.5)
        by_hand = [each.id for each in everything if chosen_by_hand(each, wanted, reader)]
        by_hand.sort(key=lambda ticket_id: keys[wanted.order.is_by_due][ticket_id])
        if not wanted.order.goes_up:
            by_hand.reverse()
        assert walked(wanted, reader, per_page=7) == by_hand, wanted


def test_the_index_is_asked_for_what_few_have_and_for_the_time_by_itself(
    open_many: Callable[[int, int], list[Ticket]],
) -> None:
    me = one_person("agent").id
    open_many(me, me)
    for wanted in (TicketsWanted(text="水", unit="1"), TicketsWanted(confidential="no", unit="1")):
        asked = Asked(
            wanted=wanted,
            reader=Reader(person_id=me, reads_confidential=False),
            place=None,
            most=26,
        )
        for when, marks in list_search.marks_in_turn(asked):
            assert "_q_" in when
            assert "_q_" not in marks
            assert "'_a_1'" in marks
            # nearly all are not confidential; many begin with a character
            assert "_k_0" not in when + marks
            assert ":*" not in when + marks


@pytest.mark.parametrize(
    ("sort", "turns"),
    [
        ("oldest", [Closed.LATE, Closed.SOON]),
        ("newest", [Closed.SOON, Closed.LATE]),
        ("due_first", [Closed.ANY]),
    ],
)
def test_what_was_closed_since_a_day_is_not_sought_from_the_first_ticket_on(
    sort: str, turns: list[Closed]
) -> None:
    asked = Asked(
        wanted=TicketsWanted(closed_from="2026-01-01", sort=sort),
        reader=Reader(person_id=1, reads_confidential=True),
        place=None,
        most=26,
    )

    assert [part.closed for part in asked.in_parts] == turns


def test_a_row_that_comes_meanwhile_moves_no_page(
    open_many: Callable[[int, int], list[Ticket]],
) -> None:
    me = one_person("agent").id
    before = [each.id for each in open_many(me, me)]
    reader = Reader(person_id=me, reads_confidential=True)
    first = page_of_list(TicketsWanted(), reader, per_page=10)

    with unit_of_work():
        tickets.open_ticket(_demand(Random(1), me, 999))
    second = page_of_list(TicketsWanted(), reader, place=first.behind, per_page=10)

    assert [each.id for each in second.tickets] == before[10:20]
    back = page_of_list(TicketsWanted(), reader, place=second.before, per_page=10)
    assert [each.id for each in back.tickets] == before[:10]


def test_what_is_changed_is_found_by_what_it_says_now(app: Flask) -> None:
    me = one_person("agent").id
    reader = Reader(person_id=me, reads_confidential=True)
    with unit_of_work():
        ticket_id = tickets.open_ticket(_demand(Random(3), me, 1)).id
    with unit_of_work():
        db.session.get_one(Ticket, ticket_id).title = "水库大坝渗漏"

    found = page_of_list(TicketsWanted(text="大坝渗漏"), reader).tickets

    assert [each.id for each in found] == [ticket_id]
    assert app is not None


def test_rows_made_anew_are_the_rows_that_were_kept(
    open_many: Callable[[int, int], list[Ticket]],
) -> None:
    me = one_person("agent").id
    open_many(me, me)
    kept = rows_now()

    with unit_of_work():
        list_rows.make_all_anew()

    assert rows_now() == kept


def rows_now() -> list[tuple[Any, ...]]:
    rows = list_rows.TicketListRow.__table__
    return [tuple(row) for row in db.session.execute(db.select(rows).order_by(rows.c.ticket_id))]
