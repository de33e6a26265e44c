"""Notes, opinions, reasons and decisions may name the caller as well as his own words do."""

from collections.abc import Callable

import pytest

from app.core.database import unit_of_work
from app.handling import disputing, results, returning, timing, unit_parts
from app.handling.models import TimeKind
from app.rules import code_register
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved
from tests.privacy.secret_ticket import NAME, NUMBER, secrets_in
from tests.ticket_desks.browsers import Desks, page

SLIP = f"请直接联系{NAME}，电话 {NUMBER}"


@pytest.fixture
def cast(registers: None, app: object, frozen: object) -> Cast:  # noqa: ARG001 - their database
    with unit_of_work():
        code_register.load_codes()
    return make_cast()


def secret(cast: Cast) -> int:
    return play.open_one(
        cast, request_type=Nature.REPORT, caller_name=NAME, contact_number=NUMBER,
        privacy="confidential", title="夜间偷排废水", content="某厂夜间偷排废水",
    )  # fmt: skip


def test_a_unit_learns_no_caller_from_what_the_hotline_wrote_beside_his_report(
    cast: Cast, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket_id = secret(cast)
    play.send(cast, ticket_id, note=SLIP)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    play.give_back(cast, ticket_id)
    saved(returning.refuse, ticket_id, SLIP, doer=cast.dispatcher)
    wish = timing.NewTime(
        kind=TimeKind.EXTENSION, reason="works_under_way", basis="待检", limit=read_limit("2wd")
    )
    saved(timing.ask_time, ticket_id, wish, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=False, words=SLIP, doer=cast.dispatcher)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.send_back, ticket_id, "empty_words", SLIP, doer=cast.auditor)
    browser = Desks(cast, sign_in_as).at("city_liaison", "urban-management")

    html = page(browser, f"/unit/tickets/{ticket_id}")

    assert html.count("请直接联系") >= 4  # the words are there, the caller is not in them
    assert secrets_in(html, "name", "number") == set()


def test_the_hotline_reads_without_the_caller_what_was_written_beside_his_report(
    cast: Cast, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket_id = secret(cast)
    saved(disputing.refer, ticket_id, SLIP, doer=cast.dispatcher)
    other = secret(cast)
    play.send(cast, other, note=SLIP)
    saved(unit_parts.sign, other, doer=cast.unit)
    play.reach(cast, other)
    play.hand_in(cast, other)
    saved(results.send_back, other, "empty_words", SLIP, doer=cast.auditor)
    browser = Desks(cast, sign_in_as).at("dispatcher")

    for address in (f"/dispatch/{ticket_id}", f"/dispatch/{other}", f"/audit-results/{other}"):
        html = page(browser, address)
        assert "请直接联系" in html, address
        assert secrets_in(html, "name", "number") == set(), address
