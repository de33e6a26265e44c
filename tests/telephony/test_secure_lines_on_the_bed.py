"""A trunk and a desk phone by TLS and Secure RTP, as deploy/asterisk configures them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.make_certificate import ensure_certificate
from tests.bed.application import Application, running_application
from tests.bed.bed import CARRIER, DESK, MUSIC_HERTZ, Bed, running_bed
from tests.bed.bed_ports import BedPorts
from tests.bed.callers import citizen
from tests.bed.secure_line import SecureCaller, SecurePhone
from tests.services.processes import wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

PORTS = BedPorts.of("secure")
PHONE, PHONE_PORT = "2007", 5079
STRANGER, STRANGER_PORT = "2008", 5081
CALLER_HERTZ, AGENT_HERTZ = 400, 700


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One certificate for node and phone, of an authority that each trusts in the other."""
    folder = tmp_path_factory.mktemp("tls")
    ensure_certificate(folder, hosts=["127.0.0.1", CARRIER, DESK])
    return folder


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[Bed]:
    with running_bed(
        tmp_path_factory.mktemp("secure-bed"), name="secure", ports=PORTS, desk_phones={},
        certificate=certificate, carrier_tls=True,
        secure_phones={PHONE: PHONE_PORT, STRANGER: STRANGER_PORT},
    ) as running:  # fmt: skip
        yield running


@pytest.fixture
def app(bed: Bed) -> Iterator[Application]:
    with running_application(bed) as application:
        yield application
    bed.end_all_calls()


def test_a_call_by_a_secure_trunk_to_a_secure_phone_is_heard_on_both_ends_and_never_in_the_open(
    bed: Bed, app: Application, certificate: Path
) -> None:
    phone = SecurePhone(
        bed, phone=PHONE, port=PHONE_PORT, certificate=certificate, hertz=AGENT_HERTZ
    )
    with (
        contextlib.closing(phone),
        contextlib.closing(
            SecureCaller(
                bed, dialled="12315", number="13800000051", trusts=certificate / "ca.crt",
                hertz=CALLER_HERTZ,
            )
        ) as caller,
    ):  # fmt: skip
        call_key = app.wait_for("CallerPlaced", place="queue")["call_key"]
        caller.sound.hears(MUSIC_HERTZ)

        app.wish("RingAgent", call_key=call_key, phone=PHONE, ring_seconds=10)

        app.wait_for("AgentAnswered", call_key=call_key)
        phone.sound.hears(CALLER_HERTZ)
        caller.sound.hears(AGENT_HERTZ)
        assert (caller.sound.in_the_open, phone.sound.in_the_open) == (0, 0)


def test_a_phone_that_shows_a_certificate_of_somebody_else_is_not_rung(
    bed: Bed, app: Application, certificate: Path, tmp_path: Path
) -> None:
    ensure_certificate(tmp_path, hosts=[DESK])  # the right name, signed by a stranger
    phone = SecurePhone(bed, phone=STRANGER, port=STRANGER_PORT, certificate=tmp_path, hertz=700)
    trusts = certificate / "ca.crt"
    with (
        contextlib.closing(phone),
        contextlib.closing(SecureCaller(bed, dialled="12315", number="1", trusts=trusts)),
    ):
        call_key = app.wait_for("CallerPlaced", place="queue")["call_key"]

        app.wish("RingAgent", call_key=call_key, phone=STRANGER, ring_seconds=10)

        app.wait_for("RingFailed", call_key=call_key, phone=STRANGER)
        assert app.news("AgentRinging", call_key=call_key) == []


def test_the_same_carrier_is_refused_when_its_sound_would_be_in_the_open(
    bed: Bed, app: Application
) -> None:
    with citizen(bed, dialled="12315", number="13800000052") as caller:
        wait_until(lambda: not caller.is_in_call, seconds=5, what="the plain call is over")

    assert app.news("CallArrived", from_number="13800000052") == []
