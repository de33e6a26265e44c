"""The same caller, the same matter: he urges his ticket on, and no second one is opened."""

import pytest

from app.handling import following
from app.handling.models import FollowKind
from app.tickets import duplicates, stepping
from tests.calls.line_news import Line, tell
from tests.handling import cast as play
from tests.handling.cast import Cast, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def call_again(cast: Cast, ticket_id: int) -> int:
    """Let the caller ring once more, and the agent find his ticket."""
    line = Line(call_key="again", from_number="13900002817")
    tell(line.arrived(0), line.queued(1))
    call_id = line.call().id
    saved(
        duplicates.add_call,
        ticket_id,
        call_id=call_id,
        agent_id=cast.agent.user_id,
        note="还没有人来修",
    )
    return call_id


def test_a_call_about_an_open_ticket_urges_it_on_once(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    call_id = call_again(cast, ticket_id)
    saved(duplicates.add_call, ticket_id, call_id=call_id, agent_id=cast.agent.user_id, note="同上")

    [urge] = following.follow_ups_of(ticket_id)
    assert (urge.kind, urge.text, urge.call_id) == (FollowKind.URGE, "还没有人来修", call_id)
    assert stepping.steps_of(ticket_id)[-1].act == "urge"


def test_a_call_about_what_is_closed_urges_nobody(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id)
    call_again(cast, ticket_id)

    assert following.follow_ups_of(ticket_id) == []
    assert len(duplicates.calls_added_to(ticket_id)) == 1
