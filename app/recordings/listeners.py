"""What recordings do when calls publish."""

from datetime import timedelta

from app.calls import service as calls
from app.calls.events import CallEntered
from app.core import clock
from app.core.events import listen_within_save
from app.recordings import service


def register() -> None:
    """A recording may be here before its call, which the ledger learns of later."""
    listen_within_save(CallEntered, _link_what_waits)


SOON = timedelta(seconds=2)
"""A recording comes when its talk is over: a call that came in only now can have none."""


def _link_what_waits(fact: CallEntered) -> None:
    call = calls.get_call(fact.call_id)
    if abs(clock.now() - call.invited_at) > SOON:
        service.link_orphans(exchange_id=call.exchange_id, call_key=call.call_key)
