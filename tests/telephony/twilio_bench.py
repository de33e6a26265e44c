"""The promises on the Twilio adapter, against a stand-in for the account on this machine.

The adapter is asked and told as the application does it: web requests go through its reader, orders
through REST. Moments are our own clock's, since Twilio's have whole seconds; the account's time can
be moved on, so phones ring out and sounds end at once.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event as Signal
from threading import Lock, Thread
from typing import Any, Self
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from telephony.events import CallArrived, LinkChanged
from telephony.orders import Order
from telephony.port import Ask, IsWell, PhoneSecret, always_well
from telephony.twilio.provider import build
from tests.services.web_door import Door
from tests.telephony.exchange_bench import PATIENCE_SECONDS, Ear, to_the_queue
from tests.telephony.fake_twilio import FakeTwilio

WITHOUT_END = 600.0
SOUND_SECONDS = 1.5

_orders = itertools.count(1)


class TwilioBench:
    """A Twilio adapter and the account that calls it."""

    twilio: FakeTwilio

    def __init__(self) -> None:
        self.ear = Ear()
        self._things = ExitStack()
        self._thread: Thread | None = None
        self._ask: Ask | None = None
        self._one_by_one = Lock()
        self._patience: dict[str, float] = {}
        self._held: dict[str, Signal] = {}
        self._asked: defaultdict[str, Signal] = defaultdict(Signal)

    def __enter__(self) -> Self:
        door = Door()
        self._things.callback(door.close)
        door.app = self._serve
        self.twilio = FakeTwilio(app_base=door.address)
        self._things.callback(self.twilio.close)
        self.twilio.sound_seconds = SOUND_SECONDS
        options = {"hooks": door.address, "sounds": f"{door.address}/sounds", "knock": "0.1"}
        self.exchange = build("tw", urlsplit(f"twilio://{self.twilio.address}"), options)
        assert self.exchange.stream is not None
        self._stream = self.exchange.stream
        return self

    def __exit__(self, *fault: object) -> None:
        self.disconnect()
        self._things.close()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        reader, ask = self.exchange.webhooks, self._ask
        assert reader is not None
        if ask is None or request.method != "POST":
            return Response(status=503)
        self._let_through(request.path.rpartition("/")[2])
        form, signature = request.form.to_dict(), request.headers[reader.signature_header]
        with self._one_by_one:  # told in the order in which it was read
            reply = reader.read(request.url, form, signature, ask)
            self.ear.tell(reply.news)
        return Response(reply.body, content_type=reply.content_type)

    def hold_back(self, hook: str, let_go: Signal) -> None:
        """Answer requests at this hook only once `let_go` is set, as a slow application would."""
        self._held[hook] = let_go

    def wait_for_request(self, hook: str) -> None:
        """Wait until the account has asked at a hook that is held back."""
        assert self._asked[hook].wait(PATIENCE_SECONDS)

    def _let_through(self, hook: str) -> None:
        if hook in self._held:
            self._asked[hook].set()
            self._held[hook].wait(PATIENCE_SECONDS)

    def connect(self, ask: Ask = to_the_queue, *, is_well: IsWell = always_well) -> None:
        ups = len(self.ear.of(LinkChanged, is_up=True))
        self._ask = ask
        listen = (self.ear.tell, ask, is_well)
        self._thread = Thread(target=self._stream.listen, args=listen, daemon=True)
        self._thread.start()
        self.ear.wait_for(LinkChanged, is_up=True, nth=ups + 1)

    def disconnect(self) -> None:
        if self._thread is None:
            return
        self._ask = None
        self._stream.stop()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "listen() did not return after stop()"
        self._thread = None

    def caller(
        self, dialled: str = "12315", *, from_number: str = "", patience: float = WITHOUT_END
    ) -> str:
        call_key = self.twilio.place_call(dialled, from_number=from_number)
        self._patience[call_key] = self.twilio.now() + patience
        if self._thread is not None:
            self.ear.wait_for(CallArrived, call_key=call_key)
        return call_key

    def caller_hangs_up(self, call_key: str) -> None:
        self.twilio.hang_up(call_key)

    def phone_comes(self, phone: str) -> None:
        assert self.exchange.phones is not None
        self.twilio.phones[f"client:{phone}"] = "ready"
        self.exchange.phones.admit(
            PhoneSecret(phone=phone, secret="of no use here", display_name=phone)
        )

    def phone_goes(self, phone: str) -> None:
        assert self.exchange.phones is not None
        del self.twilio.phones[f"client:{phone}"]
        self.exchange.phones.dismiss(phone)

    def phone_answers(self, call_key: str, phone: str) -> None:
        assert self.twilio.ringing_leg(call_key).to == f"client:{phone}"
        self.twilio.answer(call_key)

    def cut_link(self) -> None:
        self.twilio.close_rest()

    def mend_link(self) -> None:
        self.twilio.open_rest()

    def pass_time(self, seconds: float) -> None:
        self.twilio.pass_time(seconds)
        for call_key, until in self._patience.items():
            if until <= self.twilio.now() and self.twilio.legs[call_key].is_up:
                self.twilio.hang_up(call_key)

    def send(self, order: Callable[..., Order], call_key: str, **what: object) -> None:
        self.exchange.orders.send(order(order_id=next(_orders), call_key=call_key, **what))
