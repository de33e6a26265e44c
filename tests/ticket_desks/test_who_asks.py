"""What kind of person asks is put right afterwards: on record, and no promise moves by itself."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core.database import db
from app.handling import clocks, correcting, timing
from app.handling.clock_rules import ClockKind
from app.handling.erasing import erase_person
from app.privacy.levels import PrivacyLevel
from app.tickets import stepping
from app.tickets.field_groups import without_hidden
from app.tickets.person_details import PersonDetails, PersonKind
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotPossible, MoveNotYours
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved
from tests.handling.fast_lane import switch_on
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, words

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

E = PersonKind.ENTERPRISE
SignIn = Callable[..., PageClient]


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return play.make_cast()


def correct(browser: PageClient, ticket_id: int, **typed: str) -> Any:
    html = page(browser, f"/dispatch/{ticket_id}")
    form = {"reason": "核对后为企业", "seen": seen_in(html, "person_kind"), **typed}
    return send(
        browser,
        f"/dispatch/{ticket_id}/person-kind",
        **{f"person_kind-{name}": value for name, value in form.items()},
    )


def kind_of(ticket_id: int) -> PersonKind | None:
    db.session.rollback()
    return get_ticket(ticket_id).person_kind


def test_a_dispatcher_says_that_an_enterprise_asks_and_the_timeline_tells_it(
    cast: Cast, sign_in_as: SignIn
) -> None:
    browser = Desks(cast, sign_in_as).at("dispatcher")
    ticket_id = play.open_one(cast, details=PersonDetails(person_kind=PersonKind.INDIVIDUAL))
    assert "已开始的计时" in words(page(browser, f"/dispatch/{ticket_id}"))
    assert correct(browser, ticket_id, person_kind="enterprise").status_code == 302

    assert kind_of(ticket_id) is E
    told = words(page(browser, f"/tickets/{ticket_id}"))
    assert "更正诉求人类别" in told
    assert "原为 个人" in told or "原为个人" in told.replace(" ", "")
    assert "核对后为企业" in told


def test_without_a_reason_or_with_a_kind_that_is_none_nothing_changes_and_nothing_typed_is_lost(
    cast: Cast, sign_in_as: SignIn
) -> None:
    browser = Desks(cast, sign_in_as).at("dispatcher")
    ticket_id = play.open_one(cast)
    lacking = correct(browser, ticket_id, person_kind="enterprise", reason="")
    assert lacking.status_code == 422
    assert errors_of(lacking.text, "person_kind-reason")
    wrong = correct(browser, ticket_id, person_kind="moon")
    assert wrong.status_code == 422
    assert "核对后为企业" in wrong.text

    assert kind_of(ticket_id) is None


def test_who_had_an_older_page_before_him_is_told_and_changes_nothing(
    cast: Cast, sign_in_as: SignIn
) -> None:
    browser = Desks(cast, sign_in_as).at("dispatcher")
    ticket_id = play.open_one(cast)
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "person_kind")
    saved(correcting.correct_person_kind, ticket_id, E, "为企业", doer=cast.dispatcher)

    late = correct(browser, ticket_id, person_kind="individual", seen=seen)
    assert late.status_code == 409
    assert kind_of(ticket_id) is E


def test_neither_the_unit_nor_who_opened_it_corrects_it_nor_anybody_once_nothing_is_owed(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    for doer in (cast.unit, cast.agent, cast.visitor):
        with pytest.raises(MoveNotYours):
            saved(correcting.correct_person_kind, ticket_id, E, "为企业", doer=doer)
    over = play.audited(cast)
    play.ask(cast, over)
    with pytest.raises(MoveNotPossible):
        saved(correcting.correct_person_kind, over, E, "为企业", doer=cast.dispatcher)


def test_said_again_it_is_no_news(cast: Cast) -> None:
    ticket_id = play.open_one(cast, details=PersonDetails(person_kind=E))
    before = len(stepping.steps_of(ticket_id))
    saved(correcting.correct_person_kind, ticket_id, E, "为企业", doer=cast.dispatcher)

    assert len(stepping.steps_of(ticket_id)) == before


def test_what_runs_stays_until_a_manager_lets_it_follow_and_the_contact_is_owed_from_the_next_unit(
    cast: Cast,
) -> None:
    switch_on()
    ticket_id = play.handled(cast)
    saved(correcting.correct_person_kind, ticket_id, E, "为企业", doer=cast.dispatcher)
    assert clock(ticket_id, ClockKind.HANDLE).limit == "15wd"
    assert clocks.running(ticket_id, ClockKind.CONTACT) is None

    offered = {row.kind: str(limit) for row, limit in timing.clocks_under_other_rules(
        get_ticket(ticket_id)
    )}  # fmt: skip
    assert offered[ClockKind.HANDLE] == offered[ClockKind.CITIZEN] == "4wd"
    row = clock(ticket_id, ClockKind.HANDLE)
    saved(timing.follow_rules_of_today, ticket_id, row.id, "快速通道", doer=cast.manager)
    assert clock(ticket_id, ClockKind.HANDLE).limit == "4wd"

    play.give_back(cast, ticket_id)
    saved(play.returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=cast.second)
    assert clock(ticket_id, ClockKind.CONTACT).limit == "1wh"


def test_of_who_is_confidential_no_page_of_a_unit_tells_what_kind_of_person_asks(
    cast: Cast, sign_in_as: SignIn
) -> None:
    browser = Desks(cast, sign_in_as).at("city_liaison", "urban-management")
    ticket_id = play.handled(cast, privacy=PrivacyLevel.CONFIDENTIAL)
    saved(
        correcting.correct_person_kind, ticket_id, E, "来电显示为某厂 13900002817",
        doer=cast.dispatcher,
    )  # fmt: skip

    for address in (f"/unit/tickets/{ticket_id}", f"/tickets/{ticket_id}"):
        answer = browser.get(address, headers={"Accept": "text/html"})
        assert answer.status_code in {200, 403, 404}
        assert "某厂" not in answer.text
        assert "enterprise" not in words(answer.text)
    assert "person_kind" not in without_hidden({"person_kind": "企业"})
    step = stepping.steps_of(ticket_id)[-1]
    assert step.carried["untold"]["reason"].startswith("来电显示")  # kept, and told nowhere

    saved(erase_person, {ticket_id}, names={"某厂"})
    kept = stepping.steps_of(ticket_id)[-1].carried["untold"]["reason"]
    assert "某厂" not in kept
    assert "13900002817" not in kept


def test_dispatcher_and_unit_read_that_an_enterprise_asks_and_which_one(
    cast: Cast, sign_in_as: SignIn
) -> None:
    asks = PersonDetails(person_kind=E, organisation_name="槎城电子有限公司")
    ticket_id = play.handled(cast, details=asks)
    desk = sign_in_as("city_liaison", unit_id=cast.lead)

    for browser, address in (
        (Desks(cast, sign_in_as).at("dispatcher"), f"/dispatch/{ticket_id}"),
        (desk, f"/unit/tickets/{ticket_id}"),
    ):
        told = words(page(browser, address))
        assert "诉求人类别 企业" in told
        assert "单位名称 槎城电子有限公司" in told


def test_of_who_is_confidential_neither_kind_nor_organisation_is_told(
    cast: Cast, sign_in_as: SignIn
) -> None:
    asks = PersonDetails(person_kind=E, organisation_name="槎城电子有限公司")
    ticket_id = play.handled(cast, details=asks, is_confidential=True)
    desk = sign_in_as("city_liaison", unit_id=cast.lead)

    told = words(page(desk, f"/unit/tickets/{ticket_id}"))
    assert "诉求人类别 企业" not in told
    assert "槎城电子" not in told
