"""Who plays for better figures shows on a page: by unit, by person, with the tickets behind."""

import re

import pytest
import time_machine
from flask import Flask

from app.accounts import service as accounts
from app.calls.transfer_states import TransferState
from app.core.workbooks import read_workbook
from app.handling import results, telling_figures, timing
from app.handling.models import TimeKind
from app.handling.telling_figures import CODES, Case
from app.measures import telling
from app.measures.telling_groups import By, TellingRow, rows_of, tickets_behind
from app.rules.type_natures import Nature
from app.tickets.service import get_ticket
from app.tickets.ticket_states import Urgency
from tests.catalogues import keys, read
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved
from tests.measures.test_figures_are_reckoned_again import MONTH
from tests.measures.test_reports import signed_in
from tests.tickets.test_what_was_not_handed_on import called, noted

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]
ADDRESS = "/figures/telling?kind=month&day=2026-11-23"


@pytest.fixture
def cast(registers: None, app: Flask) -> Cast:
    """Everybody, before anything is done."""
    assert (app, registers) != (None, None)  # both stand before anybody works
    return make_cast()


def row(code: str, by: By = By.NONE, key: str = "") -> TellingRow:
    found = [each for each in telling.count_telling(MONTH, by).rows[code] if each.key == key]
    assert len(found) == 1, f"{code} has no row {key!r}"
    return found[0]


def told(code: str, by: By = By.NONE, key: str = "") -> tuple[int, int]:
    found = row(code, by, key)
    return found.times, found.of


def test_a_reply_copied_from_another_ticket_is_counted_for_its_unit_and_for_who_wrote_it(
    app: Flask, cast: Cast
) -> None:
    first, second = play.audited(cast), play.audited(cast)

    assert told("copied_replies") == (1, 2)
    assert told("copied_replies", By.UNIT, str(cast.lead)) == (1, 2)
    assert told("copied_replies", By.PERSON, str(cast.unit.user_id)) == (1, 2)
    manager = signed_in(app, cast.manager)
    page = manager.get(f"{ADDRESS}&by=person&figure=copied_replies").text
    link = re.search(r'href="([^"]+telling/behind[^"]+part=times[^"]+)"', page)
    assert link
    behind = manager.get(link[1].replace("&amp;", "&")).text
    assert get_ticket(second).number in behind
    assert get_ticket(first).number not in behind


def test_contacts_and_answers_that_no_call_proves_are_counted(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id)
    play.reach(cast, play.handled(cast), is_reached=False)

    assert told("contacts_unproven") == (2, 2)
    assert told("not_reached_unproven", By.UNIT, str(cast.lead)) == (1, 1)
    assert told("answers_unproven", By.PERSON, str(cast.visitor.user_id)) == (1, 1)
    assert told("answers_unproven", By.UNIT, str(cast.lead)) == (1, 1), "by who led it"


def test_a_suspension_shortly_before_the_end_shows_with_its_time_and_who_agreed(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast, request_type=Nature.CONSULT)
    play.handled(cast)
    due = play.clock(ticket_id, play.ClockKind.HANDLE).due_at
    assert due is not None
    frozen.move_to(due)
    frozen.shift(-3600)
    new = timing.NewTime(kind=TimeKind.SUSPENSION, reason="waits_for_parts", basis="备件在途")
    saved(timing.ask_time, ticket_id, new, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=True, words="同意", doer=cast.dispatcher)
    frozen.shift(2 * 86_400)

    assert told("stopped_at_the_end") == (1, 1)
    assert told("stopped_at_the_end", By.PERSON, str(cast.dispatcher.user_id)) == (1, 1)
    still, whole = told("suspended_time", By.UNIT, str(cast.lead))
    assert still == 2 * 86_400
    assert still < whole
    assert told("slow_decisions") == (0, 1)


def test_a_wish_that_lies_is_counted_with_how_long_it_lay(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast)
    play.give_back(cast, ticket_id)
    frozen.shift(3 * 86_400)

    slow = row("slow_decisions")
    assert (slow.times, slow.of) == (1, 1)
    assert slow.longest is not None
    assert slow.longest.total_seconds() == 3 * 86_400


def test_acts_are_counted_as_tickets_once_each_and_for_who_did_them(cast: Cast) -> None:
    twice = play.handled(cast)
    for reason in ("只是求助", "又是投诉"):
        new = Nature.HELP if reason == "只是求助" else Nature.COMPLAINT
        saved(timing.retype, twice, new, reason, doer=cast.dispatcher)
    play.handled(cast)
    back = play.handled(cast)
    play.reach(cast, back)
    play.hand_in(cast, back)
    saved(results.send_back, back, "empty_words", doer=cast.auditor)

    assert told("act_retype") == (1, 3)
    assert told("act_retype", By.PERSON, str(cast.dispatcher.user_id)) == (1, 3)
    assert told("act_retype", By.PERSON, str(cast.auditor.user_id)) == (0, 1)
    assert told("act_send_back", By.PERSON, str(cast.auditor.user_id)) == (1, 1)


