"""Tells the lines of a ticket's life as sentences, in the language of whoever reads."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select

from app.accounts import service as accounts
from app.core.database import db
from app.organisation import service as organisation
from app.tickets.duplicates import calls_added_to
from app.tickets.models import TicketStep
from app.tickets.ticket_timeline import (
    CallPicture,
    Detail,
    Kind,
    StepPicture,
    TimelineLine,
    timeline,
)
from app.tickets.type_names import known_type


@dataclass(frozen=True, kw_only=True)
class ToldLine:
    """One line for people: a sentence, where the ticket stood before and after, and the rest."""

    at: datetime
    sentence: str
    before: str
    after: str
    details: Sequence[tuple[str, str]]


def life_of(
    ticket_id: int, *, hide: Callable[[str], str], untold: Collection[str] = ()
) -> list[ToldLine]:
    """Return the life of a ticket; `hide` takes out of a text what the reader must not see.

    What came with an act under the names in `untold` is left out.
    """
    wanted = select(TicketStep).where(TicketStep.ticket_id == ticket_id).order_by(TicketStep.id)
    steps = [
        StepPicture(
            at=step.at,
            act=step.act,
            old=step.old.value if step.old else None,
            new=step.new.value,
            by=step.by,
            unit_id=step.unit_id,
            carried={name: value for name, value in step.carried.items() if name not in untold},
        )
        for step in db.session.scalars(wanted)
    ]
    calls = [
        CallPicture(at=call.at, by=call.agent_id, note=call.note)
        for call in calls_added_to(ticket_id)
    ]
    return tell(timeline(steps, calls), hide=hide)


def tell(lines: Sequence[TimelineLine], *, hide: Callable[[str], str]) -> list[ToldLine]:
    """Put lines into words; people and units are looked up once for all of them."""
    ids = {line.by for line in lines if line.by is not None}
    ids |= {int(each.value) for each in _all(lines) if each.kind is Kind.PERSON}
    people = {
        user_id: f"{user.name} {user.work_number}" for user_id, user in accounts.people(ids).items()
    }
    units = {unit.id: unit.name for unit in organisation.list_units()}
    return [
        ToldLine(
            at=line.at,
            sentence=gettext(f"timeline.act_{line.act}", who=_who(line, people, units)),
            before=gettext(f"tickets.state_{line.before}") if line.before else "",
            after=gettext(f"tickets.state_{line.after}") if line.after else "",
            details=[
                (_known("timeline.carried_", each.name), _said(each, people, units, hide))
                for each in line.details
            ],
        )
        for line in lines
    ]


def _all(lines: Sequence[TimelineLine]) -> list[Detail]:
    return [each for line in lines for each in line.details]


def _who(line: TimelineLine, people: Mapping[int, str], units: Mapping[int, str]) -> str:
    if line.by is None:
        return str(gettext("timeline.system"))
    name = people.get(line.by, str(line.by))
    unit = units.get(line.unit_id or 0)
    return str(gettext("timeline.of_unit", name=name, unit=unit)) if unit else name


def _said(
    detail: Detail,
    people: Mapping[int, str],
    units: Mapping[int, str],
    hide: Callable[[str], str],
) -> str:
    match detail.kind:
        case Kind.UNIT:
            return units.get(int(detail.value), detail.value)
        case Kind.PERSON:
            return people.get(int(detail.value), detail.value)
        case Kind.YES_NO:
            return str(gettext("exports.yes" if detail.value == "True" else "exports.no"))
        case Kind.CODE:
            told = _known("timeline.value_", detail.value)
            return hide(known_type(told))
    return hide(detail.value)


def _known(beginning: str, name: str) -> str:
    """Put a name into words where the catalogue has them, else leave it."""
    key = f"{beginning}{name}"
    told = str(gettext(key))
    return name if told == key else told
