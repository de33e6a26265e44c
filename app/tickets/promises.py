"""What a demand's type promises: how much of it is shown, and who is kept out of it.

Whoever opens a ticket, calls it another kind of demand, or corrects its words asks here. A promise
is made by the type and never taken back by it.
"""

from app.organisation import service as organisation
from app.privacy.levels import PrivacyLevel, stricter
from app.tickets import reading, recusal
from app.tickets.models import Ticket
from app.tickets.refusals import named
from app.tickets.ticket_states import RequestType


def level_of(kind: RequestType, asked: PrivacyLevel) -> PrivacyLevel:
    """Return the level that holds: a report is confidential whatever was asked for (rule R20)."""
    of_kind = PrivacyLevel.CONFIDENTIAL if kind is RequestType.REPORT else PrivacyLevel.OPEN
    return stricter(asked, of_kind)


def respondent_unit(kind: RequestType, words: str, *, chosen: int | None = None) -> int | None:
    """Return the unit complained about: the one chosen, else the one that the words name.

    Raises NotInRegister for a chosen one that is none.
    """
    if kind not in recusal.COMPLAINTS:
        return None
    if chosen is None:
        return reading.proposed_respondent(words)
    with named("respondent_unit_id"):
        return organisation.get_unit(chosen).id


def follow_type(ticket: Ticket) -> None:
    """Let an open ticket keep what its type promises now; who was named as kept out stays so."""
    ticket.privacy = level_of(ticket.request_type, ticket.privacy)
    if ticket.respondent_unit_id is None:
        ticket.respondent_unit_id = respondent_unit(ticket.request_type, ticket.respondent)
