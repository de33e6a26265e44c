"""Keeps recordings in an S3-compatible bucket: five requests, signed, over urllib (ADR 0018)."""

import http.client
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from xml.etree import ElementTree as Xml

from app.core import clock
from app.recordings.audio_store import (
    AudioMissing,
    AudioStore,
    AudioStoreDown,
    AudioStoreFull,
    KeptFile,
    sha256_of,
)
from app.recordings.bucket_signature import (
    BucketKey,
    BucketRequest,
    quoted_path,
    quoted_query,
    signed_headers,
)

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 30.0
SCHEMES = ("s3+https", "s3+http")
_FULL = frozenset({"EntityTooLarge", "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage"})


@dataclass(frozen=True, kw_only=True)
class BucketAddress:
    """Where a bucket is: `scheme` is http or https, `prefix` stands before every path."""

    scheme: str
    host: str
    bucket: str
    prefix: str
    key: BucketKey


def read_address(url: str) -> BucketAddress:
    """Read `s3+https://KEY:SECRET@host/bucket/prefix?region=…`; raises ValueError."""
    parts = urlsplit(url)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    if parts.scheme not in SCHEMES or not (parts.hostname and parts.username and parts.password):
        raise ValueError("s3+https://KEY:SECRET@host/bucket is needed")
    if not bucket:
        raise ValueError("the address names no bucket")
    return BucketAddress(
        scheme=parts.scheme.removeprefix("s3+"),
        host=_host(parts),
        bucket=bucket,
        prefix=f"{prefix}/" if prefix else "",
        key=BucketKey(
            key_id=unquote(parts.username),
            secret=unquote(parts.password),
            region=parse_qs(parts.query).get("region", ["us-east-1"])[-1],
        ),
    )


def _host(parts: SplitResult) -> str:
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


class AudioBucket:
    """A bucket of an S3-compatible store; see AudioStore."""

    def __init__(self, address: BucketAddress) -> None:
        self._address = address

    def put(self, path: str, content: bytes) -> None:
        """Send a file; the store shows it only when it has all of it."""
        self._ask("PUT", path, body=content)

    def get(self, path: str) -> bytes:
        """Fetch a file whole."""
        return self._ask("GET", path)

    def has(self, path: str) -> bool:
        """Ask for a file's head."""
        try:
            self._ask("HEAD", path)
        except AudioMissing:
            return False
        return True

    def delete(self, path: str) -> None:
        """Remove a file; S3 says yes also when it is not there."""
        try:
            self._ask("DELETE", path)
        except AudioMissing:
            return

    def files(self, below: str) -> Iterator[KeptFile]:
        """List a part of the bucket, a thousand at a time."""
        wanted = {"list-type": "2", "prefix": f"{self._address.prefix}{below}/"}
        further: dict[str, str] = {}
        while True:
            query = {**wanted, **further}
            page = _parsed(self._ask("GET", "", query=query))
            for entry in page.iter("Contents"):
                yield self._kept(entry)
            token = page.findtext("NextContinuationToken")
            if not token:
                return
            further = {"continuation-token": token}

    def free_bytes(self) -> int | None:
        """Return None: a bucket does not say."""
        return None

    def _kept(self, entry: Xml.Element) -> KeptFile:
        changed = entry.findtext("LastModified", "1970-01-01T00:00:00Z").replace("Z", "+00:00")
        return KeptFile(
            path=entry.findtext("Key", "").removeprefix(self._address.prefix),
            size_bytes=int(entry.findtext("Size", "0")),
            changed_at=datetime.fromisoformat(changed),
        )

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> bytes:
        wanted = self._request(method, path, query=query or {}, body=body)
        try:
            with urllib.request.urlopen(wanted, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                raise _refusal(answer.code, answer.read(4096), method=method) from answer
        except (OSError, http.client.HTTPException) as why:
            logger.warning("the bucket does not answer", extra={"why": str(why)})
            raise AudioStoreDown from why

    def _request(
        self, method: str, path: str, *, query: Mapping[str, str], body: bytes | None
    ) -> urllib.request.Request:
        address = self._address
        full = f"/{address.bucket}" + (f"/{address.prefix}{path}" if path else "")
        asked = BucketRequest(
            method=method,
            host=address.host,
            path=full,
            query=query,
            body_sha256=sha256_of(body or b""),
        )
        url = f"{address.scheme}://{address.host}{quoted_path(full)}"
        if query:
            url += f"?{quoted_query(query)}"
        return urllib.request.Request(  # noqa: S310 - read_address takes http(s) only
            url,
            data=body,
            method=method,
            headers=signed_headers(asked, key=address.key, now=clock.now()),
        )


def _refusal(status: int, said: bytes, *, method: str) -> AudioMissing | AudioStoreDown:
    """Say a store's answer in our words; its own code goes to the log."""
    code = _code_of(said)
    if status == 404 and (method == "HEAD" or code in {"", "NoSuchKey"}):
        return AudioMissing()
    logger.error("the bucket refused", extra={"status": status, "why": code, "method": method})
    return AudioStoreFull() if status == 507 or code in _FULL else AudioStoreDown()


def _code_of(said: bytes) -> str:
    try:
        return _parsed(said).findtext("Code", "") if said else ""
    except AudioStoreDown:
        return ""


def _parsed(said: bytes) -> Xml.Element:
    """Read the store's XML, without its namespace."""
    if b"<!DOCTYPE" in said or b"<!ENTITY" in said:
        raise AudioStoreDown  # no store of ours sends entities; a stranger might
    try:
        root = Xml.fromstring(said)  # noqa: S314 - entities were refused above
    except Xml.ParseError as why:
        raise AudioStoreDown from why
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def open_store(url: str) -> AudioStore:
    """Return the store of an address; raises ValueError."""
    return AudioBucket(read_address(url))
