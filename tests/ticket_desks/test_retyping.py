"""What a ticket's type promises holds from when the type is right, whoever gave it."""

from collections.abc import Callable

import pytest

from app.handling import timing, unit_parts
from app.handling.acting import parts_of
from app.handling.clock_rules import ClockKind
from app.handling.unit_parts import Helper
from app.organisation import service as organisation
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from app.tickets.service import get_ticket
from tests.channel_entries.clerks import all_tickets, clerk_of, enter, form, load_channels
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import HTML, Desks, errors_of, page, seen_in, send, words

SignIn = Callable[..., PageClient]


def about(cast: Cast, unit_id: int) -> int:
    """Open a request for help whose words name a unit."""
    name = organisation.get_unit(unit_id).name
    return play.open_one(
        cast, request_type=Nature.HELP, respondent=f"{name}工作人员", caller_name="欧阳明镜"
    )


def retype(browser: PageClient, ticket_id: int, new: str) -> tuple[int, str]:
    """Correct the type on the dispatcher's page."""
    html = page(browser, f"/dispatch/{ticket_id}")
    typed = {"request_type": new, "reason": "实为" + new, "seen": seen_in(html, "retype")}
    answer = send(
        browser,
        f"/dispatch/{ticket_id}/retype",
        **{f"retype-{name}": value for name, value in typed.items()},
    )
    return answer.status_code, answer.text


@pytest.mark.parametrize("new", ["report", "complaint"])
def test_whoever_is_named_is_kept_out_once_it_is_a_complaint_and_a_report_is_confidential(
    cast: Cast, desks: Desks, new: str
) -> None:
    ticket_id = about(cast, cast.lead)
    dispatcher = desks.at("dispatcher")
    lead = organisation.get_unit(cast.lead).name

    assert retype(dispatcher, ticket_id, new)[0] == 302

    html = page(dispatcher, f"/dispatch/{ticket_id}")
    sent = send(dispatcher, f"/dispatch/{ticket_id}",
                **{"dispatch-lead": lead,
                   "dispatch-seen": seen_in(html), "is_final": "yes"})  # fmt: skip
    assert sent.status_code == 422
    assert "须回避" in words(sent.text)
    colleague = desks.at("agent").get(f"/tickets/{ticket_id}", headers=HTML).status_code
    assert colleague == (404 if new == "report" else 200)


def test_the_timeline_tells_a_corrected_type_by_its_name_and_not_by_its_code(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = about(cast, cast.lead)
    dispatcher = desks.at("dispatcher")

    retype(dispatcher, ticket_id, "suggestion")

    told = words(page(desks.at("agent"), f"/tickets/{ticket_id}"))
    life = told[told.index("更改诉求类型") :]
    assert "求助" in life
    assert "建议" in life
    assert "help" not in life


def test_the_unit_that_leads_is_replaced_before_the_complaint_about_it_is_called_one(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = about(cast, cast.lead)
    play.send(cast, ticket_id)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    dispatcher = desks.at("dispatcher")

    status, html = retype(dispatcher, ticket_id, "report")

    assert status == 422
    assert "须回避" in errors_of(html, "retype-request_type")
    assert get_ticket(ticket_id).request_type == Nature.HELP


def test_whoever_only_assists_is_out_at_once(cast: Cast, desks: Desks, sign_in_as: SignIn) -> None:
    ticket_id = about(cast, cast.second)
    helper = Helper(unit_id=cast.second, limit=read_limit("1wd"))
    play.send(cast, ticket_id, assistants=(helper,))
    assistant = sign_in_as("city_liaison", unit_id=cast.second)
    assert assistant.get(f"/unit/tickets/{ticket_id}").status_code == 200

    assert retype(desks.at("dispatcher"), ticket_id, "complaint")[0] == 302

    assert assistant.get(f"/unit/tickets/{ticket_id}").status_code == 404
    assert [each.unit_id for each in parts_of(ticket_id, live=True)] == [cast.lead]
    assert play.clock(ticket_id, ClockKind.ASSIST).done_at is not None


def test_a_confidence_once_promised_outlives_the_type(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast, request_type=Nature.REPORT)

    saved(timing.retype, ticket_id, Nature.HELP, "实为求助", doer=cast.dispatcher)

    assert desks.at("agent").get(f"/tickets/{ticket_id}", headers=HTML).status_code == 404


def test_a_channel_that_corrects_its_case_to_a_report_has_made_it_one(
    cast: Cast, sign_in_as: SignIn
) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    address = enter(clerk).location
    unit = organisation.get_unit(cast.lead)

    corrected = form(request_type="report", respondent=f"{unit.name}工作人员", act="correct",
                     version=str(all_tickets()[0].version))  # fmt: skip
    corrected |= {"demand": "请查处", "occurred": "上周", "address": "中山路 8 号"}
    answer = clerk.post(f"{address}/correct", data=corrected, headers=HTML)

    [ticket] = all_tickets()
    assert answer.status_code == 302, words(answer.text)
    assert ticket.is_confidential
    assert ticket.respondent_unit_id == unit.id
