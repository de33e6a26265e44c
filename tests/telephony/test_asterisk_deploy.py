"""What runs beside Asterisk: the written configuration and the bringer of recordings."""

import errno
import hashlib
import hmac
import http.server
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.processes import start, stop, wait_until
from tests.telephony.deployed import DEPLOY, load

SECRET = "an-upload-secret-of-the-test"
SOUND = b"RIFF" + bytes(400)


# --- the configuration ---------------------------------------------------------------------------


def written(folder: Path, *more: str) -> dict[str, str]:
    configure = load("configure")
    arguments = ["--output", str(folder), "--exchange-id", "hy1", "--carrier", "192.0.2.10",
                 "--ami-secret", "a-secret-of-twelve", *more]  # fmt: skip
    paths = configure.write_configuration(
        folder, configure.values_for(configure.read_arguments(arguments))
    )
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def test_every_placeholder_is_filled_and_secrets_are_not_for_everybody(tmp_path: Path) -> None:
    files = written(tmp_path)
    assert not [name for name, text in files.items() if "@{" in text]
    assert (tmp_path / "manager.conf").stat().st_mode & 0o007 == 0


def test_sound_of_browser_phones_is_bound_where_browsers_reach_it(tmp_path: Path) -> None:
    transport = written(tmp_path)["pjsip.conf"].split("[sip-ws]")[1].split("[")[0]
    assert "bind = 0.0.0.0" in transport
    assert "127.0.0.1" not in transport


SECURE = ("--sip-tls-cert", "/etc/hotline/sip.pem", "--carrier-tls")


def section(text: str, name: str, kind: str = "") -> str:
    """Return the lines of one section of a configuration file."""
    found = [part for part in text.split("\n[") if part.startswith(name) and kind in part]
    assert found, name
    return found[0]


def test_a_secure_trunk_is_tls_with_encrypted_sound_in_both_directions(tmp_path: Path) -> None:
    pjsip = written(tmp_path, *SECURE, "--carrier-out", "sbc.example:5061")["pjsip.conf"]

    transport = section(pjsip, "sip-tls]")
    assert "protocol = tls" in transport
    assert "bind = 0.0.0.0:5061" in transport
    assert "cert_file = /etc/hotline/sip.pem" in transport
    assert "priv_key_file = /etc/hotline/sip.pem" in transport
    trunk = section(pjsip, "carrier]", "type = endpoint")
    assert "transport = sip-tls" in trunk
    assert "media_encryption = sdes" in trunk
    there = section(pjsip, "carrier]", "type = aor")
    assert "contact = sip:sbc.example:5061\\;transport=tls" in there


def test_without_being_asked_for_there_is_no_tls_and_the_trunk_is_plain(tmp_path: Path) -> None:
    pjsip = written(tmp_path)["pjsip.conf"]

    assert "[sip-tls]" not in pjsip
    trunk = section(pjsip, "carrier]", "type = endpoint")
    assert "transport = sip-udp" in trunk
    assert "media_encryption" not in trunk
    assert "transport=tls" not in pjsip


def test_a_secure_desk_phone_is_reached_by_tls_beside_a_plain_one(tmp_path: Path) -> None:
    pjsip = written(
        tmp_path, "--sip-tls-cert", "/c.pem", "--sip-tls-key", "/k.pem",
        "--secure-desk-phone", "2001=10.0.6.31:5061", "--desk-phone", "2002=10.0.6.32:5060",
    )["pjsip.conf"]  # fmt: skip

    assert "[2001](desk-phone-secure)" in pjsip
    assert "contact = sip:2001@10.0.6.31:5061\\;transport=tls" in pjsip
    assert "[2002](desk-phone)" in pjsip
    assert "contact = sip:2002@10.0.6.32:5060\n" in pjsip
    assert "priv_key_file = /k.pem" in section(pjsip, "sip-tls]")


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ((), ()),
        (("--sip-tls-ca", "/ca.pem"), ("ca_list_file = /ca.pem", "verify_server = yes")),
        (
            ("--sip-tls-ca", "/ca.pem", "--sip-tls-mutual"),
            ("verify_server = yes", "verify_client = yes", "require_client_cert = yes"),
        ),
    ],
)
def test_whose_certificates_are_looked_at_is_said(
    tmp_path: Path, options: tuple[str, ...], lines: tuple[str, ...]
) -> None:
    transport = section(written(tmp_path, *SECURE, *options)["pjsip.conf"], "sip-tls]")

    assert [line for line in lines if line not in transport] == []
    assert lines or "verify" not in transport


