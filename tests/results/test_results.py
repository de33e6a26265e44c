"""Results of all channels: by scope, masked, secret where they must be, every look written down."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from app.audit import service as audit
from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from tests.administration.keepers import page
from tests.channel_entries.clerks import all_tickets, clerk_of, enter, load_channels
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

RESULTS = "/results"


def open_one(opened_by: int, **changes: object) -> int:
    """Open a ticket as an agent does, without a call."""
    given: dict[str, object] = {
        "call_id": None,
        "opened_by": opened_by,
        "request_type": Nature.HELP,
        "title": "路灯不亮",
        "content": "忠信镇三盏路灯坏了，请打 13912342817 找陈启航。",
        "caller_name": "陈启航",
        "contact_number": "13912342817",
        "category_code": "1602",
        "county_code": "441623",
        "town_code": "441623110",
        "address": "中山路 8 号 2 栋 301 房",
        "demand": "请修好",
        "occurred": "上周",
        **changes,
    }
    with unit_of_work():
        return tickets.open_ticket(tickets.NewTicket(**given)).id  # type: ignore[arg-type]


@pytest.fixture
def agent_id(sign_in_as: Callable[..., PageClient]) -> int:
    """Give who opens tickets."""
    load_channels()
    return int(sign_in_as("agent").person.id)


@pytest.fixture
def leader(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign in a leader of the city."""
    return sign_in_as("leader")


