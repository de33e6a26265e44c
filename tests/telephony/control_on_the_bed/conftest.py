"""One Asterisk for all stories of call control that are judged by who hears whom."""

from collections.abc import Iterator

import pytest

from tests.bed.application import Application, running_application
from tests.bed.bed import Bed
from tests.telephony.control_on_the_bed.stage import running_control_bed


@pytest.fixture(scope="session")
def shared_bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """Start the Asterisk."""
    with running_control_bed(tmp_path_factory.mktemp("control")) as running:
        yield running


@pytest.fixture
def bed(shared_bed: Bed) -> Iterator[Bed]:
    """Give the Asterisk, and leave it without calls."""
    yield shared_bed
    shared_bed.end_all_calls()


@pytest.fixture
def app(bed: Bed) -> Iterator[Application]:
    """Give an application that is linked to it."""
    with running_application(bed) as application:
        yield application
