"""Who was told a result is asked by a link first: good for one round, and a person for the rest."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.core.handed_down import hand_down
from app.handling import results, visit_lists, visiting
from app.notifications import outbox
from app.notifications.message_states import MessageState
from app.notifications.occasions import Occasion, Way
from app.notifications.provider import NotTaken
from app.notifications.visit_invitation import CitizenSite
from app.rules.models import RuleValueRow
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved, state
from tests.notifications.links_sent import (
    GOOD,
    SITE,
    answer,
    link_to,
    listed,
    result_told,
    send,
)
from tests.notifications.stage import carried_by, messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen", "citizen_site")]

SignIn = Callable[..., PageClient]
Tick = Callable[..., None]


# --- one round, one link -----------------------------------------------------------------


def test_once_a_round_and_the_link_of_the_round_before_opens_nothing(
    cast: Cast, client: PageClient, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    first = link_to(ticket_id)
    assert "我们已经记录" in answer(client, first, is_solved="no", asks_redo="y").text
    saved(visiting.send_again, ticket_id, "没修好", doer=cast.dispatcher)
    tick(hours=1)
    saved(play.unit_parts.sign, ticket_id, doer=cast.unit)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id, public_reply="再次现场检修，更换线路一段，路灯已全部恢复照明。")
    saved(results.approve, ticket_id, doer=cast.auditor)

    second = link_to(ticket_id)
    assert len([each for each in messages() if each.asks_visit]) == 2
    assert client.get(first).status_code == 404
    answer(client, second)
    assert state(ticket_id) == "closed"
    assert len([each for each in messages() if each.occasion is Occasion.RESULT_APPROVED]) == 2


def test_whoever_answers_by_the_link_leaves_the_list_of_those_who_are_called(
    cast: Cast, client: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.audited(cast)
    visitor, number = sign_in_as("return_visitor"), get_ticket(ticket_id).number
    assert number in visitor.get("/visits").text
    answer(client, link_to(ticket_id))

    assert number not in visitor.get("/visits").text
    assert "短信回访 · 已联系上" in visitor.get(f"/visits/{ticket_id}").text


def test_whoever_told_a_person_is_thanked_by_the_link_and_asked_nothing(
    cast: Cast, client: PageClient
) -> None:
    ticket_id = play.audited(cast)
    address = link_to(ticket_id)
    client.learn_token(client.get(address).text)
    play.ask(cast, ticket_id)

    assert "我们已经记录" in client.post(address, data={**GOOD, "result_mark": "1"}).text
    assert [each.result_mark for each in visiting.visits_of(ticket_id)] == [5]


def test_who_is_not_asked_any_more_is_not_thanked_for_what_he_never_said(
    cast: Cast, client: PageClient
) -> None:
    ticket_id = play.audited(cast)
    saved(results.close_unvisited, ticket_id, "suggestion_only", doer=cast.manager)
    page = client.get(link_to(ticket_id)).text

    assert "这次评价已经结束" in page
    assert "感谢" not in page


# --- a link first, a person for the rest -------------------------------------------------


def test_who_has_a_link_is_called_by_a_person_only_after_its_time(
    cast: Cast, sign_in_as: SignIn, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    send()
    row = listed()[ticket_id]
    assert row.next_at == row.link_until == clock.now() + timedelta(days=1)
    assert "等短信评价" in sign_in_as("return_visitor").get("/visits").text
    assert (
        "10:00 已发评价链接，尚未作答"
        in sign_in_as("return_visitor").get(f"/visits/{ticket_id}").text
    )

    tick(hours=25)
    assert listed()[ticket_id].next_at <= clock.now()
    assert "等短信评价" not in sign_in_as("return_visitor").get("/visits").text


def test_once_a_person_has_tried_nobody_waits_for_the_link(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    send()
    new = visiting.NewVisit(way=visiting.VisitWay.PHONE, note="no_answer")
    saved(visiting.visit, ticket_id, new, doer=cast.visitor)

    row = listed()[ticket_id]
    assert row.link_until is None
    assert row.next_at.astimezone(CITY_TIME).hour == 14


@pytest.mark.parametrize("fate", ["refused", "nobody carries it", "no such rule"])
def test_whom_no_link_reached_is_called_at_once(cast: Cast, fate: str) -> None:
    ticket_id = play.audited(cast)
    if fate == "refused":
        with unit_of_work():
            for each in outbox.claim(Way.SMS, now=clock.now(), lease=timedelta(60), most=9):
                why = NotTaken("refused", is_final=True, detail="400")
                outbox.note_refused(
                    each, why, provider="sms-http", at=clock.now(), most=6, quiet=None
                )
    elif fate == "nobody carries it":
        carried_by()
    else:
        with unit_of_work():
            wanted = RuleValueRow.key == visit_lists.LINK_FIRST
            db.session.execute(db.delete(RuleValueRow).where(wanted))

    assert listed()[ticket_id].next_at <= clock.now()


# --- nobody of ours has it ---------------------------------------------------------------


def test_nobody_of_ours_reads_the_link_and_no_log_tells_it(
    cast: Cast, client: PageClient, sign_in_as: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ticket_id = play.audited(cast)
    send()
    token = link_to(ticket_id).removeprefix("/visit/")
    client.get(f"/visit/{token}")
    manager = sign_in_as("hotline_manager")
    shown = [
        manager.get(address).text
        for address in (
            "/messages", "/messages/simulated", f"/messages/{result_told(ticket_id).id}",
            f"/tickets/{ticket_id}", f"/audit-results/{ticket_id}", "/visits",
            f"/visits/{ticket_id}",
        )
    ]  # fmt: skip

    assert result_told(ticket_id).state is MessageState.SENT
    assert "/visit/***" in shown[1]
    assert "/visit/***" in shown[2]
    assert not [page for page in shown if token in page]
    assert token not in caplog.text


def test_in_a_demonstration_the_simulator_shows_the_link_and_it_works(
    app: Flask, cast: Cast, client: PageClient, sign_in_as: SignIn
) -> None:
    hand_down(app, CitizenSite(address=SITE, is_made_up=True))
    ticket_id = play.audited(cast)
    send()
    page = sign_in_as("hotline_manager").get("/messages/simulated").text
    [opened] = re.findall(r'href="(/visit/[^"]+)"', page)

    assert f"{SITE}{opened}" in page
    assert "不评价" in client.get(opened).text
    assert "未询问" not in client.get(opened).text
    assert "我们已经记录" in answer(client, opened).text
    assert state(ticket_id) == "closed"
