"""A number may tell its callers that they are recorded, before they stand in line."""

from collections.abc import Iterator

import pytest

from tests.bed.application import Application, running_application
from tests.bed.bed import MUSIC_HERTZ, NOTICE_HERTZ, Bed, running_bed
from tests.bed.callers import citizen

pytestmark = pytest.mark.asterisk


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with running_bed(tmp_path_factory.mktemp("notice-bed"), name="notice") as running:
        yield running


@pytest.fixture
def app(bed: Bed) -> Iterator[Application]:
    with running_application(bed) as application:
        yield application


def test_the_notice_is_heard_first_and_its_time_is_none_of_waiting(
    bed: Bed, app: Application
) -> None:
    with citizen(bed, dialled="12366", number="13800000031") as caller:
        arrived = app.wait_for("CallArrived", from_number="13800000031")
        caller.ear.hears(NOTICE_HERTZ)
        placed = app.wait_for("CallerPlaced", call_key=arrived["call_key"], place="queue")
        caller.ear.hears(MUSIC_HERTZ)

    assert placed["happened_at"] - arrived["happened_at"] > 1.8  # two seconds of notice


def test_a_number_without_a_notice_goes_to_the_queue_at_once(bed: Bed, app: Application) -> None:
    with citizen(bed, dialled="12315", number="13800000032"):
        arrived = app.wait_for("CallArrived", from_number="13800000032")
        placed = app.wait_for("CallerPlaced", call_key=arrived["call_key"], place="queue")

    assert placed["happened_at"] - arrived["happened_at"] < 1.0


def test_a_node_without_the_sound_keeps_no_caller_from_the_queue(
    bed: Bed, app: Application
) -> None:
    notice = bed.home / "announcements" / "recording-notice.wav"
    aside = notice.rename(notice.with_suffix(".aside"))
    try:
        with citizen(bed, dialled="12366", number="13800000033"):
            arrived = app.wait_for("CallArrived", from_number="13800000033")
            app.wait_for("CallerPlaced", call_key=arrived["call_key"], place="queue")
    finally:
        aside.rename(notice)


def test_a_node_alone_plays_the_notice_of_the_number_once_before_the_fallback_queue(
    bed: Bed,
) -> None:
    link = bed.home / "announcements" / "notice-of-12366.wav"
    link.symlink_to("recording-notice.wav")
    try:
        with citizen(bed, dialled="12366", number="13800000034") as caller:
            caller.ear.hears(NOTICE_HERTZ)
            caller.ear.hears(MUSIC_HERTZ)
        with citizen(bed, dialled="12315", number="13800000035") as other:
            other.ear.hears(MUSIC_HERTZ)
    finally:
        link.unlink()
