"""Tickets that somebody has to hear about, and what stands in the outbox because of them."""

from typing import Any

from flask import current_app

from app.accounts.models import User
from app.core.database import db, unit_of_work
from app.core.handed_down import hand_down
from app.core.permissions import Role
from app.notifications.models import Message
from app.notifications.occasions import Way
from app.notifications.provider import MessageProvider, MessageProviders
from app.organisation import service as organisation
from app.rules import service as rules
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from app.tickets.reading import Reader

MOBILE = "+8613900002817"
EVERYTHING = Reader(person_id=0, role=Role.HOTLINE_MANAGER, reads_confidential=True)


def new_ticket(agent: User, **changes: Any) -> tickets.NewTicket:
    """Give what an agent writes of somebody who called."""
    given: dict[str, Any] = {
        "call_id": None,
        "opened_by": agent.id,
        "request_type": Nature.HELP,
        "title": "路灯不亮",
        "content": "三盏路灯坏了一周",
        "category_code": rules.list_categories()[-1].code,
        "county_code": organisation.list_counties()[0].code,
        "caller_name": "陈女士",
        "contact_number": MOBILE,
        **changes,
    }
    return tickets.NewTicket(**given)


def open_ticket(agent: User, **changes: Any) -> int:
    """Open a ticket; return its id."""
    with unit_of_work():
        return tickets.open_ticket(new_ticket(agent, **changes)).id


def messages() -> list[Message]:
    """Give every message, in the order of writing."""
    db.session.rollback()
    return list(db.session.scalars(db.select(Message).order_by(Message.id)))


def carried_by(**providers: MessageProvider) -> None:
    """Let these carry: `carried_by(sms=…)`; all other ways have nobody."""
    found = {Way(way): provider for way, provider in providers.items()}
    hand_down(current_app, MessageProviders(by_way=found))  # type: ignore[arg-type]
