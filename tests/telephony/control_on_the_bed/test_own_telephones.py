"""Somebody without a desk calls a citizen: his own telephone rings first, and learns nothing."""

import re

import pytest

from tests.bed.application import Application
from tests.bed.bed import Bed
from tests.bed.callers import person_outside
from tests.telephony.control_on_the_bed.stage import (
    OUTSIDE,
    recorded,
    tenths_with,
    the_recorder_writes_on,
)

TELEPHONE, CITIZEN = "13900000031", "13900000032"

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]


def call_from_a_telephone(app: Application, key: str, *, ring_seconds: int = 10) -> str:
    app.wish(
        "CallOut", call_key=key, phone=TELEPHONE, phone_kind="number", number=CITIZEN,
        shown_number="12315", ring_seconds=ring_seconds, order_id=701,
    )  # fmt: skip
    return key


def test_both_are_rung_one_after_the_other_shown_our_number_bridged_and_recorded(
    bed: Bed, app: Application
) -> None:
    with person_outside(bed, rings=0.3, hertz=OUTSIDE, calls=2) as outside:
        key = call_from_a_telephone(app, "out-1795400000.701")
        app.wait_for("AgentAnswered", call_key=key, phone=TELEPHONE)
        app.wait_for("PartyRinging", call_key=key, role="citizen")
        app.wait_for("CitizenAnswered", call_key=key, within=6)
        (live,) = app.wish("live_calls")
        assert (live["place"], live["phone"]) == ("talking", TELEPHONE)
        to_the_telephone, to_the_citizen = outside.invites()
        outside.ear.hears(OUTSIDE)
        the_recorder_writes_on(bed, key, seconds=0.6)
        app.wish("HangUp", call_key=key)
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "app"
    assert tenths_with(recorded(bed, key), OUTSIDE) > 3
    assert to_the_telephone.startswith(f"INVITE sip:{TELEPHONE}@")
    assert to_the_citizen.startswith(f"INVITE sip:{CITIZEN}@")
    for invite, other in ((to_the_telephone, CITIZEN), (to_the_citizen, TELEPHONE)):
        assert re.search(r"^From:.*<sip:12315@", invite, re.MULTILINE)
        assert other not in invite
        assert "X-Hotline-Call" not in invite


def test_who_hangs_up_his_own_telephone_ends_the_call(bed: Bed, app: Application) -> None:
    with person_outside(bed, rings=0.3, hertz=OUTSIDE, calls=2) as outside:
        key = call_from_a_telephone(app, "out-1795400000.702")
        app.wait_for("CitizenAnswered", call_key=key, within=6)
        outside.hang_up()
        ended = app.wait_for("CallEnded", call_key=key)
        assert ended["ended_by"] in {"agent", "caller"}
        assert not app.news("CallerPlaced", call_key=key)


def test_an_own_telephone_that_nobody_takes_calls_no_citizen(bed: Bed, app: Application) -> None:
    with person_outside(bed, rings=None, hertz=OUTSIDE, calls=2) as outside:
        key = call_from_a_telephone(app, "out-1795400000.703", ring_seconds=1)
        failed = app.wait_for("RingFailed", call_key=key, phone=TELEPHONE)
        assert failed["reason"] == "no_answer"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "exchange"
        assert len(outside.invites()) == 1
