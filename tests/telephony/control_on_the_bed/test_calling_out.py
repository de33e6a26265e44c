"""An agent calls a citizen: from then on he is a caller like any other, judged by what he hears."""

import re

import pytest

from tests.bed.application import Application, Refused
from tests.bed.bed import MUSIC_HERTZ, Bed
from tests.bed.callers import declining, desk_phone, person_outside
from tests.telephony.control_on_the_bed.stage import (
    AGENT,
    OUTSIDE,
    PARTY,
    a_citizen_called,
    call_out,
    does_not_hear,
    phone,
    recorded,
    tenths_with,
)

RINGING_HERTZ, RINGING_AMPLITUDE = 450, 6000  # of this country, as loud as Asterisk plays tones
BUSY, NO_ANSWER = 17, 19  # Q.850

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]


def test_calling_out_rings_the_agent_first_and_then_the_citizen(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=0.5, hertz=OUTSIDE) as person,
    ):
        key = a_citizen_called(app, "13900000006", order_id=61)
        app.wait_for("CallPlacedOut", call_key=key, number="13900000006", shown_number="12315")
        app.wait_for("AgentRinging", call_key=key, phone="2001")
        app.wait_for("AgentAnswered", call_key=key, phone="2001")
        app.wait_for("PartyRinging", call_key=key, order_id=61, role="citizen")
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"]) == ("talking", "2001")
        assert (live["from_number"], live["dialled_number"]) == ("13900000006", "12315")
        desk.ear.hears(OUTSIDE)
        person.ear.hears(AGENT)
        person.hang_up()
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "caller"
    assert tenths_with(recorded(bed, key), OUTSIDE) > 3


def test_a_citizen_who_was_called_hears_music_when_held(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as person,
    ):
        key = a_citizen_called(app, "13900000011")
        person.ear.hears(AGENT)
        app.wish("HoldCaller", call_key=key, phone="2001", order_id=111)
        app.wait_for("CallerHeld", call_key=key, phone="2001", order_id=111)
        person.ear.hears(MUSIC_HERTZ)
        does_not_hear(desk, OUTSIDE)
        app.wish("ResumeCaller", call_key=key, phone="2001", order_id=112)
        app.wait_for("CallerResumed", call_key=key, order_id=112)
        person.ear.hears(AGENT)
        desk.ear.hears(OUTSIDE)
        desk.hang_up()
        assert app.wait_for("AgentGone", call_key=key)["reason"] == "hung_up"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
    assert tenths_with(recorded(bed, key), MUSIC_HERTZ) == 0


def test_a_citizen_who_was_called_hears_music_in_the_queue_and_after_a_blind_transfer(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        desk_phone(bed, port=5072, rings=1.5, hertz=PARTY) as colleague,
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as person,
    ):
        key = a_citizen_called(app, "13900000012")
        give = {"call_key": key, "phone": "2001", "ring_seconds": 5}
        app.wish("TransferCaller", **give, target=phone("2002"), order_id=121)
        assert app.wait_for("AgentGone", call_key=key, phone="2001")["reason"] == "transferred"
        person.ear.hears(MUSIC_HERTZ)
        app.wait_for("PartyAnswered", call_key=key, order_id=121)
        person.ear.hears(PARTY)
        colleague.ear.hears(OUTSIDE)
        app.wish("ReturnToQueue", call_key=key)
        app.wait_for("CallerPlaced", call_key=key, place="queue")
        person.ear.hears(MUSIC_HERTZ)
        with desk_phone(bed, port=5074, rings=0.1, hertz=AGENT) as third:
            app.wish("RingAgent", call_key=key, phone="2003", ring_seconds=5)
            app.wait_for("AgentAnswered", call_key=key, phone="2003")
            person.ear.hears(AGENT)
            third.ear.hears(OUTSIDE)


def test_a_citizen_who_was_called_is_kept_with_music_when_the_agents_phone_is_lost(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as person,
    ):
        key = a_citizen_called(app, "13900000013")
        person.ear.hears(AGENT)
        desk.freeze()
        gone = app.wait_for("AgentGone", call_key=key, within=7)
        assert gone["reason"] == "media_lost"
        app.wait_for("CallerPlaced", call_key=key, place="kept")
        person.ear.hears(MUSIC_HERTZ)
        with desk_phone(bed, port=5074, rings=0.1, hertz=PARTY) as again:
            app.wish("RingAgent", call_key=key, phone="2003", ring_seconds=5, resumes=True)
            app.wait_for("AgentAnswered", call_key=key, phone="2003")
            person.ear.hears(PARTY)
            again.ear.hears(OUTSIDE)


