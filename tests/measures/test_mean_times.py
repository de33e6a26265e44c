"""How long things took, and whether a first call settled its matter."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.calls.call_states import Direction
from app.calls.models import Call
from app.core.database import db, unit_of_work
from app.handling.ticket_pictures import TicketPicture
from app.measures.formula_words import expression_of, said_of
from app.measures.grouping import Group
from app.measures.mean_times import MeanTime, mean_times
from app.tickets import service as tickets
from app.tickets.service import NewEnquiry
from app.tickets.ticket_states import EnquiryResult
from tests.handling import spoken
from tests.handling.cast import Cast, audited, make_cast
from tests.measures.test_reports import signed_in

DAY = timedelta(days=1)


def picture(ticket_id: int, seconds: float | None, county: str = "441602") -> TicketPicture:
    return TicketPicture(
        ticket_id=ticket_id,
        opened_at=datetime(2026, 11, 2, tzinfo=UTC),
        request_type="help",
        county_code=county,
        handle_seconds=seconds,
    )


def test_the_mean_the_middle_and_the_slow_end_are_of_what_is_over() -> None:
    some = [picture(nth, float(nth)) for nth in range(1, 11)] + [picture(11, None)]

    [told] = mean_times("handle", some, Group.NONE)

    assert told == MeanTime(span="handle", key="", count=10, mean=5.5, middle=5.5, slow=10.0)
    assert mean_times("sign", some, Group.NONE) == []


def test_each_group_has_its_own() -> None:
    some = [picture(1, 10.0), picture(2, 30.0), picture(3, 60.0, county="441621")]

    told = {each.key: (each.count, each.mean) for each in mean_times("handle", some, Group.COUNTY)}

    assert told == {"441602": (2, 20.0), "441621": (1, 60.0)}


@pytest.mark.parametrize("expression", ["any", "dispatched !demand_merged", "!closed"])
def test_a_formula_as_a_table_of_conditions_says_the_same(expression: str) -> None:
    vocabulary = ["any", "dispatched", "demand_merged", "closed"]

    assert expression_of(said_of(expression), vocabulary) == expression


def heard(cast: Cast, number: str, *, ago: timedelta, category: str | None) -> int:
    """Let somebody call, be answered, and be told what he asked."""
    call_id = spoken.call(cast.agent, number, ago=ago, direction=Direction.IN)
    with unit_of_work():
        call = db.session.get_one(Call, call_id)
        call.waiting_at = call.invited_at
        new = NewEnquiry(
            call_id=call_id,
            agent_id=cast.agent.user_id,
            result=EnquiryResult.ANSWERED,
            category_code=category,
            note=f"第 {call_id} 次",
        )
        tickets.record_enquiry(new)
    return call_id


@pytest.mark.postgresql
@pytest.mark.usefixtures("registers")
def test_a_first_call_settles_its_matter_if_the_number_asks_no_more_within_some_days(
    app: Flask, frozen: time_machine.Traveller
) -> None:
    frozen.move_to("2026-11-30T02:00:00Z")
    cast = make_cast()
    heard(cast, "13900000001", ago=20 * DAY, category="0201")  # and again: not settled
    heard(cast, "13900000001", ago=18 * DAY, category="0201")
    heard(cast, "13900000002", ago=20 * DAY, category="0201")  # another matter later
    heard(cast, "13900000002", ago=18 * DAY, category="0301")
    heard(cast, "13900000003", ago=20 * DAY, category="0201")  # only after the days were over
    heard(cast, "13900000003", ago=10 * DAY, category="0201")
    heard(cast, "13900000004", ago=DAY, category="0201")  # not yet decided
    frozen.move_to("2026-11-30T03:00:00Z")

    page = row_of(signed_in(app, cast.manager), "首呼解决率")

    assert page == ["83.33%", "5", "6"]


@pytest.mark.postgresql
@pytest.mark.usefixtures("registers")
def test_the_page_says_how_long_each_step_took_and_what_is_behind_it(
    app: Flask, frozen: time_machine.Traveller
) -> None:
    cast = make_cast()
    audited(cast)
    frozen.move_to("2026-12-28T02:00:00Z")
    manager = signed_in(app, cast.manager)

    page = manager.get("/figures?kind=month&day=2026-11-23&by=channel&formula=closing").text

    assert "单位办理" in page
    assert "热线电话" in page
    behind = manager.get(
        "/figures/behind?kind=month&day=2026-11-23&by=channel&formula=time_handle"
        "&part=denominator&key=call"
    )
    assert behind.status_code == 200
    assert "单位办理" in behind.text
    assert "路灯不亮" in behind.text


def row_of(browser: Any, name: str) -> list[str]:
    """Return share, numerator and denominator of one rate of November as the page shows them."""
    page = browser.get("/figures?kind=month&day=2026-11-23").text
    row = page[page.index(f">{name}</a></td>") :]
    row = row[: row.index("</tr>")]
    cells = [cell.split("</td>")[0] for cell in row.split("<td")[1:4]]
    return ["".join(part.split(">")[-1] for part in cell.split("</a>"))
            .strip() for cell in cells]  # fmt: skip
