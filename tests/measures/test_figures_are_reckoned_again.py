"""What the page says, plain Python says too over the exported file; each number has its tickets."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.handling import following, unit_parts
from app.handling.models import FollowKind
from app.measures import service
from app.measures.grouping import OWN_DOING, Group
from app.measures.periods import PeriodKind, period_of
from tests.conftest import A_WORKING_MORNING
from tests.handling.cast import (
    Cast,
    ask,
    audited,
    give_back,
    hand_in,
    handled,
    make_cast,
    open_one,
    reach,
    saved,
    send,
)

pytestmark = [pytest.mark.usefixtures("registers", "app")]
MONTH = period_of(A_WORKING_MORNING.date(), PeriodKind.MONTH)
ADDRESS = "/figures?kind=month&day=2026-11-23"


@pytest.fixture
def a_month(registers: None, app: Flask, frozen: time_machine.Traveller) -> Cast:
    """Live a month: some solved, one unsolved, one late, one given back, one only opened."""
    assert (app, registers) != (None, None)  # both stand before anybody works
    cast = make_cast()
    for mark in (5, 3, 2):
        ask(cast, audited(cast), result_mark=mark, is_solved=mark > 2)
    handled(cast)
    send(cast, open_one(cast, contact_number=""))
    give_back(cast, _sent(cast))
    saved(following.add, handled(cast), FollowKind.URGE, "请快一点", doer=cast.agent)
    open_one(cast)
    late = handled(cast)
    frozen.move_to("2026-12-28T02:00:00Z")
    reach(cast, late)
    hand_in(cast, late)
    return cast


def _sent(cast: Cast) -> int:
    ticket_id = open_one(cast)
    send(cast, ticket_id)
    return ticket_id


def exported(browser: Any) -> list[dict[str, str]]:
    answer = browser.post("/figures/tickets?kind=month&day=2026-11-23")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def by_plain_python(rows: list[dict[str, str]]) -> dict[str, tuple[int, int]]:
    """Reckon anew, knowing nothing of formulas: numerator and denominator of some rates."""

    def has(row: dict[str, str], *reasons: str) -> bool:
        return bool(set(row["exclusions"].split()) & set(reasons))

    def rate(of: Callable[[dict[str, str]], bool], part: Callable[[dict[str, str]], bool]) -> Any:
        whole = [row for row in rows if of(row)]
        return sum(part(row) for row in whole), len(whole)

    gone = ("withdrawn", "void")
    soft = ("mediation", "enforcement")
    return {
        "handle_in_time": rate(
            lambda r: r["handled_in_time"] != "" and not has(r, *gone, "statutory"),
            lambda r: r["handled_in_time"] == "True",
        ),
        "sign_in_time": rate(
            lambda r: r["signed_in_time"] != "" and not has(r, *gone),
            lambda r: r["signed_in_time"] == "True",
        ),
        "return": rate(
            lambda r: int(r["dispatches"]) > 0 and not has(r, *gone),
            lambda r: int(r["returns"]) > 0,
        ),
        "urge": rate(
            lambda r: int(r["dispatches"]) > 0 and not has(r, *gone), lambda r: int(r["urges"]) > 0
        ),
        "solution": rate(
            lambda r: r["is_solved"] != "" and not has(r, "anonymous", *gone, *soft),
            lambda r: r["is_solved"] == "True",
        ),
        "satisfaction": rate(
            lambda r: r["result_mark"] != "" and not has(r, "anonymous", "statutory", *gone, *soft),
            lambda r: int(r["result_mark"]) >= 3,
        ),
        "closing": rate(
            lambda r: r["is_merged"] == "False" and not has(r, "void"),
            lambda r: r["is_closed"] == "True",
        ),
        "merged": rate(lambda r: not has(r, "void"), lambda r: r["is_merged"] == "True"),
    }


@pytest.mark.usefixtures("a_month")
def test_plain_python_over_the_export_reckons_the_same(sign_in_as: Callable[..., Any]) -> None:
    by_hand = by_plain_python(exported(sign_in_as("data_analyst")))
    reckoned = service.reckon_period(MONTH)

    for code, (numerator, denominator) in by_hand.items():
        [row] = reckoned.rows[code]
        assert (len(row.figure.numerator), len(row.figure.denominator)) == (numerator, denominator)
    assert by_hand["solution"] == (2, 3)
    assert by_hand["return"][0] == 1
    assert by_hand["urge"][0] == 1
    assert by_hand["handle_in_time"][0] == 3
    assert by_hand["handle_in_time"][1] > 4


@pytest.mark.usefixtures("a_month")
def test_every_number_leads_to_as_many_tickets(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("hotline_manager")
    page = browser.get(ADDRESS).text

    links = re.findall(r'href="(/figures/behind[^"]+)">(\d+)</a>', page)
    assert len(links) > 20
    for address, count in links:
        told = browser.get(unescape(address)).text
        assert len(set(re.findall(r'href="/tickets/(\d+)"', told))) == int(count)


@pytest.mark.usefixtures("a_month")
@pytest.mark.parametrize("group", list(Group))
def test_groups_add_up_to_the_whole(group: Group) -> None:
    whole, parts = service.reckon_period(MONTH), service.reckon_period(MONTH, group)

    for code, [row] in whole.rows.items():
        names = {*row.figure.formula.denominator.split(), *row.figure.formula.numerator.split()}
        if group is Group.UNIT and names & OWN_DOING:
            continue  # what several units did with one ticket counts for each of them
        assert sum(len(each.figure.numerator) for each in parts.rows[code]) == len(
            row.figure.numerator
        )
        assert sum(len(each.figure.denominator) for each in parts.rows[code]) == len(
            row.figure.denominator
        )


@pytest.mark.usefixtures("a_month")
def test_what_is_shown_is_what_the_file_says(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("data_analyst")
    page = browser.get(ADDRESS).text
    answer = browser.post("/figures/export?as=csv&kind=month&day=2026-11-23")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))

    assert rows[1][0] == "指标"
    shares = {row[0]: row[7] for row in rows[2:]}
    assert shares["解决率"] == "66.67%"
    for name, share in shares.items():
        assert re.search(rf"{re.escape(name)}</a></td>.*?{re.escape(share)}", page, flags=re.S)


def test_a_ticket_of_another_month_is_not_counted(frozen: time_machine.Traveller) -> None:
    cast = make_cast()
    open_one(cast)
    frozen.move_to("2026-12-02T02:00:00Z")
    saved(unit_parts.sign, _sent(cast), doer=cast.unit)

    assert service.reckon_period(MONTH).demands == 1
