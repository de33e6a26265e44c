"""The first contact that an enterprise is promised (domain rule R13): by what it is kept.

By a call of the platform in which the citizen talked, and by nothing else.
"""

from datetime import timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db
from app.handling import (
    calling,
    clocks,
    unit_parts,
)
from app.handling.clock_rules import ClockKind
from app.privacy.levels import PrivacyLevel
from app.rules.running_clocks import ClockEvent
from tests.call_queue import desks
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.asking_time import at_due
from tests.handling.cast import Cast, clock, saved
from tests.handling.owed_contact import (
    ENTERPRISE,
    LATER,
    C,
    contacts,
    handled,
    in_time,
    is_owed,
    talks,
)
from tests.handling.test_own_telephones import Told, has_telephone

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


@pytest.mark.usefixtures("lane")
def test_it_begins_when_the_unit_is_given_the_ticket_and_not_before(cast: Cast) -> None:
    ticket_id = play.open_one(cast, details=ENTERPRISE)
    assert contacts(ticket_id) == []

    play.send(cast, ticket_id)
    [row] = contacts(ticket_id)
    assert (row.limit, row.unit_id, row.started_at) == ("1wh", cast.lead, wall.now())
    assert row.due_at == wall.now() + timedelta(hours=1)


@pytest.mark.usefixtures("lane")
def test_signing_ends_the_clock_for_signing_and_leaves_the_contact_owed(cast: Cast) -> None:
    ticket_id = handled(cast)

    assert clock(ticket_id, ClockKind.SIGN).done_at is not None
    assert is_owed(ticket_id)


@pytest.mark.usefixtures("lane")
def test_a_call_that_was_answered_ends_it_as_of_when_he_began_to_talk(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    frozen.shift(LATER)
    talked_at = wall.now()
    call_id = spoken.call(cast.unit)
    frozen.shift(timedelta(hours=3))  # written down long after it was due
    play.reach(cast, ticket_id, call_id=call_id)

    [row] = contacts(ticket_id)
    assert (row.done_at, in_time(ticket_id)) == (talked_at, True)
    assert [(each.event, each.at) for each in clocks.steps_of(row.id)] == [
        (ClockEvent.STARTED, row.started_at),
        (ClockEvent.DONE, talked_at),
    ]


@pytest.mark.usefixtures("lane")
def test_what_reached_nobody_or_is_not_proven_ends_nothing(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.reach(cast, ticket_id, call_id=spoken.call(cast.unit, talked=False))
    assert is_owed(ticket_id)
    play.reach(cast, ticket_id, note="已上门走访，当面说明")
    assert is_owed(ticket_id)
    talks(cast, ticket_id, by=cast.agent)  # what the hotline asks is no contact of the unit's
    assert is_owed(ticket_id)

    at_due(ticket_id, C, frozen, after=1)
    assert in_time(ticket_id) is False


@pytest.mark.usefixtures("lane")
def test_a_click_on_call_ends_it_the_moment_the_citizen_answers(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    desks.link_up()
    has_telephone(cast.unit)
    ticket_id = handled(cast)
    told = Told(saved(calling.call_citizen, ticket_id, doer=cast.unit).call_id)
    told.taken()
    assert is_owed(ticket_id)
    frozen.shift(timedelta(seconds=30))
    told.citizen_answers(at=20)

    db.session.rollback()
    [row] = contacts(ticket_id)
    assert row.done_at == told.call.talk_started_at
    assert in_time(ticket_id) is True


@pytest.mark.usefixtures("lane")
def test_a_town_that_the_lead_works_through_keeps_its_promise(cast: Cast) -> None:
    ticket_id = play.open_one(cast, details=ENTERPRISE)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id, doer=cast.county)
    talks(cast, ticket_id, by=cast.town)

    assert not is_owed(ticket_id)


@pytest.mark.usefixtures("lane")
def test_who_left_no_number_or_is_confidential_is_promised_no_call(cast: Cast) -> None:
    assert contacts(handled(cast, contact_number="")) == []
    hidden = handled(cast, privacy=PrivacyLevel.CONFIDENTIAL)
    assert contacts(hidden) == []
    assert clock(hidden, ClockKind.HANDLE).limit == "4wd"
