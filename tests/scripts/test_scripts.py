"""What stands behind the two commands: stamps, locks, addresses, leftovers, counts."""

import os
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from scripts import check_locks, leftovers, run, stamps
from scripts.addresses import can_listen, is_loopback
from scripts.run_tests import read_count
from scripts.steps import StepFailed
from tests.services.processes import wait_until


def test_a_stamp_holds_until_a_file_changes(tmp_path: Path) -> None:
    source, stamp = tmp_path / "a.txt", tmp_path / "stamp"
    source.write_text("one")
    stamps.put(stamp, stamps.fingerprint([source]))

    assert stamps.is_fresh(stamp, stamps.fingerprint([source]))
    source.write_text("two")
    assert not stamps.is_fresh(stamp, stamps.fingerprint([source]))


def test_the_locks_belong_to_what_was_asked_for() -> None:
    assert [fault for name in check_locks.LOCKS for fault in check_locks.faults_of(name)] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_only_this_machine_reaches_a_loopback_host(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "203.0.113.1", "hotline.example"])
def test_others_reach_any_other_host(host: str) -> None:
    assert not is_loopback(host)


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert f"make run PORT={port + 1}" in can_listen("127.0.0.1", port)
    assert can_listen("127.0.0.1", port) == ""


@pytest.mark.parametrize("port", ["0", "70000", "abc", "²", "-1"])
def test_a_port_that_is_none_is_said_in_a_sentence(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(StepFailed, match="from 1 to 65535"):
        run.site_environment()


def test_a_data_folder_that_cannot_be_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").touch()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PORT", str(free.getsockname()[1]))
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path / "a file"))

    with pytest.raises(StepFailed, match="INSTANCE_DIR"):
        run.main()


def test_a_child_that_stayed_is_found_by_its_mark() -> None:
    mark = uuid.uuid4().hex
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        env={**os.environ, leftovers.MARK: mark},
    )
    wait_until(lambda: child.pid in leftovers.left_over(mark), seconds=5, what="the mark is seen")
    child.kill()
    child.wait()

    assert leftovers.left_over(mark) == {}


def test_a_report_is_counted_like_its_runner_counts(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="1" errors="1" skipped="2"/></testsuites>'
    )

    count = read_count(report)

    assert (count.passed, count.failed, count.skipped) == (6, 2, 2)
