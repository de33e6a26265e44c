"""The certificate for other machines: made once, good for all addresses, renewed in time."""

import ssl
import stat
from datetime import timedelta
from pathlib import Path

import time_machine
from cryptography import x509

from app.core import clock
from scripts.make_certificate import ensure_certificate

HOSTS = ["hotline.example", "203.0.113.1", "::1"]


def test_the_certificate_is_made_once(tmp_path: Path) -> None:
    assert ensure_certificate(tmp_path, hosts=HOSTS)
    assert not ensure_certificate(tmp_path, hosts=HOSTS)


def test_a_new_address_gets_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, hosts=HOSTS)
    authority = (tmp_path / "ca.crt").read_bytes()

    assert ensure_certificate(tmp_path, hosts=[*HOSTS, "203.0.113.9"])
    assert (tmp_path / "ca.crt").read_bytes() == authority


def test_the_certificate_is_renewed_before_it_ends(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, hosts=HOSTS)

    with time_machine.travel(clock.now() + timedelta(days=360)):
        assert not ensure_certificate(tmp_path, hosts=HOSTS)
    with time_machine.travel(clock.now() + timedelta(days=370)):
        assert ensure_certificate(tmp_path, hosts=HOSTS)


def test_whoever_trusts_the_authority_trusts_the_server(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, hosts=HOSTS)
    server, authority = x509.load_pem_x509_certificates((tmp_path / "server.crt").read_bytes())

    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == set(HOSTS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")


def test_only_the_owner_reads_the_keys(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, hosts=HOSTS)

    for name in ("server.key", "ca.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
