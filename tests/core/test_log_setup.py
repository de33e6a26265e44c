"""No telephone number reaches a log, and no link by which somebody could answer for another."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask, current_app

from app.core import log_setup, signed_links

NUMBER = "13912342817"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Set logs up as a live site does, and catch what is written."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    log_setup.set_up_logs(level="INFO", as_json=True)
    [handler] = [each for each in root.handlers if each.name == log_setup.HANDLER_NAME]
    assert isinstance(handler, logging.StreamHandler)
    caught = io.StringIO()
    handler.setStream(caught)
    yield caught
    root.handlers[:] = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


def last_line(caught: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(caught.getvalue().splitlines()[-1])
    return found


def test_a_number_is_masked_in_the_event_and_in_every_value(lines: io.StringIO) -> None:
    structlog.get_logger("a").info(
        f"call from {NUMBER}",
        contact=f"tel:{NUMBER}",
        deep={"list": [NUMBER, {"again": f"+86{NUMBER}"}], NUMBER: 1},
        whole=int(NUMBER),
        parts=(NUMBER,),
    )

    assert NUMBER not in lines.getvalue()
    assert last_line(lines)["event"] == "call from 139****2817"


def test_a_signed_link_is_hidden_also_in_what_a_server_says_of_a_request(
    lines: io.StringIO,
) -> None:
    with Flask("signs", static_folder=None).app_context():
        current_app.secret_key = "k" * 40
        tokens = [signed_links.sign([nth, 1], purpose="visit") for nth in (7, 123456)]
    for token in tokens:
        logging.getLogger("werkzeug").info('"%s" %s', f"GET /visit/{token} HTTP/1.1", 200)
        structlog.get_logger("a").warning("slow", path=f"/visit/{token}")

    assert not [token for token in tokens if token in lines.getvalue()]
    assert last_line(lines)["path"] == "/visit/***"
    assert "GET /visit/*** HTTP/1.1" in lines.getvalue()


def test_a_number_is_masked_in_the_text_of_an_exception(lines: io.StringIO) -> None:
    try:
        raise LookupError(f"no caller {NUMBER}")
    except LookupError:
        structlog.get_logger("a").exception("failed")
        logging.getLogger("library").exception("failed with %s", NUMBER)

    assert NUMBER not in lines.getvalue()
    assert "no caller 139****2817" in last_line(lines)["exception"]


def test_lines_of_libraries_are_masked_too(lines: io.StringIO) -> None:
    logging.getLogger("library").warning("%s rang", NUMBER, extra={"channel": f"PJSIP/{NUMBER}-1"})

    assert NUMBER not in lines.getvalue()
    assert last_line(lines)["channel"] == "PJSIP/139****2817-1"


def test_a_key_that_promises_a_number_is_masked_whatever_its_shape(lines: io.StringIO) -> None:
    structlog.get_logger("a").info("call", from_number="3333333")

    assert last_line(lines)["from_number"] == "0762****333"


def test_a_line_says_when_where_how_serious_and_for_which_request(lines: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(request_id="139123428170")

    structlog.get_logger("a.b").warning("odd")

    line = last_line(lines)
    assert line["level"] == "warning"
    assert line["logger"] == "a.b"
    assert line["timestamp"].endswith("Z")
    assert line["request_id"] == "139123428170"


def test_the_servers_own_lines_go_through_the_same_door(lines: io.StringIO) -> None:
    own = logging.getLogger("gunicorn.access")
    own.propagate = False
    own.addHandler(logging.NullHandler())
    log_setup.set_up_logs(level="INFO", as_json=True)
    [handler] = [each for each in logging.getLogger().handlers if each.name == "hotline"]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)

    own.info("GET /calls?number=%s", NUMBER)

    assert "139****2817" in last_line(lines)["event"]


def test_setting_logs_up_twice_writes_each_line_once(lines: io.StringIO) -> None:
    handlers = logging.getLogger().handlers
    log_setup.set_up_logs(level="INFO", as_json=True)

    assert [each.name for each in handlers].count(log_setup.HANDLER_NAME) == 1
    assert lines.getvalue() == ""
