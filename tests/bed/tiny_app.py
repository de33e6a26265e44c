"""The smallest application behind the port, as a process that tests can stop, kill and start again.

Knows nothing but telephony/: prints news as JSON lines, reads wishes as JSON lines.
"""

import argparse
import dataclasses
import json
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from telephony import control_orders, orders, port
from telephony.events import News
from telephony.port import IncomingCall, IntakeAction, IntakeAnswer
from telephony.registry import ExchangeAddress, build_exchanges

_printing = threading.Lock()


def say(kind: str, **fields: Any) -> None:
    """Print one line of JSON."""
    with _printing:
        print(json.dumps({"said": kind, **fields}, default=_plain), flush=True)  # noqa: T201


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    return value.value if isinstance(value, Enum) else str(value)


def _shown(one: Any) -> dict[str, Any]:
    fields = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
    if fields.get("agent_party"):
        fields["agent_party"] = dataclasses.asdict(fields["agent_party"])
    if fields.get("parties"):
        fields["parties"] = [dataclasses.asdict(party) for party in fields["parties"]]
    return {"what": type(one).__name__, **fields}


def main() -> int:
    """Listen until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchange", required=True, help="ID=URL")
    parser.add_argument("--intake-seconds", type=float, default=0.0)
    parser.add_argument("--action", default="queue")
    parser.add_argument("--announcement", default="")
    arguments = parser.parse_args()
    exchange_id, _, url = arguments.exchange.partition("=")
    address = ExchangeAddress(exchange_id=exchange_id, url=url)
    exchange = build_exchanges([address])[exchange_id]

    def tell(news: Sequence[News]) -> None:
        for one in news:
            say("news", **_shown(one))

    def ask(call: IncomingCall) -> IntakeAnswer:
        say("asked", **_shown(call))
        time.sleep(arguments.intake_seconds)
        return IntakeAnswer(
            action=IntakeAction(arguments.action),
            announcement=arguments.announcement,
            plays_recording_notice=call.dialled_number == "12366",
        )

    stream = exchange.stream
    assert stream is not None
    listening = threading.Thread(target=stream.listen, args=(tell, ask), daemon=True)
    listening.start()
    for line in sys.stdin:
        threading.Thread(target=_do, args=(exchange, json.loads(line)), daemon=True).start()
    stream.stop()
    listening.join(timeout=5)
    return 0


def _do(exchange: port.Exchange, wish: dict[str, Any]) -> None:
    number, verb = wish.pop("wish"), wish.pop("verb")
    try:
        answer = _answer(exchange, number, verb, wish)
    except port.ExchangeRefused as why:
        say("answer", number=number, refused=why.code, is_retryable=why.is_retryable)
    else:
        say("answer", number=number, refused=None, answer=answer)


_WORDS = {"mode": control_orders.SupervisionMode, "phone_kind": control_orders.TargetKind}


def _answer(exchange: port.Exchange, number: int, verb: str, wish: dict[str, Any]) -> Any:
    node: Any = exchange.orders
    if verb == "live_calls":
        return [_shown(call) for call in node.live_calls()]
    if verb == "phones_there":
        return dict(node.phones_there())
    if verb == "admit":
        return node.admit(port.PhoneSecret(**wish))
    if verb == "dismiss":
        return node.dismiss(wish["phone"])
    if verb == "mirror":
        return node.mirror([port.FallbackSeat(**seat) for seat in wish["seats"]])
    kind = getattr(orders, verb, None) or getattr(control_orders, verb)
    if "target" in wish:
        wish["target"] = control_orders.Target(
            kind=control_orders.TargetKind(wish["target"].pop("kind")), **wish["target"]
        )
    wish |= {name: word(wish[name]) for name, word in _WORDS.items() if name in wish}
    return node.send(kind(**{"order_id": number, **wish}))


if __name__ == "__main__":
    sys.exit(main())
