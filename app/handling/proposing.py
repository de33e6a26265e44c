"""Who should lead a ticket, and why: decided before, named by the catalogue, usual here.

Proposals are only offered; a person takes one or chooses somebody else.
"""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from app.core.database import db
from app.handling.models import Assignment, BasisKind, Part, PartEnding, Precedent
from app.organisation import region_units
from app.organisation import service as organisation
from app.rules import category_register
from app.rules import service as rules
from app.rules.category_words import LeadLevel
from app.tickets import reading
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_states import TicketState

LOOKED_AT = 200
"""The newest finished tickets alike that are looked at."""
FINISHED = (TicketState.TO_VISIT, TicketState.CLOSED, TicketState.ARCHIVED)
LEVELS = (LeadLevel.CITY, LeadLevel.COUNTY, LeadLevel.TOWN)
FEWEST_BEFORE = 3
"""So many tickets alike had to be finished by one unit to say that it is usual."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A unit that may lead. `basis` is the words that go into the dispatch; `times`: how often."""

    unit_id: int
    kind: BasisKind
    basis: str
    times: int = 0


def proposals(ticket: Ticket) -> list[Proposal]:
    """Return who may lead, the best basis first; who gave it back or is kept out is left out.

    A precedent is what the hotline decided in a dispute (F4); the catalogue names a lead for the
    matter; history is who finished such matters in this place before.
    """
    gave_back = _gave_back(ticket.id)
    found = [*_precedents(ticket), *_catalogue(ticket), *_history(ticket)]
    kept: dict[int, Proposal] = {}
    for each in found:
        if each.unit_id not in gave_back and not reading.is_kept_out(each.unit_id, ticket):
            kept.setdefault(each.unit_id, each)
    return list(kept.values())


def _precedents(ticket: Ticket) -> list[Proposal]:
    asked = (
        select(Precedent)
        .where(
            Precedent.category_code == ticket.category_code,
            Precedent.county_code == ticket.county_code,
            Precedent.ended_at.is_(None),
        )
        .order_by(Precedent.decided_at.desc(), Precedent.id.desc())
        .limit(3)
    )
    return [
        Proposal(
            unit_id=each.unit_id,
            kind=BasisKind.PRECEDENT,
            basis=get_ticket(each.ticket_id).number,
        )
        for each in db.session.scalars(asked)
    ]


def _catalogue(ticket: Ticket) -> list[Proposal]:
    """Return the city's lead for the matter, that of the county which runs the place, the town's.

    A town is named only where the catalogue lets it lead; what may not go to a town stays above it.
    """
    category = rules.get_category(ticket.category_code, at=ticket.opened_at)
    found = []
    for level in LEVELS if ticket.town_code else LEVELS[:-1]:
        lead = category_register.default_lead(
            ticket.category_code,
            level,
            county_code=ticket.county_code,
            town_code=ticket.town_code or "",
            at=ticket.opened_at,
        )
        if lead.unit_code and region_units.has_unit(lead.unit_code):
            unit = organisation.find_unit_by_code(lead.unit_code)
            found.append(Proposal(unit_id=unit.id, kind=BasisKind.CATALOGUE, basis=category.name))
    return found  # a unit that this city does not have is not proposed


def _history(ticket: Ticket) -> list[Proposal]:
    alike = (
        select(Ticket.id)
        .where(
            Ticket.category_code == ticket.category_code,
            Ticket.county_code == ticket.county_code,
            Ticket.state.in_(FINISHED),
        )
        .order_by(Ticket.opened_at.desc())
        .limit(LOOKED_AT)
        .subquery("alike")
    )
    asked = select(Assignment.unit_id).where(
        Assignment.ticket_id.in_(select(alike.c.id)),
        Assignment.part == Part.LEAD,
        Assignment.ending == PartEnding.DONE,
    )
    counted = Counter(db.session.scalars(asked))
    return [
        Proposal(unit_id=unit_id, kind=BasisKind.HISTORY, basis=str(times), times=times)
        for unit_id, times in counted.most_common(3)
        if times >= FEWEST_BEFORE
    ]


def _gave_back(ticket_id: int) -> set[int]:
    asked = select(Assignment.unit_id).where(
        Assignment.ticket_id == ticket_id, Assignment.ending == PartEnding.RETURNED
    )
    return set(db.session.scalars(asked))
