"""Settings from the environment: read once, strictly, and every fault told at once."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from app.core.environment import SHORTEST_SECRET, Reader, address_parts
from app.core.environment import BadSettings as BadSettings

ROOT = Path(__file__).resolve().parent
DATABASE_KINDS = ("sqlite", "postgresql+psycopg")
EXCHANGE_KINDS = ("simulator", "asterisk", "twilio")
BUCKET_KINDS = ("s3+https", "s3+http")
USUAL_BODY = '{"to": "{to}", "text": "{text}", "key": "{key}"}'
NO_ADDRESS = frozenset({"", "none", "simulator"})
REPORTING = frozenset({"sms", "im", "email", "voice", "site"})
"""Ways whose carriers may tell later what became of a message."""
BODY_FIELDS = frozenset({"to", "text", "key", "subject", "language", "channel", "reply_to"})
# The site that shows an answer must know of which question it is.
SITE_BODY = (
    '{"to": "{to}", "text": "{text}", "key": "{key}", '
    '"channel": "{channel}", "reply_to": "{reply_to}"}'
)
EXCHANGE_ID = re.compile(r"[a-z][a-z0-9_-]{0,15}")


class SiteMode(StrEnum):
    """Where this runs: a demonstration with people and calls of its own, or a city's hotline."""

    DEMO = "demo"
    LIVE = "live"


class AsyncMode(StrEnum):
    """How Socket.IO waits (docs/settings.md)."""

    THREADING = "threading"
    GEVENT = "gevent"


