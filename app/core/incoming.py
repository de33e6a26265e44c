"""What comes in: words every database can hold, files that are closed when the request is over.

What comes in a form is parsed into files before anybody looks at it; a request that is too large is
refused while they are being written, and nobody has them in his hands.
"""

from typing import IO, Any, cast

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property


class IncomingRequest(Request):
    """A request whose address is plain text and which knows the temporary files of its form."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.upload_streams: list[IO[bytes]] = []

    def _get_file_stream(self, *given: Any, **named: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*given, **named)
        self.upload_streams.append(stream)
        return stream

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark, without the zero character (none is ever typed)."""
        asked: MultiDict[str, str] = super().args
        return ImmutableMultiDict(
            [(_plain(name), _plain(value)) for name, value in asked.items(multi=True)]
        )


def init_app(app: Flask) -> None:
    """Take requests so, and close their files when they are over."""
    app.request_class = IncomingRequest
    app.before_request(_refuse_zero_in_path)
    app.teardown_request(_close)


def _plain(words: str) -> str:
    return words.replace("\x00", "")


def _refuse_zero_in_path() -> None:
    if "\x00" in request.path:
        abort(404)


def _close(_fault: BaseException | None) -> None:
    for stream in cast(IncomingRequest, request).upload_streams:
        stream.close()
