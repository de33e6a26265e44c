"""Makes the certificate that browsers on other machines need before they lend a microphone.

Two things are made in a folder (`instance/tls`): a small authority of this machine (`ca.crt`) and
a certificate signed by it for the machine's names and addresses (`server.crt`, `server.key`). A
workplace that trusts `ca.crt` once sees no warning, also after the certificate was renewed.
Runs inside `.venv`; a second run changes nothing until the certificate is near its end or the
machine got another address.
"""

import argparse
import ipaddress
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scripts.addresses import machine_addresses, machine_names

AUTHORITY_LIFE = timedelta(days=3650)
LIFE = timedelta(days=397)  # the longest that browsers accept from anybody
RENEW_BEFORE_END = timedelta(days=30)
CLOCKS_DIFFER = timedelta(hours=1)


def ensure_certificate(folder: Path, *, hosts: Sequence[str]) -> bool:
    """Leave a certificate in `folder` that is good for all `hosts`; say whether one was made."""
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    if _is_good(folder, hosts=hosts, now=now):
        return False
    authority = _authority(folder, now=now)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _server_certificate(key, hosts=hosts, authority=authority, now=now)
    _write_key(folder / "server.key", key)
    chain = _pem(certificate) + _pem(authority[0])
    (folder / "server.crt").write_bytes(chain)
    return True


def _is_good(folder: Path, *, hosts: Sequence[str], now: datetime) -> bool:
    """Say whether the certificate at hand covers the hosts and lasts long enough."""
    files = [folder / name for name in ("server.crt", "server.key", "ca.crt")]
    if not all(file.exists() for file in files):
        return False
    certificate = x509.load_pem_x509_certificate(files[0].read_bytes())
    if certificate.not_valid_after_utc - now < RENEW_BEFORE_END:
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(name.value) for name in names}
    return covered.issuperset(hosts)


def _authority(
    folder: Path, *, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Read this machine's authority, or make it."""
    certificate_file, key_file = folder / "ca.crt", folder / "ca.key"
    if certificate_file.exists() and key_file.exists():
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        if (
            isinstance(key, ec.EllipticCurvePrivateKey)
            and certificate.not_valid_after_utc > now + LIFE
        ):
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"12345 workstation, {(machine_names() or ['this machine'])[0]}"[:64])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(key_file, key)
    certificate_file.write_bytes(_pem(certificate))
    return certificate, key


def _server_certificate(
    key: ec.EllipticCurvePrivateKey,
    *,
    hosts: Sequence[str],
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    now: datetime,
) -> x509.Certificate:
    issuer, issuer_key = authority
    return (
        x509.CertificateBuilder(
            subject_name=_name(hosts[0][:64]),
            issuer_name=issuer.subject,
            public_key=key.public_key(),
        )
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a private key that only its owner can read, from the first moment on."""
    file.unlink(missing_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def main() -> int:
    """Make the certificate for this machine; print what was done."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path)
    reader.add_argument("hosts", nargs="*", help="more names or addresses to be good for")
    given = reader.parse_args()
    everywhere = ["localhost", "127.0.0.1", "::1"]
    hosts = list(dict.fromkeys([*machine_names(), *machine_addresses(), *everywhere, *given.hosts]))
    was_made = ensure_certificate(given.folder, hosts=hosts)
    sys.stdout.write(f"{'made' if was_made else 'kept'} {given.folder / 'server.crt'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
