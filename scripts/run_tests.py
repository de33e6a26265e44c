"""`make test`: installs what tests need, then runs all of them, in phases.

    python3 -m scripts.run_tests                 everything
    python3 -m scripts.run_tests fast pages      these phases only

Whatever cannot be run on this machine is left out by name; where CI=true, leaving out is failing.
All phases but the first run in a network of their own, from which nothing can leave.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from scripts import leftovers, steps, system_packages
from scripts.prepare import FRONT_END, node_path, prepare
from scripts.steps import ROOT, VENV, StepFailed, say, step

LONGEST_PHASE_SECONDS = 45 * 60
# Where browsers and Asterisk meet: WebRTC offers no candidate on the loopback range.
MEETING_ADDRESS = "198.51.100.10"
OWN_NETWORK = f'ip link set lo up && ip addr add {MEETING_ADDRESS}/32 dev lo && exec "$@"'
STUCK = ("-o", "faulthandler_timeout=300", "-o", "faulthandler_exit_on_timeout=true")


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Some of the tests, run by one command."""

    name: str
    title: str
    command: tuple[str, ...]
    folder: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    is_isolated: bool = True
    needs_root: bool = False
    needs_package: str = ""


@dataclass(kw_only=True)
class Count:
    """How tests ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Count") -> None:
        """Add another count to this one."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def _pytest(marks: str, *more: str) -> tuple[str, ...]:
    return (str(VENV / "bin" / "pytest"), "-q", *STUCK, "-m", marks, *more)


PHASES = (
    Phase(
        name="setup",
        title="从零安装并启动 · a fresh clone starts, stops and starts again",
        command=_pytest("setup"),
        is_isolated=False,
    ),
    Phase(
        name="fast",
        title="规则、房间与数据库 · rules, rooms, both databases",
        command=_pytest("not asterisk and not browser and not setup", "-n", "2"),
        environment={"TEST_DATABASES": "sqlite,postgresql"},
    ),
    Phase(
        name="front-end",
        title="前端 · the front end by itself",
        command=(
            *(str(VENV / "bin" / "npm"), "test", "--"),
            *("--reporter=default", "--reporter=junit", "--outputFile.junit={junit}"),
        ),
        folder=FRONT_END,
        environment=node_path(),
    ),
    Phase(
        name="pages",
        title="浏览器中的页面 · pages in a browser",
        command=_pytest("browser and not asterisk and not setup"),
        needs_package="chromium",
    ),
    Phase(
        name="telephony",
        title="真实的交换平台 · calls on a real Asterisk",
        command=_pytest("asterisk and not setup"),
        needs_root=True,
    ),
)


def main() -> int:
    """Install, run the phases, sum up."""
    began = time.monotonic()
    wanted = _wanted(sys.argv[1:])
    left_out = _install(wanted)
    total = Count()
    failures: list[str] = []
    for phase in wanted:
        if lacking := _lacking(phase):
            left_out.append(f"{phase.name}: {phase.title} (needs {lacking})")
            continue
        count, fault = _run(phase)
        total.add(count)
        if fault:
            failures.append(f"{phase.name}: {fault}")
    return _sum_up(total, failures=failures, left_out=left_out, seconds=time.monotonic() - began)


def _wanted(names: list[str]) -> list[Phase]:
    unknown = set(names) - {phase.name for phase in PHASES}
    if unknown:
        known = ", ".join(phase.name for phase in PHASES)
        raise StepFailed(f"There is no phase {', '.join(sorted(unknown))}. Phases: {known}")
    return [phase for phase in PHASES if not names or phase.name in names]


# --- installing ------------------------------------------------------------------------------


def _install(wanted: list[Phase]) -> list[str]:
    """Install everything that needs the network, side by side; list what could not be had."""
    left_out: list[str] = []
    if system_packages.may_install():
        steps.side_by_side(
            lambda: prepare("test"), lambda: _machine_parts(with_bed=_needs_bed(wanted))
        )
    else:
        prepare("test")
        left_out += [
            f"{name}: {system_packages.NEEDED[name]} (needs root to install)"
            for name in system_packages.missing()
        ]
    if os.geteuid() != 0:
        left_out.append("a network of the tests' own (needs root)")
    return left_out


