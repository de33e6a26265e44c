"""What a desk shows of a ticket: one card, the same on every desk. Masked by default."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import get_locale, gettext

from app.core import clock
from app.core.forms import choice
from app.handling.clock_rules import ClockKind
from app.handling.correcting import NOT_SAID
from app.handling.desk_lists import Due, beside
from app.handling.refusals import UnknownCode
from app.organisation import service as organisation
from app.privacy.levels import FROM_AFAR, NOTHING_OF_HIM
from app.rules import code_register
from app.rules import service as rules
from app.rules.code_lists import Code, CodeList
from app.tickets import reading
from app.tickets.service import Ticket, Urgency

FLAGS = ("urge", "supervise", "time_asked", "extended", "returned", "redo", "merged")
"""Flags beside the state (domain rules 1.5), in the order of the screens."""
PREFERRED = (ClockKind.CITIZEN,)
PUT_RIGHT = ("category", "place", "address")
"""What a correction says of before and after."""
BY_HAND = "by_hand"
"""What a step says of a unit that nobody proposed; never what a person reads."""


@dataclass(frozen=True, kw_only=True)
class TicketCard:
    """One ticket in a list. `due` is the clock that the desk asked for, else the citizen's."""

    ticket_id: int
    version: int
    number: str
    title: str
    place: str
    request_type: str
    category: str
    state: str
    urgency: Urgency
    carries: Sequence[str]  # codes of `ticket_flags`
    is_confidential: bool
    round: int
    opened_at: datetime
    lead: str  # the unit that leads now, or ""
    due: Due | None
    citizen: Due | None
    flags: Mapping[str, int]


def cards_of(
    tickets: Collection[Ticket], *, clocks: Collection[ClockKind] = PREFERRED
) -> list[TicketCard]:
    """Return the cards of these tickets; of `clocks` the first that runs is the one shown."""
    side = beside(tickets, now=clock.now())
    cards = []
    for each in tickets:
        running = side[each.id].clocks
        due = next((running[kind] for kind in clocks if kind in running), None)
        cards.append(
            TicketCard(
                ticket_id=each.id,
                version=each.version,
                number=each.number,
                title=said(each.title, of=each),
                place=organisation.region_path(each.town_code or each.county_code),
                request_type=str(each.request_type),
                category=rules.get_category(each.category_code).name,
                state=str(each.state),
                urgency=each.urgency,
                carries=each.flags,
                is_confidential=each.is_confidential,
                round=each.round,
                opened_at=each.opened_at,
                lead=unit_name(each.lead_unit_id),
                due=due or running.get(ClockKind.CITIZEN),
                citizen=running.get(ClockKind.CITIZEN),
                flags={
                    name: side[each.id].flags[name] for name in FLAGS if name in side[each.id].flags
                },
            )
        )
    return cards


def said(text: str, *, of: Ticket) -> str:
    """Return a text of a ticket as a desk shows it: masked; of a confidential one all is hidden."""
    return reading.text_shown(of, text, NOTHING_OF_HIM if of.is_confidential else FROM_AFAR)


def unit_name(unit_id: int | None) -> str:
    """Return the name of a unit; nothing for none."""
    return organisation.get_unit(unit_id).name if unit_id is not None else ""


def code_choices(code_list: CodeList) -> list[Any]:
    """Return what may be chosen of a list today, first that nothing is chosen yet."""
    return [
        choice("", "\u2013"),
        *(choice(each.code, _name(each)) for each in code_register.codes_now(code_list)),
    ]


def code_name(code_list: CodeList, code: str) -> str:
    """Return a code in the reader's language; one that no list knows stays as it is."""
    try:
        return _name(code_register.get_code(code_list, code)) if code else ""
    except code_register.UnknownCode:
        return code


def why_chosen(carried: Mapping[str, Any]) -> str:
    """Return why a unit was chosen, for a step that says so, in the reader's language."""
    kind, basis = carried.get("basis_kind"), str(carried.get("basis") or "")
    if kind is None:
        return basis
    if kind == BY_HAND:
        return str(gettext("ticket_desks.by_hand")) if basis in {"", kind} else basis
    return str(gettext(f"ticket_desks.basis_{kind}", basis=basis))


def became(carried: Mapping[str, Any], ticket: Ticket) -> list[str]:
    """Say what a correction found written and what it wrote; of who is confidential no address."""
    names = [each for each in PUT_RIGHT if each != "address" or not ticket.is_confidential]
    return [
        gettext(
            "ticket_desks.became",
            field=gettext(f"ticket_desks.became_{name}"),
            **{when: _written(carried[f"{when}_{name}"]) for when in ("old", "new")},
        )
        for name in names
        if f"old_{name}" in carried
    ]


def check_code(code_list: CodeList, code: str, *, field: str) -> str:
    """Return the code. Raises UnknownCode when it cannot be chosen today."""
    if code not in {each.code for each in code_register.codes_now(code_list)}:
        raise UnknownCode(field=field)
    return code


def _written(word: str) -> str:
    return str(gettext("timeline.value_not_said")) if word == NOT_SAID else word


def _name(code: Code) -> str:
    is_english = str(get_locale()).startswith("en")
    return code.words.name_en if is_english else code.words.name_zh
