"""A ticket and the people who work on it: made by the real services, one of each role."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import count
from typing import Any, TypeVar

from app.accounts.models import User
from app.core import clock as wall
from app.core.database import unit_of_work
from app.core.permissions import Role
from app.core.seen import seen_mark
from app.handling import (
    acting,
    clocks,
    contacting,
    dispatching,
    results,
    returning,
    sweeping,
    unit_parts,
    visiting,
)
from app.handling.acting import Doer
from app.handling.clock_rules import ClockKind
from app.handling.models import TicketClock, VisitWay
from app.organisation import service as organisation
from app.rules import category_register
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_states import Urgency
from tests import people

T = TypeVar("T")
REPLY = "经现场核查，三盏路灯已于今日下午全部修复，感谢您的监督。"
_titles = count(1)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody who has a part in a ticket's life, and two units that may lead it."""

    agent: Doer
    dispatcher: Doer
    auditor: Doer
    visitor: Doer
    manager: Doer
    outsourced: Doer
    overseer: Doer
    unit: Doer  # of `lead`
    other: Doer  # of `second`
    town: Doer
    county: Doer
    lead: int
    second: int


def make_cast() -> Cast:
    """Make everybody."""
    lead = organisation.find_unit_by_code("urban-management").id
    second = organisation.find_unit_by_code("housing").id
    county = organisation.find_unit_by_code("county-441602").id
    town = organisation.find_unit_by_code("town-441602001").id
    hotline = organisation.find_unit_by_code("hotline").id
    return Cast(
        agent=doer("agent", hotline),
        dispatcher=doer("dispatcher", hotline),
        auditor=doer("dispatcher", hotline),
        visitor=doer("return_visitor", hotline),
        manager=doer("hotline_manager", hotline),
        outsourced=doer("outsourced_agent", hotline),
        overseer=doer("overseer", hotline),
        unit=doer("city_liaison", lead),
        other=doer("city_liaison", second),
        town=doer("town_clerk", town),
        county=doer("county_dispatcher", county),
        lead=lead,
        second=second,
    )


def doer(role: str, unit_id: int | None) -> Doer:
    """Make a person of this role at this unit."""
    person: User = people.one_person(role, unit_id=unit_id)
    return Doer(user_id=person.id, role=Role(role), unit_id=unit_id)


def saved(do: Callable[..., T], *given: Any, **named: Any) -> T:
    """Do it in a save of its own."""
    with unit_of_work():
        return do(*given, **named)


def open_one(cast: Cast, **changes: Any) -> int:
    """Open a ticket without a call; return its id."""
    given: dict[str, Any] = {
        "call_id": None,
        "opened_by": cast.agent.user_id,
        "request_type": Nature.COMPLAINT,
        "title": f"路灯不亮 {next(_titles)}",
        "content": "三盏路灯坏了一周",
        "category_code": "0201",
        "county_code": "441602",
        "town_code": "441602001",
        "caller_name": "黄女士",
        "contact_number": "13900002817",
        "urgency": Urgency.NORMAL,
        **changes,
    }
    with unit_of_work():
        return tickets.open_ticket(tickets.NewTicket(**given)).id


def send(cast: Cast, ticket_id: int, *, lead: int | None = None, **plan: Any) -> Ticket:
    """Let the dispatcher send it to a unit."""
    wanted = dispatching.Plan(lead_unit_id=lead or cast.lead, **plan)
    return saved(dispatching.dispatch, ticket_id, wanted, doer=cast.dispatcher)


def own_limits(code: str, **limits: str) -> None:
    """Let a category have limits of its own from now on."""
    entry = category_register.get_category(code)
    words = replace(entry.shown(wall.now()).words, limits=limits, basis="专项规定")
    seen = seen_mark(asdict(entry))
    saved(category_register.change_category, code, words, begins=None, seen=seen)


def sweep() -> None:
    """Do what is due, each in a save of its own, as the one on duty does."""
    for do in sweeping.find_due(wall.now()):
        saved(do)


def handled(cast: Cast, **changes: Any) -> int:
    """Bring a ticket to where its lead handles it."""
    ticket_id = open_one(cast, **changes)
    take_in_hand(cast, ticket_id)
    return ticket_id


def take_in_hand(cast: Cast, ticket_id: int) -> None:
    """Bring a ticket that is there to where its lead handles it."""
    send(cast, ticket_id)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)


def reach(cast: Cast, ticket_id: int, *, by: Doer | None = None, **changes: Any) -> int:
    """Let the unit note that it spoke with the citizen."""
    new = contacting.NewContact(**{"is_reached": True, **changes})
    return saved(contacting.log_contact, ticket_id, new, doer=by or cast.unit).id


def hand_in(cast: Cast, ticket_id: int, **changes: Any) -> None:
    """Let the lead hand in a result that holds."""
    new = results.NewResult(**{"public_reply": REPLY, "is_solved": True, **changes})
    saved(results.hand_in, ticket_id, new, doer=cast.unit)


def audited(cast: Cast, **changes: Any) -> int:
    """Bring a ticket to where the citizen is to be asked."""
    ticket_id = open_one(cast, **changes)
    handle(cast, ticket_id)
    return ticket_id


def handle(cast: Cast, ticket_id: int) -> None:
    """Bring a ticket that is there to where its citizen is to be asked."""
    take_in_hand(cast, ticket_id)
    reach(cast, ticket_id)
    hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)


def ask(cast: Cast, ticket_id: int, **changes: Any) -> Ticket:
    """Let the citizen be reached and answer."""
    answers = visiting.Answers(
        is_solved=changes.pop("is_solved", True),
        result_mark=changes.pop("result_mark", 5),
        attitude_mark=changes.pop("attitude_mark", 4),
        efficiency_mark=changes.pop("efficiency_mark", None),
        words=changes.pop("words", ""),
    )
    new = visiting.NewVisit(**{"way": VisitWay.PHONE, "answers": answers, **changes})
    return saved(visiting.visit, ticket_id, new, doer=cast.visitor)


def give_back(cast: Cast, ticket_id: int, **changes: Any) -> Ticket:
    """Let the lead ask for a return."""
    by = changes.pop("by", cast.unit)
    new = returning.NewReturn(
        **{
            "reason": "not_ours",
            "basis": "市政设施管理职责分工",
            "proposed_unit_id": cast.second,
            "has_part": False,
            **changes,
        }
    )
    return saved(returning.ask_return, ticket_id, new, doer=by)


def state(ticket_id: int) -> str:
    """Return where a ticket stands now."""
    return str(get_ticket(ticket_id).state)


def clock(ticket_id: int, kind: ClockKind) -> TicketClock:
    """Return the newest clock of a kind."""
    row = clocks.newest(ticket_id, kind)
    assert row is not None
    return row


parts = partial(acting.parts_of)
