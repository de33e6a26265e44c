"""The doctor in front of a real node: healthy, then broken on purpose in several ways."""

from collections.abc import Iterator

import pytest

from telephony.doctor import Check, Outcome, examine
from tests.bed.bed import Bed, running_bed
from tests.bed.bed_ports import BedPorts

pytestmark = pytest.mark.asterisk

NO_APPLICATION = {"door", "heartbeat"}  # none runs beside this bed, and the doctor says so
PORTS = BedPorts.of("doctor")


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("doctor-bed")
    with running_bed(folder, name="doctor", ports=PORTS, desk_phones={}) as running:
        yield running


def found(url: str) -> dict[str, Check]:
    return {check.name: check for check in examine(url)}


def failed(checks: dict[str, Check]) -> set[str]:
    return {name for name, check in checks.items() if check.outcome is Outcome.FAILED}


def test_of_a_node_without_its_application_only_that_is_wrong(bed: Bed) -> None:
    checks = found(bed.exchange_url)

    assert failed(checks) == NO_APPLICATION, checks
    assert checks["version"].detail.startswith("22.")
    assert checks["phone_socket"].outcome is Outcome.OK


def test_a_node_with_another_name_or_without_110_is_told_as_that(bed: Bed) -> None:
    taken_for = examine(bed.exchange_url, exchange_id="another", is_live=True)
    is_so = examine(bed.exchange_url, exchange_id=bed.exchange_id, is_live=False)

    wrong = failed({each.name: each for each in taken_for})
    assert wrong == NO_APPLICATION | {"exchange_name", "emergency"}
    assert failed({each.name: each for each in is_so}) == NO_APPLICATION


@pytest.fixture
def _whole_again(bed: Bed) -> Iterator[None]:
    """What one test breaks is no finding of the next one."""
    yield
    bed.stop()
    bed.start()


@pytest.mark.usefixtures("_whole_again")
def test_what_was_broken_on_purpose_is_named(bed: Bed) -> None:
    bed.cli("module unload app_echo.so")
    assert failed(found(bed.exchange_url)) == NO_APPLICATION  # nobody needs that one
    bed.cli("module unload format_wav.so")
    bed.cli("module unload res_mutestream.so")
    bed.cli("dialplan set global HL_TEMPLATES of-last-year")

    broken = found(bed.exchange_url)

    assert failed(broken) == NO_APPLICATION | {"modules", "templates"}
    assert broken["modules"].detail == "format_wav.so res_mutestream.so"
    wrong_secret = bed.exchange_url.replace("only-on-the-bed-5038", "another-secret-12")
    assert "login" in failed(found(wrong_secret))
    no_phones = bed.exchange_url.replace(str(PORTS.http), "8587")
    assert "phone_socket" in failed(found(no_phones))
    no_node = bed.exchange_url.replace(str(PORTS.ami), "5537")
    assert "manager" in failed(found(no_node))


def test_a_node_that_has_stopped_is_told_as_that_and_not_waited_for(bed: Bed) -> None:
    bed.stop()
    assert "manager" in failed(found(bed.exchange_url))
    bed.start()
