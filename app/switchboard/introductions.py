"""What an exchange must know of us: phones with their secrets, open desks, seats for hard times.

Kept as a wish and a memory: each round compares what should be known with what was told, and tells
the difference. What was refused is not remembered, so the next round tells it again. Nothing hangs
on who changed it, in which process (A10).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from app.accounts import service as accounts
from app.call_queue import service as call_queue
from telephony.port import Exchange, ExchangeRefused, FallbackSeat, PhoneSecret

logger = logging.getLogger(__name__)

REFUSED = "refused"  # the exchange listens, and does not want this
UNSURE = ""
"""Stands for a secret of which we do not know whether the exchange still has it."""


@dataclass(frozen=True, kw_only=True)
class Introduction:
    """Phones (phone → secret), desks that are open, and the seats an exchange may ring alone."""

    secrets: dict[str, str] = field(default_factory=dict)
    desks: frozenset[str] = frozenset()
    seats: tuple[FallbackSeat, ...] | None = None


def wanted() -> Introduction:
    """Return what every exchange should know now. Needs an app context."""
    return Introduction(
        secrets=accounts.secrets_of_phones(),
        desks=frozenset(call_queue.open_desks()),
        seats=tuple(
            FallbackSeat(phone=seat.phone, is_paused=seat.is_paused) for seat in call_queue.seats()
        ),
    )


class Introducer:
    """Remembers what one exchange was told. `between` has its turn after each phone."""

    def __init__(self, exchange: Exchange, between: Callable[[], None] = lambda: None) -> None:
        self._exchange, self._between = exchange, between
        self._told = Introduction()
        self._refused: set[str] = set()
        self._refused_before: set[str] = set()

    def forget(self) -> None:
        """The exchange may have forgotten, or not: tell everything anew.

        Phones that are wanted no more may still be known there, and are dismissed all the same.
        """
        self._told = Introduction(secrets=dict.fromkeys(self._told.secrets, UNSURE))

    def tell(self, now: Introduction) -> None:
        """Tell what is new; where the exchange does not listen, the rest waits for a next round.

        A refusal is in the log once, however many rounds meet it again.
        """
        self._refused, self._refused_before = set(), self._refused
        secrets, desks = dict(self._told.secrets), set(self._told.desks)
        seats = self._told.seats
        try:
            self._tell_secrets(now.secrets, secrets)
            self._tell_desks(now.desks, desks)
            if self._exchange.fallback is not None and now.seats != seats:
                self._exchange.fallback.mirror(now.seats or ())
                seats = now.seats
        except ExchangeRefused as why:
            self._warn(why)
        finally:
            self._told = Introduction(secrets=secrets, desks=frozenset(desks), seats=seats)

    def _tell_secrets(self, now: dict[str, str], told: dict[str, str]) -> None:
        phones = self._exchange.phones
        if phones is None:
            return
        for phone, secret in now.items():
            if told.get(phone) == secret:
                continue
            try:
                phones.admit(PhoneSecret(phone=phone, secret=secret, display_name=phone))
            except ExchangeRefused as why:
                if why.code != REFUSED:
                    raise
                self._warn(why)  # what is wrong with one phone keeps no other one out
            else:
                told[phone] = secret
            self._between()
        for phone in set(told) - set(now):
            phones.dismiss(phone)
            del told[phone]

    def _tell_desks(self, now: frozenset[str], told: set[str]) -> None:
        desks = self._exchange.desk_phones
        if desks is None:
            return
        for phone in now - told:
            desks.desk_opened(phone)
            told.add(phone)
        for phone in set(told) - now:
            desks.desk_closed(phone)
            told.discard(phone)

    def _warn(self, why: ExchangeRefused) -> None:
        self._refused.add(str(why))
        if str(why) not in self._refused_before:
            said = {"why": why.code, "detail": str(why)}
            logger.warning("an introduction was refused", extra=said)
