"""The stage of benches with calls: Asterisk, PostgreSQL, the workstation, Queue() beside it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.bed.bed import CARRIER, DESK, Bed, running_bed
from tests.bed.bed_ports import BedPorts
from tests.bench import crowds, postgres, wire
from tests.bench.crowds import Crowd
from tests.services.processes import wait_until

OUR_NUMBER = "12345"
QUEUE_NUMBER = "96000"  # goes to Queue() and nowhere near the workstation
FIRST_PHONE = 2001
PORTS = BedPorts(sip=5960, ami=5938, agi=5973, http=5988, tls=5989, rtp=(20000, 29998))
SETTLE_SECONDS = 30


@dataclass(kw_only=True)
class Stage:
    """Everything that runs, and the hands to load it."""

    bed: Bed
    workplace: "subprocess.Popen[str]"
    agents: int

    def ask(self) -> dict[str, Any]:
        """Return how the workstation stands."""
        assert self.workplace.stdin is not None
        assert self.workplace.stdout is not None
        self.workplace.stdin.write("?\n")
        self.workplace.stdin.flush()
        answer: dict[str, Any] = json.loads(self.workplace.stdout.readline())
        return answer

    def all_ready(self) -> bool:
        """Say whether every agent waits for a call again."""
        return int(self.ask()["ready"]) == self.agents

    def play(self, crowd: Crowd, *, patience: float = 0) -> wire.Wire:
        """Let a crowd call, to the end of the last call; return what was on the wire."""
        patience = patience or crowd.longest * 2 + 30
        with (
            wire.listening(sip_port=self.bed.ports.sip, carrier=CARRIER, desk=DESK) as heard,
            crowds.desk_phones(self.bed, crowd),
        ):
            crowds.call_in(self.bed, crowd, patience=patience)
            wait_until(self.all_ready, seconds=SETTLE_SECONDS, what="agents who are ready again")
        return heard

    @property
    def app(self) -> psutil.Process:
        return psutil.Process(self.workplace.pid)

    @property
    def asterisk(self) -> psutil.Process:
        """The process of Asterisk itself: what was started may be a wrapper of it."""
        assert self.bed.process is not None
        started = psutil.Process(self.bed.process.pid)
        family = [started, *started.children(recursive=True)]
        return next(one for one in family if one.name() == "asterisk")


def cpu_seconds(process: psutil.Process) -> float:
    """Return how much processor time a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def set_up(
    work: Path, *, agents: int, environment: dict[str, str] | None = None
) -> Iterator[Stage]:
    """Give a stage. `environment` is for Asterisk's memory, not for the workstation."""
    work.mkdir(parents=True, exist_ok=True)
    phones = {str(FIRST_PHONE + number): crowds.DESK_PORT for number in range(agents)}
    before = {name: os.environ.get(name) for name in environment or {}}
    os.environ.update(environment or {})
    with (
        postgres.running(work) as template,
        running_bed(work, name="bench", ports=PORTS, desk_phones=phones) as bed,
    ):
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        _allow_silence(bed)
        _add_queue(bed, list(phones))
        url = template.copy(work)
        with _running_workplace(bed, work, url=url, agents=agents) as workplace:
            yield Stage(bed=bed, workplace=workplace, agents=agents)
        template.drop(url)


@contextmanager
def _running_workplace(
    bed: Bed, work: Path, *, url: str, agents: int
) -> "Iterator[subprocess.Popen[str]]":
    environment = {
        **os.environ,
        **postgres.ENVIRONMENT,
        "RUN_SWITCHBOARD": "true",
        "EXCHANGES": f"{bed.exchange_id}={bed.exchange_url}",
        "DATABASE_URL": url,
        "INSTANCE_DIR": str(work / "instance"),
    }
    command = [sys.executable, "-m", "tests.bench.workplace", "--agents", str(agents)]
    with (work / "workplace.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), (work / "workplace.log").read_text()
        yield process
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)
        process.stdout.close()


def _allow_silence(bed: Bed) -> None:
    """Most phones of a crowd send no sound; they shall not be taken for lost ones."""
    settings = bed.home / "etc" / "pjsip.conf"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^rtp_timeout *=.*$", "rtp_timeout = 0", text), "utf-8")
    bed.cli("module reload res_pjsip.so")


def _add_queue(bed: Bed, phones: list[str]) -> None:
    """Give the node a plain Queue() with the same phones, reached by a number of its own."""
    members = "".join(f"member => PJSIP/{phone}\n" for phone in phones)
    with (bed.home / "etc" / "queues.conf").open("a") as queues:
        queues.write(
            "\n[bench]\nstrategy = rrmemory\nmusicclass = hotline\ntimeout = 20\nretry = 1\n"
            f"ringinuse = no\nautofill = yes\nwrapuptime = 1\n{members}"
        )
    bed.cli("queue reload all")
    for step in ("1,Answer(,i)", "2,Queue(bench)", "3,Hangup"):
        bed.cli(f"dialplan add extension {QUEUE_NUMBER},{step} into from-trunk")
