"""Calls sent on to old seats over a real Asterisk, and those that come round."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
from flask import Flask

from app.calls import service as calls
from app.calls.models import Call, CallForward
from app.channels import door, landings, number_changes, route_changes
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.factory import start_serving
from app.organisation import service as organisation
from tests.bed.bed import CARRIER, NOTICE_HERTZ, OUTSIDE_PORT, Bed, running_bed
from tests.bed.bed_ports import BedPorts
from tests.bed.callers import Person, citizen, person_outside
from tests.bed.callers import _sipp as one_sipp
from tests.services.processes import wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.usefixtures("hotline")]

OLD_SEATS = "07623339999"
CALLER_HERTZ, SEAT_HERTZ = 400, 1700
PORTS = BedPorts.of("loops")


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with running_bed(
        tmp_path_factory.mktemp("bed"), name="loops", ports=PORTS, desk_phones={}
    ) as running:
        yield running


@pytest.fixture
def environment(environment: dict[str, str], bed: Bed) -> dict[str, str]:
    return {
        **environment,
        "EXCHANGES": f"{bed.exchange_id}={bed.exchange_url}",
        "RUN_SWITCHBOARD": "true",
    }


@pytest.fixture
def hotline(app: Flask, bed: Bed) -> Iterator[Flask]:
    """Let the real application serve this node, with 12315 sent on to old seats."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        channels.load_numbers()
    now = clock.now()
    line = channels.find_number("12315", now)
    assert line is not None
    with unit_of_work():
        landing = landings.add_landing(
            landings.NewLanding(
                number_id=line.id, carrier="电信", delivered_did="07623330001", live_from=now
            )
        )
        route = {"kind": "old_seats", "forward_to": OLD_SEATS, "ring_seconds": 20}
        route_changes.set_routes(line.id, {landing: route})
    stop = start_serving(app)
    until(lambda: any(link.is_up for link in calls.list_links()))
    yield app
    bed.end_all_calls()
    stop()


def until(question: Callable[[], object], *, seconds: float = 10) -> None:
    """Ask the database again until the answer is yes."""

    def asked() -> bool:
        db.session.rollback()
        return bool(question())

    wait_until(asked, seconds=seconds, what=str(question.__code__.co_names))


def call_from(number: str, nth: int = 0) -> Call | None:
    asked = db.select(Call).where(Call.from_number == f"+86{number}").order_by(Call.id)
    found = db.session.scalars(asked).all()
    return found[nth] if len(found) > nth else None


def forward_of(number: str) -> CallForward | None:
    call = call_from(number)
    return calls.forwards_of([call.id]).get(call.id) if call else None


def waits(number: str, nth: int = 0) -> bool:
    call = call_from(number, nth)
    return call is not None and call.state.value == "waiting"


def has_been_answered(number: str) -> bool:
    forward = forward_of(number)
    return forward is not None and forward.answered_at is not None


def has_ended(number: str) -> bool:
    call = call_from(number)
    return call is not None and call.ended_at is not None


def header_of(outside: Person, name: str) -> str:
    """Return a header of the INVITE that reached the old seats."""
    trace = outside.log.parent / "messages"

    def seen() -> "re.Match[str] | None":
        return re.search(rf"^{name}: (.+)$", trace.read_text(errors="replace"), flags=re.M)

    # the news of a forward may be quicker than its INVITE
    wait_until(lambda: seen() is not None, seconds=3, what=f"{name} at the old seats")
    found = seen()
    assert found
    return found[1].strip()


@contextmanager
def ringing_seat(bed: Bed) -> Iterator[Person]:
    """Old seats that never pick up, and are told that nobody rings any more before they go.

    Else the node repeats its CANCEL, and the next seat at this address takes it for its own call.
    """
    with person_outside(bed, rings=None) as seat:
        try:
            yield seat
        finally:
            bed.end_all_calls()
            with suppress(subprocess.TimeoutExpired):
                seat.wait_for_end(3)


def test_old_seats_take_a_call_and_both_hear_each_other(bed: Bed) -> None:
    with (
        person_outside(bed, rings=0.3, talks=5, hertz=SEAT_HERTZ) as seat,
        citizen(bed, dialled="07623330001", number="13800000001", hertz=CALLER_HERTZ) as caller,
    ):
        seat.ear.hears(CALLER_HERTZ, within=6)
        caller.ear.hears(SEAT_HERTZ)
        until(lambda: has_been_answered("13800000001"))
        call = call_from("13800000001")
        assert call is not None
        assert call.waiting_at is None
        until(lambda: has_ended("13800000001"))
        forward = forward_of("13800000001")
        assert forward is not None
        assert (forward.number, forward.outcome) == (OLD_SEATS, "answered")


def test_a_call_that_the_old_seats_send_round_goes_to_a_human(bed: Bed) -> None:
    """A → B → A: the second passage carries our own header back."""
    with (
        ringing_seat(bed) as seat,
        citizen(bed, dialled="07623330001", number="13800000002"),
    ):
        until(lambda: forward_of("13800000002"))
        hop = header_of(seat, "X-Hotline-Hop")
        assert hop.startswith(f"{bed.exchange_id}/")
        with citizen(
            bed, dialled="07623330001", number="13800000012", headers=f"X-Hotline-Hop: {hop}"
        ):
            until(lambda: waits("13800000012"))
            assert forward_of("13800000012") is None
            until(door.list_alarms)
            [alarm] = door.list_alarms()
            assert (alarm.kind.value, alarm.sign) == ("loop", "hop")


