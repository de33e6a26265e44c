"""Which exchanges the promises are tried on, and which promise cannot be made where.

A further exchange joins by a class with the methods of `Bench` and one line in `BENCHES`.
"""

import ast
from collections.abc import Callable
from pathlib import Path

from tests.telephony.exchange_bench import Bench, SimulatorBench
from tests.telephony.fake_node_bench import FakeNodeBench
from tests.telephony.twilio_bench import TwilioBench

BENCHES: dict[str, Callable[[], Bench]] = {
    "simulator": SimulatorBench,
    "pretended node": FakeNodeBench,
    "twilio": TwilioBench,
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

_NO_LINE = (
    "an account has no line to us: what it does without our answer stands in the number's fallback "
    "address at Twilio (ADR 0020), which is configured there and not by this adapter"
)
NOT_BY_NATURE |= {
    ("twilio", promise): _NO_LINE
    for promise in (
        "test_a_silent_app_leaves_the_caller_to_the_exchange_after_two_seconds",
        "test_an_app_that_fails_at_the_door_leaves_the_caller_to_the_exchange",
        "test_callers_of_an_app_that_is_gone_go_the_exchanges_own_way",
        "test_a_caller_whom_the_exchange_kept_comes_back_to_a_returning_app",
        "test_a_caller_whom_the_exchange_kept_can_be_fetched_at_once",
        "test_callers_of_an_app_that_cannot_save_go_the_exchanges_own_way_until_it_can",
    )
}
NOT_BY_NATURE |= {
    ("twilio", "test_a_phone_that_comes_back_is_a_new_contact"): (
        "Twilio tells of no registration: a phone is there while its agent is signed in (ADR 0020)"
    ),
    ("twilio", "test_a_caller_whose_agent_was_lost_is_kept_and_talks_on"): (
        "Twilio does not tell why an agent's leg ended, and rings no phone that answers by itself; "
        "that a kept caller goes on is shown in tests/switchboard/test_a_call_through_twilio.py"
    ),
}
CONTROL_PROMISES = [
    Path(__file__).with_name(f"test_{name}_promises.py")
    for name in ("call_control", "third_party", "calling_out")
]
NOT_BY_NATURE |= {
    ("twilio", one.name): (
        "legs are dialled one to one; what needs a conference is refused with its name (ADR 0020): "
        "tests/switchboard/test_a_call_through_twilio.py"
    )
    for file in CONTROL_PROMISES
    for one in ast.parse(file.read_text(encoding="utf-8")).body
    if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
}
