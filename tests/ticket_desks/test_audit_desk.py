"""The audit desk: what was handed in, beside the demand; let through or sent back with a code."""

import pytest

from app.handling import results
from app.handling.clock_rules import ClockKind
from app.organisation import service as organisation
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, typed_in, words


def handed_in(cast: Cast, **changes: object) -> int:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id, note="电话说明了维修安排")
    play.hand_in(cast, ticket_id, **changes)
    return ticket_id


def test_the_reply_stands_beside_the_demand_with_the_contacts_and_their_proofs(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = handed_in(cast, internal_note="更换灯泡三只")

    read = words(page(desks.at("dispatcher"), f"/audit-results/{ticket_id}"))

    for each in (
        "三盏路灯坏了一周",
        play.REPLY,
        "更换灯泡三只",
        "电话说明了维修安排",
        "自行登记，无凭证",
    ):
        assert each in read


def test_an_approved_result_goes_on_to_the_citizen_and_the_next_one_opens(
    cast: Cast, desks: Desks
) -> None:
    first, second = handed_in(cast), handed_in(cast, public_reply="已派人清运完毕，现场恢复整洁。")
    browser = desks.at("dispatcher")
    seen = seen_in(page(browser, f"/audit-results/{first}"), "approve")

    answer = send(browser, f"/audit-results/{first}/approve", **{"approve-seen": seen})

    assert answer.location == f"/audit-results/{second}"
    assert state(first) == "to_visit"
    assert clock(first, ClockKind.VISIT).done_at is None


def test_a_copied_reply_is_marked_with_the_way_to_the_first(cast: Cast, desks: Desks) -> None:
    first, copy = handed_in(cast), handed_in(cast)
    browser = desks.at("dispatcher")

    assert "与以往答复雷同" in page(browser, "/audit-results")
    html = page(browser, f"/audit-results/{copy}")
    assert f'href="/audit-results/{first}"' in html
    assert "与以往答复雷同" not in words(page(browser, f"/audit-results/{first}"))


def test_a_result_is_sent_back_with_a_defect_of_the_list_and_nothing_else(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = handed_in(cast)
    browser = desks.at("dispatcher")
    path = f"/audit-results/{ticket_id}/send-back"
    seen = {"send_back-seen": seen_in(page(browser, f"/audit-results/{ticket_id}"), "send_back")}

    for wrong in ("", "made_up", "malicious_call"):
        answer = send(browser, path, **seen, **{
            "send_back-defect": wrong, "send_back-note": "请写明维修时间",
        })  # fmt: skip
        assert answer.status_code == 422
        assert errors_of(answer.text, "send_back-defect")
        assert typed_in(answer.text, "send_back-note") == "请写明维修时间"
    send(browser, path, **seen, **{"send_back-defect": "empty_words"})

    assert state(ticket_id) == "handling"
    assert results.results_of(ticket_id)[-1].defect == "empty_words"


def test_a_ticket_is_closed_without_asking_only_for_a_reason_of_the_list(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = handed_in(cast)
    browser = desks.at("dispatcher")
    path = f"/audit-results/{ticket_id}/close"
    seen = {"close-seen": seen_in(page(browser, f"/audit-results/{ticket_id}"), "close")}

    refused = send(browser, path, **seen, **{"close-exclusion": ""})
    assert errors_of(refused.text, "close-exclusion")
    send(browser, path, **seen, **{"close-exclusion": "declined_visit"})

    assert state(ticket_id) == "closed"


def test_of_two_auditors_the_second_is_told_and_keeps_his_note(cast: Cast, desks: Desks) -> None:
    ticket_id = handed_in(cast)
    one, other = desks.at("dispatcher"), desks.at("dispatcher")
    html = page(other, f"/audit-results/{ticket_id}")
    saved(results.approve, ticket_id, doer=cast.auditor)

    answer = send(other, f"/audit-results/{ticket_id}/send-back", **{
        "send_back-seen": seen_in(html, "send_back"),
        "send_back-defect": "copied_reply", "send_back-note": "与上月答复一样",
    })  # fmt: skip

    assert answer.status_code == 409
    assert "打开页面后" in answer.text
    assert state(ticket_id) == "to_visit"
    assert one is not other


@pytest.mark.parametrize("role", ["outsourced_agent", "city_liaison", "return_visitor"])
def test_neither_contractors_nor_units_audit(cast: Cast, desks: Desks, role: str) -> None:
    ticket_id = handed_in(cast)

    answer = send(desks.at(role), f"/audit-results/{ticket_id}/approve", **{"approve-seen": "1"})

    assert answer.status_code == 403
    assert state(ticket_id) == "to_audit"


def test_nobody_judges_his_own_units_work(cast: Cast, desks: Desks) -> None:
    ticket_id = handed_in(cast)
    own = desks.at("dispatcher", organisation.get_unit(cast.lead).code)

    html = page(own, f"/audit-results/{ticket_id}")
    answer = send(own, f"/audit-results/{ticket_id}/approve", **{"approve-seen": "1"})

    assert "不能审核" in html
    assert answer.status_code == 403
    assert state(ticket_id) == "to_audit"


def test_personal_data_in_a_public_reply_is_masked_and_said(cast: Cast, desks: Desks) -> None:
    ticket_id = handed_in(cast, public_reply="已与投诉人13812345678联系，路灯已全部修复。")

    html = page(desks.at("dispatcher"), f"/audit-results/{ticket_id}")

    assert "13812345678" not in html
    assert "公开答复中含有个人信息" in html
