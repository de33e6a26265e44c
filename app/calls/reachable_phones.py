"""Which phone can be rung by which exchange."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from app.calls.models import ExchangeLink, PhoneContact
from app.core.database import db


def phones_there() -> dict[str, frozenset[str]]:
    """Return phone → exchanges at which it is registered."""
    return _by_phone(db.session.execute(select(PhoneContact.phone, PhoneContact.exchange_id)))


def phones_on_links_up() -> dict[str, frozenset[str]]:
    """Return phone → exchanges that can ring it now."""
    return _by_phone(db.session.execute(lines_up()))


def lines_up() -> Select[str, str]:
    """Return the question, for use inside another, which phone can be rung by which exchange now.

    It is registered there, and the link to the exchange holds.
    """
    is_up = (PhoneContact.exchange_id == ExchangeLink.exchange_id) & ExchangeLink.is_up
    return select(PhoneContact.phone, PhoneContact.exchange_id).join(ExchangeLink, is_up)


def _by_phone(pairs: Iterable[Any]) -> dict[str, frozenset[str]]:
    there: dict[str, set[str]] = {}
    for phone, exchange_id in pairs:
        there.setdefault(phone, set()).add(exchange_id)
    return {phone: frozenset(ids) for phone, ids in there.items()}
