"""What somebody else did at an agent's desk is told there, by whom and why, until it is seen."""

from collections.abc import Callable
from typing import Any

import pytest

from app.call_queue import oversight
from app.core.database import db, unit_of_work
from app.core.facts import Fact, agent_audience
from tests.call_queue import desks
from tests.conftest import PageClient
from tests.workstation.test_snapshot_and_facts import interface

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.usefixtures("app", "frozen")]


@pytest.fixture
def agent(sign_in_as: Callable[..., PageClient]) -> PageClient:
    browser = sign_in_as("agent")
    desks.link_up()
    desks.open_desk(browser.person)
    desks.phone(browser.person)
    return browser


@pytest.fixture
def leader(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return sign_in_as("shift_leader")


def force(leader: PageClient, agent: PageClient, **asked: str) -> None:
    body = {"state": "not_ready", "reason": "coaching", "why_code": "briefing", **asked}
    answer = leader.post(f"/queue/agents/{agent.person.id}/state", json=body)
    assert answer.status_code == 204


def on_the_desk(browser: PageClient) -> list[dict[str, Any]]:
    return list(browser.get("/desk/snapshot").get_json()["notices"])


def told(browser: PageClient) -> list[tuple[str, dict[str, Any]]]:
    db.session.rollback()
    wanted = db.select(Fact).where(Fact.audience == agent_audience(browser.person.id))
    facts = db.session.execute(wanted.order_by(Fact.number)).scalars()
    return [(fact.name, fact.body) for fact in facts if "notice" in fact.name]


def test_a_forced_state_is_told_with_name_number_state_and_why(
    agent: PageClient, leader: PageClient
) -> None:
    force(leader, agent, why="回电 13700009999 后再来")

    [notice] = on_the_desk(agent)
    assert set(notice) == interface("Notice")
    assert (notice["kind"], notice["state"], notice["reason"], notice["is_later"]) == (
        "state_forced", "not_ready", "coaching", False,
    )  # fmt: skip
    assert (notice["by_name"], notice["by_number"]) == (
        leader.person.name, leader.person.work_number,
    )  # fmt: skip
    assert (notice["why_zh"], notice["why_en"]) == (
        "班组会议或培训安排", "Called to a briefing or training",
    )  # fmt: skip
    assert notice["note"] == "回电 137****9999 后再来"
    assert told(agent) == [("desk.notice_told", {"notice": notice})]


def test_a_state_forced_in_a_call_says_that_it_comes_later(
    agent: PageClient, leader: PageClient
) -> None:
    desks.caller_in_line()
    desks.offer_all()

    force(leader, agent)

    [notice] = on_the_desk(agent)
    assert notice["is_later"] is True


def test_a_freed_offer_is_told_with_whom_and_which_line(
    agent: PageClient, leader: PageClient
) -> None:
    desks.caller_in_line()
    desks.offer_all()
    offer_id = agent.get("/desk/snapshot").get_json()["offer"]["offer_id"]

    why = {"why_code": "not_at_desk", "why": "去打印"}
    assert leader.post(f"/queue/offers/{offer_id}/free", json=why).status_code == 204

    [notice] = on_the_desk(agent)
    assert (notice["kind"], notice["by_number"]) == ("offer_freed", leader.person.work_number)
    assert notice["line_name"]
    assert notice["state"] is None
    assert (notice["why_zh"], notice["note"]) == ("话务员暂时离席", "去打印")


def test_what_was_seen_leaves_the_desk_and_all_its_pages_are_told_once(
    agent: PageClient, leader: PageClient
) -> None:
    force(leader, agent)
    force(leader, agent, state="signed_out", reason="", why_code="shift_over")
    [newer, older] = on_the_desk(agent)

    path = f"/desk/notices/{newer['notice_id']}/seen"
    assert agent.post(path, json={}).status_code == 204
    assert agent.post(path, json={}).status_code == 204, "twice is the same"

    assert on_the_desk(agent) == [older]
    seen = [body for name, body in told(agent) if name == "desk.notice_seen"]
    assert seen == [{"notice_id": newer["notice_id"]}]


def test_a_notice_is_nobody_elses_to_take_off(
    agent: PageClient, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    force(leader, agent)
    [notice] = on_the_desk(agent)

    refused = sign_in_as("agent").post(f"/desk/notices/{notice['notice_id']}/seen", json={})

    assert refused.get_json()["refusal"]["code"] == "no-such-notice"
    assert on_the_desk(agent) == [notice]


def test_nobody_is_told_of_what_he_did_himself(leader: PageClient) -> None:
    desks.link_up()
    desks.open_desk(leader.person)
    by = leader.person.id

    with unit_of_work():
        oversight.force_state(by, state="not_ready", reason="meal", why_code="peak", why="", by=by)

    assert on_the_desk(leader) == []
    assert told(leader) == []


def test_the_audit_tells_the_reason_of_the_list_and_what_was_written_besides(
    agent: PageClient, leader: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    force(leader, agent, why="十点前回来")

    html = sign_in_as("auditor").get("/audit", headers={"Accept": "text/html"}).text

    assert "原因：班组会议或培训安排 · 十点前回来。" in html
