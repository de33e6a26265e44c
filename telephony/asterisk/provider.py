"""An Asterisk node behind the port: each order and question becomes AMI actions."""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, unquote

from telephony.asterisk import call_legs
from telephony.asterisk.call_control import CallControl
from telephony.asterisk.checked_orders import checked_phone
from telephony.asterisk.live_calls import live_calls_from
from telephony.asterisk.node_link import NodeAddress, NodeLink
from telephony.control_orders import Control
from telephony.events import Place
from telephony.orders import (
    HangUp,
    KeepCaller,
    Order,
    ReturnToQueue,
    RingAgent,
    StopRinging,
)
from telephony.port import Exchange, ExchangeRefused, FallbackSeat, LiveCall, PhoneSecret

FALLBACK_QUEUE = "hl-alone"
DEFAULT_AGI_PORT = 4573
NORMAL_CLEARING = 16

# Written whole for each phone, because a phone of the node's database has no template. A browser
# sends sound muted or not: 3 s without any means that the page or its network is gone.
_BROWSER_PHONE = {
    "transport": "sip-ws",
    "context": "from-agent",
    "from_domain": "hotline.invalid",  # not the machine's own name
    "allow": "(opus|alaw|ulaw)",
    "webrtc": "yes",
    "dtls_auto_generate_cert": "yes",
    "max_audio_streams": "1",
    "direct_media": "no",
    "device_state_busy_at": "1",
    "rtp_timeout": "3",
    "rtp_timeout_hold": "0",
}
# One page at a time: a new registration ends the one before it.
_ONE_CONTACT = {"max_contacts": "1", "remove_existing": "yes", "default_expiration": "120"}

MOST_ORDERS_REMEMBERED = 1000

_SEEN = "hotline/phones"  # what the node's SIP part has loaded of each phone


class AsteriskNode:
    """OrderTaker, CallSnapshot, PhoneBook and Fallback of one node (telephony/port.py)."""

    def __init__(self, link: NodeLink) -> None:
        self._link = link
        self._taken: deque[int] = deque(maxlen=MOST_ORDERS_REMEMBERED)
        self._control = CallControl(link)

    # ------------------------------------------------------------------ orders

    def send(self, order: Order) -> None:
        """Pass an order on. Raises ExchangeRefused; what comes of the order arrives as an event.

        An order that was taken before is not done a second time (ADR 0003).
        """
        if order.order_id in self._taken:
            return
        self._pass_on(order)
        self._taken.append(order.order_id)

    def _pass_on(self, order: Order) -> None:
        match order:
            case RingAgent():
                self._ring_agent(order)
            case StopRinging():
                self._stop_ringing(order)
            case KeepCaller():
                self._put(order, context="kept", extension="asked")
            case ReturnToQueue():
                self._put(order, context="queue", extension="s")
            case HangUp():
                self._hang_up(order)
            case _:
                if not self._control.take(order):
                    raise ExchangeRefused(
                        "not-here", is_retryable=False, detail=type(order).__name__
                    )

    def _ring_agent(self, order: RingAgent) -> None:
        phone = checked_phone(order.phone)
        place = self._place_of(order)
        if place not in (Place.QUEUE, Place.KEPT):
            # in the fallback queue somebody's phone may be ringing for him already; he comes back
            raise ExchangeRefused(
                "refused", is_retryable=place is Place.ALONE, detail=f"the caller is {place}"
            )
        said = {
            "HL_RING_SECONDS": str(order.ring_seconds),
            "HL_RESUMES": "yes" if order.resumes else "no",
            # For a moment after a phone has registered anew, the node still has its dead
            # registration, and would ring that one: name the one to ring.
            "HL_CONTACT": self._link.newest_contact(order.phone),
        }
        self._link.ask_in_turn(
            *(_setting(order, name, value) for name, value in said.items()),
            _moving(order, context="to-agent", extension=phone),
        )

    def _stop_ringing(self, order: StopRinging) -> None:
        place = self._place_of(order)
        if place is Place.TALKING:
            raise ExchangeRefused("refused", is_retryable=False, detail="already answered")
        if place is Place.RINGING:
            self._move(order, context="withdrawn", extension="s")

    def _hang_up(self, order: HangUp) -> None:
        self._link.ask_in_turn(
            _setting(order, "HL_ENDED_BY", "app"),
            {"Action": "Hangup", "Channel": order.call_key, "Cause": NORMAL_CLEARING},
        )

    def _put(self, order: Order, *, context: str, extension: str) -> None:
        if self._place_of(order) is Place.CALLED:
            # his own phone still rings: a leg that nobody has answered cannot hear music
            raise ExchangeRefused("refused", is_retryable=False, detail="the caller is called")
        self._move(order, context=context, extension=extension)

    def _move(self, order: Order, *, context: str, extension: str) -> None:
        self._link.ask(**_moving(order, context=context, extension=extension))

    def _place_of(self, order: Order) -> Place:
        answer = self._link.ask(Action="Getvar", Channel=order.call_key, Variable="HL_PLACE")
        value = answer.headers.get("Value", "")
        return Place(value) if value in set(Place) else Place.INTAKE

    # ------------------------------------------------------------------ the snapshot

    def live_calls(self) -> Sequence[LiveCall]:
        """Return every citizen's call that is up, by one Status action; raises ExchangeRefused."""
        entries = self._link.ask_for_list(Action="Status", Variables=call_legs.STATUS_VARIABLES)
        return live_calls_from(entries, node=self._link.node)

    def phones_there(self) -> Mapping[str, str]:
        """Return phone → contact for each phone that can be rung now; raises ExchangeRefused."""
        return self._link.phones_there()

    # ------------------------------------------------------------------ agents' phones

    def admit(self, secret: PhoneSecret) -> None:
        """Let this phone register with this secret only; it holds from the moment this returns.

        A phone that the node has never seen costs one reload of its SIP part, without which it
        would take calls but never say that it came or went. Calls are not touched by it.
        """
        phone = checked_phone(secret.phone)
        login = {"auth_type": "digest", "username": phone, "password": secret.secret}
        endpoint = {**_BROWSER_PHONE, "auth": phone, "aors": phone}
        endpoint["callerid"] = f"{_plain(secret.display_name)} <{phone}>"
        shape = _as_json([_ONE_CONTACT, endpoint])
        # the secret first: an endpoint must never stand there with an older one
        self._remember("ps_auths/auth", phone, _as_json(login))
        if self._remembered(_SEEN, phone) == shape:
            return
        self._remember("ps_aors/aor", phone, _as_json(_ONE_CONTACT))
        self._remember("ps_endpoints/endpoint", phone, _as_json(endpoint))
        self._link.ask(Action="Reload", Module="res_pjsip.so")
        self._remember(_SEEN, phone, shape)

    def dismiss(self, phone: str) -> None:
        """Let nobody register this phone, and ring no page that still is; repeating is harmless."""
        phone = checked_phone(phone)
        self._forget(_SEEN, phone)
        for kind in ("endpoint", "auth", "aor"):
            self._forget(f"ps_{kind}s/{kind}", phone)
        for contact in self._contact_rows(phone):
            self._forget("registrar/contact", contact)

    def _remember(self, family: str, key: str, value: str) -> None:
        self._link.ask(Action="DBPut", Family=family, Key=key, Val=value)

    def _remembered(self, family: str, key: str) -> str:
        try:
            rows = self._link.ask_for_list(Action="DBGet", Family=family, Key=key)
        except ExchangeRefused as why:
            if why.code != "refused":
                raise
            return ""
        return rows[0].headers.get("Val", "") if rows else ""

    def _contact_rows(self, phone: str) -> list[str]:
        try:
            rows = self._link.ask_for_list(Action="DBGetTree", Family="registrar/contact")
        except ExchangeRefused as why:
            if why.code != "refused":
                raise
            return []  # no phone is registered at all
        keys = [row.headers.get("Key", "").rpartition("/")[2] for row in rows]
        return [key for key in keys if key.startswith(f"{phone};@")]

    def _forget(self, family: str, key: str) -> None:
        try:
            self._link.ask(Action="DBDel", Family=family, Key=key)
        except ExchangeRefused as why:
            if why.code != "refused":  # "refused" means that it is not there
                raise

    # ------------------------------------------------------------------ while we are away

    def mirror(self, seats: Sequence[FallbackSeat]) -> None:
        """Make these the members of the node's own queue; changes only what differs."""
        wanted = {f"PJSIP/{checked_phone(seat.phone)}": seat.is_paused for seat in seats}
        entries = self._link.ask_for_list(Action="QueueStatus", Queue=FALLBACK_QUEUE)
        there = {
            entry.headers["Location"]: entry.headers.get("Paused") == "1"
            for entry in entries
            if entry.event_name == "QueueMember"
        }
        for member in there.keys() - wanted.keys():
            self._link.ask(Action="QueueRemove", Queue=FALLBACK_QUEUE, Interface=member)
        for member, is_paused in wanted.items():
            paused = "true" if is_paused else "false"
            if member not in there:
                self._link.ask(
                    Action="QueueAdd",
                    Queue=FALLBACK_QUEUE,
                    Interface=member,
                    StateInterface=member,
                    Paused=paused,
                )
            elif there[member] != is_paused:
                self._link.ask(
                    Action="QueuePause", Queue=FALLBACK_QUEUE, Interface=member, Paused=paused
                )