def test_what_is_late_and_what_signed_itself_is_counted_in_the_time_it_was_due(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast)
    due = play.clock(ticket_id, play.ClockKind.DISPATCH).due_at
    assert due is not None
    frozen.move_to(due)
    frozen.shift(60)
    play.send(cast, ticket_id)
    sign = play.clock(ticket_id, play.ClockKind.SIGN).due_at
    assert sign is not None
    frozen.move_to(sign)
    frozen.shift(60)
    play.sweep()

    assert told("late_dispatch") == (1, 1)
    assert told("signed_by_itself", By.UNIT, str(cast.lead)) == (1, 1)
    assert told("late_handle") == (0, 0), "neither done nor due"


def test_transfers_that_the_ledger_does_not_know_are_counted_with_the_calls_behind(
    app: Flask, cast: Cast
) -> None:
    clerk = accounts.get_person(cast.agent.user_id)
    noted(called(clerk), clerk)
    noted(called(clerk, TransferState.TAKEN), clerk)
    rings = called(clerk, TransferState.RINGING)
    noted(rings, clerk)

    assert told("transfers_unproven") == (2, 3)
    assert told("transfers_unproven", By.PERSON, str(cast.agent.user_id)) == (2, 3)
    manager = signed_in(app, cast.manager)
    page = manager.get(ADDRESS).text
    link = re.search(r'href="([^"]+figure=transfers_unproven[^"]+part=times[^"]+)"', page)
    assert link
    behind = manager.get(link[1].replace("&amp;", "&")).text
    assert re.findall(r"<td>(没有转出记录|对方已接|正在转接)</td>", behind) == [
        "没有转出记录", "正在转接",
    ]  # fmt: skip
    assert "2 通来电" in behind
    assert f'/calls/{rings}"' in behind
    assert signed_in(app, cast.overseer).get(f"/calls/{rings}").status_code == 200


@pytest.mark.parametrize("urgency", [Urgency.NORMAL, Urgency.URGENT])
def test_a_word_of_haste_that_was_not_taken_up_is_counted_for_who_wrote_the_ticket(
    app: Flask, cast: Cast, urgency: Urgency
) -> None:
    play.open_one(cast)
    ticket_id = play.open_one(cast, content="路灯杆漏电", urgency=urgency, urgency_reason="已断电")
    tells = int(urgency is Urgency.NORMAL)

    assert told("haste_not_taken_up") == (tells, 1)
    assert told("haste_not_taken_up", By.PERSON, str(cast.agent.user_id)) == (tells, 1)
    manager = signed_in(app, cast.manager)
    part = "times" if tells else "of"
    behind = manager.get(f"/figures/telling/behind?{ADDRESS.partition('?')[2]}"
                         f"&figure=haste_not_taken_up&part={part}&key=").text  # fmt: skip
    assert get_ticket(ticket_id).number in behind


def test_the_page_says_of_every_figure_what_it_tells_and_an_empty_time_says_what_comes(
    app: Flask, cast: Cast
) -> None:
    manager = signed_in(app, cast.manager)
    assert "这段时间没有可看的记录" in manager.get(ADDRESS).text

    play.audited(cast)
    page = manager.get(ADDRESS).text
    names = keys(read("zh_Hans_CN"))
    for code in CODES:
        assert names[f"telling.name_{code}"] in page
        assert names[f"telling.says_{code}"] in page
    assert "/figures/telling" in manager.get("/figures").text


def test_it_goes_out_as_a_workbook_that_says_who_took_it(app: Flask, cast: Cast) -> None:
    play.audited(cast)
    manager = signed_in(app, cast.manager)
    answer = manager.post("/figures/telling/export?kind=month&day=2026-11-23&by=unit")

    assert answer.status_code == 200
    rows = [cells for _line, cells in read_workbook(answer.data)]
    assert ["联系无通话佐证", "河源市城市管理和综合执法局", "100.00%"] in [row[:3] for row in rows]
    assert any("2026" in cell for cell in rows[0]), "the watermark"


@pytest.mark.parametrize("asked", ["figure=nothing&part=times", "figure=sent_again&part=all",
                                   "figure=late_sign&part=of&by=person"])  # fmt: skip
def test_a_number_that_is_none_is_not_found(app: Flask, cast: Cast, asked: str) -> None:
    assert signed_in(app, cast.manager).get(f"/figures/telling/behind?{asked}").status_code == 404


def test_colleagues_and_units_do_not_read_it(app: Flask, cast: Cast) -> None:
    for each in (cast.dispatcher, cast.unit, cast.agent, cast.visitor):
        assert signed_in(app, each).get(ADDRESS).status_code == 403
    assert signed_in(app, cast.overseer).get(ADDRESS).status_code == 200
    assert "/figures/telling" not in signed_in(app, cast.dispatcher).get("/figures").text


def test_a_number_and_the_tickets_behind_it_are_of_the_same_cases() -> None:
    cases = [
        Case(ticket_id=1, unit_id=5, person_id=7, times=1),
        Case(ticket_id=1, unit_id=5, person_id=7, times=1),
        Case(ticket_id=2, unit_id=6, person_id=None, times=0),
    ]

    assert rows_of("contacts_unproven", cases, By.NONE) == [TellingRow(key="", times=2, of=3)]
    assert rows_of("act_void", cases, By.NONE) == [TellingRow(key="", times=1, of=2)]
    assert [row.key for row in rows_of("act_void", cases, By.PERSON)] == ["7"]
    assert tickets_behind(cases, "times", By.NONE, "") == (1,)
    assert tickets_behind(cases, "of", By.UNIT, "6") == (2,)
    assert telling_figures.share_of([]).percent is None
