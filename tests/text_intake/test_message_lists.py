"""The desk shows every message that waits, page by page; once it showed two hundred at most."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import insert

from app.channel_entries import channel_register
from app.core import clock
from app.core.database import db, unit_of_work
from app.text_intake import message_lists, service
from app.text_intake.message_lists import PER_PAGE, Beside, MessagePage
from app.text_intake.message_states import MessageState
from app.text_intake.models import InboundMessage
from tests.administration.keepers import page
from tests.channel_entries.clerks import load_channels
from tests.conftest import PageClient

pytestmark = [
    pytest.mark.usefixtures("registers", "app", "frozen"),
    pytest.mark.postgresql,
]

MANY = 230


@pytest.fixture(autouse=True)
def _channels(registers: None, app: object, frozen: object) -> None:  # noqa: ARG001 - first
    load_channels()


def fill(count: int, state: MessageState = MessageState.WAITING, *, same: int = 7) -> None:
    """Let so many messages wait, `same` of them due at one moment each time, in no order."""
    channel_id = channel_register.find_channel("hotline-sms").id
    now = clock.now()
    rows = [
        {
            "channel_id": channel_id,
            "message_key": f"{state}-{number}",
            "sender": "13912342817",
            "sender_name": "",
            "text": f"第 {number} 条",
            "received_at": now,
            "limit": "3min",
            "due_at": now + timedelta(minutes=(number * 37 % count) // same),
            "state": state,
            "close_reason": "",
        }
        for number in range(count)
    ]
    with unit_of_work():
        db.session.execute(insert(InboundMessage), rows)


def walk(read: Callable[[Beside | None], MessagePage]) -> list[int]:
    """Walk a list from its first page to its last; return the ids in their order."""
    ids: list[int] = []
    shown = read(None)
    assert not shown.has_before
    while True:
        ids += [each.id for each in shown.items]
        assert len(shown.items) <= PER_PAGE
        if not shown.has_behind:
            return ids
        shown = read(Beside(message_id=ids[-1]))
        assert shown.has_before


def test_every_message_that_waits_is_on_one_page_in_the_order_of_what_hurries() -> None:
    fill(MANY)

    ids = walk(lambda beside: message_lists.open_page(beside=beside))

    assert len(ids) == len(set(ids)) == MANY
    dues = [(service.get_message(each).due_at, each) for each in ids]
    assert dues == sorted(dues)
    assert message_lists.open_page().total == MANY


def test_the_way_back_leads_over_the_same_pages() -> None:
    fill(MANY)
    ids = walk(lambda beside: message_lists.open_page(beside=beside))

    second = message_lists.open_page(beside=Beside(message_id=ids[PER_PAGE - 1]))
    third = message_lists.open_page(beside=Beside(message_id=ids[2 * PER_PAGE - 1]))
    back = message_lists.open_page(beside=Beside(message_id=third.items[0].id, is_back=True))
    first = message_lists.open_page(beside=Beside(message_id=second.items[0].id, is_back=True))

    assert [each.id for each in back.items] == [each.id for each in second.items]
    assert (back.has_before, back.has_behind) == (True, True)
    assert [each.id for each in first.items] == ids[:PER_PAGE]
    assert (first.has_before, first.has_behind) == (False, True)


def test_what_is_answered_or_arrives_meanwhile_leaves_nothing_out() -> None:
    fill(120)
    first = message_lists.open_page()
    last = first.items[-1]
    with unit_of_work():
        for each in first.items:
            service.get_message(each.id).state = MessageState.CLOSED

    second = message_lists.open_page(beside=Beside(message_id=last.id))

    assert len(second.items) == PER_PAGE
    assert (second.total, second.has_before) == (70, False)
    assert min((each.due_at, each.id) for each in second.items) > (last.due_at, last.id)


def test_a_last_page_that_was_answered_meanwhile_shows_the_one_before_it() -> None:
    fill(PER_PAGE + 1)
    last = message_lists.open_page().items[-1]
    behind = message_lists.open_page(beside=Beside(message_id=last.id)).items
    with unit_of_work():
        for each in behind:
            service.get_message(each.id).state = MessageState.CLOSED

    shown = message_lists.open_page(beside=Beside(message_id=last.id))

    assert len(shown.items) == PER_PAGE
    assert (shown.has_before, shown.has_behind) == (False, False)


def test_what_was_done_is_walked_from_the_latest() -> None:
    fill(120, MessageState.CLOSED)
    fill(3)

    ids = walk(lambda beside: message_lists.done_page(beside=beside))

    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 120


def test_the_desk_says_how_many_wait_and_leads_on(sign_in_as: Callable[..., PageClient]) -> None:
    fill(MANY)
    browser = sign_in_as("agent")
    shown = page(browser, "/texts")
    assert "共 230 条待回应" in shown
    seen = re.findall(r'action="/texts/(\d+)/take"', shown)
    while (on := re.search(r'href="([^"]+)" rel="next"', shown)) is not None:
        shown = page(browser, unescape(on[1]))
        seen += re.findall(r'action="/texts/(\d+)/take"', shown)
        assert "回到最急的" in shown

    assert len(seen) == len(set(seen)) == MANY
    assert 'rel="prev"' in shown


@pytest.mark.parametrize("place", ["after=999999", "before=0", "after=x", "after=-1", "before="])
def test_a_place_that_is_none_shows_the_first_page(
    sign_in_as: Callable[..., PageClient], place: str
) -> None:
    fill(60)

    shown = page(sign_in_as("agent"), f"/texts?{place}")

    assert "共 60 条待回应" in shown
    assert 'rel="prev"' not in shown


def test_an_empty_desk_says_so(sign_in_as: Callable[..., PageClient]) -> None:
    shown = page(sign_in_as("agent"), "/texts")

    assert "条待回应" not in shown
    assert 'class="empty"' in shown
