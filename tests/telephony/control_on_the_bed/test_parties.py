"""Asking somebody, and handing a caller over: the ends that are not the usual one."""

import re

import pytest

from tests.bed.application import Application, Refused
from tests.bed.bed import MUSIC_HERTZ, Bed
from tests.bed.callers import citizen, declining, desk_phone, person_outside
from tests.telephony.control_on_the_bed.stage import (
    AGENT,
    CALLER,
    OUTSIDE,
    PARTY,
    a_talking_call,
    does_not_hear,
    outside,
    phone,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]


@pytest.mark.parametrize("kind", ["colleague", "outside"])
def test_whoever_is_busy_leaves_the_caller_held_and_the_agent_resumes_him(
    bed: Bed, app: Application, kind: str
) -> None:
    is_ours = kind == "colleague"
    target = phone("2002") if is_ours else outside("07623330000")
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        declining(bed, port=5072 if is_ours else None),
        citizen(bed, dialled="12315", number="13900000041", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000041")
        ask = {"call_key": key, "phone": "2001", "ring_seconds": 5}
        app.wish("CallParty", **ask, target=target, order_id=411)
        assert app.wait_for("PartyFailed", call_key=key, order_id=411)["reason"] == "busy"
        caller.ear.hears(MUSIC_HERTZ)
        app.wish("ResumeCaller", call_key=key, phone="2001", order_id=412)
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)


def test_a_question_taken_back_stops_the_colleagues_phone_and_nothing_else(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5072, rings=None) as colleague,
        citizen(bed, dialled="12315", number="13900000042", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000042")
        ask = {"call_key": key, "phone": "2001", "ring_seconds": 20}
        app.wish("CallParty", **ask, target=phone("2002"), order_id=421)
        app.wait_for("PartyRinging", call_key=key, order_id=421)
        with pytest.raises(Refused):
            app.wish("ResumeCaller", call_key=key, phone="2001", order_id=422)
        app.wish("DropParty", call_key=key, party=421, order_id=423)
        app.wait_for("PartyGone", call_key=key, order_id=421)
        colleague.wait_for_end(3)
        caller.ear.hears(MUSIC_HERTZ)
        app.wish("ResumeCaller", call_key=key, phone="2001", order_id=424)
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)


