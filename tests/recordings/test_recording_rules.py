"""Names, signatures and starts of plays."""

import hashlib
import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.recordings.play_starts import starts_play
from app.recordings.recording_names import BadRecordingName, read_name
from app.recordings.upload_signature import is_fresh, is_genuine, sign_upload

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PARTS = {
    "secret": "a secret of this exchange",
    "body_sha256": "ab" * 32,
    "timestamp": str(int(NOW.timestamp())),
    "exchange_id": "hy1",
    "name": "hy1_1763863200.7_1.wav",
}


@pytest.mark.parametrize(
    ("name", "exchange_id", "call_key", "segment"),
    [
        ("hy1_1763863200.7_1.wav", "hy1", "1763863200.7", 1),
        ("hy_1_hy-node-1763863200.7_12.wav", "hy_1", "hy-node-1763863200.7", 12),
        ("sim_a0b1c2.5_2.wav", "sim", "a0b1c2.5", 2),
    ],
)
def test_a_name_says_exchange_call_and_piece(
    name: str, exchange_id: str, call_key: str, segment: int
) -> None:
    parts = read_name(name, exchange_id=exchange_id)

    assert (parts.call_key, parts.segment, parts.name) == (call_key, segment, name)


@pytest.mark.parametrize(
    "name",
    [
        "hy2_1763863200.7_1.wav",
        "hy1_1763863200.7.wav",
        "hy1_1763863200.7_0.wav",
        "hy1_1763863200.7_1.mp3",
        "hy1_../../etc/passwd_1.wav",
        "hy1_a\x00b_1.wav",
        "hy1__1.wav",
        "",
        "hy1_" + "9" * 65 + "_1.wav",
    ],
)
def test_a_name_that_says_less_or_more_is_refused(name: str) -> None:
    with pytest.raises(BadRecordingName):
        read_name(name, exchange_id="hy1")


def test_a_signature_fits_its_own_upload_and_no_other() -> None:
    signature = sign_upload(
        PARTS["body_sha256"], **{k: v for k, v in PARTS.items() if k != "body_sha256"}
    )

    assert is_genuine(signature, **PARTS)
    assert is_genuine(signature.upper(), **PARTS)
    for changed in PARTS:
        assert not is_genuine(signature, **{**PARTS, changed: PARTS[changed] + "0"})
    assert not is_genuine("", **PARTS)
    assert not is_genuine("签名", **PARTS)


def test_the_nodes_spooler_signs_as_we_check() -> None:
    file = Path(__file__).parents[2] / "deploy/asterisk/recording_spooler.py"
    spec = importlib.util.spec_from_file_location("recording_spooler", file)
    assert spec is not None
    assert spec.loader is not None
    spooler = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = spooler  # dataclasses look their module up by name
    spec.loader.exec_module(spooler)
    body = b"the sound of a talk"
    said = {key: PARTS[key] for key in ("timestamp", "exchange_id", "name")}

    signature = spooler.signature_of(body, secret=PARTS["secret"].encode(), **said)

    digest = hashlib.sha256(body).hexdigest()
    assert is_genuine(signature, secret=PARTS["secret"], body_sha256=digest, **said)
    assert [spooler.verdict_on(status) for status in (200, 201, 202)] == ["done"] * 3
    assert [spooler.verdict_on(status) for status in (401, 409)] == ["again"] * 2
    assert [spooler.verdict_on(status) for status in (400, 413, 422)] == ["refused"] * 3


def test_an_exchange_without_a_secret_has_no_genuine_upload() -> None:
    empty = {**PARTS, "secret": ""}
    signature = sign_upload(
        empty["body_sha256"], **{k: v for k, v in empty.items() if k != "body_sha256"}
    )

    assert not is_genuine(signature, **empty)


@pytest.mark.parametrize(
    ("drift", "fresh"), [(0, True), (299, True), (-299, True), (301, False), (-301, False)]
)
def test_clocks_may_differ_by_five_minutes(drift: int, fresh: bool) -> None:
    assert is_fresh(str(int(NOW.timestamp()) + drift), now=NOW) is fresh


@pytest.mark.parametrize("timestamp", ["", "soon", "-5", "1e9", "٣٤", "9" * 40])
def test_a_timestamp_that_is_no_number_is_never_fresh(timestamp: str) -> None:
    assert not is_fresh(timestamp, now=NOW)


def play(first_byte: int, ago: float | None) -> bool:
    last = None if ago is None else NOW - timedelta(seconds=ago)
    return starts_play(
        first_byte=first_byte, last_play_at=last, length=timedelta(seconds=60), now=NOW
    )


def test_the_first_request_of_a_person_starts_a_play_wherever_it_begins() -> None:
    assert play(0, None)
    assert play(500_000, None)


def test_the_other_half_of_a_probe_and_a_jump_go_on_with_the_play() -> None:
    assert not play(0, 2)
    assert not play(500_000, 2)
    assert not play(500_000, 600)


def test_listening_again_from_the_beginning_is_a_new_play() -> None:
    assert play(0, 11)


def test_after_a_long_pause_the_middle_is_a_new_play_too() -> None:
    assert play(500_000, 60 + 30 * 60 + 1)
