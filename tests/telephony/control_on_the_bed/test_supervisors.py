"""Supervisors who are not there, or not wanted any longer: the call they were for goes on."""

import pytest

from tests.bed.application import Application, Refused
from tests.bed.bed import Bed
from tests.bed.callers import citizen, declining, desk_phone, person_outside
from tests.telephony.control_on_the_bed.stage import (
    AGENT,
    CALLER,
    OUTSIDE,
    SUPERVISOR,
    a_citizen_called,
    a_talking_call,
    does_not_hear,
    recorded,
    tenths_with,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]


def test_a_supervisor_who_does_not_answer_changes_nothing(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5076, rings=None),
        citizen(bed, dialled="12315", number="13900000051", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000051")
        who = {"call_key": key, "phone": "2004", "agent_phone": "2001"}
        app.wish("Supervise", **who, mode="whisper", ring_seconds=1, order_id=511)
        failed = app.wait_for("PartyFailed", call_key=key, order_id=511)
        assert (failed["role"], failed["reason"]) == ("supervisor", "no_answer")
        assert not app.news("SupervisionChanged", call_key=key)
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"], live["parties"]) == ("talking", "2001", [])


def test_a_supervisor_who_is_busy_or_without_a_phone_changes_nothing(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        declining(bed, port=5076),
        citizen(bed, dialled="12315", number="13900000052", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000052")
        for order_id, of_whom, reason in ((521, "2004", "busy"), (522, "2999", "unreachable")):
            who = {"call_key": key, "phone": of_whom, "agent_phone": "2001"}
            app.wish("Supervise", **who, mode="listen", order_id=order_id)
            failed = app.wait_for("PartyFailed", call_key=key, order_id=order_id)
            assert failed["reason"] == reason
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)


def test_a_supervisor_who_hangs_up_leaves_the_other_two_talking(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5076, rings=0.1, hertz=SUPERVISOR) as supervisor,
        citizen(bed, dialled="12315", number="13900000053", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000053")
        who = {"call_key": key, "phone": "2004", "agent_phone": "2001"}
        app.wish("Supervise", **who, mode="barge", order_id=531)
        app.wait_for("SupervisionChanged", call_key=key, mode="barge")
        caller.ear.hears(SUPERVISOR)
        supervisor.hang_up()
        app.wait_for("SupervisionChanged", call_key=key, mode=None)
        does_not_hear(caller, SUPERVISOR)
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)


def test_a_call_to_a_citizen_is_supervised_like_any_other(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5076, rings=0.1, hertz=SUPERVISOR) as supervisor,
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as person,
    ):
        key = a_citizen_called(app, "13900000054")
        who = {"call_key": key, "phone": "2004", "agent_phone": "2001"}
        app.wish("Supervise", **who, mode="listen", order_id=541)
        app.wait_for("SupervisionChanged", call_key=key, mode="listen")
        supervisor.ear.hears(OUTSIDE)
        supervisor.ear.hears(AGENT)
        app.wish("Supervise", **who, mode="whisper", order_id=542)
        desk.ear.hears(SUPERVISOR)
        does_not_hear(person, SUPERVISOR)
        app.wish("Supervise", **who, mode="barge", order_id=543)
        person.ear.hears(SUPERVISOR)
        person.ear.hears(AGENT)
        app.wish("HangUp", call_key=key)
        app.wait_for("CallEnded", call_key=key)
    assert tenths_with(recorded(bed, key), SUPERVISOR) >= 3


def test_nobody_supervises_a_call_with_the_wrong_agent(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        citizen(bed, dialled="12315", number="13900000055", hertz=CALLER),
    ):
        key = a_talking_call(app, "13900000055")
        with pytest.raises(Refused):
            app.wish("Supervise", call_key=key, phone="2004", agent_phone="2002", mode="listen")