@pytest.mark.parametrize(
    "options",
    [
        ("--carrier-tls",),
        ("--secure-desk-phone", "2001=10.0.6.31:5061"),
        (*SECURE, "--sip-tls-mutual"),
    ],
)
def test_tls_without_what_it_needs_is_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        written(tmp_path, *options)


def test_a_node_behind_nat_tells_its_outside_address_by_tls_too(tmp_path: Path) -> None:
    options = ("--external-address", "203.0.113.99", "--local-net", "10.0.0.0/8")
    transport = section(written(tmp_path, *SECURE, *options)["pjsip.conf"], "sip-tls]")

    assert "external_media_address = 203.0.113.99" in transport
    assert "local_net = 10.0.0.0/8" in transport


def test_with_a_certificate_browser_phones_come_by_wss(tmp_path: Path) -> None:
    files = written(tmp_path, "--tls-cert", "/etc/hotline/cert.pem")
    assert "tlscertfile = /etc/hotline/cert.pem" in files["http.conf"]
    assert "protocol = wss" in files["pjsip.conf"]


def test_the_applications_account_may_neither_command_nor_run_programs(tmp_path: Path) -> None:
    files = written(tmp_path)
    assert "write = system,call,agent,originate,user" in files["manager.conf"].splitlines()
    for program_runner in ("app_system", "func_shell", "res_clioriginate", "app_originate"):
        assert program_runner not in files["modules.conf"]


def test_an_emergency_service_is_dialled_by_a_live_site_only(tmp_path: Path) -> None:
    assert "HL_EMERGENCY = no" in written(tmp_path)["extensions.conf"]
    assert "HL_EMERGENCY = yes" in written(tmp_path, "--site-mode", "live")["extensions.conf"]


def test_calls_to_the_outside_go_to_the_first_carrier_unless_said_otherwise(tmp_path: Path) -> None:
    assert "contact = sip:192.0.2.10\n" in written(tmp_path)["pjsip.conf"]
    files = written(tmp_path, "--carrier-out", "192.0.2.20:5080")
    assert "contact = sip:192.0.2.20:5080\n" in files["pjsip.conf"]


def test_a_node_alone_tells_whoever_was_never_asked_about_once_and_before_he_waits(
    tmp_path: Path,
) -> None:
    dialplan = written(tmp_path, "--announcements-dir", "/said")["extensions.conf"]
    intake, greet, alone, told = (
        section(dialplan, f"{name}]") for name in ("intake", "greet", "alone", "tell-of-recording")
    )

    assert in_order(intake, "Set(HL_UNTOLD=yes)", "alone,s,1", "AGI(")
    assert in_order(greet, "Set(HL_UNTOLD=)", "queue,s,1")
    assert in_order(alone, "Answer", "Gosub(tell-of-recording,s,1)", "HL_PLACE=alone", "Queue(")
    assert in_order(
        told,
        'GotoIf($["${HL_UNTOLD}" = ""]?done)',
        "Set(HL_UNTOLD=)",
        "Playback(/said/notice-of-${FILTER(0-9,${HL_DIALLED})})",
        "n(done),Return()",
    )
    assert dialplan.count("notice-of-") == 1


def in_order(text: str, *pieces: str) -> bool:
    """Say whether all these stand in the text, each behind the one before."""
    at = [text.index(piece) for piece in pieces]
    return at == sorted(at)


