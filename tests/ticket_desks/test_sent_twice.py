"""A button that is pressed twice does its work once; who was slower is told, not lost."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.core.database import db
from app.handling import contacting, following, results, unit_parts
from app.handling.refusals import TicketChanged
from app.handling.unit_parts import Helper
from app.notifications.models import Message
from app.rules.time_limits import read_limit
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotPossible
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved

pytestmark = pytest.mark.usefixtures("registers", "app")
SignIn = Callable[..., PageClient]


def test_an_urging_that_is_sent_twice_urges_once(sign_in_as: SignIn) -> None:
    agent, cast = sign_in_as("agent"), make_cast()
    ticket_id = play.handled(cast)
    for _time in range(2):
        sent = {"kind": "urge", "text": "很急", "call": "0"}
        assert agent.post(f"/follow-ups/{ticket_id}/add", data=sent).status_code == 302

    assert len(following.follow_ups_of(ticket_id)) == 1
    urged = select(Message).where(
        Message.ticket_id == ticket_id, Message.occasion == "urged", Message.way == "sms"
    )
    assert len(list(db.session.scalars(urged))) == 1


def test_a_contact_that_is_sent_twice_is_one_contact(sign_in_as: SignIn) -> None:
    cast = make_cast()
    ticket_id = play.handled(cast)
    unit = sign_in_as("city_liaison", unit_id=cast.lead)
    sent = {
        "contact-reached": "yes", "contact-note": "已说明",
        "contact-seen": str(get_ticket(ticket_id).version),
    }  # fmt: skip
    path = f"/unit/tickets/{ticket_id}/contacts"

    assert [unit.post(path, data=sent).status_code for _time in range(2)] == [302, 409]
    assert len(contacting.contacts_of(ticket_id)) == 1


def assisted(cast: Cast) -> int:
    """Let a second unit assist."""
    ticket_id = play.open_one(cast)
    helper = Helper(unit_id=cast.second, limit=read_limit("1wd"))
    play.send(cast, ticket_id, assistants=(helper,))
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    return ticket_id


def test_a_second_opinion_of_one_unit_does_not_silently_replace_the_first() -> None:
    cast = make_cast()
    ticket_id = assisted(cast)
    seen = get_ticket(ticket_id).version
    saved(unit_parts.give_opinion, ticket_id, "需更换线路", doer=cast.other, seen=seen)
    colleague = play.doer("section_clerk", cast.second)

    with pytest.raises(TicketChanged):
        saved(unit_parts.give_opinion, ticket_id, "同意", doer=colleague, seen=seen)
    [opinion] = [each.opinion for each in play.parts(ticket_id) if each.unit_id == cast.second]
    assert opinion == "需更换线路"


def test_no_opinion_is_given_once_the_result_was_handed_in() -> None:
    cast = make_cast()
    ticket_id = assisted(cast)
    saved(unit_parts.give_opinion, ticket_id, "需更换线路", doer=cast.other)
    play.reach(cast, ticket_id)
    new = results.NewResult(public_reply=play.REPLY, is_solved=True)
    saved(results.hand_in, ticket_id, new, doer=cast.unit)

    with pytest.raises(MoveNotPossible):
        saved(unit_parts.give_opinion, ticket_id, "改为不同意", doer=cast.other)
