"""Which facts wake the switchboard of this process. Other processes are heard by the poll."""

from flask import current_app

from app.accounts.events import PhoneSecretRenewed
from app.call_queue.events import DeskClosed, DeskOpened, PresenceChanged, QueueChanged
from app.calls.events import ExchangeLinkChanged, OrderWished, PhoneThere
from app.core.events import listen_after_save
from app.switchboard.service import Switchboard

PLACE = "hotline.switchboard"


def register() -> None:
    """Ring the bells after the saves that made work."""
    listen_after_save(QueueChanged, _route)
    listen_after_save(PresenceChanged, _route)
    listen_after_save(PhoneThere, _route)
    listen_after_save(ExchangeLinkChanged, _route)
    listen_after_save(OrderWished, _send)
    listen_after_save(DeskOpened, _desk_opened)
    listen_after_save(DeskClosed, _desk_closed)
    listen_after_save(PhoneSecretRenewed, _admit)


def _switchboard() -> Switchboard | None:
    return current_app.extensions.get(PLACE)


def _route(_fact: object) -> None:
    switchboard = _switchboard()
    if switchboard is not None:
        switchboard.route_bell.ring()


def _send(fact: OrderWished) -> None:
    switchboard = _switchboard()
    if switchboard is not None and fact.exchange_id in switchboard.workers:
        switchboard.workers[fact.exchange_id].bell.ring()


def _desk_opened(fact: DeskOpened) -> None:
    switchboard = _switchboard()
    if switchboard is not None:
        switchboard.desk_opened(fact.phone)


def _desk_closed(fact: DeskClosed) -> None:
    switchboard = _switchboard()
    if switchboard is not None:
        switchboard.desk_closed(fact.phone)


def _admit(fact: PhoneSecretRenewed) -> None:
    switchboard = _switchboard()
    if switchboard is not None:
        switchboard.admit_phone(fact.user_id)
