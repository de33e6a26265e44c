"""What a dispatcher reads of one ticket: masked, with who may lead it and what happened so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask_babel import gettext

from app.accounts import service as accounts
from app.core import clock
from app.core.permissions import Permission, may
from app.core.phone_numbers import mask_in_text
from app.core.sign_in import the_person
from app.handling import (
    acting,
    contacting,
    dispatching,
    disputing,
    lead_places,
    merging,
    part_numbers,
    precedents,
    proposing,
    results,
    returning,
    timing,
)
from app.handling.clock_rules import ClockKind
from app.organisation import service as organisation
from app.organisation import unit_search
from app.rules.code_lists import CodeList
from app.ticket_desks.dispatch_forms import limit_words
from app.ticket_desks.ticket_card import (
    TicketCard,
    became,
    cards_of,
    code_name,
    said,
    unit_name,
    why_chosen,
)
from app.tickets import duplicates, stepping
from app.tickets import service as tickets
from app.tickets.likeness import Matter
from app.tickets.matter_choices import sent_as
from app.tickets.service import Ticket
from app.tickets.ticket_moves import TicketAct, acts_open

TEXTS = ("content", "occurred", "respondent", "demand", "address")
MOST_ALIKE = 8
CLOCKS = (ClockKind.DISPATCH, ClockKind.HANDLE, ClockKind.CITIZEN)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A unit that may lead, as its button says it."""

    unit_id: int
    name: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One step, as it is read: who did what when, with the words that came with it."""

    at: datetime
    act: str
    who: str
    unit: str
    words: str
    is_new: bool  # since this person's page was shown


@dataclass(frozen=True, kw_only=True)
class ReturnLine:
    """A return that was asked for."""

    at: datetime
    unit: str
    reason: str
    basis: str
    proposed_unit_id: int
    proposed: str
    state: str
    decision: str
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class TimeLine:
    """Time that was asked for."""

    at: datetime
    unit: str
    kind: str
    limit: str
    reason: str
    basis: str
    is_citizen_told: bool
    state: str
    decision: str


def read(ticket_id: int) -> Ticket:
    """Return a ticket to who may read it. Raises NoSuchTicket."""
    return tickets.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )


def texts_of(ticket: Ticket) -> Mapping[str, str]:
    """Return the texts of a ticket as a desk shows them."""
    return {name: said(getattr(ticket, name), of=ticket) for name in TEXTS}


def shows_address(ticket: Ticket) -> bool:
    """Say whether a desk shows the address whole: what is masked in it no form gives back."""
    return said(ticket.address, of=ticket) == ticket.address


def matter_written(ticket: Ticket) -> Mapping[str, str]:
    """Return what is written of the matter and its place, as the form that corrects it has it."""
    return {
        "category_code": ticket.category_code,
        "place": sent_as(ticket.county_code, ticket.town_code),
        "address": ticket.address if shows_address(ticket) else "",
    }


def offers(ticket: Ticket) -> list[Offered]:
    """Return who may lead, the best basis first."""
    return [
        Offered(unit_id=each.unit_id, name=unit_name(each.unit_id), basis=_basis(each))
        for each in proposing.proposals(ticket)
    ]


def plan_for(ticket: Ticket, unit_id: int, **more: Any) -> dispatching.Plan:
    """Return the plan that gives a ticket to a unit, with the basis on which it was proposed."""
    for each in proposing.proposals(ticket):
        if each.unit_id == unit_id:
            return dispatching.Plan(
                lead_unit_id=unit_id, basis_kind=each.kind, basis=each.basis, **more
            )
    return dispatching.Plan(lead_unit_id=unit_id, **more)


def alike(ticket: Ticket) -> list[TicketCard]:
    """Return open tickets that may be the same matter: of this caller, or of the same place."""
    asked = duplicates.Asked(
        number=ticket.contact_number or ticket.calling_number,
        county_code=ticket.county_code,
        matter=Matter(
            text=f"{ticket.title} {ticket.content}",
            category_code=ticket.category_code,
            town_code=ticket.town_code or "",
            address=ticket.address,
        ),
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
    found = [tickets.get_ticket(each.ticket_id) for each in duplicates.alike_tickets(asked)]
    fit = [each for each in found if each.id != ticket.id and merging.may_be_followed(each)]
    return cards_of(fit[:MOST_ALIKE])


def steps_of(ticket: Ticket, *, seen: int | None = None) -> list[Happened]:
    """Return what was done, the newest first; `seen`: the version that was shown before."""
    rows = stepping.steps_of(ticket.id)[::-1]
    fresh = max(0, ticket.version - seen) if seen else 0
    names = accounts.people({each.by for each in rows if each.by is not None})
    return [
        Happened(
            at=each.at,
            act=each.act,
            who=names[each.by].name if each.by in names else gettext("ticket_desks.by_itself"),
            unit=unit_name(each.unit_id),
            words=_words(each.carried, ticket),
            is_new=nth < fresh,
        )
        for nth, each in enumerate(rows)
    ]


def returns_of(ticket: Ticket) -> list[ReturnLine]:
    """Return every return that was asked for, oldest first."""
    parts = {each.id: each for each in acting.parts_of(ticket.id)}
    return [
        ReturnLine(
            at=each.asked_at,
            unit=unit_name(parts[each.assignment_id].unit_id),
            reason=code_name(CodeList.RETURN_REASON, each.reason),
            basis=each.basis,
            proposed_unit_id=each.proposed_unit_id,
            proposed=unit_name(each.proposed_unit_id),
            state=str(each.state),
            decision=each.decision,
            until=parts[each.assignment_id].return_until,
        )
        for each in returning.returns_of(ticket.id)
    ]


def times_of(ticket: Ticket) -> list[TimeLine]:
    """Return every time that was asked for, oldest first."""
    return [
        TimeLine(
            at=each.asked_at,
            unit=unit_name(each.unit_id),
            kind=str(each.kind),
            limit=limit_words(each.by_limit),
            reason=code_name(CodeList.TIME_REASON, each.reason),
            basis=each.basis,
            is_citizen_told=each.told_in_contact_id is not None,
            state=str(each.state),
            decision=each.decision,
        )
        for each in timing.times_of(ticket.id)
    ]


def picture(ticket: Ticket, *, seen: int | None = None) -> dict[str, Any]:
    """Return all that the page of one ticket shows besides its forms."""
    master = tickets.get_ticket(ticket.master_id) if ticket.master_id else None
    dispute = disputing.open_dispute(ticket.id)
    parts = acting.parts_of(ticket.id)
    return {
        "ticket": ticket,
        "card": cards_of([ticket], clocks=CLOCKS)[0],
        "said": texts_of(ticket),
        # what people wrote along the way may name the caller as well as his own words do
        "tell": partial(said, of=ticket),
        "shows_address": shows_address(ticket),
        "first_contact": accounts.get_person(ticket.first_contact_id),
        "offers": offers(ticket),
        "alike": alike(ticket),
        "steps": steps_of(ticket, seen=seen),
        "returns": returns_of(ticket),
        "times": times_of(ticket),
        "parts": [(each, unit_name(each.unit_id)) for each in parts],
        "part_numbers": part_numbers.numbers_of_parts(ticket, parts),
        "results": [
            (each, code_name(CodeList.DEFECT, each.defect))
            for each in results.results_of(ticket.id)
        ],
        "contacts": contacting.contacts_of(ticket.id),
        "children": cards_of(merging.children_of(ticket.id)),
        "master": master,
        "dispute": dispute,
        "precedents": _precedents(ticket) if dispute else [],
        "provisional": unit_name(dispute.provisional_unit_id) if dispute else "",
        "acts": _acts(ticket),
        "misplaced": _misplaced(ticket),
        "other_rules": _other_rules(ticket) if may(Permission.TICKETS_DECIDE) else [],
        "units": unit_list(),
        "now": clock.now(),
    }


def _misplaced(ticket: Ticket) -> dict[str, str] | None:
    """Return the names of a lead that does not answer for the place, and of who would."""
    found = lead_places.misplaced_lead(ticket)
    if found is None:
        return None
    return {
        "lead": unit_name(found.lead_unit_id),
        "place": organisation.region_path(ticket.town_code or ticket.county_code),
        "fitting": unit_name(found.fitting_unit_id),
    }


def _acts(ticket: Ticket) -> frozenset[str]:
    """Return which buttons a page has for its reader where the ticket stands."""
    actors = acting.actors_of(acting.doer_of(the_person()), ticket)
    found = {str(act) for actor in actors for act in acts_open(ticket.state, by=actor)}
    if not dispatching.may_be_void(ticket.id):
        found.discard(str(TicketAct.VOID))
    # what was counted only was never handled: it is taken up, and not handled again
    found.discard(str(TicketAct.REOPEN if stepping.is_counted_only(ticket) else TicketAct.TAKE_UP))
    return frozenset(found)


def _other_rules(ticket: Ticket) -> list[tuple[int, str]]:
    """Return the clocks that run by other rules than today's, each as a form offers it."""
    return [
        (
            row.id,
            gettext(
                "ticket_desks.clock_by_rules",
                clock=gettext(f"ticket_desks.clock_{row.kind}"),
                now=limit_words(row.limit),
                today=limit_words(str(limit)),
            ),
        )
        for row, limit in timing.clocks_under_other_rules(ticket)
    ]


