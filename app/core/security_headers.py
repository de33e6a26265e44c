"""Headers that tell a browser what our pages may do; the nonce that lets our own scripts run."""

import re
import secrets
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

P = ParamSpec("P")
R = TypeVar("R")

HASHED_FILES = "/built/assets/"
PERMISSIONS = "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"


def csp_nonce() -> str:
    """Return the nonce of this request; every script element carries it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_policy(*, nonce: str, host: str, phone_sockets: Sequence[str]) -> str:
    """Write the Content-Security-Policy.

    `host` is our own host and port: some browsers do not count a WebSocket to it as 'self'.
    `phone_sockets` are the addresses browser phones connect to; `{host}` in them is our own.
    """
    name = re.sub(r":\d+$", "", host)  # an IPv6 address keeps its brackets
    reachable = [_origin(address.replace("{host}", name)) for address in phone_sockets]
    sockets = [f"ws://{host}", f"wss://{host}", *reachable]
    rules = {
        "default-src": "'self'",
        "script-src": f"'nonce-{nonce}' 'strict-dynamic'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "media-src": "'self' blob:",
        "connect-src": " ".join(dict.fromkeys(["'self'", *sockets])),
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def init_app(app: Flask, *, is_https: bool, phone_sockets: Sequence[str]) -> None:
    """Put the headers on every answer."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        policy = content_policy(nonce=csp_nonce(), host=request.host, phone_sockets=phone_sockets)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if is_https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["Cache-Control"] = _cache_rule(response)
        return response


def named_by_content(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view whose address names its content: whoever has it never asks again."""
    view.is_named_by_content = True  # type: ignore[attr-defined]  # read by _cache_rule
    return view


def _cache_rule(response: Response) -> str:
    view = current_app.view_functions.get(request.endpoint or "")
    if response.status_code == 200 and getattr(view, "is_named_by_content", False):
        return "public, max-age=31536000, immutable"
    if request.endpoint != "static":
        return "no-store"
    if response.status_code == 200 and HASHED_FILES in request.path:
        return "public, max-age=31536000, immutable"
    return "no-cache"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
