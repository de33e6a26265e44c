"""Closes the temporary files of an upload, also of one that was refused half-way.

What comes in a form is parsed into files before anybody looks at it; a request that is too large is
refused while they are being written, and nobody has them in his hands.
"""

from typing import IO, Any, cast

from flask import Flask, Request, request


class ClosingRequest(Request):
    """A request that knows the temporary files of its form."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.upload_streams: list[IO[bytes]] = []

    def _get_file_stream(self, *given: Any, **named: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*given, **named)
        self.upload_streams.append(stream)
        return stream


def init_app(app: Flask) -> None:
    """Close them when the request is over."""
    app.request_class = ClosingRequest
    app.teardown_request(_close)


def _close(_fault: BaseException | None) -> None:
    for stream in cast(ClosingRequest, request).upload_streams:
        stream.close()
