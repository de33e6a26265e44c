"""Which round and whose part: the numbers that units read and anybody may type (domain 2.2)."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask_babel import force_locale

from app.core.database import db
from app.core.permissions import Role
from app.handling import part_numbers, results, unit_parts, visiting
from app.notifications.models import Message
from app.rules.time_limits import read_limit
from app.tickets import export_rows, stepping
from app.tickets.reading import Reader
from app.tickets.service import get_ticket
from app.tickets.ticket_numbers import (
    groups_of,
    read_number,
    ticket_number,
    with_round_and_part,
    without_round_and_part,
)
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

SignIn = Callable[..., PageClient]
OURS = ticket_number(date(2026, 11, 23), 418)


def test_what_stands_behind_a_number_says_which_redo_and_whose_part() -> None:
    assert with_round_and_part(OURS) == OURS
    assert with_round_and_part(OURS, part=1) == f"{OURS}-Z1"
    assert with_round_and_part(OURS, nth_round=2) == f"{OURS}-C1"
    assert with_round_and_part(OURS, nth_round=3, part=2) == f"{OURS}-C2-Z2"


@pytest.mark.parametrize(
    "typed",
    [
        f"{OURS}-Z1", f"{OURS}-C1-Z12", f"{OURS.lower()} z1", f"{OURS[2:]}C1", f"{OURS}－Ｃ１",
        f"HY 2026 1123 000 418 {OURS[-1]} - C 1 - Z 2",
    ],
)  # fmt: skip
def test_a_number_is_understood_with_what_stands_behind_it(typed: str) -> None:
    asked = read_number(typed)

    assert (asked.number, asked.is_whole, asked.is_wrong) == (OURS, True, False)


def test_the_check_digit_of_the_main_number_finds_a_slip_behind_which_a_part_stands() -> None:
    wrong = f"{OURS[:-1]}{(int(OURS[-1]) + 1) % 10}-Z1"

    assert read_number(wrong).is_wrong


@pytest.mark.parametrize("typed", ["粤A12345", "WL-2024-C1", "12345C1", "Z1", "", "HY2026-C1"])
def test_what_is_no_number_of_ours_stays_as_it_is(typed: str) -> None:
    assert without_round_and_part(typed) == typed


def test_round_and_part_are_read_aloud_after_the_number() -> None:
    assert groups_of(f"{OURS}-C1-Z2") == (*groups_of(OURS), "-C1", "-Z2")


def numbers(ticket_id: int) -> list[str]:
    """Give the numbers of all parts of a ticket without its own, oldest first."""
    ticket = get_ticket(ticket_id)
    found = part_numbers.numbers_of_parts(ticket, play.parts(ticket_id))
    return [found[key].removeprefix(ticket.number) for key in sorted(found)]


def call_in(cast: Cast, ticket_id: int) -> None:
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("3wd"))
    saved(unit_parts.call_in, ticket_id, helper, doer=cast.unit)


def redone(cast: Cast) -> int:
    """Bring a ticket that another unit helped with into its second round."""
    ticket_id = play.handled(cast)
    call_in(cast, ticket_id)
    saved(unit_parts.give_opinion, ticket_id, "灯杆归我局，已通电", doer=cast.other)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True, words="还是不亮")
    saved(visiting.send_again, ticket_id, "确未修好", doer=cast.dispatcher)
    return ticket_id


def test_parts_are_counted_in_the_order_of_their_beginning_and_anew_in_each_round(
    cast: Cast,
) -> None:
    ticket_id = redone(cast)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    call_in(cast, ticket_id)

    assert numbers(ticket_id) == ["", "-Z1", "-C1", "-C1-Z1"]


def test_a_county_that_sends_a_ticket_down_gives_the_town_a_number_of_its_own(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id, doer=cast.county)

    number = get_ticket(ticket_id).number
    assert numbers(ticket_id) == ["", "-Z1"]
    assert part_numbers.number_for(get_ticket(ticket_id), cast.town.unit_id) == f"{number}-Z1"
    assert part_numbers.number_for(get_ticket(ticket_id), cast.county.unit_id) == number
    step = stepping.steps_of(ticket_id)[-1]
    assert (step.act, step.carried["number"]) == ("send_down", f"{number}-Z1")
    told = db.session.scalars(
        db.select(Message.body).where(
            Message.ticket_id == ticket_id, Message.unit_id == cast.town.unit_id
        )
    ).all()
    assert any(f"{number}-Z1" in body for body in told)


def test_a_redo_is_told_to_its_unit_under_its_own_number_and_stands_in_its_life(
    cast: Cast,
) -> None:
    ticket_id = redone(cast)

    number = get_ticket(ticket_id).number
    assert part_numbers.number_for(get_ticket(ticket_id), cast.lead) == f"{number}-C1"
    steps = {each.act: each.carried for each in stepping.steps_of(ticket_id)}
    assert steps["redo"]["number"] == f"{number}-C1"
    told = db.session.scalars(
        db.select(Message.body).where(
            Message.occasion == "ticket_sent_again", Message.ticket_id == ticket_id
        )
    ).all()
    assert all(f"{number}-C1" in body for body in told)
    to_caller = db.session.scalars(
        db.select(Message.body).where(Message.ticket_id == ticket_id, Message.recipient == "caller")
    )
    assert not any("-C1" in body for body in to_caller)


def test_a_unit_reads_its_own_number_on_its_desk_and_who_dispatches_those_of_all_parts(
    cast: Cast, sign_in_as: SignIn
) -> None:
    ticket_id = redone(cast)
    number = get_ticket(ticket_id).number

    lead = sign_in_as("city_liaison", unit_id=cast.lead)
    assert f"{number}-C1" in lead.get("/unit").text
    assert f"{number}-C1</h2>" in lead.get(f"/unit/tickets/{ticket_id}").text
    helper = sign_in_as("city_liaison", unit_id=cast.second)
    assert f"{number}-Z1</h2>" in helper.get(f"/unit/tickets/{ticket_id}").text
    page = sign_in_as("dispatcher").get(f"/dispatch/{ticket_id}").text
    assert set(re.findall(rf"{number}(-[CZ][\w-]*)", page)) >= {"-Z1", "-C1"}


def test_a_number_typed_with_its_part_finds_the_ticket(cast: Cast, sign_in_as: SignIn) -> None:
    ticket_id = redone(cast)
    number = get_ticket(ticket_id).number
    browser = sign_in_as("dispatcher")

    for behind in ("-Z1", "-C1", " c1 z1"):
        found = browser.get("/tickets", query_string={"text": f"{number}{behind}"}).text
        assert f"/tickets/{ticket_id}" in found
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}-Z1"
    assert "校验" in browser.get("/tickets", query_string={"text": wrong}).text


def test_a_file_of_a_list_names_the_redo_beside_the_number(cast: Cast) -> None:
    ticket = get_ticket(redone(cast))
    reader = Reader(person_id=0, role=Role.HOTLINE_MANAGER, reads_confidential=True)

    with force_locale("zh_Hans_CN"):
        [row] = export_rows.RowWriter(reader).rows([ticket])
        named = dict(zip(export_rows.heading(), row, strict=True))

    assert (named["工单编号"], named["重办编号"]) == (ticket.number, f"{ticket.number}-C1")


def test_a_caller_may_ask_for_his_ticket_by_a_number_with_a_part(
    cast: Cast, client: PageClient
) -> None:
    ticket = get_ticket(redone(cast))
    client.learn_token(client.get("/progress").text)
    typed = {"number": f"{ticket.number}-C1", "code": ticket.check_code}

    assert ticket.number in client.post("/progress", data=typed).text


def test_what_was_merged_keeps_its_own_number(cast: Cast) -> None:
    ticket = get_ticket(play.open_one(cast))

    assert part_numbers.number_for(ticket, cast.lead) == ticket.number
