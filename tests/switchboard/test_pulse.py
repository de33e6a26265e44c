"""Whether a process can work, and how far behind an exchange it is."""

from datetime import UTC, datetime, timedelta

import pytest

from app.switchboard import pulse
from app.switchboard.lag_meter import LagMeter
from app.switchboard.pulse import Pulse
from telephony.events import LinkChanged, PhoneChanged
from telephony.port import Exchange
from telephony.simulator.provider import as_exchange
from telephony.simulator.settings import read_settings
from telephony.simulator.sim_clock import VirtualClock
from telephony.simulator.simulator import Simulator

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_a_save_that_held_is_health_and_one_that_failed_is_none() -> None:
    mine = Pulse()
    mine.beat()
    assert mine.is_well()
    mine.miss()
    assert not mine.is_well()
    mine.beat()
    assert mine.is_well()


def test_a_database_that_hangs_is_no_health_although_nothing_has_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulse, "LONGEST_SILENCE_SECONDS", 0.0)
    mine = Pulse()
    mine.beat()
    assert not mine.is_well()


@pytest.fixture
def there() -> VirtualClock:
    """The exchange's own clock, an hour ahead of nobody's."""
    return VirtualClock(TEN)


@pytest.fixture
def exchange(there: VirtualClock) -> Exchange:
    return as_exchange(Simulator("sim", read_settings("quiet", {}), clock=there))


def phone_came(at: datetime) -> PhoneChanged:
    return PhoneChanged(exchange_id="sim", phone="1006", is_there=True, contact="a", happened_at=at)


def test_the_age_of_an_event_is_by_the_exchanges_own_clock_so_that_skew_is_no_lag(
    exchange: Exchange, there: VirtualClock
) -> None:
    meter = LagMeter({"sim": exchange}, remembered=timedelta(seconds=10))

    meter.saved([phone_came(TEN)])
    assert meter.worst("sim") == timedelta()

    there.advance(3)
    meter.saved([phone_came(TEN + timedelta(seconds=2)), phone_came(TEN)])
    meter.saved([phone_came(TEN + timedelta(seconds=3))])
    assert meter.worst("sim") == timedelta(seconds=3), "the worst of late"


def test_what_is_worst_is_forgotten_after_a_while_and_a_link_has_no_age(
    exchange: Exchange, there: VirtualClock
) -> None:
    meter = LagMeter({"sim": exchange}, remembered=timedelta())
    there.advance(60)
    meter.saved([phone_came(TEN)])
    assert meter.worst("sim") == timedelta()

    lasting = LagMeter({"sim": exchange}, remembered=timedelta(seconds=10))
    lasting.saved(
        [LinkChanged(exchange_id="sim", boot_id="b", is_up=True, why="-", happened_at=TEN)]
    )
    assert lasting.worst("sim") == timedelta()
