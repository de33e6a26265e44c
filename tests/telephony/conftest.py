"""The benches that the promises of an exchange are tried on: each promise on each of them."""

from collections.abc import Iterator

import pytest

from tests.bed.bed import Bed, running_bed
from tests.telephony.benches import BENCHES, NOT_BY_NATURE, REAL_NODE
from tests.telephony.exchange_bench import Bench
from tests.telephony.real_node_bench import PORTS, RealNodeBench


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try a promise on every exchange that can make it."""
    if "bench" not in metafunc.fixturenames:
        return
    promise = metafunc.function.__name__
    real = pytest.param(REAL_NODE, marks=[pytest.mark.asterisk, pytest.mark.slow])
    able = [
        real if name == REAL_NODE else name
        for name in [*sorted(BENCHES), REAL_NODE]
        if (name, promise) not in NOT_BY_NATURE
    ]
    metafunc.parametrize("bench", able, indirect=True)


@pytest.fixture(scope="session")
def contract_bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """Start one Asterisk for all promises, without desk phones of its own."""
    with running_bed(
        tmp_path_factory.mktemp("contract"), name="contract", ports=PORTS, desk_phones={}
    ) as running:
        yield running


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Give an exchange that nobody listens to yet."""
    if request.param == REAL_NODE:
        with RealNodeBench(request.getfixturevalue("contract_bed")) as real:
            yield real
        return
    with BENCHES[request.param]() as bench:
        yield bench


@pytest.fixture
def link(bench: Bench) -> Bench:
    """Give an exchange whose app listens and queues every call."""
    bench.connect()
    return bench