def test_the_agent_hears_what_the_carrier_plays_before_the_citizen_answers(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=2.5, hertz=OUTSIDE, has_early_media=True) as person,
    ):
        key = call_out(app, "13900000014")
        app.wait_for("AgentAnswered", call_key=key, phone="2001")
        desk.ear.hears(OUTSIDE)
        assert not app.news("CitizenAnswered", call_key=key)
        app.wait_for("CitizenAnswered", call_key=key, within=4)
        person.ear.hears(AGENT)
        desk.ear.hears(OUTSIDE)


def test_the_agent_hears_ringing_while_the_citizens_phone_only_rings(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=None, hertz=OUTSIDE),
    ):
        key = call_out(app, "13900000015", ring_seconds=2)
        desk.ear.hears(RINGING_HERTZ, amplitude=RINGING_AMPLITUDE)
        ended = app.wait_for("CallEnded", call_key=key, within=4)
        assert (ended["ended_by"], ended["cause"]) == ("exchange", NO_ANSWER)
        desk.wait_for_end(3)


def test_a_citizen_who_is_busy_ends_the_call_with_the_carriers_cause(
    bed: Bed, app: Application
) -> None:
    with desk_phone(bed, rings=0.1, hertz=AGENT) as desk, declining(bed, status="486 Busy Here"):
        key = call_out(app, "13900000016")
        ended = app.wait_for("CallEnded", call_key=key)
        assert (ended["ended_by"], ended["cause"]) == ("exchange", BUSY)
        assert not app.news("PartyRinging", call_key=key)
        desk.wait_for_end(3)


def test_an_agent_who_does_not_pick_up_calls_nobody(bed: Bed, app: Application) -> None:
    with desk_phone(bed, rings=None), person_outside(bed, rings=0.1, hertz=OUTSIDE) as person:
        key = call_out(app, "13900000017", ring_seconds=1)
        failed = app.wait_for("RingFailed", call_key=key, phone="2001")
        assert failed["reason"] == "no_answer"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "exchange"
        assert not person.is_rung


def test_an_agent_who_hangs_up_while_it_rings_calls_nobody_any_longer(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=None, hertz=OUTSIDE) as person,
    ):
        key = call_out(app, "13900000018")
        app.wait_for("PartyRinging", call_key=key)
        desk.hang_up()
        assert app.wait_for("AgentGone", call_key=key)["reason"] == "hung_up"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
        person.wait_for_end(3)


@pytest.mark.parametrize("agent_picks_up", [False, True])
def test_a_call_out_is_taken_back_at_any_moment_and_nobody_rings_on(
    bed: Bed, app: Application, *, agent_picks_up: bool
) -> None:
    with (
        desk_phone(bed, rings=0.1 if agent_picks_up else None, hertz=AGENT) as desk,
        person_outside(bed, rings=None, hertz=OUTSIDE) as person,
    ):
        key = call_out(app, "13900000019")
        app.wait_for("PartyRinging" if agent_picks_up else "AgentRinging", call_key=key)
        (live,) = app.wish("live_calls")
        place = "called" if agent_picks_up else "ringing"
        assert (live["place"], live["from_number"]) == (place, "13900000019")
        for forbidden in ("KeepCaller", "ReturnToQueue"):
            with pytest.raises(Refused):
                app.wish(forbidden, call_key=key)
        app.wish("HangUp", call_key=key)
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "app"
        desk.wait_for_end(3)
        assert person.is_rung is agent_picks_up


def test_a_demonstration_calls_no_emergency_service(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as person,
    ):
        key = call_out(app, "0762120")
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "exchange"
        desk.wait_for_end(3)
        assert not person.is_rung


@pytest.mark.parametrize(("wished", "on_the_wire"), [("12329", "12329"), ("", "12345")])
def test_the_citizen_is_shown_the_number_that_the_call_is_made_for(
    bed: Bed, app: Application, wished: str, on_the_wire: str
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as person,
    ):
        key = call_out(app, "13900000020", shown=wished)
        app.wait_for("CitizenAnswered", call_key=key, within=4)
        invite = person.invite()
    assert re.search(rf"^From:.*<sip:{on_the_wire}@", invite, re.MULTILINE)
    assert re.search(rf"^X-Hotline-Hop: {bed.exchange_id}/{key}", invite, re.MULTILINE)
    assert "X-Hotline-Call" not in invite
