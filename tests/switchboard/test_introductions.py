"""What an exchange must know of us is told until it was taken, and taken back when it is over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from app.switchboard.introductions import Introducer, Introduction
from telephony.orders import Order
from telephony.port import Exchange, ExchangeRefused, FallbackSeat, PhoneSecret


@dataclass
class PlainExchange:
    """An exchange that keeps what it was told, and refuses while its line is down."""

    secrets: dict[str, str] = field(default_factory=dict)
    desks: set[str] = field(default_factory=set)
    seats: Sequence[FallbackSeat] = ()
    is_down: bool = False
    unwanted: str = ""  # a phone that it refuses
    told: int = 0

    def send(self, order: Order) -> None:
        raise ExchangeRefused("refused", is_retryable=False, detail=type(order).__name__)

    def admit(self, secret: PhoneSecret) -> None:
        self._hear()
        if secret.phone == self.unwanted:
            raise ExchangeRefused("refused", is_retryable=False, detail="not this phone")
        self.secrets[secret.phone] = secret.secret

    def dismiss(self, phone: str) -> None:
        self._hear()
        del self.secrets[phone]

    def desk_opened(self, phone: str) -> None:
        self._hear()
        self.desks.add(phone)

    def desk_closed(self, phone: str) -> None:
        self._hear()
        self.desks.discard(phone)

    def mirror(self, seats: Sequence[FallbackSeat]) -> None:
        self._hear()
        self.seats = seats

    def _hear(self) -> None:
        if self.is_down:
            raise ExchangeRefused("no-answer", is_retryable=True)
        self.told += 1


def introduced(plain: PlainExchange, between: Callable[[], None] = lambda: None) -> Introducer:
    return Introducer(
        Exchange(
            exchange_id="hy1",
            kind="plain",
            orders=plain,
            phones=plain,
            fallback=plain,
            desk_phones=plain,
        ),
        between=between,
    )


SEATS = (FallbackSeat(phone="1006", is_paused=False),)
MORNING = Introduction(secrets={"1006": "a"}, desks=frozenset({"1006"}), seats=SEATS)


def test_an_exchange_learns_phones_desks_and_seats_once() -> None:
    plain = PlainExchange()
    introducer = introduced(plain)

    introducer.tell(MORNING)
    introducer.tell(MORNING)

    assert (plain.secrets, plain.desks, plain.seats) == ({"1006": "a"}, {"1006"}, SEATS)
    assert plain.told == 3


def test_who_waits_for_a_ring_does_not_wait_until_every_phone_is_introduced() -> None:
    plain = PlainExchange()
    known: list[int] = []
    introducer = introduced(plain, between=lambda: known.append(len(plain.secrets)))

    introducer.tell(Introduction(secrets={"1006": "a", "1007": "b", "1008": "c"}))

    assert known == [1, 2, 3]


def test_what_was_refused_is_told_again() -> None:
    plain = PlainExchange(is_down=True)
    introducer = introduced(plain)

    introducer.tell(MORNING)
    plain.is_down = False
    introducer.tell(MORNING)

    assert plain.secrets == {"1006": "a"}


def test_a_new_secret_replaces_the_old_one_and_a_sign_out_dismisses_the_phone() -> None:
    plain = PlainExchange()
    introducer = introduced(plain)
    introducer.tell(MORNING)

    introducer.tell(Introduction(secrets={"1006": "b"}, desks=frozenset({"1006"}), seats=SEATS))
    assert plain.secrets == {"1006": "b"}
    introducer.tell(Introduction(seats=()))

    assert (plain.secrets, plain.desks, plain.seats) == ({}, set(), ())


def test_an_exchange_that_may_have_forgotten_is_told_everything_anew() -> None:
    plain = PlainExchange()
    introducer = introduced(plain)
    introducer.tell(MORNING)
    plain.secrets.clear()

    introducer.forget()
    introducer.tell(MORNING)

    assert plain.secrets == {"1006": "a"}


def test_who_signed_out_while_the_link_was_away_is_dismissed_when_it_is_back() -> None:
    plain = PlainExchange()
    introducer = introduced(plain)
    introducer.tell(MORNING)

    introducer.forget()
    introducer.tell(Introduction(seats=SEATS))

    assert plain.secrets == {}


def test_one_phone_that_is_refused_keeps_no_other_phone_out() -> None:
    plain = PlainExchange(unwanted="1005")
    introducer = introduced(plain)

    introducer.tell(Introduction(secrets={"1005": "b", "1006": "a"}, seats=SEATS))

    assert plain.secrets == {"1006": "a"}
    assert plain.seats == SEATS

    plain.unwanted = ""
    introducer.tell(Introduction(secrets={"1005": "b", "1006": "a"}, seats=SEATS))
    assert plain.secrets == {"1005": "b", "1006": "a"}


def test_an_exchange_that_is_away_for_a_night_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    plain = PlainExchange(is_down=True)
    one = introduced(plain)
    for _second in range(60):
        one.tell(MORNING)
    assert said(caplog) == ["no-answer"]

    plain.is_down, plain.unwanted = False, "1006"
    for _second in range(60):
        one.tell(MORNING)
    assert said(caplog) == ["no-answer", "refused"]

    plain.unwanted = ""
    one.tell(MORNING)
    plain.is_down = True
    one.forget()
    one.tell(MORNING)
    assert said(caplog) == ["no-answer", "refused", "no-answer"]


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["why"] for record in caplog.records]
