"""The sentence that asks a caller to say himself how his matter was handled, with his link.

It stands in the message that tells him the result, for whoever has read no result cannot judge one:
under confidentiality the texts tell none, so nobody is asked there, and a person calls.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import func, select

from app.core.database import db
from app.core.handed_down import given
from app.handling import visit_links
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.notifications.provider import MessageProviders
from app.tickets.service import Ticket

SAMPLE_LINK = "https://12345.example.cn/visit/WzQxOCwxXQ.aSr5lQ.3vXh0mJx2kQmZ8rT1yWc5bNfUeo"


@dataclass(frozen=True, kw_only=True)
class CitizenSite:
    """Where citizens reach our pages. `address` empty: nowhere, and no link is sent.

    `is_made_up`: its citizens are, so whoever reads what the simulator got may follow their links.
    """

    address: str
    is_made_up: bool = False


def link_for(ticket: Ticket) -> str:
    """Return the whole address of the link for a ticket as it stands, or nothing."""
    site = given(CitizenSite)
    if not site.address or not visit_links.suits(ticket):
        return ""
    return f"{site.address}{visit_links.link_for(ticket.id)}"


def in_words(link: str, *, until: str) -> str:
    """Return what stands in the text, in the language of the context; nothing without a link.

    A line of its own, whatever the city writes around it: what touches an address becomes part of
    it on a telephone.
    """
    return f"\n{gettext('notifications.visit_ask', until=until, link=link)}\n" if link else ""


def asked_at(ticket_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when those of these tickets whose caller got a link were last sent one.

    What waits counts from when it goes; what failed, or what nobody carries, asked nobody.
    """
    newest = (
        select(func.max(Message.id))
        .where(Message.ticket_id.in_(ticket_ids), Message.asks_visit)
        .group_by(Message.ticket_id)
    )
    ways = given(MessageProviders).by_way
    found = {}
    for row in db.session.scalars(select(Message).where(Message.id.in_(newest))):
        if row.ticket_id is None:
            continue
        if row.state in {MessageState.SENT, MessageState.DELIVERED}:
            found[row.ticket_id] = row.sent_at or row.due_at
        elif row.state in {MessageState.WAITING, MessageState.SENDING} and row.way in ways:
            found[row.ticket_id] = row.due_at
    return found
