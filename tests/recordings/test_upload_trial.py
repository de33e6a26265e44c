"""The doctor brings a test recording as a node does, and says what is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from app.core import clock
from app.core.database import db
from app.recordings.models import Recording
from app.recordings.upload_trial import FAULTS, try_uploads
from telephony.doctor import Outcome
from telephony.port import Exchange
from telephony.simulator.settings import read_settings
from telephony.simulator.simulator import Simulator
from tests.catalogues import keys, read
from tests.services.web_door import Door

SECRET = "the upload secret of hy1"


@pytest.fixture
def door(app: Flask) -> Iterator[Door]:
    orders = Simulator("hy1", read_settings("quiet", {}))
    app.extensions["hotline.exchanges"] = {
        "hy1": Exchange(exchange_id="hy1", kind="node", orders=orders, upload_secret=SECRET)
    }
    door = Door()
    door.app = app
    yield door
    door.close()


def tried(address: str, *, secret: str = SECRET) -> dict[str, Outcome]:
    found = try_uploads(application=address, exchange_id="hy1", secret=secret, now=clock.now())
    return {check.name: check.outcome for check in found}


def test_a_signed_test_recording_is_heard_a_forged_one_refused_and_neither_kept(
    door: Door,
) -> None:
    assert tried(door.address) == {"upload": Outcome.OK, "forged_upload": Outcome.OK}
    assert db.session.scalars(db.select(Recording)).all() == []


def test_another_secret_than_the_running_applications_is_told_as_that(door: Door) -> None:
    assert tried(door.address, secret="a secret of yesterday") == {
        "upload_not_signed": Outcome.FAILED,
        "forged_upload": Outcome.OK,
    }


@pytest.mark.parametrize("status", [*FAULTS, 502])
def test_what_a_proxy_in_between_does_is_told_by_its_cause(door: Door, status: int) -> None:
    door.app = Response("no", status=status)

    name = f"upload_{FAULTS.get(status, 'answered')}"
    assert tried(door.address)[name] is Outcome.FAILED


def test_something_else_that_says_yes_to_everything_is_found_out(door: Door) -> None:
    door.app = Response("fine")

    assert tried(door.address)["forged_upload"] is Outcome.FAILED


def test_an_application_that_is_not_there_is_told_as_that(door: Door) -> None:
    gone = Door()
    gone.close()

    assert tried(gone.address) == {"upload_unreachable": Outcome.FAILED}
    assert door.app is not None


def test_the_command_tries_uploads_at_the_address_that_is_named(app: Flask, door: Door) -> None:
    exchanges = app.extensions["hotline.exchanges"]
    exchanges["sim"] = exchanges["hy1"]  # the one that the settings of a test name
    run: Any = app.test_cli_runner().invoke

    well = run(args=["telephony", "doctor", "sim", "--application", door.address])
    gone = run(args=["telephony", "doctor", "sim", "--application", "http://127.0.0.1:9"])

    assert "测试录音已按节点的方式送达" in well.output
    assert "连不上本系统" in gone.output
    assert (well.exit_code, gone.exit_code) == (0, 1)


def test_every_finding_has_its_words_in_both_languages() -> None:
    faults = [*FAULTS.values(), "answered", "unreachable"]
    names = {"doctor.upload_ok", "doctor.forged_upload_ok", "doctor.forged_upload_failed"}
    names |= {f"doctor.upload_{fault}_failed" for fault in faults}
    for locale in ("zh_Hans_CN", "en"):
        assert names - set(keys(read(locale))) == set()
