"""The dispatcher's desk: the pools, one ticket, one key, two people at once."""

from collections.abc import Callable

import pytest

from app.core.database import db
from app.handling import acting, dispatching, merging, returning
from app.handling.clock_rules import ClockKind
from app.handling.models import BasisKind, Part
from app.organisation import service as organisation
from app.rules.type_natures import Nature
from app.tickets import stepping
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotYours
from app.tickets.ticket_numbers import groups_of
from app.tickets.ticket_states import Urgency
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, typed_in, words

Tick = Callable[..., None]


def test_the_pool_shows_the_urgent_first_and_then_what_is_due_first(
    cast: Cast, desks: Desks, tick: Tick
) -> None:
    play.open_one(cast, title="先来的普通工单")
    tick(minutes=30)
    play.open_one(cast, title="后来的普通工单")
    play.open_one(cast, title="最后来的紧急工单", urgency=Urgency.URGENT)

    read = words(page(desks.at("dispatcher"), "/dispatch"))

    order = [read.index(each) for each in ("最后来的紧急工单", "先来的普通工单", "后来的普通工单")]
    assert order == sorted(order)
    assert "待派单 3" in read


def test_a_pool_is_walked_by_its_keys_and_misses_nobody(cast: Cast, desks: Desks) -> None:
    titles = [f"第{nth:02}件工单" for nth in range(30)]
    for title in titles:
        play.open_one(cast, title=title)
    browser = desks.at("dispatcher")

    first = page(browser, "/dispatch")
    older = first[first.index('rel="next"') - 400 : first.index('rel="next"')]
    address = older[older.index('href="') + 6 : older.rindex('"')].replace("&amp;", "&")
    second = page(browser, address)

    shown = [[title for title in titles if title in html] for html in (first, second)]
    assert len(shown[0]) == 25
    assert sorted(shown[0] + shown[1]) == titles


@pytest.mark.parametrize("after", ["x", "0~x~1", "0~2026-11-23~1", "~~", "9" * 80])
def test_a_key_that_nobody_made_begins_at_the_top(cast: Cast, desks: Desks, after: str) -> None:
    play.open_one(cast, title="一件工单")

    assert "一件工单" in page(desks.at("dispatcher"), f"/dispatch?after={after}")


def test_filters_narrow_the_pool(cast: Cast, desks: Desks) -> None:
    play.open_one(cast, title="源城的工单")
    play.open_one(cast, title="连平的工单", county_code="441623", town_code=None)
    browser = desks.at("dispatcher")

    html = page(browser, "/dispatch?county=441623")
    assert "连平的工单" in html
    assert "源城的工单" not in html
    assert "没有待派的工单" in page(browser, "/dispatch?urgent=yes")


def test_a_proposed_lead_is_taken_by_one_key_with_its_basis_and_the_next_ticket_opens(
    cast: Cast, desks: Desks, tick: Tick
) -> None:
    first = play.open_one(cast)
    tick(minutes=1)
    second = play.open_one(cast)
    browser = desks.at("dispatcher")
    html = page(browser, f"/dispatch/{first}")
    assert "派单目录：" in html
    key = html[html.index('name="proposal"') :]
    proposal = key[key.index('value="') + 7 :].split('"')[0]
    assert 'data-key="1"' in key

    answer = send(
        browser, f"/dispatch/{first}", proposal=proposal, **{"dispatch-seen": seen_in(html)}
    )

    assert (answer.status_code, answer.location) == (302, f"/dispatch/{second}")
    lead = acting.lead_of(first)
    assert lead is not None
    assert lead.basis_kind is BasisKind.CATALOGUE
    assert lead.unit_id == int(proposal)


@pytest.mark.parametrize("typed", ["住建局", "zfhcxjsj", "河源市住房和城乡建设局", "zhufanghe"])
def test_another_unit_is_found_by_name_short_name_pinyin_or_initials(
    cast: Cast, desks: Desks, typed: str
) -> None:
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"))

    send(browser, f"/dispatch/{ticket_id}", **{"dispatch-lead": typed, "dispatch-seen": seen})

    assert get_ticket(ticket_id).lead_unit_id == cast.second


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("不存在的局", "没有与"),
        ("", "没有与"),
        ("上坪镇", "连平县上坪镇人民政府"),
        ("热线中心", ""),
    ],
)
def test_a_unit_that_is_not_clear_is_said_beside_its_field_and_nothing_typed_is_lost(
    cast: Cast, desks: Desks, typed: str, told: str
) -> None:
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"))

    answer = send(
        browser,
        f"/dispatch/{ticket_id}",
        **{
            "dispatch-lead": typed,
            "dispatch-note": "请尽快到场",
            "dispatch-assistant_1": "市水务局",
            "dispatch-seen": seen,
        },
    )

    assert answer.status_code == 422
    assert told in errors_of(answer.text, "dispatch-lead")
    assert typed_in(answer.text, "dispatch-lead") == typed
    assert typed_in(answer.text, "dispatch-note") == "请尽快到场"
    assert typed_in(answer.text, "dispatch-assistant_1") == "市水务局"
    assert state(ticket_id) == "to_dispatch"


