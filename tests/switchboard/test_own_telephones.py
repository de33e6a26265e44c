"""A clerk without a desk calls a citizen, through the whole house and the simulator."""

from datetime import timedelta

import pytest

from app.accounts.models import User
from app.calls import own_telephones
from app.calls.own_telephones import Stage
from app.core.database import db, unit_of_work
from app.handling import calling, contacting
from app.recordings import service as recordings
from telephony.simulator.story import Cue, Story, Turn
from tests.handling import cast as play
from tests.switchboard.conftest import House, eventually

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("registers")]


def call_about_a_ticket(house: House) -> tuple[int, int]:
    """Let a clerk press the button; return the ticket and the call."""
    cast = play.make_cast()
    ticket_id = play.handled(cast)
    with unit_of_work():
        db.session.get_one(User, cast.unit.user_id).contact_number = "13800000001"
    call_id = play.saved(calling.call_citizen, ticket_id, doer=cast.unit).call_id
    assert house.call_by_id(call_id).from_number == "+8613900002817"
    return ticket_id, call_id


def log_of(ticket_id: int) -> list[tuple[bool, bool]]:
    return [(e.call_id is not None, e.is_reached) for e in contacting.contacts_of(ticket_id)]


def test_both_telephones_are_rung_the_talk_is_recorded_and_the_log_fills(house: House) -> None:
    ticket_id, call_id = call_about_a_ticket(house)

    eventually(lambda: log_of(ticket_id) == [(True, True)])
    house.simulator.caller_hangs_up(house.call_by_id(call_id).call_key)
    eventually(lambda: len(recordings.recordings_of_call(call_id)) == 1)
    ended = house.call_by_id(call_id)
    assert own_telephones.stage_of(ended) is Stage.REACHED
    assert log_of(ticket_id) == [(True, True)]


def test_a_clerk_who_does_not_take_his_own_telephone_has_tried_nobody(house: House) -> None:
    refuses = Cue(at=timedelta(0), turn=Turn.REJECTS, who="+8613800000001")
    house.simulator.play(Story(cues=(refuses,)))
    ticket_id, call_id = call_about_a_ticket(house)

    eventually(lambda: house.call_by_id(call_id).ended_at is not None)
    assert own_telephones.stage_of(house.call_by_id(call_id)) is Stage.OWN_NOT_TAKEN
    assert log_of(ticket_id) == []