class LogLevel(StrEnum):
    """From how serious on a line is written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, kw_only=True)
class ConfiguredExchange:
    """One exchange as EXCHANGES names it: an id and a URL that may hold secrets."""

    exchange_id: str
    url: str = field(repr=False)

    @property
    def phone_socket(self) -> str:
        """Where browser phones of this exchange connect, or empty."""
        return parse_qs(urlsplit(self.url).query).get("phone_socket", [""])[-1]


@dataclass(frozen=True, kw_only=True)
class MessageCarrier:
    """Who carries messages of one way: an address that may hold secrets, and what goes with it."""

    way: str
    address: str = field(repr=False)
    token: str = field(repr=False)
    body: str = field(repr=False)
    timeout: int


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set; docs/settings.md explains each name."""

    site_mode: SiteMode
    site_name: str
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    exchanges: tuple[ConfiguredExchange, ...]
    host: str
    port: int
    public_url: str
    citizen_url: str
    tls_cert: str
    tls_key: str
    trusted_proxies: int
    instance_dir: Path
    recordings_dir: Path
    recordings_store: str = field(repr=False)
    attachment_megabytes: int
    attachment_scan: str
    socketio_async_mode: AsyncMode
    session_idle_minutes: int
    session_hours: int
    log_level: LogLevel
    run_switchboard: bool
    ring_seconds: int
    short_call_seconds: int
    wrap_up_seconds: int
    abuse_break_seconds: int
    hold_reminder_seconds: int
    recording_pause_seconds: int
    reconnect_seconds: int
    ready_at_sign_in: bool
    compare_seconds: int
    demo_call_every_seconds: int
    message_carriers: tuple[MessageCarrier, ...] = field(repr=False)
    message_secrets: Mapping[str, str] = field(repr=False)
    report_secrets: Mapping[str, str] = field(repr=False)
    channel_secrets: Mapping[str, str] = field(repr=False)

    @property
    def is_demo(self) -> bool:
        """Whether demo people, the simulator and its panel may exist."""
        return self.site_mode is SiteMode.DEMO

    @property
    def link_base(self) -> str:
        """Where links in messages to citizens lead; empty: none are sent."""
        if self.citizen_url or not self.is_demo:
            return self.citizen_url
        scheme = "https" if self.tls_cert else "http"
        return self.public_url or f"{scheme}://127.0.0.1:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people reach us by https, so that cookies may insist on it."""
        return bool(self.tls_cert) or self.public_url.startswith("https://")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all settings; touches nothing outside `environ`. Raises BadSettings with all faults."""
    read = Reader(environ, root=ROOT)
    mode = read.env_choice("SITE_MODE", SiteMode.LIVE)
    is_demo = mode is SiteMode.DEMO
    instance_dir = read.env_path("INSTANCE_DIR", ROOT / "instance")
    call_every = read.env_int("DEMO_CALL_EVERY_SECONDS", 20, low=0, high=3600)
    settings = Settings(
        site_mode=mode,
        site_name=read.env_str("SITE_NAME", ""),
        secret_key=read.env_secret("SECRET_KEY", is_needed=not is_demo),
        database_url=_database_url(read, instance_dir),
        redis_url=read.env_url("REDIS_URL", schemes=("redis", "rediss"), has_path=True),
        exchanges=_exchanges(read, is_demo=is_demo, call_every=call_every),
        host=read.env_str("HOST", "127.0.0.1"),
        port=read.env_int("PORT", 5000, low=1, high=65535),
        public_url=read.env_url("PUBLIC_URL", schemes=("http", "https"), has_path=False),
        citizen_url=read.env_url("CITIZEN_URL", schemes=("http", "https"), has_path=False),
        tls_cert=read.env_str("TLS_CERT", ""),
        tls_key=read.env_str("TLS_KEY", ""),
        trusted_proxies=read.env_int("TRUSTED_PROXIES", 0, low=0, high=5),
        instance_dir=instance_dir,
        recordings_dir=read.env_path("RECORDINGS_DIR", instance_dir / "recordings"),
        recordings_store=_recordings_store(read),
        attachment_megabytes=read.env_int("ATTACHMENT_MEGABYTES", 10, low=1, high=100),
        attachment_scan=read.env_str("ATTACHMENT_SCAN", ""),
        socketio_async_mode=read.env_choice("SOCKETIO_ASYNC_MODE", AsyncMode.THREADING),
        session_idle_minutes=read.env_int("SESSION_IDLE_MINUTES", 30, low=1, high=720),
        session_hours=read.env_int("SESSION_HOURS", 12, low=1, high=24),
        log_level=read.env_choice("LOG_LEVEL", LogLevel.INFO),
        run_switchboard=read.env_bool("RUN_SWITCHBOARD", default=True),
        ring_seconds=read.env_int("RING_SECONDS", 20, low=5, high=120),
        short_call_seconds=read.env_int("SHORT_CALL_SECONDS", 5, low=0, high=60),
        wrap_up_seconds=read.env_int("WRAP_UP_SECONDS", 60, low=5, high=1800),
        abuse_break_seconds=read.env_int("ABUSE_BREAK_SECONDS", 300, low=0, high=3600),
        hold_reminder_seconds=read.env_int("HOLD_REMINDER_SECONDS", 60, low=0, high=600),
        recording_pause_seconds=read.env_int("RECORDING_PAUSE_SECONDS", 120, low=0, high=1800),
        reconnect_seconds=read.env_int("RECONNECT_SECONDS", 60, low=5, high=600),
        ready_at_sign_in=read.env_bool("READY_AT_SIGN_IN", default=is_demo),
        compare_seconds=read.env_int("COMPARE_SECONDS", 30, low=5, high=3600),
        demo_call_every_seconds=call_every,
        message_carriers=message_carriers(read, is_demo=is_demo),
        message_secrets=_secrets(
            read, "MESSAGE_SECRETS", read.env_str("MESSAGE_SECRETS", ""), example="channel"
        ),
        report_secrets=_secrets(
            read, "REPORT_SECRETS", read.env_str("REPORT_SECRETS", ""), known=REPORTING
        ),
        channel_secrets=_secrets(
            read, "CHANNEL_SECRETS", read.env_str("CHANNEL_SECRETS", ""), example="channel"
        ),
    )
    if bool(settings.tls_cert) != bool(settings.tls_key):
        read.refuse("TLS_CERT, TLS_KEY", "one without the other", "both, or neither")
    if settings.is_https and settings.citizen_url.startswith("http://"):
        # The cookie that guards the form behind a link would not come back.
        allowed = "https://…, as everything else is reached by https"
        read.refuse("CITIZEN_URL", repr(settings.citizen_url), allowed)
    if read.faults:
        raise BadSettings(read.faults)
    return settings


def message_carriers(read: Reader, *, is_demo: bool) -> tuple[MessageCarrier, ...]:
    """Read who carries messages, way by way; in a demonstration the simulator, unless told else.

    A way without one, or with `none`, is left out: its messages wait, and a page says so.
    """
    usual = "simulator" if is_demo else ""
    timeout = read.env_int("MESSAGE_TIMEOUT_SECONDS", 10, low=1, high=60)
    sms, sms_body = read.env_str("SMS_PROVIDER", usual), read.env_str("SMS_BODY", USUAL_BODY)
    im, im_body = read.env_str("IM_PROVIDER", usual), read.env_str("IM_BODY", USUAL_BODY)
    voice, voice_body = (
        read.env_str("VOICE_PROVIDER", usual),
        read.env_str("VOICE_BODY", USUAL_BODY),
    )
    site, site_body = read.env_str("SITE_PROVIDER", usual), read.env_str("SITE_BODY", SITE_BODY)
    mail = _mail_server(read, read.env_str("EMAIL_PROVIDER", usual))
    named = [
        ("sms", _gateway(read, "SMS", sms, sms_body), read.env_str("SMS_TOKEN", ""), sms_body),
        ("im", _gateway(read, "IM", im, im_body), read.env_str("IM_TOKEN", ""), im_body),
        (
            "voice",
            _gateway(read, "VOICE", voice, voice_body),
            read.env_str("VOICE_TOKEN", ""),
            voice_body,
        ),
        ("email", mail, "", USUAL_BODY),
        (
            "site",
            _gateway(read, "SITE", site, site_body),
            read.env_str("SITE_TOKEN", ""),
            site_body,
        ),
    ]
    return tuple(
        MessageCarrier(way=way, address=address, token=token, body=body, timeout=timeout)
        for way, address, token, body in named
        if address
    )


def _gateway(read: Reader, way: str, given: str, body: str) -> str:
    """Read where messages of a way are handed over, and whether its body can be filled."""
    parts = address_parts(given)
    is_web = parts is not None and parts[0] in {"http", "https"} and bool(parts[1])
    if not re.fullmatch(r"[^\s@#]*", given) or not (is_web or given in NO_ADDRESS):
        allowed = "none, simulator, or https://host/path"
        read.refuse(f"{way}_PROVIDER", "an address (not shown)", allowed)
        return ""
    try:
        used = set(re.findall(r"\{([^{}]*)\}", "".join(_texts_in(json.loads(body)))))
    except ValueError:
        used = set()
    if not {"to", "text"} <= used <= BODY_FIELDS:
        others = ", ".join(f"{{{each}}}" for each in sorted(BODY_FIELDS - {"to", "text"}))
        allowed = f"a JSON object with {{to}} and {{text}}, perhaps {others}"
        read.refuse(f"{way}_BODY", f"{len(body)} characters (not shown)", allowed)
    return "" if given == "none" else given


def _texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _texts_in(list(value.values()))
    return [text for each in value for text in _texts_in(each)] if isinstance(value, list) else []


def _mail_server(read: Reader, given: str) -> str:
    if given in NO_ADDRESS:
        return "" if given == "none" else given
    parts = address_parts(given)
    if parts is not None and parts[0] in {"smtp", "smtps"} and parts[1]:
        asked = parse_qs(urlsplit(given).query)
        sender = asked.get("from", [""])[-1]
        tls = asked.get("starttls", ["yes"])[-1]
        if "@" in sender.strip("@") and not sender.split()[1:] and tls in {"yes", "no"}:
            return given
    allowed = "none, simulator, or smtp(s)://user:password@host:port?from=…&starttls=yes|no"
    read.refuse("EMAIL_PROVIDER", "an address (not shown)", allowed)
    return ""


def _secrets(
    read: Reader,
    setting: str,
    given: str,
    *,
    example: str = "sms",
    known: frozenset[str] | None = None,
) -> dict[str, str]:
    """Read `name=secret, …`: with what each of those signs its requests; `known` names them all."""
    found: dict[str, str] = {}
    for each in given.split(","):
        name, between, secret = each.strip().partition("=")
        if not each.strip():
            continue
        is_fit = between and name and len(secret) >= SHORTEST_SECRET and name not in found
        if not is_fit or (known is not None and name not in known):
            allowed = f"{example}=secret, …; each secret of at least {SHORTEST_SECRET} characters"
            read.refuse(setting, "a pair that does not fit (not shown)", allowed)
            return {}
        found[name] = secret
    return found


def _recordings_store(read: Reader) -> str:
    """Read the address of a bucket; it holds a secret and is never shown."""
    given = read.env_str("RECORDINGS_STORE", "")
    parts = urlsplit(given) if address_parts(given) is not None else None
    is_usable = parts is not None and parts.scheme in BUCKET_KINDS and parts.path.strip("/")
    if given and not (is_usable and parts and parts.hostname and parts.username and parts.password):
        allowed = "empty, or s3+https://KEY:SECRET@host/bucket/prefix?region=…"
        read.refuse("RECORDINGS_STORE", "an address (not shown)", allowed)
        return ""
    return given


def _database_url(read: Reader, instance_dir: Path) -> str:
    given = read.env_str("DATABASE_URL", f"sqlite:///{instance_dir / 'hotline.db'}")
    kind, separator, rest = given.partition("://")
    if not separator or kind not in DATABASE_KINDS or not rest.strip("/"):
        allowed = "sqlite:///file or postgresql+psycopg://user:password@host/name"
        read.refuse("DATABASE_URL", "an address (not shown)", allowed)
        return ""
    if kind == "sqlite" and rest.startswith("/") and ":memory:" not in rest:
        # A relative file counts from the project's folder, whatever folder we were started in.
        return f"sqlite:///{ROOT / rest[1:]}"
    return given


def _exchanges(read: Reader, *, is_demo: bool, call_every: int) -> tuple[ConfiguredExchange, ...]:
    simulator = f"sim=simulator://demo?every={call_every}"
    given = read.env_str("EXCHANGES", simulator if is_demo else "")
    found: dict[str, ConfiguredExchange] = {}
    for entry in filter(None, (piece.strip() for piece in given.split(","))):
        exchange_id, _, url = entry.partition("=")
        fault = _exchange_fault(exchange_id, url, is_demo=is_demo)
        if exchange_id in found:
            fault = "every exchange named once"
        if fault:
            named = exchange_id if EXCHANGE_ID.fullmatch(exchange_id) else "an exchange"
            read.refuse("EXCHANGES", f"{named} (address not shown)", fault)
            continue
        found[exchange_id] = ConfiguredExchange(exchange_id=exchange_id, url=url)
    return tuple(found.values())


def _exchange_fault(exchange_id: str, url: str, *, is_demo: bool) -> str:
    parts = address_parts(url)
    if not EXCHANGE_ID.fullmatch(exchange_id) or parts is None or parts[0] not in EXCHANGE_KINDS:
        kinds = " or ".join(f"{kind}://…" for kind in EXCHANGE_KINDS)
        return f"name={kinds}, separated by commas; a name is lower-case letters and digits"
    if parts[0] == "simulator" and not is_demo:
        return "real exchanges only, because SITE_MODE is live"
    return ""


def settled_secret(settings: Settings) -> str:
    """Return the key that signs sessions.

    A demonstration that was given none makes one of its own and keeps it in INSTANCE_DIR, so that
    people stay signed in over a restart. A live site always has its own (read_settings saw to it).
    """
    if settings.secret_key:
        return settings.secret_key
    kept = settings.instance_dir / "secret_key"
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        with kept.open("x", encoding="ascii") as file:
            kept.chmod(0o600)
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    found = kept.read_text(encoding="ascii")
    if len(found) < SHORTEST_SECRET:
        # Another process has made the file and not yet written it, or somebody emptied it.
        kept.unlink()
        return settled_secret(settings)
    return found
