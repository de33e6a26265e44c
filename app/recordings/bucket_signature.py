"""Signs requests to an S3-compatible store with AWS Signature Version 4. Pure.

The rules: docs.aws.amazon.com, "Signature Version 4 for API requests". Only what we send is signed:
no chunked bodies, no session tokens, no signed query strings.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, kw_only=True)
class BucketKey:
    """Who asks, and in which region; the secret is never shown."""

    key_id: str
    secret: str = field(repr=False)
    region: str = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class BucketRequest:
    """One request: `path` and `query` are not yet quoted."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body_sha256: str = hashlib.sha256(b"").hexdigest()


def quoted_path(path: str) -> str:
    """Quote a path as S3 wants it signed: once, the slashes kept."""
    return quote(path, safe="/-_.~")


def quoted_query(query: Mapping[str, str]) -> str:
    """Quote a query string, its names in order."""
    pairs = sorted((quote(name, safe="-_.~"), quote(v, safe="-_.~")) for name, v in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(request: BucketRequest, *, key: BucketKey, now: datetime) -> dict[str, str]:
    """Return the headers that prove who asks; `now` is an aware moment."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "host": request.host,
        "x-amz-content-sha256": request.body_sha256,
        "x-amz-date": stamp,
    }
    scope = f"{stamp[:8]}/{key.region}/s3/aws4_request"
    names = ";".join(sorted(headers))
    signature = _signature(_text_to_sign(request, headers, scope=scope), key=key, day=stamp[:8])
    return {
        **headers,
        "authorization": (
            f"{ALGORITHM} Credential={key.key_id}/{scope}, SignedHeaders={names}, "
            f"Signature={signature}"
        ),
    }


def _text_to_sign(request: BucketRequest, headers: Mapping[str, str], *, scope: str) -> str:
    said = "\n".join(
        [
            request.method,
            quoted_path(request.path),
            quoted_query(request.query),
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            ";".join(sorted(headers)),
            request.body_sha256,
        ]
    )
    digest = hashlib.sha256(said.encode()).hexdigest()
    return "\n".join([ALGORITHM, headers["x-amz-date"], scope, digest])


def _signature(text: str, *, key: BucketKey, day: str) -> str:
    made = f"AWS4{key.secret}".encode()
    for part in (day, key.region, "s3", "aws4_request"):
        made = hmac.new(made, part.encode(), hashlib.sha256).digest()
    return hmac.new(made, text.encode(), hashlib.sha256).hexdigest()
