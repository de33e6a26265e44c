"""How a desk's phone reaches the exchanges: handed down by the factory. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class PhoneMode(StrEnum):
    """Whether the page is the phone, or the phone is elsewhere and the page only says so."""

    BROWSER = "browser"
    HTTP = "http"


@dataclass(frozen=True, kw_only=True)
class PhoneLine:
    """One exchange as a desk's phone sees it. `socket` may hold `{host}`: the page's own host."""

    exchange_id: str
    socket: str


@dataclass(frozen=True, kw_only=True)
class PhoneLines:
    """Every exchange that browser phones can register at; none means another kind of phone."""

    lines: tuple[PhoneLine, ...] = ()

    @property
    def mode(self) -> PhoneMode:
        """Say what kind of phone the desk has."""
        return PhoneMode.BROWSER if self.lines else PhoneMode.HTTP
