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

working, work = threading.Event(), program.work

def tell_to_stop():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # the program has to take it
    working.wait()
    time.sleep(random.uniform(0.0, 0.0003))
    os.kill(os.getpid(), signal.SIGTERM)

def begin(_arguments):
    working.clear()
    threading.Thread(target=tell_to_stop).start()
    return errand

def work_as_told(*given):
    working.set()
    work(*given)

program.read_arguments, program.work = begin, work_as_told
ends = time.monotonic() + 2
while time.monotonic() < ends:
    program.main()
"""


@pytest.mark.parametrize("program", ["recording_spooler", "sound_puller"])
def test_a_program_told_to_stop_between_two_looks_ends(program: str, tmp_path: Path) -> None:
    (tmp_path / "outgoing").mkdir()
    command = [sys.executable, "-c", OFTEN, str(DEPLOY), program, str(tmp_path)]
    assert subprocess.run(command, timeout=30, check=False).returncode == 0
