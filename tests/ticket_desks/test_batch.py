"""Several tickets in one act: to one lead, or merged into one."""

import re
from datetime import timedelta

import time_machine

from app.handling import dispatching, merging
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, send, typed_in, words

POOL = "/dispatch-batch"


def ticked(*ids: int) -> list[str]:
    return [f"{each}:{get_ticket(each).version}" for each in ids]


def test_several_are_sent_to_one_lead_in_one_act(cast: Cast, desks: Desks) -> None:
    ids = [play.open_one(cast) for _ in range(3)]

    answer = send(desks.at("dispatcher"), POOL, chosen=ticked(*ids), lead="城管局")

    assert answer.status_code == 302
    assert {state(each) for each in ids} == {"to_sign"}
    assert {get_ticket(each).lead_unit_id for each in ids} == {cast.lead}


def test_each_refusal_stands_at_its_row_and_the_rest_are_done(cast: Cast, desks: Desks) -> None:
    gone, fresh = play.open_one(cast, title="被别人派走的"), play.open_one(cast)
    chosen = ticked(gone, fresh)
    play.send(cast, gone, lead=cast.second)

    answer = send(desks.at("dispatcher"), POOL, chosen=chosen, lead="城管局", note="一并办理")

    read = words(answer.text)
    assert answer.status_code == 409
    assert read.index("被别人派走的") < read.index("工单已被他人处理")
    assert "已派出 1 件" in read
    assert state(fresh) == "to_sign"
    assert get_ticket(gone).lead_unit_id == cast.second


