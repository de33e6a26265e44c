"""A channel corrects what it entered: it gains no time by it, and undoes nothing of others."""

from collections.abc import Callable

import pytest

from app.handling import clocks, timing
from app.handling.clock_rules import ClockKind
from app.privacy.levels import PrivacyLevel
from app.rules.type_natures import Nature
from tests.administration.keepers import page, send, value_of
from tests.channel_entries.clerks import (
    GOOD,
    all_tickets,
    clerk_of,
    enter,
    form,
    load_channels,
    workbook,
)
from tests.channel_entries.test_import import take
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved
from tests.handling.fast_lane import switch_on

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

SignIn = Callable[..., PageClient]
D, C = ClockKind.DISPATCH, ClockKind.CITIZEN
COMPLAINT = {
    "request_type": "complaint", "address": "万绿湖", "occurred": "昨天", "respondent": "某旅行社",
    "demand": "退费",
}  # fmt: skip


@pytest.fixture
def clerk(sign_in_as: SignIn) -> PageClient:
    """Load the channels and sign in who enters cases for the bureau of culture and tourism."""
    load_channels()
    return clerk_of(sign_in_as, "culture-tourism")


@pytest.fixture
def cast(clerk: PageClient) -> Cast:  # noqa: ARG001 - the channels stand before anybody works
    """Give one person of each role."""
    return make_cast()


def corrected(browser: PageClient, case_page: str, **changes: str) -> int:
    """Send a correction as its page was shown; return the status."""
    version = value_of(page(browser, f"{case_page}/correct"), "version")
    typed = form(version=version, **changes)
    return int(send(browser, f"{case_page}/correct", **typed).status_code)


def limits() -> tuple[str, str]:
    """Return the limits of the dispatch clock and of the citizen's."""
    [ticket] = all_tickets()
    found = [clocks.newest(ticket.id, kind) for kind in (D, C)]
    return tuple(each.limit if each else "" for each in found)  # type: ignore[return-value]


def test_an_enquiry_entered_as_a_complaint_has_its_short_time_once_it_is_corrected(
    clerk: PageClient,
) -> None:
    address = enter(clerk, **COMPLAINT).location
    assert limits() == ("2wh", "15wd")
    assert corrected(clerk, address, request_type="consult") == 302

    assert limits() == ("2wh", "2wd")
    [ticket] = all_tickets()
    row = clocks.newest(ticket.id, C)
    assert row is not None
    assert ticket.due_at == row.due_at


def test_a_longer_type_moves_no_promise_by_a_correction(clerk: PageClient) -> None:
    address = enter(clerk).location
    promised = all_tickets()[0].due_at
    assert corrected(clerk, address, **COMPLAINT) == 302

    assert all_tickets()[0].due_at == promised


def test_what_turns_out_to_be_urgent_hurries_from_its_entry_on(clerk: PageClient) -> None:
    address = enter(clerk, **COMPLAINT).location
    changes = {**COMPLAINT, "urgency": "urgent", "urgency_reason": "有人受困"}
    assert corrected(clerk, address, **changes) == 302

    assert limits() == ("10min", "2h")


def test_a_correction_does_not_undo_what_a_dispatcher_called_it(
    clerk: PageClient, cast: Cast
) -> None:
    address = enter(clerk, **COMPLAINT).location
    [ticket] = all_tickets()
    saved(timing.retype, ticket.id, Nature.CONSULT, "实为咨询", doer=cast.dispatcher)

    assert corrected(clerk, address, **COMPLAINT) == 409
    assert all_tickets()[0].request_type == Nature.CONSULT


def test_what_a_unit_gave_back_is_the_channels_no_more(clerk: PageClient, cast: Cast) -> None:
    address = enter(clerk).location
    [ticket] = all_tickets()
    play.send(cast, ticket.id)
    play.give_back(cast, ticket.id)
    saved(play.returning.agree, ticket.id, doer=cast.dispatcher)

    assert corrected(clerk, address, title="另一件事") == 409


def test_a_sheet_that_calls_a_report_a_complaint_does_not_uncover_who_reported(
    clerk: PageClient,
) -> None:
    row = {**GOOD, "诉求类型": "举报", "详细地址": "万绿湖", "发生时间": "昨天",
           "反映对象": "某旅行社", "诉求目的": "查处", "保密": ""}  # fmt: skip
    assert take(clerk, workbook(row)) == 302
    assert all_tickets()[0].privacy is PrivacyLevel.CONFIDENTIAL
    assert take(clerk, workbook({**row, "诉求类型": "投诉"})) == 302

    [ticket] = all_tickets()
    assert ticket.request_type == Nature.COMPLAINT
    assert ticket.privacy is PrivacyLevel.CONFIDENTIAL


def test_an_enterprise_that_was_entered_as_a_person_has_its_fast_lane_once_it_is_corrected(
    clerk: PageClient,
) -> None:
    switch_on()
    address = enter(clerk, **COMPLAINT).location
    assert limits() == ("2wh", "15wd")
    assert corrected(clerk, address, **COMPLAINT, person_kind="enterprise") == 302
    assert limits() == ("2wh", "4wd")

    assert corrected(clerk, address, **COMPLAINT, person_kind="individual") == 302
    [ticket] = all_tickets()
    row = clocks.newest(ticket.id, C)
    assert row is not None
    assert row.not_after is not None  # what was promised does not move away again