def unit_list() -> list[tuple[str, str]]:
    """Return the names of units with their initials, for the list that a field offers."""
    handlers = [
        each
        for each in organisation.list_units()
        if each.kind.value not in {"hotline", "sub_centre"}
    ]
    return [(each.name, unit_search.spelling(each.name).initials) for each in handlers]


def _precedents(ticket: Ticket) -> list[tuple[str, str, str]]:
    """What was decided for such matters anywhere: unit, county, basis."""
    return [
        (unit_name(each.unit_id), organisation.region_path(each.county_code), each.basis)
        for each in precedents.list_precedents(of=ticket)
        if each.ended_at is None
    ]


def _basis(proposal: proposing.Proposal) -> str:
    return str(gettext(f"ticket_desks.basis_{proposal.kind}", basis=proposal.basis))


CARRIED = (
    "question", "text", "reason", "basis", "opinions", "note", "words", "defect", "exclusion",
)  # fmt: skip


def _words(carried: Mapping[str, Any], ticket: Ticket) -> str:
    told = {**carried, "basis": why_chosen(carried)}
    found = [_carried_word(name, str(told[name])) for name in CARRIED if told.get(name)]
    found = [*became(carried, ticket), *found]
    for name in ("lead", "unit", "proposed"):
        if isinstance(carried.get(name), int):
            found.insert(0, unit_name(carried[name]))
    return said(mask_in_text(" · ".join(found)), of=ticket)


def _carried_word(name: str, value: str) -> str:
    lists = {
        "defect": (CodeList.DEFECT,),
        "exclusion": (CodeList.VISIT_EXCLUSION,),
        "reason": (CodeList.RETURN_REASON, CodeList.TIME_REASON),
    }
    for each in lists.get(name, ()):
        if (word := code_name(each, value)) != value:
            return word
    return value
