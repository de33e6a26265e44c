"""A small S3 of the tests: it computes each signature itself, from the rules, and keeps files.

It shares no code with our client: what is signed wrongly is refused here as a real store would.
"""

import hashlib
import hmac
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from app.core import clock

KEY_ID = "TESTKEY7"
SECRET = "a/secret+of=the bucket"
REGION = "cn-south-9"
PAGE = 3


class FakeBucket(http.server.BaseHTTPRequestHandler):
    """Answers PUT, GET, HEAD, DELETE and list-type=2 for one bucket, `audio`."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, tuple[bytes, datetime]]
    refusals: list[str]
    is_full = False

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._is_signed(body):
            return
        if self.is_full:
            self._answer(507, b"<Error><Code>XMinioStorageFull</Code></Error>")
            return
        self.kept[self._name()] = (body, clock.now())
        self._answer(200)

    def do_GET(self) -> None:
        if not self._is_signed(b""):
            return
        if urlsplit(self.path).query:
            self._list(dict(parse_qsl(urlsplit(self.path).query)))
        elif self._name() in self.kept:
            self._answer(200, self.kept[self._name()][0])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_HEAD(self) -> None:
        if self._is_signed(b""):
            self._answer(200 if self._name() in self.kept else 404)

    def do_DELETE(self) -> None:
        if self._is_signed(b""):
            self.kept.pop(self._name(), None)
            self._answer(204)

    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/audio/")

    def _list(self, query: dict[str, str]) -> None:
        after = query.get("continuation-token", "")
        names = sorted(n for n in self.kept if n.startswith(query["prefix"]) and n > after)
        page, rest = names[:PAGE], names[PAGE:]
        entries = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(self.kept[name][0])}</Size>"
            f"<LastModified>{self.kept[name][1]:%Y-%m-%dT%H:%M:%S}.000Z</LastModified></Contents>"
            for name in page
        )
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if rest else ""
        self._answer(
            200,
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"{entries}{token}</ListBucketResult>".encode(),
        )

    def _is_signed(self, body: bytes) -> bool:
        why = self._fault_of(body)
        if why:
            type(self).refusals.append(why)
            self._answer(403, f"<Error><Code>{why}</Code></Error>".encode())
        return not why

    def _fault_of(self, body: bytes) -> str:
        digest = hashlib.sha256(body).hexdigest()
        if self.headers.get("x-amz-content-sha256") != digest:
            return "XAmzContentSHA256Mismatch"
        stamp = self.headers.get("x-amz-date", "")
        told = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(clock.now() - told) > timedelta(minutes=15):
            return "RequestTimeTooSkewed"
        given = self.headers.get("Authorization", "")
        return "" if given == self._expected(stamp, digest) else "SignatureDoesNotMatch"

    def _expected(self, stamp: str, digest: str) -> str:
        address = urlsplit(self.path)
        pairs = sorted(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in parse_qsl(address.query)
        )
        signed = ["host", "x-amz-content-sha256", "x-amz-date"]
        canonical = [self.command, address.path, "&".join(pairs)]
        canonical += [f"{name}:{self.headers[name]}" for name in signed]
        canonical += ["", ";".join(signed), digest]
        scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
        text = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        key = ("AWS4" + SECRET).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        said = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{text}"
        signature = hmac.digest(key, said.encode(), "sha256").hex()
        return (
            f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={';'.join(signed)}, "
            f"Signature={signature}"
        )

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def running_bucket() -> Iterator[tuple[str, type[FakeBucket]]]:
    """Give a store's address (`s3+http://…`) and what it keeps."""
    own = type("OwnBucket", (FakeBucket,), {"kept": {}, "refusals": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), own)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    secret = quote(SECRET, safe="")
    port = server.server_address[1]
    try:
        yield f"s3+http://{KEY_ID}:{secret}@127.0.0.1:{port}/audio/hotline?region={REGION}", own
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
