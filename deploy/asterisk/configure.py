"""Write one exchange node's configuration from the templates beside this file."""

import argparse
import hashlib
import re
import string
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent / "templates"
BY_TLS = "\\;transport=tls"  # a bare ; begins a comment


COPIED = (
    *("exchange_id", "bind", "sip_port", "ami_bind", "ami_port", "ami_user", "agi"),
    *("http_bind", "http_port", "rtp_timeout", "intake_seconds", "recordings_dir", "music_dir"),
    *(
        "own_number",
        "announcements_dir",
        "module_dir",
        "lib_dir",
        "spool_dir",
        "run_dir",
        "log_dir",
    ),
)


class ConfigTemplate(string.Template):
    """Placeholders are written @{NAME}, because $ belongs to Asterisk."""

    delimiter = "@"
    pattern = r"""
        (?P<escaped>@@) | (?P<named>(?!)) | @\{(?P<braced>[A-Z_]+)\} | (?P<invalid>@\{)
    """  # type: ignore[assignment] # the class compiles it


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; argparse itself refuses what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder to write into")
    parser.add_argument("--config-dir", help="the same folder as Asterisk sees it")
    parser.add_argument("--exchange-id", required=True, type=_exchange_id)
    parser.add_argument("--bind", default="0.0.0.0", help="address for SIP and sound")  # noqa: S104
    parser.add_argument("--sip-port", type=int, default=5060)
    parser.add_argument("--external-address", default="", help="what is told outside, behind NAT")
    parser.add_argument("--local-net", action="append", default=[])
    parser.add_argument("--carrier", action="append", required=True, help="address or network")
    parser.add_argument("--carrier-out", default="", help="HOST:PORT for calls to the outside")
    parser.add_argument("--own-number", default="12345", help="shown outside unless said otherwise")
    parser.add_argument(
        "--site-mode", default="demo", choices=("demo", "live"),
        help="as the application's SITE_MODE; emergency numbers are dialled only if live",
    )  # fmt: skip
    parser.add_argument("--desk-phone", action="append", default=[], help="PHONE=HOST:PORT")
    parser.add_argument(
        "--secure-desk-phone", action="append", default=[], help="PHONE=HOST:PORT, by TLS and SRTP"
    )
    parser.add_argument("--sip-tls-cert", default="", help="PEM file; SIP is then offered by TLS")
    parser.add_argument("--sip-tls-key", default="", help="PEM file; else the certificate's own")
    parser.add_argument("--sip-tls-port", type=int, default=5061)
    parser.add_argument(
        "--sip-tls-ca", default="",
        help="PEM file; whoever we connect to must show a certificate of these, and his name",
    )  # fmt: skip
    parser.add_argument(
        "--sip-tls-mutual", action="store_true", help="and so must whoever connects to us"
    )
    parser.add_argument(
        "--carrier-tls", action="store_true", help="the trunk is TLS and SRTP, and nothing else"
    )
    parser.add_argument("--ami-bind", default="127.0.0.1")
    parser.add_argument("--ami-port", type=int, default=5038)
    parser.add_argument("--ami-user", default="hotline", type=_exchange_id)
    parser.add_argument("--ami-permit", action="append", default=[], help="ADDRESS/MASK")
    secret = parser.add_mutually_exclusive_group(required=True)
    secret.add_argument("--ami-secret", type=_secret, help="seen in the process list: tests only")
    secret.add_argument("--ami-secret-file", type=Path)
    parser.add_argument("--agi", default="127.0.0.1:4573", help="where the application answers")
    parser.add_argument("--http-bind", default="127.0.0.1")
    parser.add_argument("--http-port", type=int, default=8088)
    parser.add_argument("--tls-cert", default="", help="PEM file; browser phones then use wss")
    parser.add_argument("--tls-key", default="")
    parser.add_argument("--tls-port", type=int, default=8089)
    parser.add_argument("--rtp", default="20000-29999", type=_port_range)
    parser.add_argument("--ice-map", action="append", default=[], help="LOCAL=TOLD")
    parser.add_argument("--rtp-timeout", type=int, default=3, help="seconds without sound")
    parser.add_argument("--intake-seconds", type=float, default=2.0)
    parser.add_argument("--heartbeat-limit", type=int, default=6)
    parser.add_argument("--alone-piece", type=int, default=15)
    parser.add_argument("--alone-ring", type=int, default=15)
    parser.add_argument("--alone-limit", type=int, default=600)
    parser.add_argument("--recordings-dir", default="/var/spool/asterisk/hotline")
    parser.add_argument("--music-dir", default="/usr/share/asterisk/moh")
    parser.add_argument("--announcements-dir", default="/usr/share/asterisk/sounds/hotline")
    parser.add_argument("--module-dir", default="/usr/lib/x86_64-linux-gnu/asterisk/modules")
    parser.add_argument("--lib-dir", default="/var/lib/asterisk")
    parser.add_argument("--spool-dir", default="/var/spool/asterisk")
    parser.add_argument("--run-dir", default="/run/asterisk")
    parser.add_argument("--log-dir", default="/var/log/asterisk")
    given = parser.parse_args(arguments)
    if (given.carrier_tls or given.secure_desk_phone) and not given.sip_tls_cert:
        parser.error("--carrier-tls and --secure-desk-phone need --sip-tls-cert")
    if given.sip_tls_mutual and not given.sip_tls_ca:
        parser.error("--sip-tls-mutual needs --sip-tls-ca")
    return given


