"""After an outage its report stands on a page, by itself: who was away, and who was called what."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from app.calls import adoption
from app.calls.models import LedgerDifference
from app.calls.reconciliation import DifferenceKind
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty
from telephony import events as news
from telephony.simulator.agents import Habits
from tests.administration.keepers import HTML, page
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient
from tests.rehearsal.house import House, a_busy_day, register_numbers

OUTAGES = "/outages"
SignIn = Callable[..., PageClient]


def link(at: float, *, is_up: bool, boot: str = "boot-1", why: str = "") -> None:
    """Have the link to the exchange come or go."""
    change = news.LinkChanged(
        exchange_id="sim",
        boot_id=boot,
        is_up=is_up,
        why=why,
        happened_at=TEN + timedelta(seconds=at),
    )
    with unit_of_work():
        adoption.note_link(change, kind="simulator")


def cells(html: str) -> list[list[str]]:
    """Return the words of each row of a page's last table."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.rpartition("<tbody>")[2], re.S)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).split())
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        ]
        for row in rows
    ]


def report_of(html: str) -> str:
    """Return the address of the first report of a list."""
    found = re.search(r'href="(/outages/[^"?]+)"', html)
    assert found
    return found[1]


@pytest.fixture
def _a_cut(app: Flask, tick: Callable[..., None]) -> None:  # noqa: ARG001 - its database
    """The link was down for two minutes, with one who talked, one who waited, and one who came."""
    link(0, is_up=True)
    talks, waits, comes = (
        Line(call_key=key, from_number=number)
        for key, number in (
            ("talks", "13900002817"), ("waits", "13900003818"), ("comes", "13900004819"),
        )
    )  # fmt: skip
    tell(talks.arrived(1), talks.queued(2), talks.rings("1001", 3), talks.answered("1001", 5))
    tell(waits.arrived(10), waits.queued(11))
    link(20, is_up=False, why="no pong")
    tell(waits.placed(news.Place.ALONE, 27, counter=2), comes.arrived(30))
    tell(comes.placed(news.Place.ALONE, 31), comes.ended(71))
    link(140, is_up=True)
    tell(waits.queued(141, counter=3))
    with unit_of_work():
        difference = LedgerDifference(
            exchange_id="sim", kind=DifferenceKind.OTHER_PLACE, subject="waits",
            ledger_said="waiting", exchange_said="alone", at=TEN + timedelta(seconds=145),
        )  # fmt: skip
        db.session.add(difference)
    tick(minutes=10)