def test_assistants_have_inner_limits_within_the_leads_time(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast, request_type=Nature.CONSULT)
    browser = desks.at("dispatcher")
    given = {
        "dispatch-lead": "城管局",
        "dispatch-assistant_1": "住建局",
        "dispatch-seen": seen_in(page(browser, f"/dispatch/{ticket_id}")),
    }

    late = send(browser, f"/dispatch/{ticket_id}", **given, **{"dispatch-limit_1": "10wd"})
    assert late.status_code == 422
    assert state(ticket_id) == "to_dispatch"
    send(browser, f"/dispatch/{ticket_id}", **given, **{"dispatch-limit_1": "1wd"})

    parts = [(each.unit_id, each.part) for each in play.parts(ticket_id)]
    assert parts == [(cast.lead, Part.LEAD), (cast.second, Part.ASSISTANT)]
    assert clock(ticket_id, ClockKind.ASSIST).limit == "1wd"


def test_of_two_dispatchers_the_second_is_told_what_happened_and_keeps_his_text(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast)
    one, other = desks.at("dispatcher"), desks.at("dispatcher")
    seen = seen_in(page(one, f"/dispatch/{ticket_id}"))
    assert seen_in(page(other, f"/dispatch/{ticket_id}")) == seen
    send(one, f"/dispatch/{ticket_id}/ask-info",
         **{"ask_info-question": "哪一路段？", "ask_info-seen": seen})  # fmt: skip

    answer = send(
        other,
        f"/dispatch/{ticket_id}/merge",
        **{"merge-master": "我正要填的编号", "merge-seen": seen},
    )

    assert answer.status_code in (409, 422)
    retyped = send(
        other,
        f"/dispatch/{ticket_id}/retype",
        **{"retype-request_type": "help", "retype-reason": "实为求助", "retype-seen": seen},
    )
    assert retyped.status_code == 409
    assert "工单已被他人处理" in words(retyped.text)
    assert "打开页面后" in words(retyped.text)
    assert "哪一路段？" in words(retyped.text)
    assert typed_in(retyped.text, "retype-reason") == "实为求助"
    again = send(
        other,
        f"/dispatch/{ticket_id}/retype",
        **{
            "retype-request_type": "help",
            "retype-reason": "实为求助",
            "retype-seen": seen_in(retyped.text, "retype"),
        },
    )
    assert again.status_code == 302
    assert get_ticket(ticket_id).request_type == Nature.HELP


def test_whoever_may_not_do_it_is_refused_before_he_learns_that_somebody_was_quicker(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast)

    with pytest.raises(MoveNotYours):
        saved(
            dispatching.dispatch,
            ticket_id,
            dispatching.Plan(lead_unit_id=cast.lead),
            doer=cast.agent,
            seen=0,
        )


def test_numbers_in_a_demand_are_masked_and_a_confidential_one_hides_its_caller(
    cast: Cast, desks: Desks
) -> None:
    open_one = play.open_one(cast, content="请拨打13812345678联系我")
    hidden = play.open_one(
        cast, content="黄小明住3栋502室", caller_name="黄小明", is_confidential=True
    )
    browser = desks.at("dispatcher")

    assert "13812345678" not in page(browser, f"/dispatch/{open_one}")
    html = page(browser, f"/dispatch/{hidden}")
    assert "黄小明" not in html
    assert "502室" not in words(html)
    assert "13900002817" not in html


