"""Who called, as far as somebody said so: whom an agent chose, and the calls of a person."""

from collections.abc import Collection

from sqlalchemy import Select, or_, select

from app.callers import service as callers
from app.calls.call_states import CallState
from app.calls.events import CallerChosen
from app.calls.models import Call
from app.calls.service import get_call
from app.core.database import db
from app.core.errors import Invalid
from app.core.events import publish
from app.core.pagination import Page, page_of


class NotBehindThisNumber(Invalid):
    """The person who was chosen has not the number that calls."""

    code = "caller-not-behind-number"


def choose_caller(call_id: int, *, caller_id: int | None, chosen_by: int) -> None:
    """Remember on the call who of several behind its number calls; None: nobody can say.

    It holds for this call alone, and the register is not changed by it (peers P18). Raises
    NoSuchCall, NotBehindThisNumber.
    """
    call = get_call(call_id)
    if caller_id is not None and not callers.is_behind(call.from_number, caller_id):
        raise NotBehindThisNumber(field="caller_id")
    call.caller_id = caller_id
    publish(CallerChosen(call_id=call_id, caller_id=caller_id, chosen_by=chosen_by))


def note_caller(call_id: int, *, caller_id: int, noted_by: int) -> None:
    """Remember on the call who called, from the name that was written down; a choice stands."""
    call = get_call(call_id)
    if call.caller_id is None:
        call.caller_id = caller_id
        publish(CallerChosen(call_id=call_id, caller_id=caller_id, chosen_by=noted_by))


def calls_of_person(
    family: Collection[int], numbers: Collection[str], *, page: int, per_page: int = 20
) -> Page[Call]:
    """Return the calls of a person, newest first.

    Those from his numbers on which somebody else was chosen are somebody else's.
    """
    wanted = _of_person(family, numbers).order_by(Call.invited_at.desc(), Call.id.desc())
    return page_of(wanted, page=page, per_page=per_page)


def call_ids_of_person(family: Collection[int], numbers: Collection[str]) -> list[int]:
    """Return the ids of all calls of a person: those from these numbers, and those chosen."""
    return [call.id for call in db.session.scalars(_of_person(family, numbers))]


def has_call_now(family: Collection[int], numbers: Collection[str]) -> bool:
    """Say whether a call of this person goes on."""
    wanted = _of_person(family, numbers).where(Call.state != CallState.ENDED)
    return db.session.scalars(wanted.limit(1)).first() is not None


def _of_person(family: Collection[int], numbers: Collection[str]) -> Select[Call]:
    from_his = Call.from_number.in_(numbers) & Call.caller_id.is_(None)
    return select(Call).where(or_(Call.caller_id.in_(family), from_his))
