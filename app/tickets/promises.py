"""What a demand's type promises: how much of it is shown, and who is kept out of it.

Whoever opens a ticket, calls it another kind of demand, or corrects its words asks here. A promise
is made by the type and never taken back by it.
"""

from datetime import datetime

from app.core import clock
from app.organisation import service as organisation
from app.privacy.levels import PrivacyLevel, stricter
from app.rules import rule_register, type_register
from app.rules.type_natures import ABOUT_SOMEBODY, Nature
from app.tickets import reading
from app.tickets.models import Ticket
from app.tickets.refusals import named


def is_secret_by_type(kind: str, *, at: datetime | None = None) -> bool:
    """Say whether the city keeps this type confidential whatever is asked for (rule R20).

    `at`: when the ticket was opened (default: now), so that a later rule moves no level.
    """
    return type_register.nature_of(kind) in secret_natures(at=at)


def secret_natures(*, at: datetime | None = None) -> frozenset[Nature]:
    """Return the natures that the city keeps confidential; see `is_secret_by_type`."""
    book, moment = rule_register.read_book(), at or clock.now()
    return frozenset(each for each in Nature if book.keeps_confidential(each, moment))


def level_of(kind: str, asked: PrivacyLevel, *, at: datetime) -> PrivacyLevel:
    """Return the level that holds for a ticket opened at a moment: the stricter of both."""
    is_secret = is_secret_by_type(kind, at=at)
    return stricter(asked, PrivacyLevel.CONFIDENTIAL if is_secret else PrivacyLevel.OPEN)


def respondent_unit(kind: str, words: str, *, chosen: int | None = None) -> int | None:
    """Return the unit complained about: the one chosen, else the one that the words name.

    Raises NotInRegister for a chosen one that is none.
    """
    if type_register.nature_of(kind) not in ABOUT_SOMEBODY:
        return None
    if chosen is None:
        return reading.proposed_respondent(words)
    with named("respondent_unit_id"):
        return organisation.get_unit(chosen).id


def follow_type(ticket: Ticket) -> None:
    """Let an open ticket keep what its type promises now; who was named as kept out stays so.

    What a type promises is read in the rules of the day on which the ticket was opened.
    """
    ticket.privacy = level_of(ticket.request_type, ticket.privacy, at=ticket.opened_at)
    if ticket.respondent_unit_id is None:
        ticket.respondent_unit_id = respondent_unit(ticket.request_type, ticket.respondent)
