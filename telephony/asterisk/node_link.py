"""The supervised link to one node: connects, keeps alive, tells what happens, and connects again.

Four threads work here. `listen` owns the link: it connects, pings every two seconds and ends a link
that does not answer; an application that cannot do its work says so. The reader of the connection
routes messages. The teller turns events into news. The door (FastAGI) asks about new calls. Orders
come from other threads and use the connection of the moment.
"""

import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from telephony.asterisk import ami_translation
from telephony.asterisk.agi_server import AgiServer
from telephony.asterisk.ami_connection import (
    AmiConnection,
    AmiLost,
    AmiNoAnswer,
    AmiRefused,
    Message,
)
from telephony.asterisk.ami_translation import Node
from telephony.asterisk.node_clock import NodeClock
from telephony.events import LinkChanged, News, PhoneChanged
from telephony.port import NO_SUCH_CALL, Ask, ExchangeRefused, IsWell, Tell, always_well

log = logging.getLogger(__name__)

T = TypeVar("T")

BOOT_SECONDS = 20.0  # a node of many landings and phones loads for a few seconds
BEAT_SECONDS = 2.0  # the dialplan takes a heartbeat older than 6 s for a dead application
ANSWER_SECONDS = 4.0
STUCK_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
DOOR_SECONDS = 1.0
MOST_AT_ONCE = 200
AWAY = 0  # a heartbeat that old: the dialplan goes on without us at its next look

STILL_MOVING = "channel not up"  # what Redirect says while an earlier one is under way
MOVE_TRIES, MOVE_PAUSE = 25, 0.02
NO_PHONES = "No AORs found"  # what a node says instead of an empty list
_PLAIN_CONTACT = re.compile(r"^[\w.:;=@\[\]*%+~!?/<>-]+$")  # nothing that a dialplan reads
GONE_WORDS = ("no such channel", "channel does not exist", "not exist")


@dataclass(frozen=True, kw_only=True)
class NodeAddress:
    """Where a node is and how we stand to it."""

    exchange_id: str
    host: str
    ami_port: int
    user: str
    secret: str
    agi_bind: str
    agi_port: int


