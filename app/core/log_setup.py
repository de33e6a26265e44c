"""Logs: one line per event, JSON on a live site, no telephone number in any of them.

Every logger of ours and of the libraries goes through the same chain; a number is masked wherever
it stands: in the event, in a value, in the text of an exception.
"""

import logging
import secrets
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, request, session

from app.core.phone_numbers import mask, mask_in_text
from app.core.signed_links import hidden_in

HANDLER_NAME = "hotline"
# Loggers that libraries give a door of their own; they shall use ours.
WITH_OWN_HANDLERS = ("gunicorn.error", "gunicorn.access")
WHOLE_NUMBERS = frozenset(
    {"from_number", "caller_number", "contact_number", "callback_number", "number", "caller"}
)
NEVER_MASKED = frozenset({"timestamp", "request_id", "level", "logger", "pid"})

logger = structlog.stdlib.get_logger(__name__)

Line = structlog.typing.EventDict


def mask_numbers(_logger: object, _method: str, line: Line) -> Line:
    """Mask telephone numbers and signed links in everything a line holds; keys stay."""
    return {
        key: value if key in NEVER_MASKED else _masked(value, is_number=key in WHOLE_NUMBERS)
        for key, value in line.items()
    }


def _masked(value: object, *, is_number: bool = False) -> object:
    if isinstance(value, str):
        # A key that promises a number is masked even if its shape is not known (a local one).
        return mask(value) if is_number else mask_in_text(hidden_in(value))
    if isinstance(value, Mapping):
        return {
            mask_in_text(str(key)): _masked(each, is_number=key in WHOLE_NUMBERS)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(each, is_number=is_number) for each in value]
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, int):
        # A number may arrive as an integer too: 13800001234.
        text = mask_in_text(str(value))
        return value if text == str(value) else text
    return mask_in_text(str(value))


def set_up_logs(*, level: str, as_json: bool) -> None:
    """Send all logs through one chain to standard error. May be called again."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.name = HANDLER_NAME
    handler.setFormatter(line_formatter(shared, as_json=as_json))
    root = logging.getLogger()
    # Only our own handler is replaced: a test or a server may have put others there.
    for old in [each for each in root.handlers if each.name == HANDLER_NAME]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in WITH_OWN_HANDLERS:
        other = logging.getLogger(name)
        other.handlers.clear()
        other.propagate = True


def line_formatter(
    shared: list[structlog.typing.Processor], *, as_json: bool
) -> structlog.stdlib.ProcessorFormatter:
    """Make the end of the chain: exceptions become text, numbers are masked, a line is written."""
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.UnicodeDecoder(),
            mask_numbers,
            last,
        ],
    )


def init_app(app: Flask) -> None:
    """Bind an id to each request and write one line about it."""
    app.before_request(_bind_request)
    app.after_request(_tell_request)


def request_id() -> str:
    """Return the id that all log lines of this request carry; error pages show it."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return str(g.request_id)


def _bind_request() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())
    if user_id := str(session.get("_user_id", "")).partition(":")[0]:
        structlog.contextvars.bind_contextvars(user_id=user_id)


def _tell_request(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint != "static":
        logger.debug(
            "request", method=request.method, endpoint=request.endpoint, status=response.status_code
        )
    return response