def values_for(arguments: argparse.Namespace) -> dict[str, str]:
    """Return what each placeholder of the templates becomes."""
    secret = arguments.ami_secret or _secret(arguments.ami_secret_file.read_text().strip())
    rtp_start, rtp_end = arguments.rtp
    permits = arguments.ami_permit or ["127.0.0.1/255.255.255.255"]
    return {
        **{name.upper(): str(getattr(arguments, name)) for name in COPIED},
        "CONFIG_DIR": arguments.config_dir or str(arguments.output.resolve()),
        "AMI_SECRET": secret,
        "TEMPLATES_STAMP": stamp_of(TEMPLATES),
        "AMI_PERMITS": "\n".join(f"permit = {one}" for one in permits),
        "APP_IS_AWAY": (
            "${EPOCH} - 0${GLOBAL(HL_HEARTBEAT)} > "
            f"{arguments.heartbeat_limit} | ${{AMI_CLIENT({arguments.ami_user},sessions)}} = 0"
        ),
        "HTTP_TLS": _tls(arguments),
        "WS_PROTOCOL": "wss" if arguments.tls_cert else "ws",
        "RTP_START": str(rtp_start),
        "RTP_END": str(rtp_end),
        "ICE_MAP": "\n".join(" => ".join(_pair(one)) for one in arguments.ice_map),
        "EXTERNAL_ADDRESS": _external(arguments),
        "CARRIER_MATCHES": "\n".join(f"match = {one}" for one in arguments.carrier),
        "CARRIER_OUT": arguments.carrier_out or arguments.carrier[0].partition("/")[0],
        "EMERGENCY": "yes" if arguments.site_mode == "live" else "no",
        "SIP_TLS": _sip_tls(arguments),
        "CARRIER_TRANSPORT": "sip-tls" if arguments.carrier_tls else "sip-udp",
        "CARRIER_MEDIA": "media_encryption = sdes" if arguments.carrier_tls else "",
        "CARRIER_BY": BY_TLS if arguments.carrier_tls else "",
        "DESK_PHONES": "\n".join(
            [
                *(_desk_phone(*_pair(one)) for one in arguments.desk_phone),
                *(_desk_phone(*_pair(one), is_secure=True) for one in arguments.secure_desk_phone),
            ]
        ),
        "ALONE_PIECE_SECONDS": str(arguments.alone_piece),
        "ALONE_RING_SECONDS": str(arguments.alone_ring),
        "ALONE_LIMIT_SECONDS": str(arguments.alone_limit),
    }


def stamp_of(templates: Path) -> str:
    """Return what names this version of the templates; the application's doctor compares it."""
    made = hashlib.sha256()
    for path in sorted(templates.glob("*.conf")):
        made.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()[:12]


def write_configuration(folder: Path, values: Mapping[str, str]) -> list[Path]:
    """Fill each template into `folder`; files are readable by owner and group only."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template in sorted(TEMPLATES.glob("*.conf")):
        target = folder / template.name
        target.touch(mode=0o640)
        target.write_text(
            ConfigTemplate(template.read_text(encoding="utf-8")).substitute(values),
            encoding="utf-8",
        )
        written.append(target)
    return written


def _exchange_id(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", text):
        raise argparse.ArgumentTypeError(
            "small letters, digits and - only, beginning with a letter"
        )
    return text


def _secret(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.~-]{12,128}", text):
        raise argparse.ArgumentTypeError("12 to 128 letters, digits, _ . ~ -")
    return text


def _port_range(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    if not (start.isdigit() and end.isdigit() and int(start) + 10 <= int(end) <= 65535):
        raise argparse.ArgumentTypeError("FIRST-LAST")
    return int(start), int(end)


def _pair(text: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (left and sign and right):
        raise SystemExit(f"not LEFT=RIGHT: {text}")
    return left, right


def _tls(arguments: argparse.Namespace) -> str:
    if not arguments.tls_cert:
        return ""
    return "\n".join(
        [
            "tlsenable = yes",
            f"tlsbindaddr = {arguments.http_bind}:{arguments.tls_port}",
            f"tlscertfile = {arguments.tls_cert}",
            f"tlsprivatekey = {arguments.tls_key or arguments.tls_cert}",
        ]
    )


def _sip_tls(arguments: argparse.Namespace) -> str:
    if not arguments.sip_tls_cert:
        return ""
    lines = [
        "[sip-tls]",
        "type = transport",
        "protocol = tls",
        f"bind = {arguments.bind}:{arguments.sip_tls_port}",
        f"cert_file = {arguments.sip_tls_cert}",
        f"priv_key_file = {arguments.sip_tls_key or arguments.sip_tls_cert}",
        "method = tlsv1_2",
    ]
    if arguments.sip_tls_ca:
        lines += [f"ca_list_file = {arguments.sip_tls_ca}", "verify_server = yes"]
    if arguments.sip_tls_mutual:
        lines += ["verify_client = yes", "require_client_cert = yes"]
    return "\n".join([*lines, _external(arguments)])


def _external(arguments: argparse.Namespace) -> str:
    if not arguments.external_address:
        return ""
    lines = [
        f"external_media_address = {arguments.external_address}",
        f"external_signaling_address = {arguments.external_address}",
    ]
    return "\n".join(lines + [f"local_net = {one}" for one in arguments.local_net])


def _desk_phone(phone: str, address: str, *, is_secure: bool = False) -> str:
    kind, by = ("desk-phone-secure", BY_TLS) if is_secure else ("desk-phone", "")
    return (
        f"[{phone}]({kind})\naors = {phone}\n"
        f"[{phone}]\ntype = aor\ncontact = sip:{phone}@{address}{by}\n"
    )


def main() -> int:
    """Write the files and say which."""
    arguments = read_arguments(sys.argv[1:])
    for path in write_configuration(arguments.output, values_for(arguments)):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
