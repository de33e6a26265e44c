"""The programs beside Asterisk end when they are told to, at whatever moment that is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.telephony.deployed import DEPLOY

# Tells the program to stop some thousand times, each time at another instant of its rest. An alarm
# stands for the word to stop: it needs no second thread, which would shift the instants.
OFTEN = """
import pathlib, random, signal, sys, time
signal.SIGTERM = signal.SIGALRM
sys.path.insert(0, sys.argv[1])
program = __import__(sys.argv[2])
known = {"folder": pathlib.Path(sys.argv[3]), "look_every": 0.00001}
fields = program.Errand.__dataclass_fields__
errand = program.Errand(**{name: known.get(name, "") for name in fields})
program.read_arguments = lambda _given: errand
program.can_tell_closed = lambda _folder: True
for part in ("look", "take_up_closed", "bring_all"):
    setattr(program, part, lambda *_, **__: None)  # only the rest between the looks counts
work = program.work

def work_until_told(*given):
    signal.setitimer(signal.ITIMER_REAL, random.uniform(0.00001, 0.0002))
    work(*given)

program.work = work_until_told
ends = time.monotonic() + 3
while time.monotonic() < ends:
    program.main()
"""


@pytest.mark.parametrize("program", ["recording_spooler", "sound_puller"])
def test_a_program_told_to_stop_between_two_looks_ends(program: str, tmp_path: Path) -> None:
    (tmp_path / "outgoing").mkdir()
    command = [sys.executable, "-c", OFTEN, str(DEPLOY), program, str(tmp_path)]
    assert subprocess.run(command, timeout=30, check=False).returncode == 0
