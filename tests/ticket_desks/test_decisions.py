"""Time that is asked for, disputes, precedents: decided at the desk."""

from app.handling import clocks, disputing, proposing, timing
from app.handling.clock_rules import ClockKind
from app.handling.models import BasisKind, TimeKind
from app.rules.time_limits import read_limit
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, typed_in, words


def ask_time(cast: Cast, ticket_id: int) -> None:
    wanted = timing.NewTime(
        kind=TimeKind.EXTENSION,
        reason="complex_matter",
        basis="需多单位会商",
        limit=read_limit("5wd"),
    )
    saved(timing.ask_time, ticket_id, wanted, doer=cast.unit)


def disputed(cast: Cast) -> int:
    ticket_id = play.open_one(cast)
    saved(disputing.refer, ticket_id, "城管：属住建；住建：属城管", doer=cast.dispatcher)
    return ticket_id


def designating(html: str, **more: str) -> dict[str, str]:
    given = {
        "designate-lead": "住建局",
        "designate-basis": "三定方案第五条",
        "designate-seen": seen_in(html, "designate"),
        "is_final": "yes",
    }
    return {**given, **more}


def test_time_is_given_and_the_due_date_moves(cast: Cast, desks: Desks) -> None:
    ticket_id = play.handled(cast)
    before = clock(ticket_id, ClockKind.HANDLE).due_at
    ask_time(cast, ticket_id)
    browser = desks.at("dispatcher")
    pool = words(page(browser, "/dispatch?pool=times"))
    html = page(browser, f"/dispatch/{ticket_id}")
    assert "延期、挂起待审 1" in pool
    assert "情况复杂，需多单位协同" in html

    answer = send(browser, f"/dispatch/{ticket_id}/decide-time",
                  agrees="yes", **{"time-seen": seen_in(html, "time")})  # fmt: skip

    after = clock(ticket_id, ClockKind.HANDLE).due_at
    assert answer.status_code == 302
    assert before is not None
    assert after is not None
    assert after > before


def test_a_refusal_of_time_needs_words(cast: Cast, desks: Desks) -> None:
    ticket_id = play.handled(cast)
    ask_time(cast, ticket_id)
    browser = desks.at("dispatcher")
    path = f"/dispatch/{ticket_id}/decide-time"
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "time")

    bare = send(browser, path, agrees="no", **{"time-seen": seen})
    assert errors_of(bare.text, "time-words")
    send(browser, path, agrees="no", **{"time-seen": seen, "time-words": "时间足够"})

    assert [str(each.state) for each in timing.times_of(ticket_id)] == ["refused"]


def test_the_manager_names_the_unit_for_good_and_it_is_a_precedent(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = disputed(cast)
    browser = desks.at("hotline_manager")
    html = page(browser, f"/dispatch/{ticket_id}")
    assert "城管：属住建" in html

    send(browser, f"/dispatch/{ticket_id}/designate", **designating(html))

    assert get_ticket(ticket_id).lead_unit_id == cast.second
    assert state(ticket_id) == "handling"
    offered = proposing.proposals(get_ticket(play.open_one(cast)))
    assert (offered[0].unit_id, offered[0].kind) == (cast.second, BasisKind.PRECEDENT)
    assert "三定方案第五条" in page(browser, "/dispatch-precedents")


def test_first_handled_then_discussed_leaves_the_dispute_open(cast: Cast, desks: Desks) -> None:
    ticket_id = disputed(cast)
    browser = desks.at("hotline_manager")
    html = page(browser, f"/dispatch/{ticket_id}")

    send(browser, f"/dispatch/{ticket_id}/designate", **designating(html, is_final="no"))

    assert disputing.open_dispute(ticket_id) is not None
    assert "会商裁定 1" in words(page(browser, "/dispatch?pool=disputes"))
    assert "先行办理：河源市住房和城乡建设局" in words(page(browser, f"/dispatch/{ticket_id}"))
    assert clocks.running(ticket_id, ClockKind.HANDLE) is not None


def test_a_dispatcher_sees_a_dispute_but_does_not_decide_it(cast: Cast, desks: Desks) -> None:
    ticket_id = disputed(cast)
    browser = desks.at("dispatcher")

    assert "designate-lead" not in page(browser, f"/dispatch/{ticket_id}")
    answer = send(browser, f"/dispatch/{ticket_id}/designate", **{"designate-seen": "1"})
    assert answer.status_code == 403


def test_a_designation_without_a_basis_is_refused_and_keeps_what_was_typed(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = disputed(cast)
    browser = desks.at("hotline_manager")
    given = designating(page(browser, f"/dispatch/{ticket_id}"), **{"designate-basis": ""})

    answer = send(browser, f"/dispatch/{ticket_id}/designate", **given)

    assert errors_of(answer.text, "designate-basis")
    assert typed_in(answer.text, "designate-lead") == "住建局"


def test_an_ended_precedent_is_offered_no_more_and_stays_on_the_list(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = disputed(cast)
    manager = desks.at("hotline_manager")
    html = page(manager, f"/dispatch/{ticket_id}")
    send(manager, f"/dispatch/{ticket_id}/designate", **designating(html))
    listed = page(manager, "/dispatch-precedents")
    address = listed[listed.index("/dispatch-precedents/") :].split('"')[0]

    assert send(desks.at("dispatcher"), address).status_code == 403
    assert send(manager, address).status_code == 302

    kinds = [each.kind for each in proposing.proposals(get_ticket(play.open_one(cast)))]
    assert BasisKind.PRECEDENT not in kinds
    assert "终止" in words(page(manager, "/dispatch-precedents"))


def test_a_third_return_goes_to_adjudication_by_itself(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")
    leads = (cast.unit, cast.other, cast.town)
    for nth, by in enumerate(leads):
        play.send(cast, ticket_id, lead=by.unit_id)
        proposed = leads[(nth + 1) % len(leads)].unit_id
        play.give_back(cast, ticket_id, by=by, proposed_unit_id=proposed)
        seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "agree")
        send(browser, f"/dispatch/{ticket_id}/agree-return", **{"agree-seen": seen})

    assert state(ticket_id) == "adjudication"
