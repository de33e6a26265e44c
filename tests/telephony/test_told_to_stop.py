"""The programs beside Asterisk end when they are told to, at whatever moment that is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.telephony.deployed import DEPLOY

# Tells the program to stop some thousand times, each time at another instant of its loop.
OFTEN = """
import os, pathlib, random, signal, sys, threading, time
sys.path.insert(0, sys.argv[1])
program = __import__(sys.argv[2])
known = {"folder": pathlib.Path(sys.argv[3]), "look_every": 0.00001, "abandoned_after": 100.0}
fields = program.Errand.__dataclass_fields__
errand = program.Errand(**{name: known.get(name, "") for name in fields})
program.look = lambda *_, **__: None

def tell_to_stop():
    time.sleep(random.uniform(0.0003, 0.0006))
    os.kill(os.getpid(), signal.SIGTERM)

def begin(_arguments):
    threading.Thread(target=tell_to_stop).start()
    return errand

program.read_arguments = begin
ends = time.monotonic() + 2
while time.monotonic() < ends:
    program.main()
"""


@pytest.mark.parametrize("program", ["recording_spooler", "sound_puller"])
def test_a_program_told_to_stop_between_two_looks_ends(program: str, tmp_path: Path) -> None:
    (tmp_path / "outgoing").mkdir()
    command = [sys.executable, "-c", OFTEN, str(DEPLOY), program, str(tmp_path)]
    assert subprocess.run(command, timeout=30, check=False).returncode == 0
