"""The promises on a real Asterisk: one node for all of them, callers and phones without sound.

Time is the real one: `pass_time` waits at most a moment, since the node goes on by itself while a
promise waits for news. The node's own pieces of time are short on the bed.
"""

import itertools
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread
from typing import Self
from urllib.parse import urlsplit

from telephony.asterisk.provider import build
from telephony.events import CallArrived, LinkChanged
from telephony.orders import Order
from telephony.port import Ask, IsWell, PhoneSecret, always_well
from tests.bed.bed import AMI_SECRET, Bed
from tests.bed.bed_ports import BedPorts
from tests.bed.cable import Cable
from tests.bed.ringing_page import RingingPage
from tests.bed.silent_caller import SilentCaller
from tests.bed.silent_numbers import SilentNumbers
from tests.services.processes import wait_until
from tests.telephony.exchange_bench import PATIENCE_SECONDS, Ear, to_the_queue

PORTS = BedPorts.of("contract")
LONGEST_PASS_SECONDS = 2.0
SECRET = "only-for-this-page"
WITHOUT_END = 600  # seconds of patience; a real caller need not be told to wait so long

_numbers = itertools.count(13900000001)
_orders = itertools.count(1)


class RealNodeBench:
    """The Asterisk adapter and the node it is linked to over a cable."""

    def __init__(self, bed: Bed) -> None:
        self.ear = Ear()
        self._bed = bed
        self._things = ExitStack()
        self._thread: Thread | None = None
        self._pages: dict[str, RingingPage] = {}
        self._people: dict[str, SilentCaller] = {}

    def __enter__(self) -> Self:
        self._numbers = SilentNumbers()
        self._things.callback(self._numbers.close)
        self._cable = Cable(self._bed.ports.ami)
        self._things.callback(self._cable.close)
        url = f"asterisk://hotline:{AMI_SECRET}@127.0.0.1:{self._cable.port}"
        options = {"agi_port": str(self._bed.ports.agi)}
        self.exchange = build(self._bed.exchange_id, urlsplit(url), options)
        assert self.exchange.stream is not None
        self._stream = self.exchange.stream
        return self

    def __exit__(self, *fault: object) -> None:
        self.disconnect()
        for phone in list(self._pages):
            self.phone_goes(phone)
        self._bed.end_all_calls()
        self._things.close()

    def connect(self, ask: Ask = to_the_queue, *, is_well: IsWell = always_well) -> None:
        ups = len(self.ear.of(LinkChanged, is_up=True))
        listen = (self.ear.tell, ask, is_well)
        self._thread = Thread(target=self._stream.listen, args=listen, daemon=True)
        self._thread.start()
        self.ear.wait_for(LinkChanged, is_up=True, nth=ups + 1)

    def disconnect(self) -> None:
        if self._thread is None:
            return
        self._stream.stop()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "listen() did not return after stop()"
        self._thread = None

    def caller(
        self, dialled: str = "12315", *, from_number: str = "", patience: float = WITHOUT_END
    ) -> str:
        number = from_number or str(next(_numbers))
        seconds = None if patience >= WITHOUT_END else patience
        person = SilentCaller(self._bed, dialled=dialled, number=number, patience=seconds)
        self._things.callback(person.close)
        if self._thread is not None:
            call_key = self.ear.wait_for(CallArrived, from_number=number).call_key
        else:
            wait_until(lambda: self._key_of(number) != "", seconds=3, what="a call", pause=0.05)
            call_key = self._key_of(number)
        self._people[call_key] = person
        return call_key

    def caller_hangs_up(self, call_key: str) -> None:
        self._people[call_key].hang_up()

    def phone_comes(self, phone: str) -> None:
        assert self.exchange.phones is not None
        self.exchange.phones.admit(PhoneSecret(phone=phone, secret=SECRET, display_name=phone))
        self._pages[phone] = RingingPage(self._bed, phone, SECRET)

    def phone_goes(self, phone: str) -> None:
        self._pages.pop(phone).close()

    def phone_answers(self, call_key: str, phone: str) -> None:  # noqa: ARG002 - it has one call
        self._pages[phone].answer()

    def number_lets_it_ring(self, number: str) -> None:
        self._numbers.let_ring.add(number)

    def cut_link(self) -> None:
        self._cable.cut()

    def mend_link(self) -> None:
        self._cable.mend()

    def pass_time(self, seconds: float) -> None:
        time.sleep(min(seconds, LONGEST_PASS_SECONDS))

    def send(self, order: Callable[..., Order], call_key: str, **what: object) -> None:
        self.exchange.orders.send(order(order_id=next(_orders), call_key=call_key, **what))

    def _key_of(self, number: str) -> str:
        for line in self._bed.cli("core show channels concise").splitlines():
            if f"!{number}!" in line:
                return line.rpartition("!")[2].strip()
        return ""
