"""Who was told a result is asked by a link of his own, also who came after the others."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.database import unit_of_work
from app.core.handed_down import hand_down
from app.handling import merging, results, visiting
from app.notifications.occasions import Occasion
from app.notifications.visit_invitation import CitizenSite
from app.rules.type_natures import Nature
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved, state
from tests.notifications.links_sent import SITE, answer, link_to, listed, result_told, send
from tests.notifications.stage import messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen", "citizen_site")]


def test_with_the_result_comes_a_line_that_asks_for_an_opinion_until_a_day(cast: Cast) -> None:
    ticket_id = play.audited(cast)

    message, ticket = result_told(ticket_id), get_ticket(ticket_id)
    first, second = message.body.split("\n")
    assert (
        first
        == f"【12345热线】您反映的“{ticket.title}”（工单号{ticket.number}）办理结果：{play.REPLY}"
    )
    assert second == f"请您评价办理情况（2026年11月30日10:00前有效）：{SITE}{link_to(ticket_id)}"
    assert (message.address, message.asks_visit) == ("+8613900002817", True)


def test_a_site_that_citizens_do_not_reach_tells_the_result_and_nothing_that_hangs(
    app: Flask, cast: Cast
) -> None:
    hand_down(app, CitizenSite(address=""))
    message = result_told(play.audited(cast))

    assert message.body.endswith(f"办理结果：{play.REPLY}")
    assert not message.asks_visit


@pytest.mark.parametrize(
    "changes",
    [
        {"is_confidential": True},
        {"request_type": Nature.REPORT},
        {"caller_name": ""},
        {"contact_number": "0762-3333333"},
    ],
)
def test_who_reads_no_result_is_sent_no_link(cast: Cast, changes: dict[str, Any]) -> None:
    message = result_told(play.audited(cast, **changes))

    assert "/visit/" not in message.body + message.subject
    assert not message.asks_visit


def test_who_wants_no_call_back_is_not_asked_by_a_link_either(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    with unit_of_work():
        get_ticket(ticket_id).callback_wanted = False
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)

    assert play.REPLY in result_told(ticket_id).body
    assert "/visit/" not in result_told(ticket_id).body


def test_who_follows_another_ticket_gets_his_own_link_and_of_a_secret_master_none(
    cast: Cast, client: PageClient
) -> None:
    for is_secret in (False, True):
        master = play.open_one(cast, is_confidential=is_secret)
        child = play.open_one(cast, contact_number="13900005555", caller_name="赵先生")
        saved(merging.merge, child, master, doer=cast.dispatcher)
        play.handle(cast, master)
        assert ("/visit/" in result_told(child).body) is not is_secret
        if not is_secret:
            assert link_to(child) != link_to(master)
            answer(client, link_to(child))
            assert [len(visiting.visits_of(each)) for each in (child, master)] == [1, 0]


def test_a_ticket_that_is_closed_unasked_asks_nobody(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.close_unvisited, ticket_id, "suggestion_only", doer=cast.manager)

    assert play.REPLY in result_told(ticket_id).body
    assert not result_told(ticket_id).asks_visit


# --- who comes after the others ----------------------------------------------------------


def test_who_is_merged_after_the_others_were_asked_hears_the_result_and_gets_his_own_link(
    cast: Cast, client: PageClient
) -> None:
    master = play.audited(cast)
    late = play.open_one(cast, contact_number="13900005555", caller_name="赵先生")
    saved(merging.merge, late, master, doer=cast.dispatcher)

    assert play.REPLY in result_told(late).body
    assert link_to(late) != link_to(master)
    assert Occasion.TICKET_MERGED not in {
        each.occasion for each in messages() if each.ticket_id == late
    }
    answer(client, link_to(master))
    assert state(master) == "to_visit"  # one whose ticket follows may still judge
    answer(client, link_to(late))
    play.sweep()
    assert state(master) == "closed"
    assert [len(visiting.visits_of(each)) for each in (late, master)] == [1, 1]


def test_who_is_merged_after_the_others_were_asked_has_his_time_before_a_person_calls(
    cast: Cast,
) -> None:
    master = play.audited(cast)
    late = play.open_one(cast, contact_number="13900005555")
    saved(merging.merge, late, master, doer=cast.dispatcher)
    send()

    assert listed()[late].link_until == clock.now() + timedelta(days=1)


@pytest.mark.parametrize("secret", ["master", "late"])
def test_who_is_merged_late_where_one_of_both_is_secret_is_told_no_result_and_sent_no_link(
    cast: Cast, secret: str
) -> None:
    master = play.audited(cast, is_confidential=secret == "master")
    late = play.open_one(cast, contact_number="13900005555", is_confidential=secret == "late")
    saved(merging.merge, late, master, doer=cast.dispatcher)

    assert play.REPLY not in result_told(late).body
    assert "/visit/" not in result_told(late).body


def test_who_is_merged_before_the_result_holds_is_promised_an_answer_and_asked_nothing(
    cast: Cast,
) -> None:
    master = play.handled(cast)
    play.reach(cast, master)
    play.hand_in(cast, master)
    early = play.open_one(cast, contact_number="13900005555")
    saved(merging.merge, early, master, doer=cast.dispatcher)
    told = [each.occasion for each in messages() if each.ticket_id == early]

    assert told[-1] is Occasion.TICKET_MERGED
    assert Occasion.RESULT_APPROVED not in told
