"""Who is sent a ticket reads by when he owes its caller a call, where the city promised one."""

import re
from collections.abc import Callable

import pytest
from flask_babel import force_locale

from app.handling import unit_parts
from app.handling.clock_rules import ClockKind
from app.notifications import message_texts
from app.notifications.models import Message
from app.notifications.occasions import Occasion
from app.notifications.telling import day_in_words
from app.privacy.levels import PrivacyLevel
from app.rules.time_limits import read_limit
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, clock
from tests.handling.fast_lane import switch_on
from tests.handling.owed_contact import ENTERPRISE
from tests.notifications.stage import messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def told(ticket_id: int, unit_id: int) -> Message:
    return next(
        each
        for each in messages()
        if (each.ticket_id, each.unit_id) == (ticket_id, unit_id)
        and each.occasion is Occasion.TICKET_DISPATCHED
    )


def test_a_dispatch_message_names_the_time_for_signing_and_that_for_the_first_contact(
    cast: Cast,
) -> None:
    switch_on()
    ticket_id = play.open_one(cast, details=ENTERPRISE)
    play.send(cast, ticket_id)

    due = {kind: clock(ticket_id, kind).due_at for kind in (ClockKind.SIGN, ClockKind.CONTACT)}
    assert None not in due.values()
    with force_locale("zh_Hans_CN"):
        sign, contact = (day_in_words(each) for each in due.values() if each)
    body = told(ticket_id, cast.lead).body
    assert body.endswith(f"请于{sign}前签收。并请于{contact}前通过平台电话联系诉求人。")
    assert sign != contact


def test_who_owes_no_first_contact_reads_of_none(cast: Cast) -> None:
    switch_on()
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("1wd"))
    of_an_enterprise = play.open_one(cast, details=ENTERPRISE)
    play.send(cast, of_an_enterprise, assistants=(helper,))
    of_a_citizen = play.open_one(cast)
    play.send(cast, of_a_citizen)
    in_confidence = play.open_one(cast, details=ENTERPRISE, privacy=PrivacyLevel.CONFIDENTIAL)
    play.send(cast, in_confidence)

    for body in (
        told(of_an_enterprise, cast.second).body,
        told(of_a_citizen, cast.lead).body,
        told(in_confidence, cast.lead).body,
    ):
        assert "联系诉求人" not in body
        assert body.endswith("签收。")


def test_the_page_of_the_text_knows_the_field(sign_in_as: Callable[..., PageClient]) -> None:
    manager = sign_in_as("hotline_manager")
    shown = manager.get("/messages/texts/dispatched_unit/en", headers={"Accept": "text/html"}).text

    assert "{contact}" in shown
    assert re.search(r"Please call whoever asks through the platform by [0-9:]+ on", shown)
    assert "contact" in message_texts.FIELDS["designated_unit"]