def test_a_ticket_follows_another_of_the_same_matter_that_the_page_offers(
    cast: Cast, desks: Desks
) -> None:
    master = play.open_one(cast, title="源城区大道路灯不亮")
    child = play.open_one(cast, title="源城区大道路灯不亮了", contact_number="13900001111")
    browser = desks.at("dispatcher")
    html = page(browser, f"/dispatch/{child}")
    number = get_ticket(master).number
    assert f'<option value="{number}"' in html

    wrong = send(browser, f"/dispatch/{child}/merge",
                 **{"merge-master": "无此编号", "merge-seen": seen_in(html, "merge")})  # fmt: skip
    assert errors_of(wrong.text, "merge-master")
    send(browser, f"/dispatch/{child}/merge",
         **{"merge-master": number, "merge-seen": seen_in(html, "merge")})  # fmt: skip

    assert [each.id for each in merging.children_of(master)] == [child]


def test_the_number_of_a_master_is_typed_as_it_is_read_aloud_and_a_misheard_digit_is_told(
    cast: Cast, desks: Desks
) -> None:
    master, child = play.open_one(cast), play.open_one(cast)
    browser = desks.at("dispatcher")
    seen = seen_in(page(browser, f"/dispatch/{child}"), "merge")
    number = get_ticket(master).number
    misheard = number[:-1] + str((int(number[-1]) + 1) % 10)

    wrong = send(browser, f"/dispatch/{child}/merge",
                 **{"merge-master": misheard, "merge-seen": seen})  # fmt: skip
    assert "校验位" in errors_of(wrong.text, "merge-master")
    assert typed_in(wrong.text, "merge-master") == misheard
    aloud = " ".join(groups_of(number)[1:])
    send(browser, f"/dispatch/{child}/merge", **{"merge-master": aloud, "merge-seen": seen})

    assert [each.id for each in merging.children_of(master)] == [child]


def test_information_is_asked_for_and_a_dispute_referred(cast: Cast, desks: Desks) -> None:
    asked, disputed = play.open_one(cast), play.open_one(cast)
    browser = desks.at("dispatcher")

    empty = send(browser, f"/dispatch/{asked}/ask-info", **{"ask_info-seen": "1"})
    assert errors_of(empty.text, "ask_info-question")
    send(browser, f"/dispatch/{asked}/ask-info", **{
        "ask_info-question": "哪个小区？",
        "ask_info-seen": seen_in(page(browser, f"/dispatch/{asked}"), "ask_info"),
    })  # fmt: skip
    send(browser, f"/dispatch/{disputed}/refer", **{
        "refer-opinions": "两家都说不是自己的",
        "refer-seen": seen_in(page(browser, f"/dispatch/{disputed}"), "refer"),
    })  # fmt: skip

    assert (state(asked), state(disputed)) == ("need_info", "adjudication")
    assert "两家都说不是自己的" in words(page(browser, f"/dispatch/{disputed}"))


def test_a_return_is_agreed_and_the_proposed_unit_stands_in_the_field_at_once(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    play.give_back(cast, ticket_id)
    browser = desks.at("dispatcher")
    assert "不属于本单位职责" in page(browser, f"/dispatch/{ticket_id}")
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "agree")

    answer = send(browser, f"/dispatch/{ticket_id}/agree-return", **{"agree-seen": seen})

    assert answer.location == f"/dispatch/{ticket_id}"
    html = page(browser, f"/dispatch/{ticket_id}")
    assert typed_in(html, "dispatch-lead") == organisation.get_unit(cast.second).name
    assert state(ticket_id) == "to_dispatch"


def test_a_return_is_refused_only_with_a_reason(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    play.give_back(cast, ticket_id)
    browser = desks.at("dispatcher")
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "refuse")

    bare = send(browser, f"/dispatch/{ticket_id}/refuse-return", **{"refuse-seen": seen})
    assert errors_of(bare.text, "refuse-reason")
    send(browser, f"/dispatch/{ticket_id}/refuse-return",
         **{"refuse-seen": seen, "refuse-reason": "属市政设施管理职责"})  # fmt: skip

    assert state(ticket_id) == "handling"
    assert [each.decision for each in returning.returns_of(ticket_id)] == ["属市政设施管理职责"]


def test_who_may_not_dispatch_does_not_see_the_desk(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)

    for role in ("agent", "return_visitor", "county_dispatcher"):
        page(desks.at(role), f"/dispatch/{ticket_id}", status=403)
    db.session.rollback()
    assert stepping.last_step(ticket_id) is not None


def test_a_ticket_that_took_another_in_does_not_say_that_it_was_merged_itself(
    cast: Cast, desks: Desks
) -> None:
    master, child = play.open_one(cast), play.open_one(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)

    told = words(page(desks.at("dispatcher"), f"/dispatch/{master}"))
    life = told[told.index("办理经过") :]
    assert "有工单并入" in life
    assert "并入其他工单 " not in life