@pytest.mark.parametrize("secret", ["short", "with a blank in it", "with;a-comment-sign"])
def test_a_secret_that_asterisk_would_misread_is_refused(tmp_path: Path, secret: str) -> None:
    with pytest.raises(SystemExit):
        written(tmp_path, "--ami-secret", secret)


# --- the bringer of recordings -------------------------------------------------------------------


class Receiver(http.server.BaseHTTPRequestHandler):
    """An application that answers as the test wants, and keeps what it was brought."""

    answers: dict[str, list[int]]
    brought: list[tuple[str, dict[str, str], bytes]]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.rpartition("/")[2]
        type(self).brought.append((self.path, dict(self.headers), body))
        waiting = type(self).answers.get(name, [])
        self.send_response(waiting.pop(0) if waiting else 201)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[http.server.ThreadingHTTPServer]:
    Receiver.answers, Receiver.brought = {}, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    for folder in ("open", "outgoing"):
        (tmp_path / folder).mkdir()
    return tmp_path


@pytest.fixture
def _spooler(receiver: http.server.ThreadingHTTPServer, recordings: Path) -> Iterator[None]:
    application = f"http://127.0.0.1:{receiver.server_address[1]}"
    command = [sys.executable, str(DEPLOY / "recording_spooler.py"), "--exchange-id", "hy1"]
    command += ["--recordings-dir", str(recordings), "--application", application]
    process = start(
        [*command, "--look-every", "0.1"],
        log=recordings / "log",
        environment={**os.environ, "HOTLINE_UPLOAD_SECRET": SECRET},
    )
    yield
    assert stop(process, by=signal.SIGTERM) == 0


def leave(recordings: Path, name: str, content: bytes = SOUND) -> Path:
    path = recordings / "outgoing" / name
    path.write_bytes(content)
    return path


@pytest.mark.usefixtures("_spooler")
def test_a_recording_is_brought_signed_and_then_deleted(recordings: Path) -> None:
    path = leave(recordings, "hy1_1795417117.0_1.wav")
    wait_until(lambda: not path.exists(), seconds=5, what="the file was brought")
    ((where, headers, body),) = Receiver.brought
    assert where == "/telephony/recordings/hy1/hy1_1795417117.0_1.wav"
    assert body == SOUND
    digest = hashlib.sha256(body).hexdigest()
    said = f"{headers['X-Hotline-Timestamp']}\nhy1\nhy1_1795417117.0_1.wav\n{digest}"
    expected = hmac.new(SECRET.encode(), said.encode(), hashlib.sha256).hexdigest()
    assert headers["X-Hotline-Signature"] == expected
    assert headers["X-Hotline-Body-Sha256"] == digest


@pytest.mark.usefixtures("_spooler")
def test_a_recording_is_kept_until_the_application_takes_it(recordings: Path) -> None:
    Receiver.answers["hy1_1.0_1.wav"] = [500, 401, 429, 409, 201]
    path = leave(recordings, "hy1_1.0_1.wav")
    wait_until(lambda: not path.exists(), seconds=15, what="the file was brought at last")
    assert len(Receiver.brought) == 5


@pytest.mark.usefixtures("_spooler")
def test_a_recording_that_has_to_wait_holds_up_no_other(recordings: Path) -> None:
    Receiver.answers["hy1_1.0_1.wav"] = [409] * 50
    held = leave(recordings, "hy1_1.0_1.wav")
    wait_until(lambda: len(Receiver.brought) > 2, seconds=5, what="some tries")
    other = leave(recordings, "hy1_9.0_1.wav")
    wait_until(lambda: not other.exists(), seconds=1, what="the other file was brought")
    assert held.exists()


@pytest.mark.usefixtures("_spooler")
def test_what_the_application_will_never_take_is_put_aside(recordings: Path) -> None:
    Receiver.answers["hy1_2.0_1.wav"] = [422]
    leave(recordings, "hy1_2.0_1.wav")
    refused = recordings / "refused" / "hy1_2.0_1.wav"
    wait_until(refused.exists, seconds=5, what="the file put aside")
    assert refused.read_bytes() == SOUND