def build(exchange_id: str, parts: SplitResult, options: Mapping[str, str]) -> Exchange:
    """Build a node from `asterisk://user:secret@host:port?agi_port=…&phone_socket=…`.

    Options: agi_port (default 4573) and agi_bind (default 127.0.0.1) of our own door;
    phone_socket, where browser phones connect; upload_secret, which signs
    recordings brought and sounds fetched.
    Raises ValueError for an address without user, secret or host.
    """
    if not (parts.hostname and parts.username and parts.password):
        raise ValueError("asterisk://USER:SECRET@HOST:PORT is needed")
    link = NodeLink(
        NodeAddress(
            exchange_id=exchange_id,
            host=parts.hostname,
            ami_port=parts.port or 5038,
            user=unquote(parts.username),
            secret=unquote(parts.password),
            agi_bind=options.get("agi_bind", "127.0.0.1"),
            agi_port=int(options.get("agi_port", DEFAULT_AGI_PORT)),
        )
    )
    node = AsteriskNode(link)
    return Exchange(
        exchange_id=exchange_id,
        kind="asterisk",
        orders=node,
        stream=link,
        snapshot=node,
        clock=link.clock,
        phones=node,
        fallback=node,
        controls=frozenset(Control),
        phone_socket=options.get("phone_socket", ""),
        upload_secret=options.get("upload_secret", ""),
        sounds_secret=options.get("upload_secret", ""),
    )


def _moving(order: Order, *, context: str, extension: str) -> dict[str, Any]:
    # Asterisk finds a channel by its unique id too
    where = {"Context": context, "Exten": extension, "Priority": 1}
    return {"Action": "Redirect", "Channel": order.call_key, **where}


def _setting(order: Order, name: str, value: str) -> dict[str, Any]:
    return {"Action": "Setvar", "Channel": order.call_key, "Variable": name, "Value": value}


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign not in '<>"\\' and ord(sign) >= 32)
