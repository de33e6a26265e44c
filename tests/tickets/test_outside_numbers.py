"""A ticket's page and list: its numbers elsewhere, its own number, its fields in groups."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import db, unit_of_work
from app.organisation import service as organisation
from app.rules.type_natures import Nature
from app.tickets import outside_numbers
from app.tickets import service as tickets
from app.tickets.events import OutsideNumberAdded, OutsideNumberRemoved
from app.tickets.outside_kinds import (
    MOST_NUMBERS,
    NoOutsideNumber,
    OutsideKind,
    OutsideNumberThere,
    TooManyOutsideNumbers,
)
from app.tickets.person_details import AgeGroup, Gender, PersonDetails, PersonKind, SpecialGroup
from app.tickets.spots import CoordinatesSource, spot_at
from tests import people
from tests.administration.keepers import SCRIPT, errors_of, page, send
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

SHANGPING = {"441622": "441622127", "441623": "441623101"}


def open_one(opened_by: int, **changes: Any) -> tickets.Ticket:
    given: dict[str, Any] = {
        "call_id": None, "opened_by": opened_by, "request_type": Nature.COMPLAINT,
        "title": "路灯不亮", "content": "三盏路灯坏了一周", "category_code": "0205",
        "county_code": "441602", **changes,
    }  # fmt: skip
    with unit_of_work():
        ticket = tickets.open_ticket(tickets.NewTicket(**given))
        ticket_id = ticket.id
    return tickets.get_ticket(ticket_id)


def add(ticket_id: int, number: str, kind: str = "province", *, by: int = 1) -> int:
    with unit_of_work():
        return outside_numbers.add_number(ticket_id, OutsideKind(kind), number, by=by).id


@pytest.fixture
def agent(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign in who opens tickets."""
    return sign_in_as("agent")


# --- what other systems call it ----------------------------------------------------------


def test_a_ticket_keeps_several_numbers_and_is_found_by_each(agent: PageClient) -> None:
    found, other = open_one(agent.person.id), open_one(agent.person.id, title="另一件")
    address = f"/tickets/{found.id}/outside-numbers"
    for kind, number in (("province", "粤省心-2026-000123"), ("city", "HYS 889900"),
                         ("source", "WX20261123-7"), ("previous", other.number)):  # fmt: skip
        assert send(agent, address, kind=kind, number=number).status_code == 302

    html = page(agent, f"/tickets/{found.id}")
    assert "粤省心-2026-000123" in html
    assert f'href="/tickets/{other.id}"' in html  # a number of ours leads to its ticket
    for text in ("粤省心-2026-000123", "粤省心2026", "hys889900", "HYS 8899", "wx20261123"):
        assert ids_in(page(agent, f"/tickets?text={text}")) == [found.id], text
    assert ids_in(page(agent, f"/tickets?text={other.number}")) == [other.id, found.id]


def test_a_number_is_kept_once_and_can_be_taken_away(heard: list[Any]) -> None:
    by = people.one_person("agent").id
    ticket = open_one(by)
    number_id = add(ticket.id, "粤省心 123", by=by)
    with pytest.raises(OutsideNumberThere):
        add(ticket.id, "粤省心-123", by=by)
    add(ticket.id, "粤省心-123", "city", by=by)
    with unit_of_work():
        outside_numbers.remove_number(ticket.id, number_id, by=by)

    assert [each.kind.value for each in outside_numbers.numbers_of(ticket.id)] == ["city"]
    with pytest.raises(NoOutsideNumber), unit_of_work():
        outside_numbers.remove_number(ticket.id, number_id, by=by)
    kinds = (OutsideNumberAdded, OutsideNumberRemoved)
    assert [type(event) for event in heard if isinstance(event, kinds)] == [
        OutsideNumberAdded, OutsideNumberAdded, OutsideNumberRemoved,
    ]  # fmt: skip


def test_a_ticket_has_no_more_numbers_than_anybody_could_mean() -> None:
    by = people.one_person("agent").id
    ticket = open_one(by)
    for number in range(MOST_NUMBERS):
        add(ticket.id, f"N{number:03}", by=by)

    with pytest.raises(TooManyOutsideNumbers):
        add(ticket.id, "one-more", by=by)


def test_another_tickets_number_cannot_be_taken_away_by_guessing(agent: PageClient) -> None:
    mine, theirs = open_one(agent.person.id), open_one(agent.person.id, title="别的")
    number_id = add(theirs.id, "粤省心 123", by=agent.person.id)

    answer = send(agent, f"/tickets/{mine.id}/outside-numbers/{number_id}/remove")
    assert answer.status_code == 404
    db.session.rollback()
    assert len(outside_numbers.numbers_of(theirs.id)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [("number", ""), ("number", "--"), ("number", "长" * 65), ("kind", "moon"), ("kind", "")],
)
def test_what_is_wrong_with_a_number_is_said_on_the_tickets_page(
    agent: PageClient, field: str, typed: str
) -> None:
    ticket = open_one(agent.person.id)
    given = {"kind": "city", "number": SCRIPT[:40], field: typed}
    answer = send(agent, f"/tickets/{ticket.id}/outside-numbers", **given)

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    assert SCRIPT[:40] not in answer.text
    assert "三盏路灯坏了一周" in answer.text


