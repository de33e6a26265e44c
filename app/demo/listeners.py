"""What the demonstration does when calls publish."""

from flask import current_app

from app.calls.events import PhoneThere
from app.core.events import listen_after_save
from app.demo import service


def register() -> None:
    """Callers come once a phone is there: by then they should know whom to call."""
    listen_after_save(PhoneThere, _name_numbers)


def _name_numbers(fact: PhoneThere) -> None:
    service.name_numbers(current_app.extensions["hotline.exchanges"], fact.exchange_id)
