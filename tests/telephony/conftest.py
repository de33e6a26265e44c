"""The benches that the promises of an exchange are tried on: each promise on each of them."""

from collections.abc import Iterator

import pytest

from tests.telephony.benches import BENCHES, NOT_BY_NATURE
from tests.telephony.exchange_bench import Bench


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try a promise on every exchange that can make it."""
    if "bench" not in metafunc.fixturenames:
        return
    promise = metafunc.function.__name__
    able = [name for name in sorted(BENCHES) if (name, promise) not in NOT_BY_NATURE]
    metafunc.parametrize("bench", able, indirect=True)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Give an exchange that nobody listens to yet."""
    with BENCHES[request.param]() as bench:
        yield bench


@pytest.fixture
def link(bench: Bench) -> Bench:
    """Give an exchange whose app listens and queues every call."""
    bench.connect()
    return bench
