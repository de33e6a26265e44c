"""Calls of more than two on one real Asterisk: every control order, judged by who hears whom."""

import pytest

from tests.bed.application import Application, running_application
from tests.bed.bed import MUSIC_HERTZ, Bed
from tests.bed.callers import citizen, desk_phone, person_outside
from tests.bed.recordings import finished_recording
from tests.bed.sounds import read_wav, strength
from tests.telephony.control_on_the_bed.stage import (
    AGENT,
    CALLER,
    OUTSIDE,
    PARTY,
    SUPERVISOR,
    a_talking_call,
    does_not_hear,
    outside,
    phone,
    recorded,
    tenths_with,
    the_recorder_writes_on,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]


def test_a_held_caller_hears_music_until_the_agent_resumes_him(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000001", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000001")
        desk.ear.hears(CALLER)
        for order_id in (11, 13):
            app.wish("HoldCaller", call_key=key, phone="2001", order_id=order_id)
            app.wait_for("CallerHeld", call_key=key, phone="2001", order_id=order_id)
            caller.ear.hears(MUSIC_HERTZ)
            app.wish("ResumeCaller", call_key=key, phone="2001", order_id=order_id + 1)
            app.wait_for("CallerResumed", call_key=key, order_id=order_id + 1)
            caller.ear.hears(AGENT)
            desk.ear.hears(CALLER)
        desk.hang_up()
        assert app.wait_for("AgentGone", call_key=key)["reason"] == "hung_up"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
    sound = read_wav(finished_recording(bed, key))
    assert strength(sound, AGENT) > 5000 < strength(sound, CALLER)
    assert strength(sound, MUSIC_HERTZ) < 500, "the time on hold is not in it"


