"""Everything that can go wrong on purpose. Rooms subclass these five, never Exception.

A refusal is a code with parameters. It holds no sentence: the words stand in the catalogues
under `refusal.<code>` and are chosen once, at the edge (`app.core.error_pages`), in the language
of the person who reads them.
"""

from typing import ClassVar


class Refusal(Exception):
    """What the person on the other side should read.

    `field` names the form field that the refusal belongs to, or None for the whole form.
    `parameters` fill the placeholders of the sentence.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"

    def __init__(self, *, field: str | None = None, **parameters: object) -> None:
        super().__init__(self.code, parameters)
        self.field = field
        self.parameters = parameters


class NotFound(Refusal):
    """The thing asked for is not there, or not for this person."""

    status = 404
    code = "not-found"


class NotAllowed(Refusal):
    """A person asked for what is not his to do."""

    status = 403
    code = "not-allowed"


class Conflict(Refusal):
    """Somebody or something was quicker, or the moment has passed."""

    status = 409
    code = "conflict"


class Invalid(Refusal):
    """What was typed cannot be right."""

    status = 422
    code = "invalid"


class OutsideSystemDown(Refusal):
    """An exchange, a gateway or a store did not answer."""

    status = 503
    code = "outside-system-down"


class TryAgain(Refusal):
    """Two saves were in each other's way and this one gave in: nothing was saved, ask once more."""

    status = 503
    code = "try-again"