def test_nothing_ticked_or_no_unit_is_said_and_nothing_typed_is_lost(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")

    nothing = send(browser, POOL, lead="城管局", note="一并办理")
    unclear = send(browser, POOL, chosen=ticked(ticket_id), lead="上坪镇", note="一并办理")

    assert nothing.status_code == unclear.status_code == 422
    assert "请先勾选工单" in nothing.text
    assert typed_in(nothing.text, "note") == "一并办理"
    assert "连平县上坪镇人民政府" in errors_of(unclear.text, "lead")
    assert f'value="{ticked(ticket_id)[0]}"' in unclear.text
    assert " checked" in unclear.text
    assert state(ticket_id) == "to_dispatch"


def test_nothing_ticked_to_merge_is_said_and_what_was_typed_for_dispatching_stays(
    cast: Cast, desks: Desks
) -> None:
    play.open_one(cast)

    answer = send(desks.at("dispatcher"), "/dispatch-merge", lead="城管局", note="一并办理")

    assert answer.status_code == 422
    assert "请先勾选工单" in answer.text
    assert typed_in(answer.text, "lead") == "城管局"
    assert typed_in(answer.text, "note") == "一并办理"


def test_what_is_ticked_by_nobody_is_left_out(cast: Cast, desks: Desks) -> None:
    answer = send(desks.at("dispatcher"), POOL, chosen=["x", "1:2:3", "-1:1", "٣:1"], lead="城管局")

    assert answer.status_code == 422
    assert cast.lead


def test_many_calls_on_one_incident_are_merged_after_a_look_at_which(
    cast: Cast, desks: Desks
) -> None:
    ids = [play.open_one(cast, title=f"滨江路停水{nth}") for nth in range(4)]
    browser, chosen = desks.at("dispatcher"), ticked(*ids)

    look = send(browser, "/dispatch-merge", chosen=chosen)
    assert {state(each) for each in ids} == {"to_dispatch"}
    assert typed_in(look.text, "master") == get_ticket(ids[0]).number
    done = send(
        browser, "/dispatch-merge", chosen=chosen, master=get_ticket(ids[0]).number, is_seen="yes"
    )

    assert done.status_code == 302
    assert [each.id for each in merging.children_of(ids[0])] == ids[1:]


def test_when_one_cannot_be_merged_none_is_and_the_page_says_why(cast: Cast, desks: Desks) -> None:
    master, child, taken = (play.open_one(cast) for _ in range(3))
    chosen = ticked(master, child, taken)
    saved(
        dispatching.dispatch,
        taken,
        dispatching.Plan(lead_unit_id=cast.second),
        doer=cast.dispatcher,
    )

    answer = send(
        desks.at("dispatcher"),
        "/dispatch-merge",
        chosen=chosen,
        master=get_ticket(master).number,
        is_seen="yes",
    )

    assert answer.status_code == 409
    assert "工单已被他人处理" in words(answer.text)
    assert merging.children_of(master) == []
    wrong = send(desks.at("dispatcher"), "/dispatch-merge",
                 chosen=ticked(master, child), master="无此编号", is_seen="yes")  # fmt: skip
    assert errors_of(wrong.text, "master")


def test_the_pool_offers_a_box_to_tick_for_each(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)

    assert f'value="{ticked(ticket_id)[0]}"' in page(desks.at("dispatcher"), "/dispatch")


def test_a_hot_matter_is_marked_with_its_numbers_and_stands_first_merged_or_not(
    cast: Cast, desks: Desks
) -> None:
    for nth in range(3):
        number = f"138000000{nth:02}"
        play.open_one(cast, title="夜间噪音扰民", contact_number=number, category_code="0205")
    ids = [
        play.open_one(cast, title="万绿花园小区停水", contact_number=f"139000000{nth:02}")
        for nth in range(6)
    ]
    browser = desks.at("dispatcher")

    read = words(page(browser, "/dispatch"))
    told = "近 24 小时 6 人反映同一件事：万绿花园小区停水"
    assert f"热点 {told}" in read
    assert "前 4 周没有，无平时可比，满 5 人即为热点。" in read
    assert read.index(told) < read.index("3 人反映同一件事：夜间噪音扰民")
    assert read.count("热点 近") == 1

    saved(merging.merge_all, ids[1:], ids[0], doer=cast.dispatcher)
    html = page(browser, "/dispatch")
    assert f"热点 {told}" in words(html)
    assert f"主单 {get_ticket(ids[0]).number}，没有可再并入的工单" in words(html)
    assert f'href="/dispatch/{ids[0]}"' in html


def test_a_hot_matter_says_how_many_times_the_usual_it_is(
    cast: Cast, desks: Desks, frozen: time_machine.Traveller
) -> None:
    for _ in range(14):
        play.open_one(cast, title="路灯不亮")
    frozen.shift(timedelta(days=8))
    for nth in range(5):
        play.open_one(cast, title="万绿花园小区停水", contact_number=f"139000000{nth:02}")

    read = words(page(desks.at("dispatcher"), "/dispatch"))

    told = (
        "同类诉求当地 24 小时内 5 件，前 4 周同样时长平均 0.5 件，是平时的 10 倍。"
        "满 5 人且达到平时 2 倍即为热点。"
    )
    assert told in read


def test_a_crowd_is_shown_above_the_pool_and_merged_after_a_look(cast: Cast, desks: Desks) -> None:
    ids = [
        play.open_one(cast, title="万绿花园小区停水", contact_number=f"1390000000{nth}")
        for nth in range(3)
    ]
    browser = desks.at("dispatcher")
    html = page(browser, "/dispatch")
    assert "3 人反映同一件事：万绿花园小区停水" in html
    form = html[html.index('<form class="alert') : html.index("核对并单")]
    chosen = re.findall(r'name="chosen" value="([^"]+)"', form)
    master = re.findall(r'name="master" value="([^"]+)"', form)[0]

    look = send(browser, "/dispatch-merge", chosen=chosen, master=master)
    assert "万绿花园小区停水" in look.text
    done = send(browser, "/dispatch-merge", chosen=chosen, master=master, is_seen="yes")

    assert done.status_code == 302
    assert [state(each) for each in ids] == ["to_dispatch", "merged", "merged"]
    assert "人反映同一件事" not in page(browser, "/dispatch")
