"""Sends what the saves have made to the screens, after the save."""

from app.accounts.events import SessionsRevoked
from app.call_queue.events import PresenceChanged, QueueChanged
from app.calls.events import CallEnded, CallEntered, ExchangeLagChanged, ExchangeLinkChanged
from app.calls.link_lag import LinkLag
from app.core.events import Event, listen_after_save
from app.core.extensions import socketio
from app.core.facts import FactsRecorded
from app.core.formatting import wire_moment
from app.realtime import board_pages, boards, connections


def register() -> None:
    """Hear what screens must know."""
    listen_after_save(FactsRecorded, _send_facts)
    listen_after_save(QueueChanged, _queue_changed)
    for moved in (QueueChanged, PresenceChanged, CallEntered, CallEnded):
        listen_after_save(moved, _something_moved)
    listen_after_save(ExchangeLinkChanged, _link_changed)
    listen_after_save(ExchangeLagChanged, _lag_changed)
    listen_after_save(SessionsRevoked, _sessions_revoked)


def _send_facts(recorded: FactsRecorded) -> None:
    facts = [
        {"number": fact.number, "name": fact.name, "body": fact.body, "at": wire_moment(fact.at)}
        for fact in recorded.facts
    ]
    socketio.emit("facts", facts, to=recorded.audience)


def _queue_changed(_fact: QueueChanged) -> None:
    boards.mark_changed()


def _something_moved(_fact: Event) -> None:
    board_pages.mark_changed()


def _link_changed(fact: ExchangeLinkChanged) -> None:
    _show_link(fact.exchange_id, is_up=fact.is_up, lag=LinkLag.OK.value)


def _lag_changed(fact: ExchangeLagChanged) -> None:
    _show_link(fact.exchange_id, is_up=True, lag=fact.lag)


def _show_link(exchange_id: str, *, is_up: bool, lag: str) -> None:
    body = {"exchange_id": exchange_id, "is_up": is_up, "lag": lag}
    socketio.emit("link", body, to="desks")


def _sessions_revoked(fact: SessionsRevoked) -> None:
    connections.drop_sockets_of(fact.user_id)
