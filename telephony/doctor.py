"""Examines a configured exchange from the application's side and says what is wrong with it.

Asks only what the application's own AMI account may ask: it originates nothing, runs no command,
changes nothing. What can be seen only on the node itself is said to be unchecked, never fine.
"""

import hashlib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from telephony.asterisk.ami_connection import AmiConnection, AmiLost, AmiRefused

PATIENCE_SECONDS = 4.0
MOST_SKEW_SECONDS = 30.0  # uploads are refused from 300 on; something is wrong long before
HEARTBEAT_SECONDS = 6
FALLBACK_QUEUE = "hl-alone"
OLDEST_MAJOR = 20

NOT_NEEDED = frozenset(
    {
        "app_echo.so", "app_verbose.so", "bridge_native_rtp.so", "codec_a_mu.so", "codec_g722.so",
        "codec_gsm.so", "codec_opus_open_source.so", "format_gsm.so", "func_hangupcause.so",
        "func_math.so", "res_format_attr_opus.so", "res_pjsip_dtmf_info.so",
        "res_pjsip_logger.so", "res_pjsip_rfc3326.so",
    }
)  # fmt: skip
"""What the templates load and no call stands or falls with."""
_LOADED = re.compile(r"^load = (\S+)$", re.MULTILINE)

TEMPLATES = Path(__file__).resolve().parents[1] / "deploy" / "asterisk" / "templates"