@pytest.mark.usefixtures("_spooler")
def test_a_file_without_any_sound_is_not_brought(recordings: Path) -> None:
    path = leave(recordings, "hy1_3.0_1.wav", SOUND[:44])
    wait_until(lambda: not path.exists(), seconds=5, what="the empty file deleted")
    assert Receiver.brought == []


@pytest.mark.usefixtures("_spooler")
def test_a_file_is_taken_up_when_it_is_closed_however_long_nothing_was_written(
    recordings: Path,
) -> None:
    """On hold nothing is written for many minutes, and the file is not finished."""
    path = recordings / "open" / "hy1_4.0_1.wav"
    with path.open("wb") as recorder:
        recorder.write(SOUND)
        recorder.flush()
        os.utime(path, (0, 0))
        other = recordings / "open" / "hy1_5.0_1.wav"
        other.write_bytes(SOUND)
        wait_until(lambda: not other.exists(), seconds=5, what="the closed file was taken up")
        assert path.exists()
    wait_until(lambda: len(Receiver.brought) == 2, seconds=5, what="the other, once it is closed")
    assert not path.exists()


def test_where_nobody_knows_what_is_closed_the_spooler_says_so_and_ends(
    recordings: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    spooler = load("recording_spooler")

    def lends_nothing(*_given: object) -> None:
        raise OSError(errno.EINVAL, "as a file system of another machine does")

    monkeypatch.setattr(spooler.fcntl, "fcntl", lends_nothing)
    monkeypatch.setenv("HOTLINE_UPLOAD_SECRET", SECRET)
    said = ["x", "--recordings-dir", str(recordings), "--application", "http://127.0.0.1:1"]
    monkeypatch.setattr(sys, "argv", [*said, "--exchange-id", "hy1"])

    assert spooler.main() == 1
    assert "no local file system" in caplog.text


@pytest.mark.usefixtures("_spooler")
def test_a_file_that_cannot_be_moved_stops_nobody_elses_recording(recordings: Path) -> None:
    """One file that the disk refused to move ended the spooler, and every recording stayed."""
    (recordings / "refused").write_text("a file stands where the folder should be")
    Receiver.answers["hy1_1.0_1.wav"] = [422] * 50
    stuck = leave(recordings, "hy1_1.0_1.wav")
    wait_until(lambda: len(Receiver.brought) > 1, seconds=5, what="the stuck file was tried twice")
    other = leave(recordings, "hy1_2.0_1.wav")

    wait_until(lambda: not other.exists(), seconds=5, what="the other file was brought")
    assert stuck.exists()


def test_hours_without_the_application_lose_nothing(
    recordings: Path, receiver: http.server.ThreadingHTTPServer
) -> None:
    """The clock is the spooler's own argument: half a day passes in no time."""
    spooler = load("recording_spooler")
    port = receiver.server_address[1]
    away, there = (
        spooler.Errand(
            folder=recordings, application=address, exchange_id="hy1", secret=SECRET.encode(),
            look_every=2.0,
        )
        for address in ("http://127.0.0.1:1", f"http://127.0.0.1:{port}")
    )  # fmt: skip
    names = [f"hy1_{number}.0_1.wav" for number in range(20)]
    for name in names:
        leave(recordings, name)
    patience: dict[str, object] = {}

    for now in range(0, 6 * 3600, 600):
        spooler.bring_all(away, patience, now=float(now))
    assert Receiver.brought == []
    spooler.bring_all(there, patience, now=float(6 * 3600 + 60))

    assert sorted(path.rpartition("/")[2] for path, _, _ in Receiver.brought) == sorted(names)
    assert list((recordings / "outgoing").iterdir()) == []


def test_of_what_a_carrier_sends_as_number_only_a_number_goes_on(tmp_path: Path) -> None:
    plan = written(tmp_path)["extensions.conf"]
    entries = [line for line in plan.splitlines() if "Set(HL_DIALLED=${" in line]
    assert entries == ["exten => _[+0-9]!,1,Set(HL_DIALLED=${FILTER(0-9+*#,${EXTEN})})"]
