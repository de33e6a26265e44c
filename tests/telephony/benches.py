"""Which exchanges the promises are tried on, and which promise cannot be made where.

A further exchange joins by a class with the methods of `Bench` and one line in `BENCHES`.
"""

from collections.abc import Callable

from tests.telephony.exchange_bench import Bench, SimulatorBench
from tests.telephony.fake_node_bench import FakeNodeBench

BENCHES: dict[str, Callable[[], Bench]] = {
    "simulator": SimulatorBench,
    "pretended node": FakeNodeBench,
}

# Promises that an exchange cannot make by its nature, and where they are shown instead.
NOT_BY_NATURE: dict[tuple[str, str], str] = {
    ("pretended node", "test_a_recording_of_the_talk_can_be_had_after_the_end"): (
        "a node brings its recordings by signed upload: tests/recordings, and on the bed"
    ),
}

REAL_NODE = "asterisk"  # its bench needs the bed: tests/telephony/conftest.py

NOT_BY_NATURE |= {
    (REAL_NODE, promise): why
    for (exchange, promise), why in NOT_BY_NATURE.items()
    if exchange == "pretended node"
}
