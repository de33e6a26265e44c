"""The sentence that asks a caller to say himself how his matter was handled: by link, or by keys.

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
from app.notifications.occasions import ASKS, FIELDS, Way
from app.notifications.provider import MessageProviders
from app.notifications.report_secrets import ReportSecrets
from app.tickets.service import Ticket

SAMPLE_LINK = "https://12345.example.cn/visit/WzQxOCwxXQ.aSr5lQ.3vXh0mJx2kQmZ8rT1yWc5bNfUeo"


@dataclass(frozen=True, kw_only=True)
class CitizenSite:
    """Where citizens reach our pages. `address` empty: nowhere, and no link is sent.

    `is_made_up`: its citizens are, so whoever reads what the simulator got may follow their links.
    """

    address: str
    is_made_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a caller is asked: by a link, whole, or by the keys of his telephone; or not at all."""

    link: str = ""
    by_keys: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether he is."""
        return bool(self.link) or self.by_keys


NOT_ASKED = Asked()


def asked_in(template: str, ticket: Ticket) -> Asked:
    """Return how a text may ask the caller of a ticket as it stands.

    By keys only where we hear which ones he pressed: of a carrier that signs its reports, or on a
    site whose citizens are made up.
    """
    site, fields = given(CitizenSite), FIELDS[template]
    if not ASKS & fields or not visit_links.suits(ticket):
        return NOT_ASKED
    if "keys" in fields:
        return Asked(by_keys=bool(given(ReportSecrets).of(Way.VOICE)) or site.is_made_up)
    return Asked(link=f"{site.address}{visit_links.link_for(ticket.id)}" if site.address else "")


def in_words(link: str, *, until: str) -> str:
    """Return what stands in the text, in the language of the context; nothing without a link.

    A line of its own, whatever the city writes around it: what touches an address becomes part of
    it on a telephone.
    """
    return f"\n{gettext('notifications.visit_ask', until=until, link=link)}\n" if link else ""


def keys_in_words() -> str:
    """Return what is read aloud before he presses keys, in the language of the context."""
    return str(gettext("notifications.visit_keys"))


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
