"""Links that let somebody in who has no account: signed, for one purpose, for a time."""

import re
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core.errors import NotFound

# What is held, the moment and the signature, as itsdangerous writes them with SHA-1.
IN_TEXT = re.compile(r"[\w-]+\.[\w-]{6}\.[\w-]{27}(?![\w-])", re.ASCII)
HIDDEN = "***"


class LinkUnfit(NotFound):
    """The link was not made here, was changed on its way, or its time is over."""

    code = "link-unfit"


def sign(what: list[int], *, purpose: str) -> str:
    """Return a text for an address that holds these numbers and cannot be made by anybody else."""
    return str(_serializer(purpose).dumps(what))


def hidden_in(text: str) -> str:
    """Return a text without what was signed here: whoever reads it could use it."""
    return IN_TEXT.sub(HIDDEN, text)


def read(token: str, *, purpose: str, longest: int) -> list[int]:
    """Return the numbers of a link made for this purpose at most so many seconds ago.

    Raises LinkUnfit.
    """
    try:
        what: Any = _serializer(purpose).loads(token, max_age=longest)
    except BadSignature as unfit:  # a link that is too old is one of them
        raise LinkUnfit from unfit
    return [int(each) for each in what]


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"link.{purpose}")