def _needs_bed(wanted: list[Phase]) -> bool:
    return any(phase.needs_root for phase in wanted)


def _machine_parts(*, with_bed: bool) -> None:
    system_packages.install()
    if with_bed:
        with step("真实的 Asterisk · Asterisk for tests"):
            printed = steps.run(["bash", "tests/bed/setup.sh"])
        say(f"  {steps.tail(printed, lines=1)}")


def _lacking(phase: Phase) -> str:
    """Say what this machine lacks for a phase; "" when nothing."""
    if phase.needs_root and os.geteuid() != 0:
        return "root"
    return phase.needs_package if phase.needs_package in system_packages.missing() else ""


# --- running ---------------------------------------------------------------------------------


def _run(phase: Phase) -> tuple[Count, str]:
    """Run one phase; give its count and what was wrong with it, if anything."""
    say(f"\n=== {phase.title}")
    began = time.monotonic()
    mark = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(prefix="hotline-tests-") as folder:
        junit = Path(folder) / "junit.xml"
        code = _execute(phase, junit=junit, mark=mark)
        count = read_count(junit)
    fault = f"exit code {code}" if code else ""
    if not fault and not count.passed:
        fault = "no test ran"
    stayed = leftovers.settle(mark)
    for pid, command in stayed.items():
        say(f"LEFT OVER {pid}: {command}")
    if stayed:
        fault = f"{fault}; processes stayed".lstrip("; ")
    say(f"=== {phase.name}: {fault or 'ok'}, {time.monotonic() - began:.0f} s")
    return count, fault


def _execute(phase: Phase, *, junit: Path, mark: str) -> int:
    command = [part.replace("{junit}", str(junit)) for part in phase.command]
    if Path(command[0]).name == "pytest":
        command.append(f"--junitxml={junit}")
    if phase.is_isolated and os.geteuid() == 0:
        command = ["unshare", "-n", "--", "sh", "-c", OWN_NETWORK, "sh", *command]
    environment = {**os.environ, **phase.environment, leftovers.MARK: mark}
    running = subprocess.Popen(command, cwd=phase.folder, env=environment, stdin=subprocess.DEVNULL)
    try:
        return running.wait(timeout=LONGEST_PHASE_SECONDS)
    except subprocess.TimeoutExpired:
        say(f"=== {phase.name}: longer than {LONGEST_PHASE_SECONDS} s, ended")
        return 124
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait()


def read_count(junit: Path) -> Count:
    """Read how many tests passed, failed and were skipped from a JUnit report."""
    if not junit.exists():
        return Count()
    suites = ElementTree.parse(junit).getroot().iter("testsuite")  # noqa: S314 - our own report
    total = Count()
    for suite in suites:
        tests, bad, skipped = (_number(suite, *names) for names in REPORT)
        total.add(Count(passed=tests - bad - skipped, failed=bad, skipped=skipped))
    return total


REPORT = (("tests",), ("failures", "errors"), ("skipped",))


def _number(suite: ElementTree.Element, *names: str) -> int:
    return sum(int(re.sub(r"\D", "", suite.get(name, "")) or 0) for name in names)


def _sum_up(total: Count, *, failures: list[str], left_out: list[str], seconds: float) -> int:
    """Say how it went; the last line is the count."""
    is_ci = os.environ.get("CI") == "true"
    say(f"\n=== {seconds:.0f} s")
    for line in left_out:
        say(f"未运行 · LEFT OUT {line}")
    if is_ci and left_out:
        failures.append("something was left out, and CI=true allows no gap")
    if is_ci and total.skipped:
        failures.append(f"{total.skipped} tests were skipped, and CI=true allows no gap")
    for line in failures:
        say(f"失败 · FAILED {line}")
    say(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if failures or total.failed else 0


if __name__ == "__main__":
    steps.main(main)