# --- the list ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("frozen")
def test_while_nothing_was_away_the_page_says_what_will_stand_there(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")

    html = page(leader, OUTAGES)

    assert "最近 30 天没有中断" in html
    assert "恢复后这里会自动出现一份报告" in html


@pytest.mark.postgresql
@pytest.mark.usefixtures("_a_cut")
def test_one_line_says_what_was_away_how_long_and_what_became_of_callers(
    sign_in_as: SignIn,
) -> None:
    leader = sign_in_as("shift_leader")

    html = page(leader, OUTAGES)

    [row] = cells(html)
    assert row == [
        "2026-11-23 10:00:20 2026-11-23 10:02:20", "平台断线 sim", "2:00", "等待 1 · 通话 1",
        "1", "1", "1", "0", "1", "0", "查看报告",
    ]  # fmt: skip
    assert "本页所列中断均未丢失来电" in html


@pytest.mark.usefixtures("_a_cut")
def test_days_narrow_the_list_and_a_day_that_is_none_is_not_asked_for(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")

    def found(asked: str) -> bool:
        return "/outages/" in page(leader, f"{OUTAGES}?{asked}")

    assert found("since=2026-11-23&until=2026-11-23")
    assert not found("since=2026-11-24&until=2026-11-25")
    assert not found("since=2026-11-20&until=2026-11-22")
    assert found("since=2026-13-45&until=")
    assert "这些日期内没有中断" in page(leader, f"{OUTAGES}?since=2026-11-24&until=2026-11-25")


@pytest.mark.usefixtures("_a_cut")
def test_an_outage_that_lasts_is_told_as_one_and_keeps_its_address(
    sign_in_as: SignIn, tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    link(300, is_up=False)

    lasting = report_of(page(leader, OUTAGES))
    assert "尚未恢复" in page(leader, lasting)
    link(400, is_up=True, boot="boot-2")
    tick(minutes=1)

    html = page(leader, lasting)
    assert "尚未恢复" not in html
    assert "平台重启" in html


# --- one report --------------------------------------------------------------------------------


@pytest.mark.usefixtures("_a_cut")
def test_a_report_tells_of_every_call_and_no_number_whole(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")

    html = page(leader, report_of(page(leader, OUTAGES)))

    assert [(row[2], row[3], row[4], row[5]) for row in cells(html)] == [
        ("139****2817", "通话中", "继续通话", "–"),
        ("139****3818", "排队中", "收回排队", "1:54"),
        ("139****4819", "尚未呼入", "未接通即结束", "0:40"),
    ]
    assert not re.search(r"1390000\d{4}", html)
    assert "没有丢失来电" in html
    assert "平均等待 77 秒，最长 114 秒" in html
    assert "来电人所处位置不符 · 1" in html
    assert "no pong" in html


@pytest.mark.usefixtures("_a_cut")
def test_calls_of_a_report_are_narrowed_to_one_end(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")
    report = report_of(page(leader, OUTAGES))

    assert [row[4] for row in cells(page(leader, f"{report}?fate=gave_up"))] == ["未接通即结束"]
    assert len(cells(page(leader, f"{report}?fate=nonsense"))) == 3
    assert "没有这种去向的来电" in page(leader, f"{report}?fate=cut_off")


@pytest.mark.postgresql
@pytest.mark.usefixtures("_a_cut")
def test_a_call_that_only_its_news_knows_is_called_lost(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")
    tell(Line(call_key="nobody", from_number="13900009999").ended(60))

    html = page(leader, OUTAGES)

    assert "有 1 通来电去向不明" in html
    report = page(leader, report_of(html))
    assert "台账里没有这通电话" in report
    assert ">nobody</span>" in report


@pytest.mark.usefixtures("_a_cut")
def test_a_call_that_stays_up_in_the_ledger_after_its_exchange_began_anew_is_called_lost(
    sign_in_as: SignIn,
) -> None:
    leader = sign_in_as("shift_leader")
    link(300, is_up=False)
    link(310, is_up=True, boot="boot-2")

    html = page(leader, report_of(page(leader, OUTAGES)))

    assert {row[4] for row in cells(html)} == {"去向不明"}
    assert "有 2 通来电去向不明" in html


@pytest.mark.usefixtures("_a_cut")
def test_the_same_report_is_read_in_english(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")
    leader.post("/language", data={"locale": "en", "next": "/"})

    html = page(leader, report_of(page(leader, OUTAGES)))

    assert "No call was lost: what became of each is known." in html
    said = html.partition("<main")[2].partition("</main>")[0]
    assert "The link to this exchange was down" in said
    assert re.search(r"[\u4e00-\u9fff]", said) is None


@pytest.mark.usefixtures("_a_cut")
def test_who_does_not_answer_for_the_hotline_reads_no_report(sign_in_as: SignIn) -> None:
    report = report_of(page(sign_in_as("hotline_manager"), OUTAGES))
    agent = sign_in_as("agent")

    assert agent.get(OUTAGES, headers=HTML).status_code == 403
    assert agent.get(report, headers=HTML).status_code == 403
    assert OUTAGES not in page(agent, "/calls")


@pytest.mark.usefixtures("_a_cut")
def test_an_outage_that_was_none_is_not_found(sign_in_as: SignIn) -> None:
    leader = sign_in_as("shift_leader")

    for key in ("1", "1763856020000-sim", "nonsense", "-sim"):
        answer = leader.get(f"{OUTAGES}/{key}", headers=HTML)
        assert answer.status_code == 404
        assert "没有这次中断的报告" in answer.text


@pytest.mark.usefixtures("frozen")
def test_a_database_that_was_gone_is_told_apart_from_a_process_that_was(
    sign_in_as: SignIn, tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    for holder, seconds in (("one", 0), ("one", 60), ("another", 60)):
        tick(seconds=seconds)
        with unit_of_work():
            duty.take(holder, at=clock.now())

    rows = cells(page(leader, OUTAGES))

    assert [(row[1], row[2]) for row in rows] == [("本系统停运", "1:00"), ("数据库不可用", "1:00")]


# --- from a simulator --------------------------------------------------------------------------


def test_an_outage_of_the_simulator_is_on_the_page_as_it_was(
    app: Flask, sign_in_as: SignIn
) -> None:
    register_numbers()
    house = House(app, seed=5, habits=Habits())
    with house.time():
        leader = sign_in_as("shift_leader")
        house.crowd(2)
        house.simulator.play(a_busy_day(12, seed=5, every=4))
        house.play(12)
        house.worker.introduce()
        died = house.clock.now()
        house.die()
        house.clock.advance(60)
        house.begin_shift("another process")
        house.play(30)

        [row] = cells(page(leader, OUTAGES))
        html = page(leader, report_of(page(leader, OUTAGES)))
        up_then = [
            one
            for one in house.simulator.chronicle
            if one.ended_at and one.invited_at < died <= one.ended_at
        ]
        up_still = [one for one in house.simulator.live_calls() if one.invited_at < died]

    assert row[1] == "本系统停运"
    waiting, talking = re.findall(r"\d+", row[3])
    assert int(waiting) + int(talking) == len(up_then) + len(up_still) > 0
    assert row[9] == "0"
    assert len(cells(html)) == len(up_then) + len(up_still) + int(row[4])
