"""A channel's unit enters its cases one by one, to be handled there or by the hotline."""

import re
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from app.core import clock
from app.core.database import db, unit_of_work
from app.handling import clocks, sweeping
from app.rules import rule_register
from app.tickets.models import TicketStep
from app.tickets.ticket_states import EntryMode, TicketState
from tests.administration.keepers import A_LOT, HTML, SCRIPT, errors_of, page, send, value_of
from tests.channel_entries.clerks import (
    CASES,
    all_cases,
    all_tickets,
    channel_id,
    clerk_of,
    enter,
    form,
    load_channels,
)
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app")


@pytest.fixture
def clerk(
    frozen: time_machine.Traveller,  # noqa: ARG001 - stops the clock before anybody signs in
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the channels and sign in who enters cases for the bureau of culture and tourism."""
    load_channels()
    return clerk_of(sign_in_as, "culture-tourism")


def seen(browser: PageClient, address: str) -> str:
    """Return the version that the form of a correction carries."""
    return value_of(page(browser, f"{address}/correct"), "version")


def test_a_clerk_lands_on_the_channels_of_his_unit_and_sees_no_others(clerk: PageClient) -> None:
    assert clerk.get("/").location == CASES
    html = page(clerk, CASES)

    assert "文旅局网站咨询投诉" in html
    assert "市场监管局邮箱" not in html


def test_a_case_for_the_hotline_is_a_ticket_that_waits_to_be_dispatched(
    clerk: PageClient,
) -> None:
    answer = enter(clerk)

    assert answer.status_code == 302, answer.text
    [ticket] = all_tickets()
    assert (ticket.state, ticket.entry_mode) == (TicketState.TO_DISPATCH, EntryMode.ENTRY)
    assert (ticket.channel_id, ticket.source_no) == (channel_id("tourism-site"), "WL-1")
    assert (ticket.is_channels_own, ticket.contact_number) == (False, "+8613912342817")
    html = page(clerk, answer.location)
    assert ticket.number in html
    assert "13912342817" not in html


def test_a_case_of_the_channels_own_goes_from_process_to_result_and_is_closed_by_it(
    clerk: PageClient,
) -> None:
    address = enter(clerk, handled_by="channel").location

    send(clerk, f"{address}/notes", text="已联系景区核实。")
    during = all_tickets()[0].state
    done = send(clerk, f"{address}/result", result="电话告知诉求人。", public_reply="可以网购。")

    assert during is TicketState.HANDLING
    assert done.status_code == 302, done.text
    [ticket] = all_tickets()
    assert ticket.state is TicketState.CLOSED
    assert ticket.closed_at is not None
    html = page(clerk, address)
    assert "渠道办结" in html
    assert "可以网购。" in html
    steps = db.session.scalars(select(TicketStep).order_by(TicketStep.id))
    assert [(step.old, step.new) for step in steps] == [
        (None, TicketState.HANDLING),
        (TicketState.HANDLING, TicketState.CLOSED),
    ]


def test_a_result_needs_a_public_reply(clerk: PageClient) -> None:
    address = enter(clerk, handled_by="channel").location

    answer = send(clerk, f"{address}/result", result="办了。", public_reply=" ")

    assert answer.status_code == 422
    assert errors_of(answer.text, "public_reply")
    assert all_tickets()[0].state is TicketState.HANDLING


def test_a_case_of_the_channels_own_is_promised_nothing_by_the_hotline_as_time_passes(
    clerk: PageClient,
) -> None:
    enter(clerk, handled_by="channel")
    for do in sweeping.find_due(clock.now()):
        with unit_of_work():
            do()

    assert clocks.clocks_of(all_tickets()[0].id) == []


def test_a_case_in_the_channels_hands_may_be_given_to_the_hotline_and_then_is_not_its_own(
    clerk: PageClient,
) -> None:
    address = enter(clerk, handled_by="channel").location

    given = send(clerk, f"{address}/hand-over")
    late = send(clerk, f"{address}/result", result="办了。", public_reply="办了。")

    assert (given.status_code, late.status_code) == (302, 409)
    [ticket] = all_tickets()
    assert (ticket.state, ticket.is_channels_own) == (TicketState.TO_DISPATCH, False)


@pytest.mark.parametrize("urgency", ["normal", "urgent"])
def test_a_case_that_its_channel_hands_over_later_is_looked_at_like_one_handed_over_at_once(
    clerk: PageClient, urgency: str
) -> None:
    rule, gate = "review.before_dispatch", "review_not_by_call"
    with unit_of_work():
        rule_register.set_value(rule, gate, basis="示例", valid_from=None)
    given = {"urgency": urgency, "urgency_reason": "现场有人受困"}
    later = enter(clerk, handled_by="channel", **given).location
    enter(clerk, key="k2", source_no="2", **given)
    send(clerk, f"{later}/hand-over")

    first, second = all_tickets()
    assert first.state is second.state
    looked_at = TicketState.TO_DISPATCH if urgency == "urgent" else TicketState.TO_REVIEW
    assert first.state is looked_at


def test_pressing_twice_enters_once(clerk: PageClient) -> None:
    first = enter(clerk, key="k1", source_no="")
    second = enter(clerk, key="k1", source_no="")

    assert first.location == second.location
    assert len(all_tickets()) == 1


def test_the_channels_own_number_is_entered_once_and_another_channel_may_have_it_too(
    clerk: PageClient,
) -> None:
    enter(clerk)
    again, elsewhere = enter(clerk, key="k2"), enter(clerk, "tourism-wechat")

    assert (again.status_code, elsewhere.status_code) == (409, 302)
    assert errors_of(again.text, "source_no")
    assert len(all_tickets()) == 2


def test_a_draft_may_lack_everything_and_becomes_a_ticket_when_it_is_finished(
    clerk: PageClient,
) -> None:
    kept = enter(clerk, act="draft", title="", content="", place="", category_code="")
    address = kept.location

    assert kept.status_code == 302
    assert all_tickets() == []
    html = page(clerk, address)
    assert 'value="WL-1"' in html
    finished = send(clerk, address, **form(version="1"))
    assert finished.status_code == 302, finished.text
    [case] = all_cases()
    assert (case.draft, case.ticket_id) == ({}, all_tickets()[0].id)


def test_of_two_pages_of_one_draft_the_later_does_not_undo_the_earlier(clerk: PageClient) -> None:
    address = enter(clerk, act="draft").location

    first = send(clerk, address, **form(act="draft", version="1", title="甲"))
    second = send(clerk, address, **form(act="draft", version="1", title="乙"))

    assert (first.status_code, second.status_code) == (302, 409)
    assert all_cases()[0].draft["title"] == "甲"


def test_a_draft_may_be_thrown_away_and_a_case_may_not(clerk: PageClient) -> None:
    draft, case = enter(clerk, act="draft").location, enter(clerk).location

    gone, stays = send(clerk, f"{draft}/discard"), send(clerk, f"{case}/discard")

    assert (gone.status_code, stays.status_code) == (302, 409)
    assert len(all_cases()) == 1


def test_what_was_entered_is_corrected_for_a_day_and_not_after(
    frozen: time_machine.Traveller,
    clerk: PageClient,
    sign_in_as: Callable[..., PageClient],
) -> None:
    address = enter(clerk).location

    right = send(
        clerk, f"{address}/correct", **form(version=seen(clerk, address), title="改过的标题")
    )
    frozen.shift(24 * 3600 + 1)
    colleague = clerk_of(sign_in_as, "culture-tourism")
    late = send(colleague, f"{address}/correct", **form(version="", title="又改"))

    assert right.status_code == 302, right.text
    assert late.status_code == 409
    assert "已不能更正" in page(colleague, address)
    assert all_tickets()[0].title == "改过的标题"


def test_where_exactly_and_who_asks_may_be_told_and_corrected(clerk: PageClient) -> None:
    said = {
        "person_kind": "enterprise",
        "gender": "female",
        "age_group": "from_60",
        "grid": "仙塘 03",
    }
    address = enter(clerk, **said, coordinates="114.76,23.80").location

    [ticket] = all_tickets()
    assert ticket.person_kind == "enterprise"
    assert (ticket.gender, ticket.age_group, ticket.grid) == ("female", "from_60", "仙塘 03")
    assert (ticket.coordinates, ticket.coordinates_source) == ("23.800000, 114.760000", "channel")

    shown = page(clerk, f"{address}/correct")
    assert 'value="23.800000, 114.760000"' in shown
    assert '<option selected value="enterprise">企业</option>' in shown
    right = {**form(version=seen(clerk, address)), "grid": "仙塘 04", "coordinates": ""}
    assert send(clerk, f"{address}/correct", **right).status_code == 302
    [ticket] = all_tickets()
    assert (ticket.person_kind, ticket.gender) == (None, None)
    assert (ticket.grid, ticket.coordinates) == ("仙塘 04", "")
    assert ticket.coordinates_source is None


def test_another_units_case_is_not_there(
    clerk: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    address = enter(clerk, handled_by="channel").location
    stranger = clerk_of(sign_in_as, "market-regulation")

    answers = [
        stranger.get(address, headers=HTML),
        stranger.get(f"{address}/correct", headers=HTML),
        send(stranger, f"{address}/correct", **form()),
        send(stranger, f"{address}/notes", text="x"),
        send(stranger, f"{address}/result", result="x", public_reply="x"),
        send(stranger, f"{address}/hand-over"),
        send(stranger, f"{address}/discard"),
        stranger.get(f"{CASES}/new/{channel_id('tourism-site')}", headers=HTML),
        enter(stranger),
        stranger.get(f"{CASES}/sheets/{channel_id('tourism-site')}", headers=HTML),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert "景区门票" not in page(stranger, CASES)
    assert len(all_tickets()) == 1


def test_a_clerk_without_a_unit_has_no_channel(sign_in_as: Callable[..., PageClient]) -> None:
    load_channels()

    assert "没有登记渠道" in page(sign_in_as("channel_clerk"), CASES)


def test_nothing_is_entered_for_a_channel_that_rests(
    clerk: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    keeper = sign_in_as("hotline_manager")
    send(keeper, f"/channels/{channel_id('tourism-site')}/state", state="suspended",
         valid_from="", basis="")  # fmt: skip

    assert enter(clerk).status_code == 409
    assert all_tickets() == []


@pytest.mark.parametrize(
    ("field", "value", "beside"),
    [("title", "", "title"), ("title", "长" * 51, "title"), ("content", A_LOT, "content"),
     ("category_code", "", "category_code"), ("category_code", "9999", "category_code"),
     ("place", "441625/441623101", "place"), ("place", "", "place"),
     ("contact_number", "打我电话", "contact_number"), ("received_at", "昨天", "received_at"),
     ("request_type", "wish", "request_type"), ("source_no", "9" * 65, "source_no"),
     ("gender", "moon", "gender"), ("grid", "9" * 41, "grid"),
     ("coordinates", "39.9, 116.4", "coordinates")],
)  # fmt: skip
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_entered(
    clerk: PageClient, field: str, value: str, beside: str
) -> None:
    answer = enter(clerk, **{field: value})

    assert answer.status_code == 422
    assert errors_of(answer.text, beside)
    assert all_tickets() == []


def test_a_text_that_hurries_needs_urgency_or_a_reason(clerk: PageClient) -> None:
    said = {"content": "有人说要扬言。"}

    calm = enter(clerk, **said)
    hurries = enter(clerk, **said, urgency="urgent")

    assert calm.status_code == 422
    assert errors_of(calm.text, "urgency_reason")
    assert hurries.status_code == 302


def test_a_complaint_for_the_hotline_needs_its_five_elements(clerk: PageClient) -> None:
    lacking = enter(clerk, request_type="complaint")
    own = enter(clerk, request_type="complaint", handled_by="channel")

    assert lacking.status_code == 422
    assert errors_of(lacking.text, "occurred")
    assert own.status_code == 302


def test_a_report_is_confidential_whatever_was_ticked(clerk: PageClient) -> None:
    enter(clerk, request_type="report", handled_by="channel")

    assert all_tickets()[0].is_confidential


def test_what_is_typed_is_shown_as_text(clerk: PageClient) -> None:
    address = enter(clerk, content=SCRIPT, handled_by="channel").location
    send(clerk, f"{address}/notes", text=SCRIPT)

    assert SCRIPT not in page(clerk, address)


def test_a_correction_after_somebody_else_acted_is_refused(clerk: PageClient) -> None:
    address = enter(clerk).location
    ticket = all_tickets()[0]
    with unit_of_work():
        moved = db.session.get_one(type(ticket), ticket.id)
        moved.state = TicketState.TO_SIGN

    stale = send(clerk, f"{address}/correct", **form(version="1"))
    fresh = send(clerk, f"{address}/correct", **form(version=seen(clerk, address)))

    assert (stale.status_code, fresh.status_code) == (409, 409)
    assert all_tickets()[0].title == ticket.title


def test_the_form_marks_what_no_case_is_entered_without_and_a_draft_may_lack_it(
    clerk: PageClient,
) -> None:
    address = f"{CASES}/new/{channel_id('tourism-site')}"
    html = page(clerk, address)
    marked = re.findall(r'<label class="form-label required" for="(\w+)"', html)

    assert marked == ["request_type", "title", "content", "category_code", "place"]
    assert "带 * 的必填" in html
    draft = send(clerk, address, **form(title="", content="", act="draft"))
    assert draft.status_code == 302