def test_a_colleague_is_asked_joined_and_left_with_the_caller(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5072, rings=0.3, hertz=PARTY) as colleague,
        desk_phone(bed, port=5074, rings=None),
        citizen(bed, dialled="12315", number="13900000002", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000002")
        ask = {"call_key": key, "phone": "2001", "ring_seconds": 1}
        app.wish("CallParty", **ask, target=phone("2003"), order_id=21)
        app.wait_for("CallerHeld", call_key=key)
        app.wait_for("PartyRinging", call_key=key, order_id=21, role="consulted")
        failed = app.wait_for("PartyFailed", call_key=key, order_id=21)
        assert failed["reason"] == "no_answer"
        caller.ear.hears(MUSIC_HERTZ)
        app.wish("CallParty", **ask, target=phone("2002"), order_id=22)
        app.wait_for("PartyAnswered", call_key=key, order_id=22, address="2002")
        desk.ear.hears(PARTY)
        colleague.ear.hears(AGENT)
        caller.ear.hears(MUSIC_HERTZ)
        does_not_hear(caller, PARTY)
        does_not_hear(colleague, CALLER)
        app.wish("JoinParties", call_key=key, phone="2001", order_id=23)
        app.wait_for("PartiesJoined", call_key=key, order_id=23)
        for ear, tones in (
            (caller.ear, (AGENT, PARTY)),
            (desk.ear, (CALLER, PARTY)),
            (colleague.ear, (CALLER, AGENT)),
        ):
            for hertz in tones:
                ear.hears(hertz)
        (live,) = app.wish("live_calls")
        assert [(p["order_id"], p["is_talking"]) for p in live["parties"]] == [(22, True)]
        app.wish("LeaveToParties", call_key=key, phone="2001", order_id=24)
        assert app.wait_for("AgentGone", call_key=key, phone="2001")["reason"] == "transferred"
        does_not_hear(caller, AGENT)
        caller.ear.hears(PARTY)
        colleague.ear.hears(CALLER)
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"], live["parties"]) == ("talking", "2002", [])
        assert (live["agent_party"]["order_id"], live["agent_party"]["role"]) == (22, "consulted")
        app.wish("HoldCaller", call_key=key, phone="2002", order_id=25)
        app.wait_for("CallerHeld", call_key=key, phone="2002", order_id=25)
        caller.ear.hears(MUSIC_HERTZ)
        app.wish("ResumeCaller", call_key=key, phone="2002", order_id=26)
        caller.ear.hears(PARTY)
        colleague.hang_up()
        assert app.wait_for("AgentGone", call_key=key, phone="2002")["reason"] == "hung_up"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
    sound = recorded(bed, key)
    assert tenths_with(sound, PARTY) > 3 < tenths_with(sound, CALLER)
    assert tenths_with(sound, MUSIC_HERTZ) == 0


def test_a_supervisor_listens_whispers_and_barges_and_only_barging_is_recorded(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5076, rings=0.1, hertz=SUPERVISOR) as supervisor,
        citizen(bed, dialled="12315", number="13900000003", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000003")
        who = {"call_key": key, "phone": "2004", "agent_phone": "2001"}
        app.wish("Supervise", **who, mode="listen", order_id=31)
        app.wait_for("SupervisionChanged", call_key=key, mode="listen", order_id=31)
        supervisor.ear.hears(CALLER)
        supervisor.ear.hears(AGENT)
        does_not_hear(caller, SUPERVISOR)
        does_not_hear(desk, SUPERVISOR)
        app.wish("Supervise", **who, mode="whisper", order_id=32)
        app.wait_for("SupervisionChanged", call_key=key, mode="whisper", order_id=32)
        (live,) = app.wish("live_calls")
        assert [(one["address"], one["mode"]) for one in live["parties"]] == [("2004", "whisper")]
        desk.ear.hears(SUPERVISOR)
        supervisor.ear.hears(CALLER)
        does_not_hear(caller, SUPERVISOR)
        app.wish("Supervise", **who, mode="barge", order_id=33)
        app.wait_for("SupervisionChanged", call_key=key, mode="barge", order_id=33)
        caller.ear.hears(SUPERVISOR, piece=1.0)
        caller.ear.hears(AGENT)
        desk.ear.hears(SUPERVISOR)
        supervisor.ear.hears(CALLER)
        app.wish("Supervise", **who, mode="listen", order_id=34)
        app.wait_for("SupervisionChanged", call_key=key, mode="listen", order_id=34)
        does_not_hear(caller, SUPERVISOR)
        supervisor.ear.hears(CALLER)
        app.wish("StopSupervising", call_key=key, phone="2004", order_id=35)
        app.wait_for("SupervisionChanged", call_key=key, mode=None, order_id=35)
        caller.ear.hears(AGENT)
        app.wish("HangUp", call_key=key)
        app.wait_for("CallEnded", call_key=key)
    sound = recorded(bed, key)
    barged = tenths_with(sound, SUPERVISOR)
    assert 5 <= barged < tenths_with(sound, CALLER)


def test_a_blind_transfer_reaches_a_colleague_or_puts_the_caller_in_the_queue(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        desk_phone(bed, port=5072, rings=0.3, hertz=PARTY) as colleague,
        person_outside(bed, rings=0.3, hertz=OUTSIDE) as person,
        citizen(bed, dialled="12315", number="13900000004", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000004")
        give = {"call_key": key, "ring_seconds": 3}
        app.wish("TransferCaller", **give, phone="2001", target=phone("2002"), order_id=41)
        assert app.wait_for("AgentGone", call_key=key, phone="2001")["reason"] == "transferred"
        app.wait_for("PartyRinging", call_key=key, order_id=41, role="transferred_to")
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"]) == ("held", None)
        assert [(p["order_id"], p["is_talking"]) for p in live["parties"]] == [(41, False)]
        app.wait_for("PartyAnswered", call_key=key, order_id=41)
        caller.ear.hears(PARTY)
        colleague.ear.hears(CALLER)
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"], live["parties"]) == ("talking", "2002", [])
        # nobody has this phone
        app.wish("TransferCaller", **give, phone="2002", target=phone("2999"), order_id=42)
        failed = app.wait_for("PartyFailed", call_key=key, order_id=42)
        assert failed["reason"] == "unreachable"
        app.wait_for("CallerPlaced", call_key=key, place="queue", counter=2)
        caller.ear.hears(MUSIC_HERTZ)
        with desk_phone(bed, port=5074, rings=0.1, hertz=AGENT):
            app.wish("RingAgent", call_key=key, phone="2003", ring_seconds=5)
            app.wait_for("AgentAnswered", call_key=key, phone="2003")
            # a demonstration never reaches an emergency service
            app.wish("TransferCaller", **give, phone="2003", target=outside("120"), order_id=43)
            failed = app.wait_for("PartyFailed", call_key=key, order_id=43)
            assert failed["reason"] == "rejected"
            app.wait_for("CallerPlaced", call_key=key, place="queue", counter=3)
        assert not person.ear.strength_now(CALLER)
    assert not app.news("PartyRinging", order_id=43)


def test_a_live_site_hands_a_caller_over_to_an_emergency_service(
    bed: Bed, app: Application
) -> None:
    bed.cli("dialplan set global HL_EMERGENCY yes")
    try:
        with (
            desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
            person_outside(bed, rings=0.3, hertz=OUTSIDE) as service,
            citizen(bed, dialled="12315", number="13900000005", hertz=CALLER) as caller,
        ):
            key = a_talking_call(app, "13900000005")
            app.wish(
                "CallParty", call_key=key, phone="2001", ring_seconds=5,
                target=outside("120", "12345"), order_id=51,
            )  # fmt: skip
            app.wait_for("PartyAnswered", call_key=key, order_id=51, address="120")
            service.ear.hears(AGENT)
            app.wish("JoinParties", call_key=key, phone="2001", order_id=52)
            service.ear.hears(CALLER)
            caller.ear.hears(OUTSIDE)
            desk.hang_up()
            assert app.wait_for("AgentGone", call_key=key)["reason"] == "hung_up"
            does_not_hear(caller, AGENT)
            caller.ear.hears(OUTSIDE)
            service.hang_up()
            app.wait_for("PartyGone", call_key=key, order_id=51)
            app.wait_for("CallEnded", call_key=key)
    finally:
        bed.cli("dialplan set global HL_EMERGENCY no")


def test_mute_keys_and_a_pause_of_the_recording(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000007", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000007")
        caller.ear.hears(AGENT)
        app.wish("MuteAgent", call_key=key, phone="2001", is_muted=True, order_id=71)
        app.wait_for("AgentMuted", call_key=key, is_muted=True, order_id=71)
        does_not_hear(caller, AGENT)
        desk.ear.hears(CALLER)
        app.wish("MuteAgent", call_key=key, phone="2001", is_muted=False, order_id=72)
        caller.ear.hears(AGENT)
        app.wish("SendDigits", call_key=key, digits="12", order_id=73)
        sent = app.wait_for("DigitsSent", call_key=key, order_id=73)
        assert sent["how_many"] == 2
        app.wish("PauseRecording", call_key=key, is_paused=True, order_id=74)
        app.wait_for("RecordingPaused", call_key=key, is_paused=True, order_id=74)
        the_recorder_writes_on(bed, key, seconds=1.0)
        app.wish("PauseRecording", call_key=key, is_paused=False, order_id=75)
        app.wait_for("RecordingPaused", call_key=key, is_paused=False, order_id=75)
        the_recorder_writes_on(bed, key, seconds=1.0)
        app.wish("HangUp", call_key=key)
        app.wait_for("CallEnded", call_key=key)
    sound = recorded(bed, key)
    heard = [
        strength(sound[at : at + 800], CALLER) > 3000 for at in range(0, len(sound) - 800, 800)
    ]
    assert 5 <= heard.count(False) <= 20, "silence as long as the pause, and the time kept"
    assert heard[0]
    assert heard[-1]


def test_an_agent_lost_while_he_holds_the_caller_leaves_him_kept(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000008", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000008")
        app.wish("HoldCaller", call_key=key, phone="2001", order_id=81)
        app.wait_for("CallerHeld", call_key=key)
        desk.freeze()
        gone = app.wait_for("AgentGone", call_key=key, within=7)
        assert gone["reason"] == "media_lost"
        app.wait_for("CallerPlaced", call_key=key, place="kept")
        caller.ear.hears(MUSIC_HERTZ)


def test_a_held_caller_talks_on_with_his_agent_when_the_application_dies(bed: Bed) -> None:
    with (
        running_application(bed) as app,
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000009", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000009")
        app.wish("HoldCaller", call_key=key, phone="2001", order_id=91)
        caller.ear.hears(MUSIC_HERTZ)
        app.kill()
        caller.ear.hears(AGENT, within=4)
        desk.ear.hears(CALLER)