class Outcome(StrEnum):
    """What a check found."""

    OK = "ok"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at; the words are `doctor.<name>_<outcome>` with `detail`."""

    name: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """What the node should be like, besides what every one is."""

    templates: Path
    exchange_id: str | None
    is_live: bool | None


def examine(
    url: str,
    *,
    exchange_id: str | None = None,
    is_live: bool | None = None,
    templates: Path = TEMPLATES,
) -> list[Check]:
    """Examine the exchange of this address (as in EXCHANGES); never raises for a sick one.

    `exchange_id` is its name there, `is_live` whether this site is: what is None is not compared.
    """
    scheme = urlsplit(url).scheme
    if scheme == "simulator":
        return [Check(name="nothing_to_examine", outcome=Outcome.OK, detail=scheme)]
    if scheme != "asterisk":
        return [Check(name="account", outcome=Outcome.UNCHECKED, detail=scheme)]
    options = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    return [
        *_manager(url, _Meant(templates=templates, exchange_id=exchange_id, is_live=is_live)),
        *_door(options),
        *_phone_socket(options.get("phone_socket", "")),
        _said("upload_secret", is_well=len(options.get("upload_secret", "")) >= 16),
        *(
            Check(name=name, outcome=Outcome.UNCHECKED)
            for name in ("door_from_node", "sounds", "spool_folder", "time_zone")
        ),
    ]


def stamp_of(templates: Path) -> str:
    """Return what names this version of the templates; configure.py writes the same."""
    made = hashlib.sha256()
    for path in sorted(templates.glob("*.conf")):
        made.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()[:12]


def needed_modules(templates: Path = TEMPLATES) -> list[str]:
    """Return the modules without which some call, hold, transfer or recording fails."""
    loaded = _LOADED.findall((templates / "modules.conf").read_text(encoding="utf-8"))
    return sorted(set(loaded) - NOT_NEEDED)


def _said(name: str, *, is_well: bool, detail: str = "") -> Check:
    return Check(name=name, outcome=Outcome.OK if is_well else Outcome.FAILED, detail=detail)


def _manager(url: str, meant: _Meant) -> Iterator[Check]:
    parts = urlsplit(url)
    where = f"{parts.hostname}:{parts.port or 5038}"
    link = AmiConnection(answer_seconds=PATIENCE_SECONDS, on_lost=lambda _why: None)
    try:
        link.connect(parts.hostname or "", parts.port or 5038)
    except AmiLost as why:
        yield _said("manager", is_well=False, detail=f"{where} {why}")
        return
    yield _said("manager", is_well=True, detail=where)
    try:
        link.login(unquote(parts.username or ""), unquote(parts.password or ""))
        yield _said("login", is_well=True)
        yield from _inside(link, meant)
    except AmiRefused as why:
        yield _said("login", is_well=False, detail=str(why))
    except AmiLost as why:
        yield _said("manager", is_well=False, detail=str(why))
    finally:
        link.close()


def _inside(link: AmiConnection, meant: _Meant) -> Iterator[Check]:
    """What only somebody who has logged in can ask."""
    version = _asked(link, {"Action": "CoreSettings"}, "AsteriskVersion")
    major = version.partition(".")[0]
    is_known = major.isdigit() and int(major) >= OLDEST_MAJOR
    yield _said("version", is_well=is_known, detail=version or "?")
    missing = [
        module for module in needed_modules(meant.templates) if not _has_module(link, module)
    ]
    yield _said("modules", is_well=not missing, detail=" ".join(missing))
    stamp = stamp_of(meant.templates)
    there = _asked(link, {"Action": "Getvar", "Variable": "HL_TEMPLATES"}, "Value")
    yield _said("templates", is_well=there == stamp, detail=f"{there or '-'} ≠ {stamp}")
    yield from _configured(link, meant)
    told = link.ask({"Action": "Ping"}).headers.get("Timestamp", "0")
    skew = float(told) - time.time()
    yield _said("clock", is_well=abs(skew) <= MOST_SKEW_SECONDS, detail=f"{skew:+.1f}")
    beat = _asked(link, {"Action": "Getvar", "Variable": "HL_HEARTBEAT"}, "Value")
    age = float(told) - float(beat) if beat.isdigit() else float(told)
    # one from the future keeps callers waiting for an application that may be dead
    yield _said("heartbeat", is_well=abs(age) <= HEARTBEAT_SECONDS, detail=str(int(age)))


def _configured(link: AmiConnection, meant: _Meant) -> Iterator[Check]:
    """Whether the node was configured as what we take it for."""
    if meant.exchange_id is not None:
        named = _asked(link, {"Action": "Getvar", "Variable": "HL_EXCHANGE"}, "Value")
        is_so = named == meant.exchange_id
        yield _said("exchange_name", is_well=is_so, detail=f"{named or '-'} ≠ {meant.exchange_id}")
    if meant.is_live is not None:
        dials = _asked(link, {"Action": "Getvar", "Variable": "HL_EMERGENCY"}, "Value")
        wanted = "yes" if meant.is_live else "no"
        yield _said("emergency", is_well=dials == wanted, detail=f"{dials or '-'} ≠ {wanted}")
    try:
        told = link.ask_for_list({"Action": "QueueStatus", "Queue": FALLBACK_QUEUE})
    except AmiRefused:
        told = []
    queues = {entry.headers.get("Queue") for entry in told if entry.event_name == "QueueParams"}
    yield _said("fallback_queue", is_well=FALLBACK_QUEUE in queues, detail=FALLBACK_QUEUE)


def _asked(link: AmiConnection, action: dict[str, str], header: str) -> str:
    """Return one header of an answer; nothing when the account may not ask."""
    try:
        return link.ask(action).headers.get(header, "")
    except AmiRefused:
        return ""


def _has_module(link: AmiConnection, module: str) -> bool:
    try:
        link.ask({"Action": "ModuleCheck", "Module": module})
    except AmiRefused:
        return False
    return True


def _door(options: dict[str, str]) -> Iterator[Check]:
    """Whether our own intake listens; whether the node reaches it, only the node can say."""
    where = (options.get("agi_bind", "127.0.0.1"), int(options.get("agi_port", "4573")))
    try:
        socket.create_connection(where, PATIENCE_SECONDS).close()
    except OSError as why:
        yield _said("door", is_well=False, detail=f"{where[0]}:{where[1]} {why}")
    else:
        yield _said("door", is_well=True, detail=f"{where[0]}:{where[1]}")


def _phone_socket(address: str) -> Iterator[Check]:
    """Whether a browser phone could connect: name, port, certificate, WebSocket."""
    parts = urlsplit(address)
    if not address or "{host}" in address or parts.hostname is None:
        yield Check(name="phone_socket", outcome=Outcome.UNCHECKED, detail=address)
        return
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    try:
        with socket.create_connection((parts.hostname, port), PATIENCE_SECONDS) as plain:
            if parts.scheme == "wss":
                context = ssl.create_default_context()
                with context.wrap_socket(plain, server_hostname=parts.hostname) as safe:
                    answer = _knock(safe, parts.hostname, parts.path)
            else:
                answer = _knock(plain, parts.hostname, parts.path)
    except (OSError, ssl.SSLError) as why:
        yield _said("phone_socket", is_well=False, detail=f"{address} {why}")
    else:
        yield _said("phone_socket", is_well=" 101 " in answer, detail=f"{address} {answer}")


def _knock(line: socket.socket, host: str, path: str) -> str:
    """Ask for a WebSocket that speaks SIP; return the first line of the answer."""
    line.settimeout(PATIENCE_SECONDS)
    line.sendall(
        f"GET {path or '/'} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n"
        "Sec-WebSocket-Key: aG90bGluZS1kb2N0b3ItMQ==\r\n\r\n".encode()
    )
    return line.recv(1024).decode("latin-1").partition("\r\n")[0] + " "
