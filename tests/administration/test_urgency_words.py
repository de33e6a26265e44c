"""The words that make a demand urgent, as whoever keeps the lists works with them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.audit.models import AuditLine
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db
from app.handling.acting import matter_of
from app.handling.clock_rules import UrgentClass
from app.rules import service as rules
from app.tickets.service import get_ticket
from app.tickets.ticket_states import Urgency
from tests.administration.keepers import HTML, errors_of, page, send, value_of
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

LIST = "/administration/urgency-words"
NEW = {"word": "断水", "kind": "supply", "valid_from": ""}


@pytest.fixture
def manager(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign in who keeps the lists."""
    return sign_in_as("hotline_manager")


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return make_cast()


def holding() -> dict[str, str]:
    db.session.rollback()
    return {each.word: each.kind for each in rules.list_urgency_words()}


def end(browser: PageClient, word: str) -> Any:
    found = re.search(
        rf'urgency-words/(\d+)/end"(?:(?!</form>).)*“{word}”', page(browser, LIST), re.S
    )
    assert found is not None
    return send(browser, f"{LIST}/{found[1]}/end")


def test_a_word_is_added_hurries_at_once_and_stands_in_the_audit(manager: PageClient) -> None:
    assert send(manager, LIST, **NEW).status_code == 302

    assert holding()["断水"] == "supply"
    assert "断水" in page(manager, LIST)
    lines = db.session.query(AuditLine).filter_by(subject_type="urgency_word").all()
    assert [(each.kind, each.subject_id) for each in lines] == [("urgency_word.added", "断水")]


def test_a_word_is_planned_and_hurries_from_its_moment_on(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(CITY_TIME)
    send(manager, LIST, **{**NEW, "valid_from": f"{tomorrow:%Y-%m-%dT%H:%M}"})
    assert "断水" not in holding()
    frozen.shift(timedelta(days=1, minutes=1))

    assert "断水" in holding()


def test_a_planned_word_that_was_taken_back_can_be_planned_again_or_hold_at_once(
    manager: PageClient,
) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(CITY_TIME)
    planned = {**NEW, "valid_from": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    for typed in (planned, planned, NEW):
        assert send(manager, LIST, **typed).status_code == 302
        assert end(manager, "断水").status_code == 302

    assert "断水" not in holding()


def test_an_ended_word_hurries_no_more_and_what_was_opened_under_it_keeps_its_limits(
    manager: PageClient, cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast, content="小区大面积停水", urgency=Urgency.URGENT)
    frozen.shift(60)
    assert end(manager, "大面积停水").status_code == 302

    assert "大面积停水" not in holding()
    assert matter_of(get_ticket(ticket_id)).urgent is UrgentClass.SUPPLY


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"word": "水"}, "word"),
        ({"word": "断 水"}, "word"),
        ({"word": ""}, "word"),
        ({"word": "大面积停水"}, "word"),
        ({"word": "长" * 33}, "word"),
        ({"kind": "无"}, "kind"),
        ({"valid_from": "2020-01-01T00:00"}, "valid_from"),
        ({"valid_from": "明天"}, "valid_from"),
    ],
)
def test_what_is_no_word_is_refused_beside_its_field_and_nothing_typed_is_lost(
    manager: PageClient, typed: dict[str, str], field: str
) -> None:
    before = holding()
    answer = send(manager, LIST, **{**NEW, **typed})

    assert answer.status_code in {409, 422}
    assert errors_of(answer.text, field)
    assert value_of(answer.text, "word") == typed.get("word", NEW["word"])
    assert holding() == before


@pytest.mark.parametrize("role", ["agent", "dispatcher", "shift_leader", "data_analyst"])
def test_nobody_else_changes_what_hurries(sign_in_as: Callable[..., PageClient], role: str) -> None:
    browser = sign_in_as(role)

    assert browser.get(LIST, headers=HTML).status_code == 403
    assert send(browser, LIST, **NEW).status_code == 403
    assert "断水" not in holding()


def test_a_word_that_is_not_there_is_not_found(manager: PageClient) -> None:
    assert send(manager, f"{LIST}/99999/end").status_code == 404
