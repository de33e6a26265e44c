"""Which types are confidential from the start is a dated rule of the city's (R20, A7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from app.core import clock
from app.handling import timing
from app.privacy.levels import PrivacyLevel
from app.rules import rule_register
from app.rules.rule_book import CONFIDENTIAL_RULES
from app.rules.type_natures import WORKING, Nature
from app.tickets import promises
from app.tickets.models import Ticket
from app.tickets.service import get_ticket
from tests.channel_entries.clerks import all_tickets, clerk_of, enter, load_channels
from tests.channel_entries.test_corrections_change_no_promise import COMPLAINT as COMPLAINT_WORDS
from tests.channel_entries.test_corrections_change_no_promise import corrected
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.handling.fast_lane import say
from tests.workstation.desk_people import take_call

SignIn = Callable[..., PageClient]

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

COMPLAINT, REPORT = Nature.COMPLAINT, Nature.REPORT


def opened(cast: Cast, kind: Nature) -> Ticket:
    return get_ticket(play.open_one(cast, request_type=kind, privacy=PrivacyLevel.OPEN))


def test_every_type_has_a_rule_and_as_shipped_a_report_alone_is_confidential(cast: Cast) -> None:
    assert set(CONFIDENTIAL_RULES) == {f"privacy.{each}" for each in WORKING}
    assert {each for each in WORKING if opened(cast, each).is_confidential} == {REPORT}


def test_a_city_that_keeps_complaints_confidential_too_does_so_from_that_moment_on(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    before = opened(cast, COMPLAINT)
    say("privacy.complaint", "by_type_confidential", since=clock.now() + timedelta(hours=1))
    still = opened(cast, COMPLAINT)
    frozen.shift(timedelta(hours=2))
    after = opened(cast, COMPLAINT)

    assert [get_ticket(each.id).is_confidential for each in (before, still, after)] == [
        False, False, True,
    ]  # fmt: skip


def test_a_ticket_keeps_the_level_it_was_opened_with_when_the_rule_is_lifted(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    before = opened(cast, REPORT)
    say("privacy.report", "by_type_as_asked")
    frozen.shift(timedelta(minutes=1))

    assert not opened(cast, REPORT).is_confidential
    assert get_ticket(before.id).is_confidential


def test_a_type_corrected_later_goes_by_the_rule_of_the_day_on_which_the_ticket_was_opened(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    was_open, was_complaint = opened(cast, Nature.HELP), opened(cast, Nature.HELP)
    frozen.shift(timedelta(minutes=1))
    say("privacy.report", "by_type_as_asked")
    say("privacy.complaint", "by_type_confidential")
    for ticket, kind in ((was_open, REPORT), (was_complaint, COMPLAINT)):
        saved(timing.retype, ticket.id, kind, "通话中说明", doer=cast.dispatcher)

    assert get_ticket(was_open.id).is_confidential
    assert not get_ticket(was_complaint.id).is_confidential


def test_a_channel_that_corrects_other_words_moves_no_level(
    sign_in_as: SignIn, frozen: time_machine.Traveller
) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    words = {**COMPLAINT_WORDS, "request_type": "report"}
    address = enter(clerk, **words).location
    frozen.shift(timedelta(minutes=1))
    say("privacy.report", "by_type_as_asked")
    assert corrected(clerk, address, **words, title="另有情况") == 302

    assert all_tickets()[0].is_confidential


def test_what_a_channel_enters_goes_by_the_rule_as_well(sign_in_as: SignIn) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    say("privacy.report", "by_type_as_asked")
    say("privacy.help", "by_type_confidential")
    for kind in ("report", "help"):
        assert (
            enter(clerk, source_no=kind, request_type=kind, handled_by="channel").status_code == 302
        )

    assert {each.request_type: each.is_confidential for each in all_tickets()} == {
        REPORT: False,
        Nature.HELP: True,
    }


def test_the_desk_is_told_which_types_are_confidential(sign_in_as: SignIn) -> None:
    desk = sign_in_as("agent")
    take_call(desk)
    say("privacy.help", "by_type_confidential")

    kinds = desk.get("/desk/snapshot").get_json()["form_rules"]["types"]
    assert {each["code"] for each in kinds if each["is_confidential"]} == {"help", "report"}


def test_a_city_without_the_rule_keeps_a_report_confidential(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = rule_register.RuleBook([])
    monkeypatch.setattr(rule_register, "read_book", lambda: silent)

    assert promises.level_of(REPORT, PrivacyLevel.OPEN, at=clock.now()) is PrivacyLevel.CONFIDENTIAL
    assert promises.level_of(COMPLAINT, PrivacyLevel.OPEN, at=clock.now()) is PrivacyLevel.OPEN


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_rules_page_offers_two_words_for_each_type_and_refuses_others_beside_the_field(
    sign_in_as: SignIn, language: str
) -> None:
    browser = sign_in_as("hotline_manager")
    browser.post("/language", data={"locale": language, "next": "/"})
    address = "/administration/rules/privacy.report"
    said = {"zh_Hans_CN": ("请从列出的选项中选择", "保密"), "en": ("Choose one of", "confidential")}
    page = browser.get(address).text
    assert page.count('<option value="by_type_') == 2
    assert "rules.privacy" not in page.replace(address.rpartition("/")[2], "")

    wrong = browser.post(address, data={"value": "praise", "basis": "市热线办"})
    assert wrong.status_code == 422
    assert said[language][0] in wrong.text
    assert 'value="市热线办"' in wrong.text
    assert said[language][1] in browser.get("/administration/rules").text
    assert browser.post("/administration/rules/privacy.praise", data={}).status_code == 404