class NodeLink:
    """A NewsStream (telephony/port.py), and the way on which orders reach the node."""

    def __init__(self, address: NodeAddress) -> None:
        self._address = address
        self._stopped = threading.Event()
        self._stirred = threading.Event()  # something ended: look at once
        self._connection: AmiConnection | None = None
        self._opening: AmiConnection | None = None  # nobody may use it yet, but `stop` closes it
        self._node = Node(exchange_id=address.exchange_id, boot_id="")
        self._telling_since = 0.0
        self._contacts: dict[str, str] = {}
        self._is_well: IsWell = always_well
        self._is_told_away = False
        self.clock = NodeClock()

    # ------------------------------------------------------------------ the stream

    def listen(self, tell: Tell, ask: Ask, is_well: IsWell = always_well) -> None:
        """Stay connected until `stop()`; also opens the door for new calls.

        The door first: an application that cannot be asked shall not be taken for a living one.
        """
        # of this call alone: a next one must not call back to life what is still ending
        stopped = self._stopped = threading.Event()
        self._is_well = is_well
        door = self._open_door(ask, stopped)
        if door is None:
            return
        threading.Thread(target=door.serve_forever, args=(0.1,), name="agi", daemon=True).start()
        try:
            self._stay_connected(tell, stopped)
        finally:
            door.shutdown()
            door.server_close()

    def _open_door(self, ask: Ask, stopped: threading.Event) -> AgiServer | None:
        """Open the door, however long its port is still held by a process that is just ending."""
        address = self._address
        while not stopped.is_set():
            try:
                return AgiServer(
                    (address.agi_bind, address.agi_port), exchange_id=address.exchange_id, ask=ask
                )
            except OSError as why:
                log.error("%s: FastAGI cannot listen: %s", address.exchange_id, why)
                stopped.wait(DOOR_SECONDS)
        return None

    def stop(self) -> None:
        """Make `listen` return; the node sees at once that its application is away."""
        self._stopped.set()
        self._stirred.set()
        for connection in (self._opening, self._connection):
            if connection is not None:
                connection.close()

    def _stay_connected(self, tell: Tell, stopped: threading.Event) -> None:
        pause = FIRST_PAUSE
        while not stopped.is_set():
            began = time.monotonic()
            why = self._one_life(tell, stopped)
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            log.warning("%s: not linked: %s", self._address.exchange_id, why)
            stopped.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _one_life(self, tell: Tell, stopped: threading.Event) -> str:
        """Live with one connection from its beginning to its end; return why it ended."""
        lost: list[str] = []
        self._stirred.clear()

        def on_lost(why: str) -> None:
            lost.append(why)
            self._stirred.set()

        connection = AmiConnection(answer_seconds=ANSWER_SECONDS, on_lost=on_lost)
        self._opening = connection
        try:
            self._open(connection, stopped)
        except AmiLost as why:
            connection.close()
            return str(why)
        except AmiRefused as why:
            connection.close()
            return f"log-in refused: {why}"
        finally:
            self._opening = None
        self._connection = connection
        teller = threading.Thread(
            target=self._work_off, args=(connection, tell), name="ami-teller", daemon=True
        )
        teller.start()
        why_ended = self._keep_alive(connection, stopped)
        if self._connection is connection:
            self._connection = None
        connection.cut()
        teller.join()  # news of two lives never cross
        reason = why_ended or (lost[0] if lost else "stopped")
        self._tell_safely(tell, [self._link_news(is_up=False, why=reason, at=datetime.now(UTC))])
        return reason

    def _open(self, connection: AmiConnection, stopped: threading.Event) -> None:
        address = self._address
        connection.connect(address.host, address.ami_port)
        if stopped.is_set():
            raise AmiLost("stopped")  # there was nothing to close yet
        connection.login(address.user, address.secret)
        connection.wait_until_booted(BOOT_SECONDS)
        status = connection.ask({"Action": "CoreStatus"})
        boot_id = ami_translation.boot_id_of(status)
        self.clock.begin_life(boot_id)
        self._node = Node(exchange_id=address.exchange_id, boot_id=boot_id)
        self._contacts = _phones_there(connection)
        self._is_told_away = False
        self._linked_at = self._beat(connection)

    def _keep_alive(self, connection: AmiConnection, stopped: threading.Event) -> str:
        while not stopped.is_set():
            self._stirred.wait(BEAT_SECONDS)
            if stopped.is_set() or not connection.connected():
                break
            try:
                self._beat(connection)
            except (AmiLost, AmiRefused) as why:
                return f"heartbeat failed: {why}"
        return ""

    def _beat(self, connection: AmiConnection) -> datetime:
        """Say that we live, or that we cannot work, in the node's own time; return ours of it."""
        asked_at = time.monotonic()
        pong = connection.ask({"Action": "Ping"})
        node_seconds = float(pong.headers["Timestamp"])
        now = self.clock.ponged(node_seconds, asked_at=asked_at, answered_at=time.monotonic())
        if self._is_stuck() or not self._is_well():
            self._say_away(connection)
        else:
            self._is_told_away = False
            _set_heartbeat(connection, int(node_seconds))
        return now

    def _say_away(self, connection: AmiConnection) -> None:
        """Nobody routes or saves calls: the node shall not think that we do, and shall not wait."""
        if not self._is_told_away:
            log.error("%s: we cannot work: the node goes on alone", self._address.exchange_id)
            _set_heartbeat(connection, AWAY)
            self._is_told_away = True

    def _is_stuck(self) -> bool:
        since = self._telling_since
        return bool(since) and time.monotonic() - since > STUCK_SECONDS

    def _work_off(self, connection: AmiConnection, tell: Tell) -> None:
        # here and not in `listen`: the listener may reconcile at once, which takes its time, and
        # the heartbeat must not wait for that
        self._tell_safely(tell, [self._link_news(is_up=True, why="connected", at=self._linked_at)])
        try:
            self._tell_all(connection, tell)
        finally:
            connection.cut()  # whoever hears nothing any more shall not be taken for a living one

    def _tell_all(self, connection: AmiConnection, tell: Tell) -> None:
        while True:
            messages = [connection.events.get()]
            while messages[-1] is not None and len(messages) < MOST_AT_ONCE:
                try:
                    messages.append(connection.events.get_nowait())
                except queue.Empty:
                    break
            news = [one for message in messages if message for one in self._news_of(message)]
            if news:
                self._tell_safely(tell, news)
            if messages[-1] is None:
                return

    def _news_of(self, message: Message) -> list[News]:
        try:
            news = ami_translation.translate(message, node=self._node)
        except Exception as fault:  # noqa: BLE001 - whatever a stranger can make a node say
            log.error("%s is not understood: %r", message.event_name, fault)
            return []
        return [self.clock.put_right(one) for one in news if not self._is_old_contact(one)]

    def _is_old_contact(self, news: News) -> bool:
        """Hold back that a page's former registration ended after the new one had begun."""
        if not isinstance(news, PhoneChanged):
            return False
        if news.is_there:
            self._contacts[news.phone] = news.contact
            return False
        if self._contacts.get(news.phone, news.contact) != news.contact:
            return True
        self._contacts.pop(news.phone, None)
        return False

    def _tell_safely(self, tell: Tell, news: Sequence[News]) -> None:
        self._telling_since = time.monotonic()
        try:
            tell(news)
        except Exception:
            log.exception("%s: %d news were not taken", self._address.exchange_id, len(news))
        finally:
            self._telling_since = 0.0

    def _link_news(self, *, is_up: bool, why: str, at: datetime) -> LinkChanged:
        return LinkChanged(
            exchange_id=self._node.exchange_id,
            boot_id=self._node.boot_id,
            is_up=is_up,
            why=why,
            happened_at=at,
        )

    # ------------------------------------------------------------------ actions for the others

    def newest_contact(self, phone: str) -> str:
        """Return the address under which a phone registered last, or "" when none is known.

        What a dialplan could read otherwise counts as unknown.
        """
        contact = self._contacts.get(phone, "")
        return contact if _PLAIN_CONTACT.match(contact) else ""

    @property
    def node(self) -> Node:
        """The node in its present, or last known, life."""
        return self._node

    def ask(self, **action: Any) -> Message:
        """Send one action; raises ExchangeRefused in the port's words."""
        return self._patiently(lambda connection: connection.ask(_headers(action)))

    def ask_in_turn(self, *actions: Mapping[str, Any]) -> None:
        """Send actions by one write, in their order; raises ExchangeRefused.

        All of them may be sent again while the channel is still on its way: the last one moves it,
        those before it only say how.
        """
        asked = [_headers(action) for action in actions]
        self._patiently(lambda connection: connection.ask_in_turn(asked))

    def _patiently(self, ask: Callable[[AmiConnection], T]) -> T:
        tries_left = MOVE_TRIES
        while True:
            connection = self._linked()
            try:
                return ask(connection)
            except AmiRefused as why:
                # nothing was done: the channel is on its way from an order just before this one
                if STILL_MOVING not in str(why) or not tries_left:
                    raise refusal_of(why) from why
                tries_left -= 1
                self._stopped.wait(MOVE_PAUSE)
            except (AmiLost, ValueError) as why:
                raise refusal_of(why) from why

    def say_aside(self, **action: Any) -> None:
        """Send an action that the node answers only when it has ended, over a link of its own.

        A node does the actions of one link one after another: on ours, everything would wait for
        it. Nobody hears the answer. Raises ExchangeRefused.
        """
        self._linked()
        address = self._address
        aside = AmiConnection(answer_seconds=ANSWER_SECONDS, on_lost=lambda _why: None)
        try:
            aside.connect(address.host, address.ami_port)
            aside.login(address.user, address.secret, events="off")
            aside.say(_headers(action))
        except (AmiLost, AmiRefused, ValueError) as why:
            raise refusal_of(why) from why
        finally:
            aside.close()

    def ask_for_list(self, **action: Any) -> list[Message]:
        """Send one action that answers with a list; raises ExchangeRefused."""
        connection = self._linked()
        try:
            return connection.ask_for_list(_headers(action))
        except (AmiLost, AmiRefused, ValueError) as why:
            raise refusal_of(why) from why

    def phones_there(self) -> dict[str, str]:
        """Return phone → contact for each phone that can be rung now; raises ExchangeRefused."""
        connection = self._linked()
        try:
            return _phones_there(connection)
        except (AmiLost, AmiRefused) as why:
            raise refusal_of(why) from why

    def _linked(self) -> AmiConnection:
        connection = self._connection
        if connection is None or not connection.connected():
            raise ExchangeRefused("link-down", is_retryable=True, detail=self._address.exchange_id)
        return connection


def refusal_of(why: Exception) -> ExchangeRefused:
    """Return a fault of the link in the port's words.

    An action without an answer may have happened: it is never sent again blindly.
    """
    if isinstance(why, AmiNoAnswer):
        return ExchangeRefused("no-answer", is_retryable=False, detail=str(why))
    if isinstance(why, AmiLost):
        return ExchangeRefused("link-down", is_retryable=True, detail=str(why))
    if any(words in str(why).lower() for words in GONE_WORDS):
        return ExchangeRefused(NO_SUCH_CALL, is_retryable=False, detail=str(why))
    return ExchangeRefused("refused", is_retryable=False, detail=str(why))


def _headers(action: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in action.items() if value is not None}


def _phones_there(connection: AmiConnection) -> dict[str, str]:
    try:
        return ami_translation.phones_from(connection.ask_for_list({"Action": "PJSIPShowAors"}))
    except AmiRefused as why:
        if NO_PHONES in str(why):
            return {}  # a new node, to which we have not introduced anybody yet
        raise


def _set_heartbeat(connection: AmiConnection, value: int) -> None:
    connection.ask({"Action": "Setvar", "Variable": "HL_HEARTBEAT", "Value": str(value)})
