"""Which facts wake the switchboard of this process. What others do is found by its lookout."""

from flask import current_app

from app.accounts.events import PhoneSecretRenewed
from app.call_queue.events import DeskClosed, DeskOpened, PresenceChanged, QueueChanged
from app.call_queue.presence_states import PresenceState
from app.calls.events import ExchangeLinkChanged, OrderTakenUp, OrderWished, PhoneThere
from app.core.events import listen_after_save
from app.switchboard.shift import Shift

PLACE = "hotline.switchboard"


def register() -> None:
    """Ring the bells after the saves that made work."""
    for fact in (PhoneThere, ExchangeLinkChanged):
        listen_after_save(fact, _route)
    listen_after_save(QueueChanged, _route_a_caller)
    listen_after_save(PresenceChanged, _route_to_an_agent)
    for change in (DeskOpened, DeskClosed, PhoneSecretRenewed):
        listen_after_save(change, _introduce)
    listen_after_save(OrderWished, _look)
    listen_after_save(OrderTakenUp, _send)


def _shift() -> Shift | None:
    switchboard = current_app.extensions.get(PLACE)
    return switchboard.shift if switchboard is not None else None


def _route(_fact: object) -> None:
    shift = _shift()
    if shift is not None:
        shift.route_bell.ring()


def _route_a_caller(fact: QueueChanged) -> None:
    if fact.may_be_rung_for:
        _route(fact)


def _route_to_an_agent(fact: PresenceChanged) -> None:
    if fact.state == PresenceState.READY:
        _route(fact)


def _look(fact: OrderWished) -> None:
    shift = _shift()
    if shift is not None and fact.exchange_id in shift.workers:
        shift.workers[fact.exchange_id].look()


def _send(fact: OrderTakenUp) -> None:
    shift = _shift()
    if shift is not None and fact.exchange_id in shift.workers:
        shift.workers[fact.exchange_id].send_now(fact.order)


def _introduce(_fact: object) -> None:
    shift = _shift()
    if shift is not None:
        for worker in shift.workers.values():
            worker.introduce_soon()
