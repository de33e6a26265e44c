"""The results page finds what plain Python finds within each scope, on every database, by keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from sqlalchemy import select

from app.channel_entries.models import EntryChannel
from app.core.database import db, unit_of_work
from app.handling.models import Assignment, BasisKind, Part
from app.organisation import service as organisation
from app.results import service as results
from app.results.scopes import Scope
from app.rules import type_register
from app.tickets import list_rows, list_search
from app.tickets import service as tickets
from app.tickets.list_wanted import BY_PHONE, DONE, OPEN, TicketsWanted
from app.tickets.list_within import part_mark
from app.tickets.models import Ticket, TicketListRow
from app.tickets.search_words import is_in, looked_for, searched_text
from app.tickets.ticket_states import OPEN_STATES
from tests.channel_entries.clerks import channel_id, load_channels
from tests.people import one_person
from tests.plans import tables_read_whole

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

FIRST = datetime(2024, 2, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
MATTERS = ["停水三天", "夜间施工噪声", "路灯不亮", "拖欠工资"]
CALLED_SO = "QD-7"
HOW_MANY = 56
COUNTIES = ["441602", "441623", "441622"]


@pytest.fixture
def everything(
    monkeypatch: pytest.MonkeyPatch, frozen: time_machine.Traveller
) -> list[tuple[Ticket, set[int]]]:
    """Give tickets of three years, each with the units that have or had a part in it."""
    for name in ("WALKED", "WALKED_FOR_RARE", "READ_FOR_WORDS"):
        monkeypatch.setattr(list_search, name, 20)
    load_channels()
    channels = [None, None, channel_id("tourism-site"), channel_id("leader-mailbox")]
    dice, agent = Random(12345), one_person("agent").id
    unit_ids = [each.id for each in organisation.list_units()][:6]
    parts: dict[int, set[int]] = {}
    for number in range(HOW_MANY):
        at = FIRST + timedelta(days=18 * number)
        frozen.move_to(at)
        with unit_of_work():
            ticket = tickets.open_ticket(_demand(dice, agent, number))
            ticket.channel_id = dice.choice(channels)
            ticket.source_no = f"QD-{number}" if ticket.channel_id else None
            has_part = set(dice.sample(unit_ids, dice.choice([0, 1, 1, 2])))
            for unit_id in sorted(has_part):
                db.session.add(_part(ticket.id, unit_id, at))
        with unit_of_work():  # the row is written anew; the parts stay marked
            state = dice.choice(list(tickets.TicketState))
            db.session.get_one(Ticket, ticket.id).state = state
        parts[ticket.id] = has_part
    frozen.move_to(NOW)
    newest = select(Ticket).order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    return [(each, parts[each.id]) for each in db.session.scalars(newest)]


def _part(ticket_id: int, unit_id: int, at: datetime) -> Assignment:
    return Assignment(
        ticket_id=ticket_id, unit_id=unit_id, part=Part.LEAD, round=1, dispatched_at=at,
        basis_kind=BasisKind.BY_HAND,
    )  # fmt: skip


def _demand(dice: Random, opened_by: int, number: int) -> tickets.NewTicket:
    return tickets.NewTicket(
        call_id=None,
        opened_by=opened_by,
        request_type=dice.choice(sorted(type_register.offered_codes() - {"praise", "void"})),
        title=dice.choice(MATTERS),
        content=f"第{number}号楼反映：{dice.choice(MATTERS)}",
        category_code=dice.choice(["1201", "0205"]),
        county_code=dice.choice(COUNTIES),
        is_confidential=dice.random() < 0.2,
    )


def scopes() -> list[Scope]:
    """Give everybody's scopes: the city's, a county's, a unit's, several units', nobody's."""
    ids = [each.id for each in organisation.list_units()][:6]
    owner = organisation.find_unit_by_code("culture-tourism").id
    return [
        Scope(is_whole=True),
        Scope(county_code="441623", unit_ids=frozenset(ids[:1])),
        Scope(unit_ids=frozenset(ids[1:2])),
        Scope(unit_ids=frozenset({owner, *ids[2:4]})),
        Scope(),
    ]


def choices(dice: Random) -> Iterator[TicketsWanted]:
    """Give every filter of the page alone, and some together."""
    offered = {
        "text": ["停水", "楼 噪声", "3", CALLED_SO, "HY2025", "不存在的字"],
        "channel": [BY_PHONE, str(channel_id("tourism-site")), "999999"],
        "request_type": ["complaint"],
        "county": ["441602"],
        "state": [OPEN, DONE, "handling"],
        "opened_from": ["2025-06-01"],
        "opened_until": ["2025-03-09"],
    }
    yield TicketsWanted()
    for name, values in offered.items():
        yield from (TicketsWanted(**{name: value}) for value in values)
    for _ in range(6):
        names = dice.sample(list(offered), 2)
        yield TicketsWanted(**{name: dice.choice(offered[name]) for name in names})


def owned_by(scope: Scope) -> set[int]:
    """Return the channels whose cases the units of a scope read."""
    asked = select(EntryChannel.id).where(EntryChannel.owner_unit_id.in_(scope.unit_ids))
    return set(db.session.scalars(asked))


def by_hand(
    each: Ticket, parts: set[int], wanted: TicketsWanted, scope: Scope, owned: set[int]
) -> bool:
    """Decide in plain Python whether a ticket is on the page; numbers of channels apart."""
    lies_within = (
        scope.is_whole
        or (bool(scope.county_code) and each.county_code == scope.county_code)
        or bool(parts & scope.unit_ids)
        or each.channel_id in owned
    )
    text = searched_text(each.title, each.content, each.demand, each.respondent, each.address)
    day = (each.opened_at + timedelta(hours=8)).date().isoformat()
    is_said = not each.is_confidential and is_in(text, looked_for(wanted.text))
    states = {OPEN: OPEN_STATES, DONE: frozenset(tickets.TicketState) - OPEN_STATES}
    channel = BY_PHONE if each.channel_id is None else str(each.channel_id)
    return all([
        lies_within,
        not wanted.text or (each.number.startswith(wanted.number) if wanted.number else is_said),
        wanted.channel in {"", channel},
        wanted.request_type in {"", each.request_type},
        wanted.county in {"", each.county_code},
        not wanted.state or each.state in states.get(wanted.state, {wanted.state}),
        not wanted.opened_from or day >= wanted.opened_from,
        not wanted.opened_until or day <= wanted.opened_until,
    ])  # fmt: skip


def walked(wanted: TicketsWanted, scope: Scope, reader_id: int) -> list[int]:
    """Walk the pages to their end."""
    found, place = [], None
    while True:
        with unit_of_work():
            page = results.list_results(wanted, scope, reader_id=reader_id, place=place)
        found += [line.id for line in page.lines]
        place = page.behind
        if place is None:
            return found


def test_every_scope_and_choice_finds_what_plain_python_finds_and_reads_no_table_whole(
    everything: list[tuple[Ticket, set[int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "PER_PAGE", 15)
    leader = one_person("leader").id
    for scope in scopes():
        owned = owned_by(scope)
        for wanted in choices(Random(7)):
            asked = replace(wanted, text="") if wanted.text == CALLED_SO else wanted
            expected = [
                each.id
                for each, parts in everything
                if by_hand(each, parts, asked, scope, owned)
                and (asked is wanted or each.source_no == CALLED_SO)
            ]
            with tables_read_whole() as whole:
                found = walked(wanted, scope, leader)
            assert found == expected, (scope, wanted)
            assert whole & {"tickets", "ticket_list_rows", "assignments"} == set(), (scope, wanted)


def test_the_parts_of_units_are_marked_from_their_save_and_when_rows_are_made_anew() -> None:
    def marked() -> set[str]:
        marks = db.session.scalars(select(TicketListRow.marks)).one()
        return {each.split("'")[1] for each in marks.split() if each.startswith("'_p_")}

    agent_id = one_person("agent").id
    with unit_of_work():
        ticket = tickets.open_ticket(_demand(Random(1), agent_id, 1))
        db.session.add_all(_part(ticket.id, unit_id, NOW) for unit_id in (3, 14))
    with unit_of_work():
        db.session.get_one(Ticket, ticket.id).title = "水库大坝渗漏"

    is_marked = db.engine.dialect.name == "postgresql"  # SQLite asks for the parts themselves
    given = {part_mark(3), part_mark(14)} if is_marked else set()
    assert marked() == given
    with unit_of_work():
        list_rows.make_all_anew()
    assert marked() == given
