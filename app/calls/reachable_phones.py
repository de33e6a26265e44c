"""Which phone can be rung by which exchange."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.calls.models import ExchangeLink, PhoneContact
from app.core.database import db


def phones_there() -> dict[str, frozenset[str]]:
    """Return phone → exchanges at which it is registered."""
    return _by_phone(db.session.execute(select(PhoneContact.phone, PhoneContact.exchange_id)))


def phones_on_links_up(phones: Collection[str] | None = None) -> dict[str, frozenset[str]]:
    """Return phone → exchanges that can ring it now; of these phones, or of all."""
    if phones is None:
        return _by_phone(db.session.execute(lines_up()))
    return _by_phone(db.session.execute(_LINES_UP, {"phones": list(phones)}))


def lines_up() -> Select[str, str]:
    """Return the question, for use inside another, which phone can be rung by which exchange now.

    It is registered there, and the link to the exchange holds.
    """
    is_up = (PhoneContact.exchange_id == ExchangeLink.exchange_id) & ExchangeLink.is_up
    return select(PhoneContact.phone, PhoneContact.exchange_id).join(ExchangeLink, is_up)


_LINES_UP = lines_up().where(PhoneContact.phone.in_(bindparam("phones", expanding=True)))


def _by_phone(pairs: Iterable[Any]) -> dict[str, frozenset[str]]:
    there: dict[str, set[str]] = {}
    for phone, exchange_id in pairs:
        there.setdefault(phone, set()).add(exchange_id)
    return {phone: frozenset(ids) for phone, ids in there.items()}