def test_four_talk_together_and_one_of_them_leaves(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        desk_phone(bed, port=5072, rings=0.1, hertz=PARTY) as colleague,
        person_outside(bed, rings=0.1, hertz=OUTSIDE) as unit,
        citizen(bed, dialled="12315", number="13900000043", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000043")
        ask = {"call_key": key, "phone": "2001", "ring_seconds": 5}
        app.wish("CallParty", **ask, target=phone("2002"), order_id=431)
        app.wait_for("PartyAnswered", call_key=key, order_id=431)
        app.wish("CallParty", **ask, target=outside("07623339999"), order_id=432)
        app.wait_for("PartyAnswered", call_key=key, order_id=432)
        caller.ear.hears(MUSIC_HERTZ)
        app.wish("JoinParties", call_key=key, phone="2001", order_id=433)
        app.wait_for("PartiesJoined", call_key=key, order_id=433)
        people = ((caller, CALLER), (desk, AGENT), (colleague, PARTY), (unit, OUTSIDE))
        for person, own in people:
            for _other, hertz in people:
                if hertz != own:
                    person.ear.hears(hertz)
        (live,) = app.wish("live_calls")
        assert {party["order_id"] for party in live["parties"]} == {431, 432}
        app.wish("DropParty", call_key=key, party=431, order_id=434)
        app.wait_for("PartyGone", call_key=key, order_id=431)
        colleague.wait_for_end(3)
        does_not_hear(caller, PARTY)
        caller.ear.hears(OUTSIDE)
        unit.ear.hears(AGENT)


def test_a_blind_transfer_to_a_number_outside_lets_both_talk_until_one_hangs_up(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=1.0, hertz=OUTSIDE) as unit,
        citizen(bed, dialled="12315", number="13900000044", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000044")
        app.wish(
            "TransferCaller", call_key=key, phone="2001", ring_seconds=5,
            target=outside("07623339999", "12315"), order_id=441,
        )  # fmt: skip
        assert app.wait_for("AgentGone", call_key=key, phone="2001")["reason"] == "transferred"
        desk.wait_for_end(3)
        caller.ear.hears(MUSIC_HERTZ)
        app.wait_for("PartyAnswered", call_key=key, order_id=441)
        caller.ear.hears(OUTSIDE)
        unit.ear.hears(CALLER)
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"], live["from_number"]) == (
            "talking", None, "13900000044",
        )  # fmt: skip
        unit.hang_up()
        app.wait_for("PartyGone", call_key=key, order_id=441)
        app.wait_for("CallEnded", call_key=key)
        invite = unit.invite()
    assert re.search(r"^From:.*<sip:12315@", invite, re.MULTILINE), "the number it is made for"
    assert "13900000044" not in invite


def test_a_blind_transfer_to_somebody_outside_who_is_busy_brings_the_caller_to_the_queue(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        declining(bed),
        citizen(bed, dialled="12315", number="13900000045", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000045")
        app.wish(
            "TransferCaller", call_key=key, phone="2001", ring_seconds=5,
            target=outside("07623339999"), order_id=451,
        )  # fmt: skip
        assert app.wait_for("PartyFailed", call_key=key, order_id=451)["reason"] == "busy"
        app.wait_for("CallerPlaced", call_key=key, place="queue", counter=2)
        caller.ear.hears(MUSIC_HERTZ)
        (live,) = app.wish("live_calls")
        assert live["from_number"] == "13900000045"


UNIT, SECOND = "07623331111", "07623332222"


@pytest.mark.parametrize("is_transfer", [False, True])
def test_a_unit_that_is_busy_is_rung_under_its_second_number_by_itself(
    bed: Bed, app: Application, *, is_transfer: bool
) -> None:
    target = {**outside(UNIT, "12315"), "fallback_number": SECOND}
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=0.5, hertz=OUTSIDE, busy_number=UNIT) as unit,
        citizen(bed, dialled="12315", number="13900000046", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000046")
        app.wish(
            "TransferCaller" if is_transfer else "CallParty", call_key=key, phone="2001",
            ring_seconds=5, target=target, order_id=461,
        )  # fmt: skip
        rings = app.wait_for("PartyRinging", call_key=key, order_id=461, address=SECOND)
        assert rings["counter"] == 2, "the same party, under his other number"
        caller.ear.hears(MUSIC_HERTZ)
        app.wait_for("PartyAnswered", call_key=key, order_id=461, address=SECOND)
        (caller if is_transfer else desk).ear.hears(OUTSIDE)
        unit.ear.hears(CALLER if is_transfer else AGENT)
        if not is_transfer:
            (live,) = app.wish("live_calls")
            assert [(one["order_id"], one["address"]) for one in live["parties"]] == [(461, SECOND)]
        assert not app.news("PartyFailed", call_key=key)
        assert not app.news("CallerPlaced", call_key=key, counter=2)


def test_a_unit_that_nobody_reaches_under_either_number_has_failed_once(
    bed: Bed, app: Application
) -> None:
    target = {**outside(UNIT), "fallback_number": SECOND}
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=None, busy_number=UNIT),
        citizen(bed, dialled="12315", number="13900000047", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000047")
        app.wish(
            "CallParty", call_key=key, phone="2001", ring_seconds=1, target=target, order_id=471
        )
        failed = app.wait_for("PartyFailed", call_key=key, order_id=471)
        assert (failed["reason"], failed["address"]) == ("no_answer", SECOND)
        app.wish("ResumeCaller", call_key=key, phone="2001", order_id=472)
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)