def test_who_opens_no_tickets_writes_no_numbers_and_a_hidden_ticket_stays_hidden(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket = open_one(agent.person.id, is_confidential=True)
    address = f"/tickets/{ticket.id}/outside-numbers"
    add(ticket.id, "保密-0001", by=agent.person.id)

    inspector, other = sign_in_as("quality_inspector"), sign_in_as("agent")
    assert send(inspector, address, kind="city", number="A-100").status_code == 403
    assert send(other, address, kind="city", number="A-100").status_code == 404
    assert ids_in(page(other, "/tickets?text=保密-0001")) == []
    assert ids_in(page(agent, "/tickets?text=保密-0001")) == [ticket.id]


# --- its own number ----------------------------------------------------------------------


def test_a_number_is_shown_in_groups_and_a_misheard_one_is_told_plainly(agent: PageClient) -> None:
    ticket = open_one(agent.person.id)
    last = ticket.number[-1]
    wrong = ticket.number[:-1] + ("0" if last != "0" else "1")

    shown = page(agent, f"/tickets/{ticket.id}")
    assert "<span>HY</span><span>2026</span>" in shown
    told = page(agent, f"/tickets?text={wrong}")
    assert "校验位不对" in told
    assert ids_in(told) == []
    assert "校验位不对" not in page(agent, f"/tickets?text={ticket.number}")
    spoken = f"{ticket.number[2:6]} {ticket.number[6:10]} {ticket.number[10:]}"
    assert ids_in(page(agent, f"/tickets?text={spoken}")) == [ticket.id]


# --- its fields --------------------------------------------------------------------------


def test_what_was_said_is_shown_in_its_group_and_the_rest_is_named_apart(
    agent: PageClient,
) -> None:
    details = PersonDetails(
        person_kind=PersonKind.ENTERPRISE, organisation_name="示例商贸公司",
        credit_code="91350100M000100Y43", special_group=SpecialGroup.SOLDIER,
        callback_wanted=False, best_time="工作日 18 点后", consent_public=True, people_count=30,
        amount=12000, gender=Gender.FEMALE, age_group=AgeGroup.FROM_60,
    )  # fmt: skip
    spot = spot_at("23.743, 114.701", CoordinatesSource.MEASURED)
    ticket = open_one(agent.person.id, details=details, grid="上城 07 网格", spot=spot)

    html = page(agent, f"/tickets/{ticket.id}")
    shown, rest = html.split('class="field-rest"')
    for text in ("企业", "示例商贸公司", "91350100M000100Y43", "军人军属、退役军人", "不需要回访",
                 "工作日 18 点后", "同意公开", "30 人", "12,000 元", "女", "60 岁及以上",
                 "上城 07 网格", "23.743000, 114.701000（来源：现场或网格系统）"):  # fmt: skip
        assert text in shown, text
    assert "发生时间" in rest
    assert "发生时间" not in shown


def test_a_units_view_of_a_confidential_ticket_names_no_organisation(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    details = PersonDetails(
        person_kind=PersonKind.ENTERPRISE, organisation_name="示例商贸公司",
        credit_code="91350100M000100Y43", special_group=SpecialGroup.ELDERLY, best_time="晚上",
        gender=Gender.FEMALE, age_group=AgeGroup.FROM_60,
    )  # fmt: skip
    spot = spot_at("23.743, 114.701", CoordinatesSource.CALLER)
    ticket = open_one(
        agent.person.id, details=details, grid="上城 07 网格", spot=spot, is_confidential=True
    )

    html = page(sign_in_as("dispatcher"), f"/tickets/{ticket.id}")
    for text in ("示例商贸公司", "91350100M000100Y43", "老年人", "晚上", "60 岁及以上", "07 网格",
                 "23.743"):  # fmt: skip
        assert text not in html
    assert "示例商贸公司" in page(agent, f"/tickets/{ticket.id}")


def test_towns_of_one_name_and_a_town_run_by_another_body_are_told_as_they_are(
    agent: PageClient,
) -> None:
    for county, town in SHANGPING.items():
        ticket = open_one(agent.person.id, county_code=county, town_code=town, title=town)
        name = organisation.get_region(county).name
        assert f"{name} 上坪镇" in page(agent, f"/tickets/{ticket.id}")
    run = open_one(agent.person.id, county_code="FA-JD", town_code="441621109", title="临江")
    assert "紫金县 临江镇（江东新区代管）" in page(agent, f"/tickets/{run.id}")


def ids_in(html: str) -> list[int]:
    """Return the tickets that are offered above the list and in it, the newest first."""
    links = r'(?:alert-link" |<td class="text-nowrap"><a )href="/tickets/(\d+)"'
    return sorted({int(each) for each in re.findall(links, html)}, reverse=True)
