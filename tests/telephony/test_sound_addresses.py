"""Who may fetch a sound: an address is signed, dated, and the same for a whole day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from telephony.sound_addresses import LONGEST_VALID, address_of, is_genuine, sign
from tests.telephony.deployed import load

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRET = "the secret of an exchange"
NAME = "greeting-12315-0123456789ab"


def holds(address: str, *, at: datetime = NOW, secret: str = SECRET, exchange: str = "hy1") -> bool:
    parts = urlsplit(address)
    name = parts.path.removeprefix("/telephony/sounds/hy1").lstrip("/")
    query = dict(parse_qsl(parts.query))
    return is_genuine(name, secret=secret, exchange_id=exchange, now=at, **query)


def address(*, now: datetime = NOW, name: str = NAME) -> str:
    return address_of(name, base="https://us", secret=SECRET, exchange_id="hy1", now=now)


def test_an_address_holds_for_its_own_sound_exchange_and_secret_only() -> None:
    assert holds(address())
    assert not holds(address(), secret="another secret")
    assert not holds(address(), secret="")
    assert not holds(address(), exchange="hy2")
    assert not holds(address().replace("ab?", "ac?"))


def test_an_address_is_the_same_all_day_and_holds_for_a_day_at_least() -> None:
    assert address(now=NOW) == address(now=NOW + timedelta(hours=21))
    assert address(now=NOW) != address(now=NOW + timedelta(hours=22))
    assert holds(address(), at=NOW + timedelta(hours=45))
    assert not holds(address(), at=NOW + timedelta(hours=47))


@pytest.mark.parametrize("until", ["", "soon", "-1", "1" * 13, "١٢٣"])
def test_a_date_that_is_none_never_holds(until: str) -> None:
    signed = sign(NAME, secret=SECRET, exchange_id="hy1", until=until)

    assert not is_genuine(
        NAME, secret=SECRET, exchange_id="hy1", until=until, signature=signed, now=NOW
    )


def test_an_address_that_claims_to_hold_for_ever_does_not() -> None:
    until = str(int((NOW + LONGEST_VALID).timestamp()) + 1)
    signed = sign(NAME, secret=SECRET, exchange_id="hy1", until=until)

    assert not is_genuine(
        NAME, secret=SECRET, exchange_id="hy1", until=until, signature=signed, now=NOW
    )


@pytest.mark.parametrize("name", ["", NAME])
def test_the_nodes_puller_signs_as_we_check(name: str, tmp_path: Path) -> None:
    puller = load("sound_puller")
    errand = puller.Errand(
        folder=tmp_path,
        application="https://us",
        exchange_id="hy1",
        secret=SECRET.encode(),
        look_every=1.0,
    )

    assert holds(puller.address_of(name, errand, now=NOW.timestamp()))
