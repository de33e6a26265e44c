"""The promises on the real Asterisk adapter, against a pretended node on a clock that a test moves.

What is tried here is telephony/asterisk as it runs: link, translation, orders, door. The node's own
half (tests/bed/fake_node.py) is held to the truth by the same promises on a real one.
"""

from collections.abc import Callable
from contextlib import ExitStack
from threading import Thread
from typing import Self
from urllib.parse import urlsplit

from telephony.asterisk.provider import build
from telephony.events import CallArrived, LinkChanged
from telephony.orders import Order
from telephony.port import Ask, IsWell, PhoneSecret, always_well
from tests.bed.fake_ami import SECRET, USER
from tests.bed.fake_node import FakeNode, fake_node
from tests.services.processes import free_port, wait_until
from tests.telephony.exchange_bench import PATIENCE_SECONDS, Ear, to_the_queue


class FakeNodeBench:
    """An Asterisk adapter and the pretended node it is linked to."""

    node: FakeNode

    def __init__(self) -> None:
        self.ear = Ear()
        self._things = ExitStack()
        self._thread: Thread | None = None
        self._orders = 0

    def __enter__(self) -> Self:
        self.node = self._things.enter_context(fake_node())
        self.node.agi_port = free_port()
        url = f"asterisk://{USER}:{SECRET}@127.0.0.1:{self.node.ami.port}"
        self.exchange = build("hy1", urlsplit(url), {"agi_port": str(self.node.agi_port)})
        assert self.exchange.stream is not None
        self._stream = self.exchange.stream
        return self

    def __exit__(self, *fault: object) -> None:
        self.disconnect()
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
        wait_until(lambda: not self.node.ami.is_joined, seconds=2, what="the app left", pause=0.01)

    def caller(
        self, dialled: str = "12315", *, from_number: str = "", patience: float = 600
    ) -> str:
        call_key = self.node.place_call(dialled, number=from_number, patience=patience)
        if self._thread is not None:
            self.ear.wait_for(CallArrived, call_key=call_key)
        return call_key

    def caller_hangs_up(self, call_key: str) -> None:
        self.node.caller_hangs_up(call_key)

    def phone_comes(self, phone: str) -> None:
        assert self.exchange.phones is not None
        self.exchange.phones.admit(
            PhoneSecret(phone=phone, secret="only for this page", display_name=phone)
        )
        self.node.phone_registers(phone)

    def phone_goes(self, phone: str) -> None:
        self.node.phone_goes(phone)

    def phone_answers(self, call_key: str, phone: str) -> None:
        assert call_key in self.node.calls
        self.node.phone_answers(phone)

    def number_lets_it_ring(self, number: str) -> None:
        self.node.rooms.let_ring.add(number)

    def cut_link(self) -> None:
        self.node.ami.accepts.clear()
        self.node.ami.hang_up()

    def mend_link(self) -> None:
        self.node.ami.accepts.set()

    def pass_time(self, seconds: float) -> None:
        self.node.pass_time(seconds)

    def send(self, order: Callable[..., Order], call_key: str, **what: object) -> None:
        self._orders += 1
        self.exchange.orders.send(order(order_id=self._orders, call_key=call_key, **what))
