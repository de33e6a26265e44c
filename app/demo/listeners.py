"""What the demonstration does when calls publish."""

from datetime import timedelta

from flask import current_app

from app.calls.events import PhoneThere
from app.core import clock
from app.core.events import listen_after_save
from app.demo import service

CROWD = timedelta(seconds=1)
"""Of phones that come so soon after another one, the first brings all there is to know."""


def register() -> None:
    """Callers come once a phone is there: by then they should know whom to call."""
    listen_after_save(PhoneThere, _name_numbers)


def _name_numbers(fact: PhoneThere) -> None:
    named, now = current_app.extensions.setdefault("hotline.numbers_named", {}), clock.now()
    if timedelta() <= now - named.get(fact.exchange_id, now - CROWD) < CROWD:
        return
    named[fact.exchange_id] = now
    service.name_numbers(current_app.extensions["hotline.exchanges"], fact.exchange_id)
