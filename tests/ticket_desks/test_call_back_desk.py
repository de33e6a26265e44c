"""The call-back desk and the link: asked once, by a call or a message, decided apart."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from app.core import clock
from app.core.database import db, unit_of_work
from app.handling import merging, results, telling_figures, visit_links, visit_lists, visiting
from app.rules import code_register, rule_register
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, make_cast, saved, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

SignIn = Callable[..., PageClient]
Tick = Callable[..., None]
GOOD = {"is_solved": "yes", "result_mark": "5", "attitude_mark": "4", "words": "很好", "call": "0"}
BAD = {**GOOD, "is_solved": "no", "result_mark": "1", "asks_redo": "y", "words": "路灯还是不亮"}


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return make_cast()


def refused_at(cast: Cast, sign_in_as: SignIn, act: str = "", **typed: str) -> tuple[int, str]:
    """Send a form that lacks something about somebody who is to be asked; give the page back."""
    ticket_id = play.audited(cast)
    answer = sign_in_as("return_visitor").post(f"/visits/{ticket_id}{act}", data=typed)
    assert answer.status_code == 422
    return ticket_id, answer.text


def test_who_is_to_be_asked_stands_in_the_list_and_leaves_it_when_he_has_spoken(
    cast: Cast, sign_in_as: SignIn
) -> None:
    ticket_id = play.audited(cast)
    number = get_ticket(ticket_id).number
    visitor = sign_in_as("return_visitor")
    assert number in visitor.get("/visits").text

    page = visitor.get(f"/visits/{ticket_id}").text
    assert play.REPLY in page
    assert "13900002817" not in page
    answer = visitor.post(f"/visits/{ticket_id}", data=GOOD, follow_redirects=True)

    assert answer.status_code == 200
    assert state(ticket_id) == "closed"
    listed = visitor.get("/visits").text
    assert number not in listed
    assert telling_figures.answers_without_proof(visiting.visits_of(ticket_id)).times == 1


def test_a_form_without_answers_is_refused_beside_each_question_and_nothing_is_noted(
    cast: Cast, sign_in_as: SignIn
) -> None:
    ticket_id, html = refused_at(cast, sign_in_as, words="好", call="0")

    assert html.count("invalid-feedback") == 3
    assert html.count("data-wrong") == 3  # the page opens at the first of them
    assert visiting.visits_of(ticket_id) == []


def test_a_try_with_a_call_that_is_none_of_hers_is_refused_beside_the_call(
    cast: Cast, sign_in_as: SignIn
) -> None:
    ticket_id, html = refused_at(cast, sign_in_as, "/missed", why="busy", call="999999")

    assert 'id="missed-call-error"' in html
    assert re.search(r'<option selected value="busy">', html)
    assert visiting.visits_of(ticket_id) == []


def test_a_stale_page_is_told_and_keeps_what_was_typed(cast: Cast, sign_in_as: SignIn) -> None:
    ticket_id = play.audited(cast)
    visitor = sign_in_as("return_visitor")
    seen = get_ticket(ticket_id).version
    db.session.rollback()
    spoken.miss(cast, ticket_id)
    answer = visitor.post(f"/visits/{ticket_id}", data={**GOOD, "seen": str(seen)})

    assert answer.status_code == 409
    assert "很好" in answer.text
    assert state(ticket_id) == "to_visit"


def test_he_is_tried_at_another_time_of_day_and_given_up_after_proven_tries(
    cast: Cast, sign_in_as: SignIn, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    visitor = sign_in_as("return_visitor")
    missed = {"why": "no_answer", "call": "0"}
    assert visitor.post(f"/visits/{ticket_id}/missed", data=missed).status_code == 302
    assert visitor.post(f"/visits/{ticket_id}/give-up", data={}).status_code == 409
    for _time in range(3):
        tick(hours=3)
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
    visitor = sign_in_as("return_visitor")  # hours later
    assert visitor.post(f"/visits/{ticket_id}/give-up", data={}).status_code == 302
    assert state(ticket_id) == "closed"


def test_who_said_when_it_suits_him_is_called_then(cast: Cast, sign_in_as: SignIn) -> None:
    ticket_id = play.audited(cast)
    visitor = sign_in_as("return_visitor")
    missed = {"why": "call_later", "call": "0", "suits": "evening"}
    assert visitor.post(f"/visits/{ticket_id}/missed", data=missed).status_code == 302

    [row] = visit_lists.to_ask(now=clock.now(), reads_confidential=False)
    assert row.next_at.astimezone(clock.CITY_TIME).hour in range(18, 21)
    assert "晚上" in visitor.get("/visits").text
    assert "晚上" in visitor.get(f"/visits/{ticket_id}").text


def test_in_which_hours_citizens_are_called_back_is_a_rule_from_a_moment_on(
    cast: Cast, sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.audited(cast)
    visitor = sign_in_as("return_visitor")
    missed = {"why": "call_later", "call": "0", "suits": "evening"}
    visitor.post(f"/visits/{ticket_id}/missed", data=missed)
    tomorrow = clock.now() + timedelta(days=1)
    with unit_of_work():
        rule_register.set_value(
            "visit.hours", "10:30-17:00", basis="测试", valid_from=clock.now() + timedelta(hours=1)
        )

    [row] = visit_lists.to_ask(now=clock.now(), reads_confidential=False)
    assert row.next_at.astimezone(clock.CITY_TIME).hour == 18
    frozen.shift(timedelta(hours=9))  # the evening, but there is none any more
    visitor = sign_in_as("return_visitor")
    [row] = visit_lists.to_ask(now=clock.now(), reads_confidential=False)
    assert f"{row.next_at.astimezone(clock.CITY_TIME):%H:%M}" == "14:00"
    missed_again = spoken.call(cast.visitor, talked=False)
    spoken.miss(cast, ticket_id, call_id=missed_again)
    assert (
        f"{tomorrow.astimezone(clock.CITY_TIME):%Y-%m-%d} 10:30"
        in visitor.get(f"/visits/{ticket_id}").text
    )


def test_how_far_apart_tries_lie_and_how_long_a_link_is_good_are_rules_from_a_day_on(
    cast: Cast, client: PageClient, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.audited(cast)
    for _time in range(3):
        frozen.shift(31 * 60)
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
    assert visiting.proven_tries(get_ticket(ticket_id)) == 1
    address = visit_links.link_for(ticket_id)
    with unit_of_work():
        for key, value in (("limit.visit_apart", "30min"), ("limit.visit_link", "1d")):
            rule_register.set_value(key, value, basis="测试", valid_from=None)

    assert visiting.proven_tries(get_ticket(ticket_id)) == 3
    assert client.get(address).status_code == 200
    frozen.shift(25 * 3600)
    assert client.get(address).status_code == 404


def test_a_wish_for_more_waits_for_a_dispatcher_who_sends_it_again_or_says_why_not(
    cast: Cast, sign_in_as: SignIn
) -> None:
    again, refused = play.audited(cast), play.audited(cast)
    visitor = sign_in_as("return_visitor")
    for ticket_id in (again, refused):
        visitor.post(f"/visits/{ticket_id}", data=BAD)
        assert state(ticket_id) == "to_visit"
    assert visitor.get("/visits/redos").status_code == 403

    dispatcher = sign_in_as("dispatcher")
    assert dispatcher.get("/visits/redos").text.count("路灯还是不亮") == 2
    empty = dispatcher.post(f"/visits/redos/{again}/again", data={"reason": " "})
    assert empty.status_code == 422
    dispatcher.post(f"/visits/redos/{again}/again", data={"reason": "确未修好"})
    dispatcher.post(f"/visits/redos/{refused}/refuse", data={"reason": "已现场核实修复"})

    assert (state(again), state(refused)) == ("to_sign", "closed")


def test_a_merged_ticket_is_in_the_list_once_its_master_has_a_reply(
    cast: Cast, sign_in_as: SignIn
) -> None:
    master, child = play.handled(cast), play.handled(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    visitor = sign_in_as("return_visitor")
    number = get_ticket(child).number
    assert number not in visitor.get("/visits").text
    play.reach(cast, master)
    play.hand_in(cast, master)
    saved(play.results.approve, master, doer=cast.auditor)

    assert number in visitor.get("/visits").text
    assert play.REPLY in visitor.get(f"/visits/{child}").text


def test_a_confidential_ticket_is_nobodys_at_the_call_back_desk_who_may_not_read_it(
    cast: Cast, sign_in_as: SignIn
) -> None:
    ticket_id = play.audited(cast, is_confidential=True)
    number = get_ticket(ticket_id).number
    visitor = sign_in_as("return_visitor")
    assert number not in visitor.get("/visits").text
    assert visitor.get(f"/visits/{ticket_id}").status_code == 404
    assert visitor.post(f"/visits/{ticket_id}", data=GOOD).status_code == 404


def test_closing_without_asking_is_an_auditors_by_a_reason_of_the_list(
    cast: Cast, sign_in_as: SignIn
) -> None:
    with unit_of_work():
        code_register.load_codes()
    ticket_id = play.audited(cast)
    assert (
        sign_in_as("return_visitor")
        .post(f"/visits/{ticket_id}/leave-out", data={"exclusion": "suggestion_only"})
        .status_code
        == 403
    )
    manager = sign_in_as("hotline_manager")
    wrong = manager.post(f"/visits/{ticket_id}/leave-out", data={"exclusion": "made_up"})
    assert wrong.status_code == 422
    manager.post(f"/visits/{ticket_id}/leave-out", data={"exclusion": "suggestion_only"})
    assert state(ticket_id) == "closed"


def test_the_link_asks_once_says_nothing_personal_and_closes_the_ticket(
    cast: Cast, client: PageClient
) -> None:
    ticket_id = play.audited(cast)
    address = visit_links.link_for(ticket_id)
    page = client.get(address).text
    client.learn_token(page)
    ticket = get_ticket(ticket_id)
    for personal in (ticket.title, ticket.content, ticket.caller_name, ticket.contact_number):
        assert personal not in page
    assert ticket.number not in page

    assert "感谢您的评价" in client.post(address, data=GOOD).text
    assert state(ticket_id) == "closed"
    visit = visiting.visits_of(ticket_id)[0]
    assert (str(visit.way), visit.by, visit.result_mark) == ("sms", None, 5)
    client.post(address, data={**GOOD, "result_mark": "1"})
    assert len(visiting.visits_of(ticket_id)) == 1
    assert "result_mark" not in client.get(address).text


def test_a_link_that_was_changed_is_old_or_of_a_round_that_is_over_opens_nothing(
    cast: Cast, client: PageClient, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.audited(cast)
    address = visit_links.link_for(ticket_id)
    assert client.get(f"{address[:-3]}abc").status_code == 404
    assert client.get("/visit/WzEsMV0").status_code == 404
    client.learn_token(client.get(address).text)
    client.post(address, data=BAD)
    with unit_of_work():
        visiting.send_again(ticket_id, "没修好", doer=cast.dispatcher)
    assert client.get(address).status_code == 404

    other = visit_links.link_for(play.audited(cast))
    frozen.shift(visit_links.good_for())
    frozen.shift(5)
    assert client.get(other).status_code == 404


def test_the_link_is_asked_for_at_most_so_often_in_a_minute(cast: Cast, client: PageClient) -> None:
    address = visit_links.link_for(play.audited(cast))
    said = {client.get(address).status_code for _time in range(32)}
    assert said == {200, 429}


def test_the_link_speaks_english_to_whoever_reads_english(cast: Cast, client: PageClient) -> None:
    address = visit_links.link_for(play.audited(cast))
    page = client.get(address, headers={"Accept-Language": "en"}).text
    assert re.search(r"<h1[^>]*>Please tell us what you think</h1>", page)


def test_a_full_list_of_people_who_cannot_be_asked_yet_hides_nobody_who_can(
    cast: Cast, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch, tick: Tick
) -> None:
    monkeypatch.setattr(visit_lists, "AT_MOST", 3)
    missed = [play.audited(cast) for _ in range(4)]
    tick(minutes=30)
    free = [play.audited(cast), play.audited(cast)]
    visitor = sign_in_as("return_visitor")
    for each in missed:
        visitor.post(f"/visits/{each}/missed", data={"why": "no_answer", "call": "0"})

    listed = visit_lists.to_ask(now=clock.now(), reads_confidential=False)

    assert [each.ticket.id for each in listed][:2] == free
    assert len(listed) == 3
    assert all(each.next_at <= clock.now() for each in listed[:2])


def under_the_hotlines_rule(cast: Cast) -> int:
    """Bring a ticket of a city whose hotline answers to where its result passed the audit."""
    with unit_of_work():
        rule_register.set_value("reply.by", "reply_by_hotline", basis="本市办法", valid_from=None)
    ticket_id = play.handled(cast)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    return ticket_id


def test_whom_the_hotline_answers_is_listed_answered_and_then_asked_on_one_page(
    cast: Cast, sign_in_as: SignIn
) -> None:
    assert "待答复" not in sign_in_as("return_visitor").get("/visits").text
    ticket_id = under_the_hotlines_rule(cast)
    number = get_ticket(ticket_id).number
    visitor = sign_in_as("return_visitor")
    assert number in visitor.get("/visits?only=owed").text
    page = visitor.get(f"/visits/{ticket_id}").text
    assert "答复诉求人" in page
    assert "result_mark" not in page

    early = visitor.post(f"/visits/{ticket_id}", data=GOOD)
    assert early.status_code == 409
    assert "请先去电答复" in early.text
    without = visitor.post(f"/visits/{ticket_id}/answer", data={"answer-call": "0"})
    assert without.status_code == 422

    made = spoken.call(replace(cast.visitor, user_id=visitor.person.id))
    told = {"answer-call": str(made), "answer-note": "知道了"}
    done = visitor.post(f"/visits/{ticket_id}/answer", data=told, follow_redirects=True)

    assert "已答复诉求人，可接着回访" in done.text
    assert f'selected value="{made}"' in done.text  # the same call serves the questions
    visitor.post(f"/visits/{ticket_id}", data={**GOOD, "call": str(made)})
    assert state(ticket_id) == "closed"
    assert "没有待热线答复的诉求人" in visitor.get("/visits?only=owed").text


def test_who_does_not_call_back_answers_nobody(cast: Cast, sign_in_as: SignIn) -> None:
    ticket_id = under_the_hotlines_rule(cast)

    for role in ("agent", "outsourced_agent", "dispatcher", "city_liaison", "auditor"):
        answer = sign_in_as(role).post(f"/visits/{ticket_id}/answer", data={"answer-call": "1"})
        assert answer.status_code == 403
