"""The doctor says what is wrong with a node, from the application's side."""

import importlib.util
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from app.core.handed_down import given
from app.recordings.audio_store import AudioPlace
from telephony.doctor import TEMPLATES, Check, Outcome, examine, needed_modules, stamp_of
from tests.bed.fake_ami import SECRET, USER, Action, FakeAmi, fake_ami, refusing
from tests.catalogues import keys, read

GOOD = {"HL_TEMPLATES": stamp_of(TEMPLATES)}


@contextmanager
def node(
    *,
    skew: float = 0.0,
    missing: str = "",
    stamp: str = GOOD["HL_TEMPLATES"],
    beat_age: int = 1,
    named: str = "hy1",
    emergency: str = "yes",
    queue: str = "hl-alone",
) -> Iterator[FakeAmi]:
    """A node that answers what the doctor asks, with what is broken on purpose."""

    def variable(ami: FakeAmi, action: Action) -> None:
        beat = str(int(time.time() + skew) - beat_age)
        values = {
            "HL_TEMPLATES": stamp,
            "HL_HEARTBEAT": beat,
            "HL_EXCHANGE": named,
            "HL_EMERGENCY": emergency,
        }
        ami.answer(action, f"Value: {values[action['Variable']]}")

    def module(ami: FakeAmi, action: Action) -> None:
        if action["Module"] == missing:
            ami.refuse(action, "Module not found")
        else:
            ami.answer(action, "Version: 1")

    replies = {
        "CoreSettings": lambda ami, action: ami.answer(action, "AsteriskVersion: 22.10.1"),
        "Ping": lambda ami, action: ami.answer(action, f"Timestamp: {time.time() + skew:.6f}"),
        "Getvar": variable,
        "ModuleCheck": module,
        "QueueStatus": lambda ami, action: ami.answer_list(
            action, [["Event: QueueParams", f"Queue: {queue}"]], ends_with="QueueStatusComplete"
        ),
    }
    with fake_ami(replies) as ami:
        yield ami


def found(ami: FakeAmi, *, secret: str = SECRET) -> dict[str, Check]:
    url = f"asterisk://{USER}:{secret}@127.0.0.1:{ami.port}?upload_secret=0123456789abcdef"
    return {check.name: check for check in examine(url, exchange_id="hy1", is_live=True)}


def failed(checks: dict[str, Check]) -> set[str]:
    # no application runs beside these tests: its own door is shut
    return {n for n, c in checks.items() if c.outcome is Outcome.FAILED} - {"door"}


def test_a_healthy_node_has_nothing_wrong_and_what_is_unseen_is_called_so() -> None:
    with node() as ami:
        checks = found(ami)

    assert failed(checks) == set()
    unseen = {name for name, check in checks.items() if check.outcome is Outcome.UNCHECKED}
    assert unseen == {"door_from_node", "phone_socket", "sounds", "spool_folder", "time_zone"}


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ({"skew": 90.0}, "clock"),
        *(({"missing": each}, "modules") for each in needed_modules()),
        ({"stamp": "another"}, "templates"),
        ({"beat_age": 60}, "heartbeat"),
        ({"beat_age": -600}, "heartbeat"),
        ({"named": "hy2"}, "exchange_name"),
        ({"named": ""}, "exchange_name"),
        ({"emergency": "no"}, "emergency"),
        ({"queue": "another"}, "fallback_queue"),
    ],
)
def test_what_is_broken_is_named_and_nothing_else(broken: dict[str, object], name: str) -> None:
    with node(**broken) as ami:  # type: ignore[arg-type]
        assert failed(found(ami)) == {name}


def test_a_demonstrations_node_that_would_dial_an_emergency_number_is_told() -> None:
    with node() as ami:
        url = f"asterisk://{USER}:{SECRET}@127.0.0.1:{ami.port}?upload_secret=0123456789abcdef"
        checks = {each.name: each for each in examine(url, exchange_id="hy1", is_live=False)}

    assert failed(checks) == {"emergency"}


def test_a_wrong_secret_is_told_as_that() -> None:
    with node() as ami:
        assert failed(found(ami, secret="wrong")) == {"login"}


def test_a_node_that_is_not_there_is_told_as_that() -> None:
    with node() as ami:
        port = ami.port
    checks = examine(f"asterisk://u:s@127.0.0.1:{port}?upload_secret=0123456789abcdef")

    assert failed({check.name: check for check in checks}) == {"manager"}


def test_an_account_that_may_not_ask_is_not_called_healthy() -> None:
    with fake_ami({"CoreSettings": refusing("Permission denied")}) as ami:
        assert "version" in failed(found(ami))


def test_what_a_hold_a_supervisor_or_a_muted_agent_needs_is_asked_for() -> None:
    for module in ("app_confbridge", "app_chanspy", "res_mutestream", "app_senddtmf", "func_cut"):
        assert f"{module}.so" in needed_modules()


def test_an_account_elsewhere_that_nobody_looked_at_is_not_called_fine() -> None:
    [check] = examine("twilio://AC1:token@api.twilio.com?hooks=https://hotline.example")

    assert check.outcome is Outcome.UNCHECKED


def test_room_in_a_bucket_that_does_not_say_is_not_called_enough(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setattr(given(AudioPlace).store, "free_bytes", lambda: None, raising=False)
        told = app.test_cli_runner().invoke(args=["telephony", "doctor", "sim"]).output

    assert "充足" not in told
    assert "unchecked 录音存储空间" in told


def test_a_place_of_recordings_that_is_gone_is_told_and_the_rest_is_examined(app: Flask) -> None:
    with app.app_context():
        shutil.rmtree(given(AudioPlace).store.path)  # type: ignore[attr-defined]
        told = app.test_cli_runner().invoke(args=["telephony", "doctor", "sim"])

    assert "录音存储位置读不到" in told.output
    assert "没有需要检查的节点" in told.output
    assert told.exit_code == 1


def test_configure_writes_the_stamp_that_the_doctor_expects() -> None:
    file = TEMPLATES.parent / "configure.py"
    spec = importlib.util.spec_from_file_location("configure_for_stamp", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["configure_for_stamp"] = module
    spec.loader.exec_module(module)

    assert module.stamp_of(Path(TEMPLATES)) == stamp_of(TEMPLATES)


def test_the_command_speaks_both_languages_and_ends_with_1_when_something_is_wrong(
    app: Flask,
) -> None:
    run = app.test_cli_runner().invoke
    for language, word in (("zh-CN", "没有需要检查的节点"), ("en", "no node to examine")):
        assert word in run(args=["telephony", "doctor", "sim", "--language", language]).output
    assert run(args=["telephony", "doctor", "nobody"]).exit_code == 1


def test_every_finding_has_its_words_in_both_languages() -> None:
    with node() as ami:
        names = {f"doctor.{c.name}_{c.outcome}" for c in found(ami).values()}
    names |= {
        "doctor.account_unchecked",
        "doctor.recordings_room_unchecked",
        "doctor.recordings_store_failed",
    }
    for locale in ("zh_Hans_CN", "en"):
        assert names - set(keys(read(locale))) == set()