def test_a_leader_reads_every_channel_in_one_page(
    agent_id: int, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    open_one(agent_id)
    enter(clerk_of(sign_in_as, "culture-tourism"))

    html = page(leader, RESULTS)

    assert "路灯不亮" in html
    assert "景区门票能否网上购买" in html
    assert "文旅局网站咨询投诉" in html
    assert "电话 12345" in html
    assert 'data-testid="watermark"' in html


def test_nothing_leads_to_who_asked(agent_id: int, leader: PageClient) -> None:
    ticket_id = open_one(agent_id)

    html = page(leader, f"{RESULTS}/{ticket_id}")

    assert "三盏路灯坏了" in html
    for trace in ("13912342817", "陈启航", "301"):
        assert trace not in html


def test_a_confidential_case_shows_neither_words_nor_place_and_its_words_find_nothing(
    agent_id: int, leader: PageClient
) -> None:
    ticket_id = open_one(agent_id, is_confidential=True, title="举报某厂", content="偷排废水")
    number = all_tickets()[0].number

    listed, shown = page(leader, RESULTS), page(leader, f"{RESULTS}/{ticket_id}")
    searched = page(leader, f"{RESULTS}?text=废水")

    for secret in ("举报某厂", "偷排废水", "忠信镇", "中山路"):
        assert secret not in listed
        assert secret not in shown
    assert number in listed
    assert number not in searched
    assert number in page(leader, f"{RESULTS}?text={number}")


def test_people_of_a_county_read_their_county_and_no_other(
    agent_id: int, sign_in_as: Callable[..., PageClient]
) -> None:
    here = open_one(agent_id)
    there = open_one(agent_id, title="别县的事", county_code="441622", town_code=None)
    unit = organisation.find_unit_by_code("county-441623")
    reader = sign_in_as("county_dispatcher", unit_id=unit.id)

    html = page(reader, RESULTS)

    assert "路灯不亮" in html
    assert "别县的事" not in html
    assert reader.get(f"{RESULTS}/{here}").status_code == 200
    assert reader.get(f"{RESULTS}/{there}").status_code == 404


def test_whoever_is_complained_about_reads_the_complaint_on_no_page_of_results(
    agent_id: int, sign_in_as: Callable[..., PageClient]
) -> None:
    unit = organisation.find_unit_by_code("county-441623")
    about_them: dict[str, object] = {"title": "收受好处", "respondent": f"{unit.name}工作人员"}
    complaint = open_one(agent_id, request_type=Nature.COMPLAINT, **about_them)
    question = open_one(agent_id, **{**about_them, "title": "请教办事"})
    reader = sign_in_as("county_dispatcher", unit_id=unit.id)

    html = page(reader, RESULTS)

    assert "收受好处" not in html
    assert reader.get(f"{RESULTS}/{complaint}").status_code == 404
    assert "请教办事" in html
    assert reader.get(f"{RESULTS}/{question}").status_code == 200
    assert "收受好处" in page(sign_in_as("leader"), RESULTS)


def test_people_of_a_unit_read_what_came_by_its_channels_and_nothing_of_others(
    agent_id: int, sign_in_as: Callable[..., PageClient]
) -> None:
    other = open_one(agent_id)
    enter(clerk_of(sign_in_as, "culture-tourism"))
    unit = organisation.find_unit_by_code("culture-tourism")
    reader = sign_in_as("city_liaison", unit_id=unit.id)
    nobodys = sign_in_as("city_liaison")

    assert "景区门票能否网上购买" in page(reader, RESULTS)
    assert "路灯不亮" not in page(reader, RESULTS)
    assert reader.get(f"{RESULTS}/{other}").status_code == 404
    assert "您的范围内还没有诉求" in page(nobodys, RESULTS)


def test_the_public_reply_and_that_the_channel_closed_it_are_shown(
    agent_id: int, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    assert agent_id
    clerk = clerk_of(sign_in_as, "culture-tourism")
    address = enter(clerk, handled_by="channel").location
    before = page(leader, f"{RESULTS}/{all_tickets()[0].id}")
    clerk.post(f"{address}/result", data={"result": "内部记录", "public_reply": "可以网购"})

    after = page(leader, f"{RESULTS}/{all_tickets()[0].id}")

    assert "可以网购" not in before
    assert "可以网购" in after
    assert "渠道办结" in after
    assert "内部记录" not in after


def test_every_look_is_written_down(agent_id: int, leader: PageClient) -> None:
    ticket_id = open_one(agent_id)

    page(leader, f"{RESULTS}?text=路灯")
    page(leader, f"{RESULTS}/{ticket_id}")

    read, listed = audit.list_lines().items[:2]
    assert (read.kind, read.actor_id, read.subject_id) == (
        "results.read", leader.person.id, str(ticket_id),
    )  # fmt: skip
    assert (listed.kind, listed.data["shown"]) == ("results.listed", 1)


def asked_of(leader: PageClient, text: str, more: str = "") -> str:
    """Search, and return what the audit keeps of it."""
    assert leader.get(RESULTS, query_string=f"text={text}{more}").status_code == 200
    return str(audit.list_lines().items[0].data["asked"])


def test_whom_somebody_searched_for_is_not_legible_in_the_audit_and_is_known_again(
    agent_id: int, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    open_one(agent_id)

    one = asked_of(leader, "陈启航", "&county_code=441623")
    again = asked_of(leader, " 陈 启航 ", "&county_code=441623")
    other = asked_of(leader, "陈启帆", "&county_code=441623")
    number = asked_of(leader, "13912342817")

    assert re.fullmatch(r"text=○○○#[a-p]{12} county=441623", one)
    assert one == again
    assert other != one
    assert number == asked_of(leader, "%2B86 139 1234 2817")
    auditor = sign_in_as("auditor")
    told = unescape(page(auditor, "/audit?kind=results.listed"))
    for typed in ("陈启航", "启", "13912342817", "139****2817"):
        assert typed not in told.partition("<tbody>")[2]
    mark = one.partition("#")[2].split()[0]
    assert told.count(mark) == 2
    assert "搜索内容 ○○○#" in told
    assert "县区 441623" in told
    assert page(auditor, f"/audit?thing={mark}").count(mark) >= 2


def test_the_number_of_a_case_is_nobodys_and_stays_legible(
    agent_id: int, leader: PageClient
) -> None:
    open_one(agent_id)
    number = all_tickets()[0].number

    assert asked_of(leader, number) == f"text={number}"
    assert asked_of(leader, "20261123").startswith("text=○")  # may be an account


def test_filters_narrow_the_list(agent_id: int, leader: PageClient) -> None:
    open_one(agent_id)
    open_one(agent_id, title="另一件", request_type=Nature.CONSULT,
             county_code="441622", town_code=None)  # fmt: skip

    for query, finds in (
        ("channel=phone", (True, True)),
        ("request_type=consult", (False, True)),
        ("county_code=441623", (True, False)),
        ("state=open", (True, True)),
        ("state=done", (False, False)),
        ("state=to_dispatch&text=路灯不亮", (True, False)),
        ("since=2020-01-01&until=2021-01-01", (False, False)),
    ):
        html = page(leader, f"{RESULTS}?{query}")
        assert ("路灯不亮" in html, "另一件" in html) == finds, query


def test_pages_follow_one_another_by_keys_and_keep_the_filters(
    agent_id: int, leader: PageClient
) -> None:
    for number in range(31):
        open_one(agent_id, title=f"第{number:02}件")

    first = page(leader, f"{RESULTS}?request_type=help")
    [older] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = page(leader, unescape(older))
    [newer] = re.findall(r'href="([^"]+)" rel="prev"', second)

    assert "第30件" in first
    assert "第00件" not in first
    assert "第00件" in second
    assert "request_type=help" in older
    assert "第30件" in page(leader, unescape(newer))
    assert "已回到第一页" in page(
        leader, f"{RESULTS}?request_type=consult&at={older.split('at=')[1][:60]}"
    )


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "channel=999999", "at=x", "state=nowhere", "text=" + "长" * 51,
     "since=0001-01-01", "until=9999-12-31"],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_and_breaks_nothing(leader: PageClient, query: str) -> None:
    answer = leader.get(f"{RESULTS}?{query}", headers={"Accept": "text/html"})

    assert answer.status_code in {200, 422}


def test_an_agent_reads_no_results(sign_in_as: Callable[..., PageClient]) -> None:
    assert sign_in_as("agent").get(RESULTS).status_code == 403


def test_whoever_read_a_result_stands_on_the_page_of_who_saw_what(
    agent_id: int, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket_id = open_one(agent_id)
    page(leader, f"{RESULTS}/{ticket_id}")

    seen = page(sign_in_as("auditor"), f"/tickets/{ticket_id}/views")

    assert leader.person.name in seen


def test_days_the_wrong_way_round_are_said_beside_the_field_and_nothing_typed_is_lost(
    leader: PageClient,
) -> None:
    answer = leader.get(f"{RESULTS}?since=2026-11-20&until=2026-11-01")

    assert answer.status_code == 422
    assert "截止日期早于起始日期" in answer.text
    assert 'aria-describedby="until-error"' in answer.text
    assert 'value="2026-11-20"' in answer.text
    assert "筛选条件有误" in answer.text