SECOND_PASSAGES = {
    "13800000021": ("diversion", {"headers": f"Diversion: <sip:{OLD_SEATS}@c>;reason=no-answer"}),
    "13800000022": (
        "diversion",
        {"headers": "Diversion: <sip:07623335555@c>\nDiversion: <sip:07623330001@us>"},
    ),
    "13800000023": (
        "diversion",
        {"headers": f"History-Info: <sip:12315@a>;index=1, <sip:{OLD_SEATS}@b>;index=1.1"
         ", <sip:07623330001@us>;index=1.1.1"},
    ),
    "13800000024": ("max_forwards", {"max_forwards": 10}),
}  # fmt: skip

FIRST_PASSAGES = {
    "13800000025": "Diversion: <sip:12315@c>;reason=unconditional",
    # a carrier that forwards the very number it delivers
    "13800000026": "Diversion: <sip:07623330001@c>;reason=unconditional",
    "13800000027": "History-Info: <sip:07623330001@c>;index=1, <sip:07623330001@us>;index=1.1",
}


@pytest.mark.parametrize("number", SECOND_PASSAGES)
def test_a_call_whose_headers_tell_that_it_was_here_goes_to_a_human(bed: Bed, number: str) -> None:
    sign, told = SECOND_PASSAGES[number]
    with citizen(bed, dialled="07623330001", number=number, **told):  # type: ignore[arg-type]
        until(lambda: waits(number))
        assert forward_of(number) is None
        until(door.list_alarms)
        assert [(alarm.kind.value, alarm.sign) for alarm in door.list_alarms()] == [("loop", sign)]


@pytest.mark.parametrize("number", FIRST_PASSAGES)
def test_a_call_that_a_carrier_forwards_to_us_is_sent_on_as_any_other(
    bed: Bed, number: str
) -> None:
    with (
        ringing_seat(bed),
        citizen(bed, dialled="07623330001", number=number, headers=FIRST_PASSAGES[number]),
    ):
        until(lambda: forward_of(number))
        assert not waits(number)
        assert door.list_alarms() == []


def test_a_call_that_comes_round_with_nothing_but_diversions_goes_to_a_human(bed: Bed) -> None:
    """The carrier drops our own header and shows its own number; the diversions are left."""
    with (
        ringing_seat(bed) as seat,
        citizen(bed, dialled="07623330001", number="13800000028"),
    ):
        until(lambda: forward_of("13800000028"))
        ours = header_of(seat, "Diversion")
        assert "07623330001" in ours
        headers = f"Diversion: <sip:07623336666@c>;reason=unconditional\nDiversion: {ours}"
        with citizen(bed, dialled="07623330001", number="13800000029", headers=headers):
            until(lambda: waits("13800000029"))
            assert forward_of("13800000029") is None
            until(door.list_alarms)
            assert [alarm.sign for alarm in door.list_alarms()] == ["diversion"]


def test_a_call_whose_headers_a_carrier_stripped_is_known_by_its_caller(
    bed: Bed,
) -> None:
    with (
        ringing_seat(bed),
        citizen(bed, dialled="07623330001", number="13800000003"),
    ):
        until(lambda: forward_of("13800000003"))
        began = time.monotonic()
        with citizen(bed, dialled="07623330001", number="13800000003"):
            until(lambda: waits("13800000003", nth=1))
            assert time.monotonic() - began < 5
            until(door.list_alarms)
            assert [alarm.sign for alarm in door.list_alarms()] == ["same_caller"]


def test_whom_the_old_seats_do_not_take_is_told_that_he_is_recorded_before_he_waits(
    bed: Bed,
) -> None:
    line = channels.find_number("12315", clock.now())
    assert line is not None
    words = number_changes.words_of_number(line.id)
    with unit_of_work():
        number_changes.edit_number(line.id, replace(words, plays_recording_notice=True))
    with (
        one_sipp(
            bed, "redirecting", CARRIER, OUTSIDE_PORT, 700, {"moved_to": "12315"}, calls=False
        ),
        citizen(bed, dialled="07623330001", number="13800000005") as caller,
    ):
        caller.ear.hears(NOTICE_HERTZ, within=6, piece=0.3)
        assert not waits("13800000005")
        until(lambda: waits("13800000005"))


def test_a_sub_centre_that_redirects_the_call_back_leaves_it_to_our_queue(
    bed: Bed,
) -> None:
    with (
        one_sipp(
            bed, "redirecting", CARRIER, OUTSIDE_PORT, 700, {"moved_to": "12315"}, calls=False
        ),
        citizen(bed, dialled="07623330001", number="13800000004"),
    ):
        until(lambda: waits("13800000004"))
        forward = forward_of("13800000004")
        assert forward is not None
        assert forward.outcome is not None
        assert forward.answered_at is None
        assert call_from("13800000004", nth=1) is None  # it did not come in a second time
