"""The addresses that Twilio calls, and what each of them says about itself.

Twilio gives back nothing that we could pin to a call. So what a later request must know (which
order, which phone, the how-manieth place) stands in the address itself. The signature covers the
whole address, so nobody else can write one.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit

from telephony.port import ExchangeRefused

PATH = "/telephony/hooks"
FIRST_PLACING = 1


class Hook(StrEnum):
    """What Twilio asks or tells at an address; the last part of its path."""

    VOICE = "voice"  # a call came in
    STATUS = "status"  # how the caller's leg stands; set on the number
    WAIT = "wait"  # the caller is in Twilio's queue: what shall he hear
    LEFT = "left"  # the caller left Twilio's queue
    RING = "ring"  # an order took him out of it to ring an agent
    PHONE = "phone"  # how the agent's leg stands
    RUNG = "rung"  # the agent's leg is over, answered or not
    PLACE = "place"  # an order, or a ring in vain, puts the caller on hold music
    END = "end"  # an order, or an announcement that is over, ends the call
    RECORDING = "recording"


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """The addresses of one account's exchange. `base` is our own, as Twilio reaches it."""

    base: str
    exchange_id: str

    def of(self, hook: Hook, **says: str | int) -> str:
        """Return the address of a hook that says these things."""
        address = f"{self.base}{PATH}/{self.exchange_id}/{hook}"
        return f"{address}?{urlencode(says)}" if says else address

    def as_signed(self, url: str) -> str:
        """Return the address as Twilio called it, whatever proxies made of its beginning."""
        parts = urlsplit(url)
        return self.base + parts.path + (f"?{parts.query}" if parts.query else "")


def read_hook(url: str) -> tuple[Hook, dict[str, str]]:
    """Return which hook was called and what its address says; ExchangeRefused for none of ours."""
    parts = urlsplit(url)
    name = parts.path.rpartition("/")[2]
    if name not in set(Hook):
        raise ExchangeRefused("refused", is_retryable=False, detail=f"no such hook: {name[:40]}")
    return Hook(name), dict(parse_qsl(parts.query))


def count_by(order_id: int) -> int:
    """Name the placing of a caller that an order causes; no other placing has this number."""
    return 2 * order_id


def count_after(order_id: int) -> int:
    """Name the placing that follows when the ring of an order was in vain."""
    return 2 * order_id + 1
