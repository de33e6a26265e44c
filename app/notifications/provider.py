"""What the house asks of anybody who carries messages, in our words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.notifications.occasions import Way


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message as a provider gets it. `key` is the same at every try of the same message.

    Neither address nor text stands in what `repr` gives: it may land in a log.
    """

    key: str
    way: Way
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    channel: str = ""
    reply_to: str = field(default="", repr=False)


class NotTaken(Exception):
    """A provider did not take a message. `is_final`: asking again would change nothing.

    `code` is one of ours (`no-answer`, `refused`, …); never what the other side wrote, which may
    repeat the message.
    """

    def __init__(self, code: str, *, is_final: bool = False, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.is_final = is_final
        self.detail = detail


class MessageProvider(Protocol):
    """Carries messages of one way. `send` returns when the message was taken, else NotTaken.

    It may be called from several threads, and twice with the same key: after a crash nobody knows
    whether the first call arrived. `patience` is how long one call can take, in seconds.
    """

    name: str
    patience: float

    def send(self, message: Outgoing) -> None:
        """Hand a message over."""


@dataclass(frozen=True, kw_only=True)
class MessageProviders:
    """Who carries what on this site; a way without a provider waits, and a page says so."""

    by_way: Mapping[Way, MessageProvider]
