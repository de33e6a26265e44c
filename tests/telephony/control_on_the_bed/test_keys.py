"""Keys that an agent presses in the page, as they reach whoever they are for."""

import pytest

from tests.bed.application import Application
from tests.bed.bed import Bed
from tests.bed.callers import citizen, desk_phone, person_outside
from tests.services.processes import wait_until
from tests.telephony.control_on_the_bed.stage import (
    AGENT,
    CALLER,
    OUTSIDE,
    a_talking_call,
    call_out,
    outside,
)

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

ONE = (697, 1209)  # the two tones of this key
KEY_AMPLITUDE = 2500
A_KEY_SECONDS = 0.1


def test_keys_reach_a_caller_as_events_where_his_carrier_takes_them(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        citizen(
            bed, dialled="12315", number="13900000031", hertz=CALLER, takes_keys=True
        ) as caller,
    ):
        key = a_talking_call(app, "13900000031")
        caller.ear.hears(AGENT)
        app.wish("SendDigits", call_key=key, digits="190#*", order_id=311)
        assert app.wait_for("DigitsSent", call_key=key, order_id=311)["how_many"] == 5
        wait_until(lambda: caller.ear.keys == "190#*", seconds=4, what=f"keys: {caller.ear.keys}")


def test_keys_are_heard_as_tones_by_a_caller_whose_carrier_takes_no_events(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=CALLER),
        citizen(bed, dialled="12315", number="13900000032", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000032")
        caller.ear.hears(CALLER)
        app.wish("SendDigits", call_key=key, digits="1", order_id=321)
        for hertz in ONE:
            caller.ear.hears(hertz, piece=A_KEY_SECONDS, amplitude=KEY_AMPLITUDE)
        assert caller.ear.keys == ""


def test_keys_lead_through_the_menu_of_somebody_who_is_consulted(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        person_outside(bed, rings=0.1, hertz=OUTSIDE, takes_keys=True) as menu,
        citizen(
            bed, dialled="12315", number="13900000033", hertz=CALLER, takes_keys=True
        ) as caller,
    ):
        key = a_talking_call(app, "13900000033")
        app.wish(
            "CallParty", call_key=key, phone="2001", ring_seconds=5,
            target=outside("07623339999"), order_id=331,
        )  # fmt: skip
        app.wait_for("PartyAnswered", call_key=key, order_id=331)
        desk.ear.hears(OUTSIDE)
        app.wish("SendDigits", call_key=key, digits="20", order_id=332)
        wait_until(lambda: menu.ear.keys == "20", seconds=3, what="keys at the menu")
        assert caller.ear.keys == "", "who waits with music hears nothing of it"


def test_keys_reach_a_citizen_who_was_called(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT),
        person_outside(bed, rings=0.1, hertz=OUTSIDE, takes_keys=True) as person,
    ):
        key = call_out(app, "13900000034")
        app.wait_for("CitizenAnswered", call_key=key, within=4)
        person.ear.hears(AGENT)
        app.wish("SendDigits", call_key=key, digits="7", order_id=341)
        wait_until(lambda: person.ear.keys == "7", seconds=3, what="the key")
